"""The homework of examples/: its sheet asks what its answers answer, and each answer has its verdict."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from gradcli.homework import check

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
with (EXAMPLES / "homework.csv").open(encoding="utf-8", newline="") as stream:
    ANSWERS = list(csv.DictReader(stream))

MARKS = {  # the verdict, and for a wrong answer the first mistake named, or what its detail says
    "1 Ada": ("correct", ""),
    "1 Ben": ("wrong", "chain-rule-missing"),
    "2 Ada": ("correct", ""),
    "2 Ben": ("wrong", "product-as-product"),
    "3 Ada": ("correct", ""),
    "3 Ben": ("wrong", "quotient-square-missing"),
    "4 Ada": ("wrong", "2e^(2x) would be right"),
    "4 Ben": ("wrong", "exponential-as-power"),
    "5 Ada": ("correct", ""),
    "5 Ben": ("wrong", "right for x > 0, wrong for x < 0"),
    "6 Ada": ("correct", ""),
    "6 Ben": ("unreadable", "unknown name 'sinx'"),
    "7 Ada": ("correct", ""),
    "7 Ben": ("wrong", "chain-rule-missing"),
    "8 Ada": ("wrong", "rounded"),
}


def test_every_answer_has_its_mark() -> None:
    assert [f"{row['id']} {row['student']}" for row in ANSWERS] == list(MARKS)


@pytest.mark.parametrize("row", ANSWERS, ids=list(MARKS))
def test_answer_gets_its_mark(row: dict[str, str]) -> None:
    verdict = check(row["f"], row["claim"], row["wrt"] or None)
    word, said = MARKS[f"{row['id']} {row['student']}"]
    assert verdict.verdict == word
    assert said in verdict.detail or said == verdict.mistakes[0].name


@pytest.mark.parametrize("f", sorted({row["f"] for row in ANSWERS}))
def test_sheet_asks_for_what_is_answered(f: str) -> None:
    sheet = (EXAMPLES / "homework.grad").read_text(encoding="utf-8").splitlines()
    assert f in [line.partition(" at ")[0] for line in sheet]
