"""Texts as words without their places: those of the tokens, numbers taken out or not."""

from __future__ import annotations

import pytest

from gradcli.language import words
from gradcli.language.lalr import KIND, KINDS, tokenize
from gradcli.language.skeletons import split
from gradcli.language.words import holds, words_of

WORDS = [
    ("sin(x**2)", ["sin", "(", "x", "**", "2", ")"], "NAME LPAR NAME POWER NUMBER RPAR"),
    (" x //y ", ["x", "//", "y"], "NAME FLOOR NAME"),
    ("x\t-\xa01e-3", ["x", "-", "1e-3"], "NAME MINUS NUMBER"),
    ("2e^x", ["2", "e", "^", "x"], "NUMBER NAME POWER NAME"),
    ("x.T.grad", ["x", ".T", ".grad"], "NAME TRANSPOSE ATTRIBUTE"),
    ("iffy if x >= 1", ["iffy", "if", "x", ">=", "1"], "NAME IF NAME COMPARISON NUMBER"),
    ("x²⁺¹·½", ["x", "²", "⁺¹", "·", "½"], "NAME SUPERSCRIPT SUPERSCRIPT TIMES FRACTION"),
    ("x\0", ["x", "\0"], "NAME NUMBER"),  # the gap for a number
    ("x ? y", ["x", "?", "y"], "NAME UNKNOWN NAME"),
    ("sin Sin mod log_2", ["sin", "Sin", "mod", "log_2"], "NAME NAME NAME NAME"),
    ("", [], ""),
    ("  ", [], ""),
]


@pytest.mark.parametrize(("text", "found", "kinds"), WORDS, ids=[repr(case[0]) for case in WORDS])
def test_words(text: str, found: list[str], kinds: str) -> None:
    numbers, spelled = words_of(text)
    assert (spelled, [KINDS[number] for number in numbers]) == (found, kinds.split())


def test_words_of_textbook_functions() -> None:
    numbers, _ = words_of("sin ln Sin SIN sIn Ch mod log_2 log_x1 logs x", frozenset(("sin", "ln", "ch")))
    found = "BARE BARE BARE BARE NAME NAME BARE BARE BARE NAME NAME"
    assert [KINDS[number] for number in numbers] == found.split()


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("x + 2*y", True),
        ("x", True),
        ("log2(x1) - 3.", True),
        ("1_0e+5*x", False),  # a number whose end is taken for a number of its own
        (".5e+3", False),
        (".5 + 2", False),
        ("2x", False),
    ],
)
def test_what_is_left_of_a_text_without_its_numbers(text: str, same: bool) -> None:
    skeleton, numbers = split(text)
    kinds, _ = words_of(skeleton)
    assert holds(kinds, len(numbers)) == same
    if same:
        assert kinds == tokenize(text)[0] == words_of(text)[0]


def test_the_words_remembered_do_not_grow() -> None:
    kinds = words._Kinds(frozenset())
    for n in range(2 * words.MOST_WORDS):
        assert kinds[f"x{n}"] == KIND["NAME"]
        assert kinds[str(n)] == KIND["NUMBER"]
    assert len(kinds) == words.MOST_WORDS
