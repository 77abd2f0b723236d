"""Names that would stand for themselves in a formula, though their writer meant something else by them."""

from __future__ import annotations

import re

from gradcli.evaluation.failures import failure
from gradcli.language.suggest import application_meant, call_with_number, unit_of_angle
from gradcli.numbers.expression import postorder
from gradcli.rules.rulebook import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from gradcli.evaluation.environment import Binding
    from gradcli.language.diagnostics import Diagnostic
    from gradcli.language.statements import Bind
    from gradcli.numbers.expression import Expression

_DIFFERENTIAL = re.compile(r"d[^\W\d_]")


def check_open_names(
    text: str, expression: Expression, opened: Collection[str], known: Collection[str]
) -> None:
    """Raise Diagnostic for `sinx`, `root8`, `30 deg` and `d/dx` in an expression of a text.

    Its `opened` names mean nothing yet; those in `known` are variables in any case.
    """
    letters = {name for name in (*opened, *known) if len(name) == 1}
    roots = {name for name in opened if call_with_number(name, ())}
    indexed = roots if len(roots) > 1 else set()  # root1 and root2 are two variables
    for part in postorder(expression):
        if part.op == "name" and part.value in opened and part.value not in indexed.union(known):
            _check_unit(text, part)
            _check_application(part, letters)
        elif part.op == "div" and part.args[0].op == part.args[1].op == "name":
            _check_leibniz(part, known)


def _check_unit(text: str, name: Expression) -> None:
    written = name.value
    angle = name.span and unit_of_angle(text, written, name.span[0])
    if angle:
        fix = f"{angle}; for a variable of this name add --wrt {written}"
        raise failure("name", f"{written!r} is no unit here", (name.span, fix))


def _check_application(name: Expression, letters: Collection[str]) -> None:
    written = name.value
    root = call_with_number(written, ())
    meant = root or application_meant(written, letters, NAMES.textbook, alone=not letters)
    if meant:
        message = f"{written!r} runs a {'root' if root else 'function'} and its argument together"
        call = call_with_number(written, NAMES.textbook) or meant
        fix = f"write {call}; for a variable of this name add --wrt {written}"
        raise failure("name", message, (name.span, fix))


def _check_leibniz(quotient: Expression, known: Collection[str]) -> None:
    d, dx = (part.value for part in quotient.args)
    if d == "d" and _DIFFERENTIAL.fullmatch(dx) and d not in known and dx not in known:
        fix = "leave it out: the derivative is that of what stands here"
        raise failure("name", f"{d}/{dx} is no quotient of variables", (quotient.span, fix))


def given_by_itself(statement: Bind) -> Diagnostic:
    """What is wrong with `y = x*y` where y means nothing before."""
    names = (part for part in postorder(statement.expression) if part.op == "name")
    place = next((part.span for part in names if part.value == statement.name), statement.span)
    message = f"{statement.name!r} is given by itself: this is an equation of a curve, and no function"
    fix = f"solve it for {statement.name}, so that only other letters stand here"
    return failure("name", message, (place, fix))


def check_one_meaning(
    expression: Expression, mentioned: Iterable[Binding], variables: Mapping[str, Binding]
) -> None:
    """Raise Diagnostic for a name that was computed from a variable whose name means something else now."""
    for binding in mentioned:
        for leaf in binding.leaves or ():
            if variables[leaf.name] is not leaf:
                names = (part for part in postorder(expression) if part.op == "name")
                place = next((part.span for part in names if part.value == binding.name), expression.span)
                message = f"{binding.name!r} is computed from an earlier {leaf.name!r}"
                fix = f"in a formula {leaf.name} cannot stand for both: call one of them otherwise"
                raise failure("name", message, (place, fix))
