"""Texts of a stream read into straight-line programs: the parser's tables, with other actions than its own.

Each reduction lays out an operation instead of making a node, so that a line costs no tree that would be
walked once and thrown away. What is no operation on floats, and what is no text of the language, is Unfit.
"""

from __future__ import annotations

from gradcli.evaluation.straight import OPERATIONS, Program, Unfit
from gradcli.language.actions_of_statements import SYMBOLS
from gradcli.language.lalr import Rejected, bind_actions
from gradcli.language.names import name_of
from gradcli.language.skeletons import GAP
from gradcli.language.words import holds, read, words_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from gradcli.language.names import Functions

    Parts = list[Any]
    Action = Callable[[Program, Parts], Any]


class Reworded(Exception):  # noqa: N818 -- a finding
    """A text that is read in another form than it is written, which takes its nodes to show."""


def read_program(
    text: str, skeleton: str, numbers: Sequence[float], functions: Functions
) -> tuple[Program, bool]:
    """The program of an expression, and whether it serves all texts of the skeleton that `split` made of it.

    Raises Unfit, Reworded.
    """
    program, root, serves_all = _read(text, skeleton, numbers, functions, "expression")
    program.finish([root])
    return program, serves_all


def read_bindings(
    text: str, skeleton: str, numbers: Sequence[float], functions: Functions
) -> tuple[tuple[str, ...], Program, bool]:
    """The names of `NAME=EXPRESSION, ...`, and the program of the expressions, as `read_program` gives it."""
    program, pairs, serves_all = _read(text, skeleton, numbers, functions, "bindings")
    names, roots = zip(*pairs, strict=True)
    program.finish([*roots])
    return names, program, serves_all


def _read(
    text: str, skeleton: str, numbers: Sequence[float], functions: Functions, start: str
) -> tuple[Program, Any, bool]:
    if not text.isascii() and not SYMBOLS.isdisjoint(text):
        raise Reworded
    kinds, words = words_of(skeleton, functions.textbook)
    serves_all = holds(kinds, len(numbers))
    if not serves_all:
        kinds, words = words_of(text, functions.textbook)
    program = Program(numbers)
    try:
        return program, read(kinds, words, _RULES, program, functions, start), serves_all
    except Rejected:
        raise Unfit from None


def _unfit(*_: object) -> int:
    raise Unfit


def _reworded(*_: object) -> int:
    raise Reworded


def _number(program: Program, c: Parts) -> int:
    word = c[0]
    return program.literal(program.given[len(program.literals)] if word == GAP else float(word))


def _name(program: Program, c: Parts) -> int:
    word = c[0]
    return program.name(word if word.isascii() else _checked(word))


def _checked(word: str) -> str:
    name = name_of(word)
    if name is None:
        raise Unfit
    return name


def _binary(op: str) -> Action:
    operation = OPERATIONS[op, None, 2]

    def action(program: Program, c: Parts) -> int:
        a, _, b = c
        return program.binary(operation, a, b)

    return action


def _mod(program: Program, c: Parts) -> int:
    if c[1] != "%":
        raise Reworded
    return program.binary(OPERATIONS["mod", None, 2], c[0], c[2])


def _neg(program: Program, c: Parts) -> int:
    return program.unary(OPERATIONS["neg", None, 1], c[1])


def _second(_: Program, c: Parts) -> int:
    return c[1]  # type: ignore[no-any-return]


def _call(program: Program, c: Parts) -> int:
    return program.call(_checked(c[0]), c[2])


def _one_item(_: Program, c: Parts) -> Parts:
    return c


def _more_items(_: Program, c: Parts) -> Parts:
    c[0].append(c[2])
    return c[0]  # type: ignore[no-any-return]


def _one_pair(_: Program, c: Parts) -> Parts:
    return [(_checked(c[0]), c[2])]


def _more_pairs(_: Program, c: Parts) -> Parts:
    c[0].append((_checked(c[2]), c[4]))
    return c[0]  # type: ignore[no-any-return]


class _Actions(dict[str, "Action"]):
    """The actions by the names of the grammar's alternatives; of all others there is no program."""

    def __missing__(self, name: str) -> Action:
        return _unfit


_RULES = bind_actions(
    _Actions(
        {
            **{op: _binary(op) for op in ("add", "sub", "mul", "div", "floordiv", "pow")},
            "mod": _mod,
            **dict.fromkeys(
                (
                    "juxtapose", "superscript", "fraction", "called", "bars", "braces", "braces_alone",
                    "square", "root", "call_raised", "call_superscript", "apply", "apply_raised",
                    "apply_superscript", "amount_of", "further", "one_more", "side_by_side", "mul_open",
                    "div_open", "juxtapose_open",
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
