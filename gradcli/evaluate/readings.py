"""Texts of a stream read into straight-line programs: the parser's tables, with other actions than its own.

Each reduction lays out an operation instead of making a node, so that a line costs no tree that would be
walked once and thrown away. What is no operation on floats, and what is no text of the language, is Unfit.
"""

from __future__ import annotations

from gradcli.evaluate.straight import Layout, Unfit
from gradcli.language.actions_of_statements import SYMBOLS
from gradcli.language.lalr import Rejected, bind_actions
from gradcli.language.names import name_of
from gradcli.language.skeletons import GAP
from gradcli.language.words import holds, read, words_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence
    from typing import Any

    Parts = list[Any]
    Action = Callable[[Layout, Parts], Any]


class Reworded(Exception):  # noqa: N818 -- a finding
    """A text that is read in another form than it is written, which takes its nodes to show."""


def read_layout(
    text: str, skeleton: str, numbers: Sequence[float], functions: Container[str], start: str
) -> tuple[Layout, Any, bool]:
    """What a text is laid out as: the layout; the root of an "expression", or the names and roots of
    "bindings"; and whether it serves all texts of the skeleton, to which `split` took the text apart.

    Raises Unfit, Reworded.
    """
    if not text.isascii() and not SYMBOLS.isdisjoint(text):
        raise Reworded
    kinds, words = words_of(skeleton)
    serves_all = holds(kinds, len(numbers))
    if not serves_all:
        kinds, words = words_of(text)
    layout = Layout(numbers)
    try:
        return layout, read(kinds, words, _RULES, layout, functions, start), serves_all
    except Rejected:
        raise Unfit from None


def _unfit(*_: object) -> int:
    raise Unfit


def _reworded(*_: object) -> int:
    raise Reworded


def _number(layout: Layout, c: Parts) -> int:
    word = c[0]
    return layout.literal(layout.numbers[len(layout.literals)] if word == GAP else float(word))


def _name(layout: Layout, c: Parts) -> int:
    return layout.name(_checked(c[0]))


def _checked(word: str) -> str:
    name = name_of(word)
    if name is None:
        raise Unfit
    return name


def _binary(op: str) -> Action:
    return lambda layout, c: layout.operation(op, None, c[::2])


def _neg(layout: Layout, c: Parts) -> int:
    return layout.operation("neg", None, c[1:])


def _second(_: Layout, c: Parts) -> int:
    return c[1]  # type: ignore[no-any-return]


def _call(layout: Layout, c: Parts) -> int:
    return layout.call(_checked(c[0]), c[2])


def _one_item(_: Layout, c: Parts) -> Parts:
    return c


def _more_items(_: Layout, c: Parts) -> Parts:
    c[0].append(c[2])
    return c[0]  # type: ignore[no-any-return]


def _one_pair(_: Layout, c: Parts) -> Parts:
    return [(_checked(c[0]), c[2])]


def _more_pairs(_: Layout, c: Parts) -> Parts:
    c[0].append((_checked(c[2]), c[4]))
    return c[0]  # type: ignore[no-any-return]


class _Actions(dict[str, "Action"]):
    """The actions by the names of the grammar's alternatives; of all others there is no program."""

    def __missing__(self, name: str) -> Action:
        return _unfit


_RULES = bind_actions(
    _Actions(
        {
            **{op: _binary(op) for op in ("add", "sub", "mul", "div", "floordiv", "mod", "matmul", "pow")},
            **dict.fromkeys(
                (
                    "juxtapose", "superscript", "fraction", "called", "bars", "root", "call_raised",
                    "call_superscript",
                ),
                _reworded,
            ),
            "neg": _neg,
            "pos": _second,
            "group": _second,
            "number": _number,
            "name": _name,
            "call": _call,
            "one_item": _one_item,
            "more_items": _more_items,
            "one_pair": _one_pair,
            "more_pairs": _more_pairs,
        }
    )
)  # fmt: skip
