"""Simplification: reads an expression into forms, chooses the shortest of them, writes it as a textbook would."""

from __future__ import annotations

from gradcli.algebra import domains
from gradcli.algebra.forms import Forms
from gradcli.algebra.guards import guarded
from gradcli.algebra.reading import Reader
from gradcli.algebra.shapes import Chooser
from gradcli.algebra.writing import Style, Writer
from gradcli.numbers.expression import Expression, postorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from gradcli.algebra.domains import Condition


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
    comparisons for equality in it that hold at single points only, where the value is a matter of
    convention: they are taken as never holding. `variables` may take the names of constants. `functions` are
    names of functions to write reciprocals with (`sec`).
    """
    nodes = list(postorder(expression))
    if decimals is None:
        decimals = any(n.op == "number" and n.text is not None and n.value % 1.0 != 0.0 for n in nodes)
    names = {*functions, *(node.op for node in nodes)}
    style = Style(
        decimals=decimals,
        circular=not names.isdisjoint(("sec", "csc", "cot")),
        hyperbolic=not names.isdisjoint(("sech", "csch", "coth")),
        hypot="hypot" in names,
    )
    forms = Forms()
    reader = Reader(forms, generic, variables)
    read = reader.form(expression)
    chooser = Chooser(forms)
    chosen = guarded(forms, chooser.chosen(read), asked_again(chooser, reader.asked(expression)))
    return Writer(forms, style).expression(chosen)


def asked_again(chooser: Chooser, conditions: Iterable[Condition]) -> list[Condition]:
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
