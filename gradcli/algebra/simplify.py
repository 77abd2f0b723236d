"""Simplification: reads expressions into forms, chooses the shortest, writes it as a textbook would."""

from __future__ import annotations

from gradcli.algebra import domains
from gradcli.algebra.forms import Forms
from gradcli.algebra.guards import guarded
from gradcli.algebra.reading import Reader
from gradcli.algebra.shapes import Chooser
from gradcli.algebra.writing import Style, Writer
from gradcli.numbers.expression import postorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from gradcli.algebra.domains import Condition
    from gradcli.algebra.nodes import Node
    from gradcli.numbers.expression import Expression


def simplify(
    expression: Expression,
    *,
    decimals: bool | None = None,
    generic: Container[int] = (),
    variables: Container[str] = (),
    functions: Iterable[str] = (),
) -> Expression:
    """The expression as a textbook would write it, of the same value wherever it has one, and nowhere else.

    `decimals` writes 0.5 for 1/2; where it is left out, as the expression does. `generic` are the ids of
    operations in it that decide about points of convention: equalities among them, which hold at single
    points only, are taken as never holding, a tie may fall on either side, and what is the larger of two is
    the first. `variables` may take the names of constants. `functions` are names of functions to write
    reciprocals with (`sec`).
    """
    found = simplify_all(
        [expression], decimals=decimals, generic=generic, variables=variables, functions=functions
    )
    return found[0]


def simplify_all(
    expressions: Sequence[Expression],
    *,
    decimals: bool | None = None,
    generic: Container[int] = (),
    variables: Container[str] = (),
    functions: Iterable[str] = (),
    derived: tuple[Expression, Sequence[str]] | None = None,
) -> list[Expression]:
    """Several expressions simplified, each as `simplify` does; what they share is worked on once.

    `derived` says of what they are the derivatives, and with respect to which names: other names are
    parameters, and where the function has no value for any x, its derivative may have one: d log(a*x)/dx is
    1/x.
    """
    style = _style(expressions, decimals, functions)
    forms = Forms(style.upright, decimals=style.decimals)
    roots = [*expressions] if derived is None else [*expressions, derived[0]]
    reader = Reader(forms, roots, generic, variables)
    chooser = Chooser(forms)
    writer = Writer(forms, style)
    given: set[Condition] = set()
    if derived is not None:
        reader.form(derived[0])
        given = set(_asked_again(chooser, reader.asked(derived[0])))
    found = []
    for i, expression in enumerate(expressions):
        chosen = chooser.chosen(reader.form(expression))
        asked = _asked_again(chooser, reader.asked(expression))
        if derived is not None:
            x = forms.name(derived[1][i])
            asked = [condition for condition in asked if condition not in given or _mentions(condition[1], x)]
        found.append(writer.expression(guarded(forms, chosen, asked)))
    return found


def _mentions(node: Node, name: Node) -> bool:
    return any(part is name for part in domains.forms_below([node]))


def _style(expressions: Sequence[Expression], decimals: bool | None, functions: Iterable[str]) -> Style:
    names = set(functions)
    written = False
    seen: set[int] = set()
    for expression in expressions:
        for node in postorder(expression, seen):
            names.add(node.op)
            written = written or (node.op == "number" and node.text is not None and node.value % 1.0 != 0.0)
    return Style(
        decimals=written if decimals is None else decimals,
        circular=not names.isdisjoint(("sec", "csc", "cot")),
        hyperbolic=not names.isdisjoint(("sech", "csch", "coth")),
        hypot="hypot" in names,
    )


def _asked_again(chooser: Chooser, conditions: Iterable[Condition]) -> list[Condition]:
    """The conditions on forms as conditions on the shapes that were chosen for them."""
    found: list[Condition] = []
    for kind, node in conditions:
        shape = chooser.chosen(node)
        if kind == domains.NOT_ZERO:
            found += domains.not_zero(chooser.forms, shape)
        elif kind == domains.NOT_NEGATIVE:
            found += domains.not_negative(chooser.forms, shape)
        else:
            found.append((kind, shape))
    return found
