"""Texts read straight into programs: the same operations as those of their nodes, or none at all."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.evaluation.readings import Reworded, read_bindings, read_program
from gradcli.evaluation.straight import Program, Unfit, program_of
from gradcli.language import Diagnostic
from gradcli.language.parser import parse_expression
from gradcli.language.skeletons import GAP, split
from gradcli.language.words import holds, words_of
from gradcli.rules.rulebook import NAMES


def read(text: str) -> tuple[Program, bool]:
    skeleton, numbers = split(text)
    return read_program(text, skeleton, [*map(float, numbers)], NAMES)


def outcome(program: Program) -> tuple[object, ...]:
    """What a program gives, to the last bit, and what it says of itself."""
    draw = random.Random(1)
    slots = program.values((), [draw.uniform(0.1, 3) for _ in program.names])
    gradients = None if slots is None else program.gradients(slots)
    value = None if slots is None else slots[program.roots[0]]
    return repr(value), repr(gradients), program.names, program.called


READ = [  # text, variables, steps, whether all texts with other numbers share the program
    ("x", ("x",), 0, True),
    ("2", (), 0, True),
    ("sin(x**2)", ("x",), 2, True),
    ("-x + +y", ("x", "y"), 2, True),
    ("((b - 2*a))/b", ("b", "a"), 3, True),
    ("pow(x, 2) - x", ("x",), 2, True),
    ("x*pi + 2*3", ("x",), 3, True),
    ("1e5*x // 2 % y", ("x", "y"), 3, True),
    (".5*x", ("x",), 1, False),
    ("1_000*x + 2", ("x",), 2, False),
    (".5e+3*x", ("x",), 1, False),  # split takes the 3 for a number, which it is not
    ("θ**2*ｘ", ("θ", "x"), 2, False),
    ("θ*ｘ", ("θ", "x"), 1, True),
    ("  x  -  y\t", ("x", "y"), 1, True),
]


@pytest.mark.parametrize(("text", "names", "steps", "shared"), READ, ids=[case[0] for case in READ])
def test_texts_that_are_programs(text: str, names: tuple[str, ...], steps: int, shared: bool) -> None:
    program, serves_all = read(text)
    assert (program.names, len(program.steps), serves_all) == (names, steps, shared)
    assert outcome(program) == outcome(program_of([parse_expression(text, functions=NAMES)]))


REFUSED = [
    *(
        (text, Reworded)
        for text in (
            "2x", "x y", "x²", "½*x", "|x|", "√x", "sin^2(x)", "sin²(x)", "x·y", "x(2)", "foo(x)",
            "sin x", "2 sin x", "ln 3x^2", "sin^2 x", "ln|x|", "x ln|x|", "sin x cos x", "sin x/cos(x)",
            "3[x+1]", "log_3 x", "5 mod x", "ln sin x", "e^sin x", "2|x|", "x^{2}", "x{y}",
        )
    ),
    *(
        (text, Unfit)
        for text in (
            "", "x +", "x)", "(x", "x ? y", "x < y", "x if y else z", "not x", "[x]", "[]", "x[0]", "x.T",
            "sum(x, axis=0)", "max(x, y, z)", "f(x) = x", "x = 2", "x at y=1", "if", "ªx", "xˣ", "#",
            "sin + x", "sin*x", "x % -y", "3%", "sin", "sin -x", "2[1, 2]", "log_2(x)",
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "why"), REFUSED)
def test_texts_that_are_none(text: str, why: type[Exception]) -> None:
    with pytest.raises(why):
        read(text)


PAIRS = [
    ("x=2", ["x"], ["2"]),
    ("x=2, y=-3", ["x", "y"], ["2", "3"]),
    (" x = pi/2,y=sin(1) ", ["x", "y"], ["2", "1"]),
    ("θ=.5", ["θ"], []),
]


@pytest.mark.parametrize(("text", "names", "numbers"), PAIRS)
def test_bindings(text: str, names: list[str], numbers: list[str]) -> None:
    skeleton, written = split(text)
    assert written == numbers
    found, _, shared = read_bindings(text, skeleton, [*map(float, numbers)], NAMES)
    assert [*found] == names
    assert shared == bool(numbers)


@pytest.mark.parametrize("text", ["", "x", "x=", "x=1,", "x=1 y=2", "2=x", "x=1; y=2", "x=[1]"])
def test_what_is_no_binding(text: str) -> None:
    skeleton, written = split(text)
    with pytest.raises(Unfit):
        read_bindings(text, skeleton, [*map(float, written)], NAMES)


WORDS = st.sampled_from(
    [
        *("x", "y", "pi", "θ", "2", "3.5", "1e-3", ".5", "1_0", "2e", ".5e", "e+", "+", "-", "*", "/"),
        *("//", "%", "@", "**", "^", "²", "(", ")", "(", ")", "sin(", "log(", "pow(", "foo(", "max("),
        *("sin ", "ln ", "Sin ", "mod ", " mod ", "log_2 ", "{", "}"),
        *(",", ".", "|", "if", "=", "[", "]", " ", " ", "·", "\\", "?"),
    ]
)


@settings(max_examples=400, deadline=None)
@given(words=st.lists(WORDS, min_size=1, max_size=12))
def test_programs_are_those_of_the_nodes(words: list[str]) -> None:
    text = "".join(words)
    skeleton, numbers = split(text)
    kinds, _ = words_of(skeleton)
    if holds(kinds, len(numbers)):
        assert kinds == words_of(text)[0]
    try:
        direct: object = outcome(read(text)[0])
    except Reworded:
        return
    except Unfit:
        direct = None
    try:
        nodes: object = outcome(program_of([parse_expression(text, functions=NAMES)]))
    except (Diagnostic, Unfit):
        nodes = None
    assert direct == nodes


OPERANDS = st.sampled_from(["x", "y", "pi", "2", "0.5", "1e3", "inf"])


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        OPERANDS,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**", "//"]), inner).map(" ".join),
            st.tuples(inner, inner).map("{0[0]} % ({0[1]})".format),
            inner.map("({})".format),
            inner.map("-{}".format),
            st.tuples(st.sampled_from(["sin", "log", "sqrt", "abs", "floor"]), inner).map(
                "{0[0]}({0[1]})".format
            ),
            st.tuples(st.sampled_from(["max", "pow", "atan2"]), inner, inner).map(
                "{0[0]}({0[1]}, {0[2]})".format
            ),
        ),
        max_leaves=12,
    )
)
def test_formulas_have_the_program_of_their_nodes(text: str) -> None:
    program, shared = read(text)
    assert shared
    assert outcome(program) == outcome(program_of([parse_expression(text, functions=NAMES)]))


def test_a_gap_in_a_text_is_no_number() -> None:
    assert split(f"x + {GAP}") == (f"x + {GAP}", [])  # so that whoever splits must not be given one
