"""Simplification: reads expressions into forms, chooses the shortest, writes it as a textbook would."""

from __future__ import annotations

from gradcli.algebra import domains
from gradcli.algebra.branches import set_on_some_paths, taken
from gradcli.algebra.forms import Forms
from gradcli.algebra.guards import guarded, lost_of
from gradcli.algebra.identities import with_complements
from gradcli.algebra.reading import Reader
from gradcli.algebra.restrictions import Closed, held_by, path_of, written
from gradcli.algebra.shapes import Chooser
from gradcli.algebra.writing import Style, Writer
from gradcli.numbers.expression import postorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from gradcli.algebra.domains import Condition
    from gradcli.algebra.nodes import Node
    from gradcli.algebra.restrictions import Restriction
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
    work = _Work([expression], [expression], decimals, generic, variables, functions)
    form = work.chooser.chosen(work.reader.form(expression))
    conditions = _asked_again(work.chooser, work.reader.asked(expression))
    return work.writer.expression(guarded(work.forms, form, conditions))


class Simplified:
    """A formula, and the conditions that it needs and does not set itself."""

    __slots__ = ("formula", "restrictions")

    def __init__(self, formula: Expression, restrictions: list[Restriction]) -> None:
        self.formula = formula
        self.restrictions = restrictions


def simplify_derivatives(
    expressions: Sequence[Expression],
    of: Expression,
    wrt: Sequence[str],
    *,
    decimals: bool | None = None,
    generic: Container[int] = (),
    variables: Container[str] = (),
    functions: Iterable[str] = (),
) -> list[Simplified]:
    """The derivatives of an expression by some names, simplified; what they share is worked on once.

    Other names are parameters: where the function has no value for any x, its derivative may have one:
    d log(a*x)/dx is 1/x. The rest is as for `simplify`.
    """
    work = _Work(expressions, [*expressions, of], decimals, generic, variables, functions)
    work.forms.named = frozenset(functions)
    work.forms.closes = True
    found = _derivatives(work.reader, work.chooser, expressions, of, wrt)
    return [
        Simplified(
            work.writer.expression(with_complements(work.forms, form)),
            [each for part in closed for each in written(work.writer, part, known)],
        )
        for form, closed, known in found
    ]


class _Work:
    """What expressions are read, simplified and written with."""

    __slots__ = ("chooser", "forms", "reader", "writer")

    def __init__(
        self,
        expressions: Sequence[Expression],
        roots: Sequence[Expression],
        decimals: bool | None,
        generic: Container[int],
        variables: Container[str],
        functions: Iterable[str],
    ) -> None:
        style = _style(expressions, decimals, frozenset(functions))
        self.forms = Forms(style.upright, decimals=style.decimals)
        self.reader = Reader(self.forms, roots, generic, variables)
        self.chooser = Chooser(self.forms)
        self.writer = Writer(self.forms, style)


def _derivatives(
    reader: Reader,
    chooser: Chooser,
    expressions: Sequence[Expression],
    function: Expression,
    wrt: Sequence[str],
) -> list[tuple[Node, list[Closed], list[Condition]]]:
    """The simple forms of derivatives, what they lost of where the function has a value, and all of that."""
    forms = reader.forms
    reader.own(function)
    given = dict.fromkeys(_asked_again(chooser, reader.asked(function, choices=False)))
    asked_anywhere = _asked_again(chooser, reader.asked(function, branches=True))
    anywhere = _with_implied(chooser, asked_anywhere)
    unbranched = _with_implied(chooser, _asked_again(chooser, reader.asked(function)))
    impossible = reader.impossible(function)
    choices = [
        (condition, place, domains.with_implied(forms, _asked_again(chooser, wanted)), constant)
        for condition, place, wanted, constant in reader.choices(function)
        if wanted
    ]
    found = []
    for variable, expression in zip(wrt, expressions, strict=True):
        chosen = chooser.chosen(reader.form(expression))
        x = forms.name(variable)
        of_x = {c for c in anywhere if _mentions(c[1], x) or domains.is_impossible(c)}
        asked = [
            condition
            for condition in _asked_again(chooser, reader.asked(expression, choices=False))
            if (condition in of_x if condition in given else not domains.is_impossible(condition))
        ]
        lost = lost_of(forms, chosen, asked)
        # A pole of the derivative alone goes with it: there the function has a value, and it a limit.
        regions = {c[1] for c in lost if c[0] == domains.NOT_NEGATIVE and c in of_x}
        kept = [c for c in lost if c in of_x or c[1] in regions]
        # What only a branch asks is asked in that branch only.
        local = {c for c in kept if c in of_x and c not in unbranched}
        everywhere = [c for c in kept if c not in local]
        form = forms.name("nan", constant=True) if any(map(domains.is_impossible, everywhere)) else chosen
        needed = [c for c in given if c in of_x and not domains.is_impossible(c)]
        everywhere = [] if form is not chosen else everywhere
        everywhere += set_on_some_paths(forms, form, needed)
        if everywhere:  # then all of where the function has a value is said: x > 0, and not only x > -1
            everywhere += [c for c in lost_of(forms, form, needed) if c[0] == domains.NOT_NEGATIVE]
        closed = [Closed(everywhere)]
        for condition, place, wanted, constant in choices:
            regions_there = {c for c in wanted if constant and c[0] != domains.NOT_ZERO and c in of_x}
            there = [c for c in wanted if c in local or c in regions_there]
            closed.append(_closed_in_branch(forms, form, condition, place, there))
        for condition in impossible:
            form = forms.function("where", condition, forms.name("nan", constant=True), form)
        found.append((form, closed, needed))
    return found


def _closed_in_branch(
    forms: Forms, form: Node, condition: Node, place: int, wanted: list[Condition]
) -> Closed:
    """The conditions that a branch has lost, but for those that hold wherever it is taken."""
    path = path_of(forms, condition, place)
    if path is forms.zero:
        return Closed([])
    wanted = [condition for condition in wanted if not domains.is_impossible(condition)]
    held = held_by(forms, path)
    lost = lost_of(forms, taken(forms, form, condition, place), wanted) if wanted else []
    return Closed([c for c in lost if c not in held and not domains.implied(forms, c, held)], path)


def _with_implied(chooser: Chooser, conditions: Iterable[Condition]) -> set[Condition]:
    """Conditions with what follows from them, on the shapes that are chosen."""
    implied = domains.with_implied(chooser.forms, conditions)
    return {*implied, *_asked_again(chooser, implied)}


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
        circular=_reciprocals(names),
        hyperbolic=not names.isdisjoint(("sech", "csch", "coth")),
        hypot="hypot" in names,
    )


def _reciprocals(names: set[str]) -> dict[str, str]:
    """The names to write reciprocals with: all where one has them, cot and csc where there is cot alone."""
    if not names.isdisjoint(("sec", "csc")):
        return {"sin": "csc", "cos": "sec", "tan": "cot"}
    return {"sin": "csc", "tan": "cot"} if "cot" in names else {}


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
