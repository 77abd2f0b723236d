"""Simplification: reads expressions into forms, chooses the shortest of them, writes it as a textbook would."""

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
    comparisons in it that decide about points of convention: equalities among them, which hold at single
    points only, are taken as never holding, and a tie may fall on either side. `variables` may take the names
    of constants. `functions` are names of functions to write reciprocals with (`sec`).
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
) -> list[Expression]:
    """Several expressions simplified, each as `simplify` does; what they share is worked on once."""
    style = _style(expressions, decimals, functions)
    forms = Forms(style.upright, decimals=style.decimals)
    reader = Reader(forms, expressions, generic, variables)
    chooser = Chooser(forms)
    writer = Writer(forms, style)
    found = []
    for expression in expressions:
        chosen = chooser.chosen(reader.form(expression))
        chosen = guarded(forms, chosen, _asked_again(chooser, reader.asked(expression)))
        found.append(writer.expression(chosen))
    return found


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
