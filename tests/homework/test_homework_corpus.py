"""Answers as students give them: every row of corpus/ has its verdict, and the wrong ones their mistake.

corpus/right.csv: right answers in other algebraic forms. corpus/wrong.csv: wrong ones; `mistake` is the name
that has to be found, several joined by "|" where each is an honest reading, an empty one where no rule
explains the answer. corpus/odd.csv: what cannot be read, what cannot be decided, and unusual ways of writing.
Every row was verified with numeric derivatives at 80 digits, not with gradcli.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gradcli.homework import check

if TYPE_CHECKING:
    from gradcli.homework.results import Verdict

CORPUS = Path(__file__).parent / "corpus"

MISTAKES = [
    *("chain-rule-missing", "sign-error", "product-as-product"),
    *("quotient-as-quotient", "quotient-order-swapped", "quotient-square-missing"),
    *("power-not-reduced", "power-coefficient-missing", "exponential-as-power", "log-base-ignored"),
    *("constant-kept", "integrated-instead", "plus-c", "function-unchanged", "trig-swapped"),
    *("variable-mixed-up", "coefficient-dropped", "second-derivative-given", "arithmetic-slip", "rounded"),
]


def rows(name: str) -> list[dict[str, str]]:
    with (CORPUS / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


RIGHT, WRONG, ODD = rows("right"), rows("wrong"), rows("odd")
NAMED = [row for row in WRONG if "" not in row["mistake"].split("|")]


def each(table: list[dict[str, str]]) -> pytest.MarkDecorator:
    """A test for each row of the table, called by F and claim."""
    return pytest.mark.parametrize("row", table, ids=[f"{row['f']} ; {row['claim']}" for row in table])


@cache
def asked(f: str, claim: str, wrt: str) -> Verdict:
    return check(f, claim, wrt or None)


def verdict_on(row: dict[str, str]) -> Verdict:
    return asked(row["f"], row["claim"], row["wrt"])


def mistakes_in(row: dict[str, str]) -> list[str]:
    return [mistake.name for mistake in verdict_on(row).mistakes]


@each(RIGHT)
def test_right_answer_is_correct_in_any_form(row: dict[str, str]) -> None:
    verdict = verdict_on(row)
    assert (verdict.verdict, mistakes_in(row)) == ("correct", []), verdict.detail


@each(WRONG)
def test_wrong_answer_is_wrong_and_shown_to_be(row: dict[str, str]) -> None:
    verdict = verdict_on(row)
    assert verdict.verdict == "wrong", verdict.detail
    assert verdict.counterexample is not None
    assert verdict.counterexample.difference != 0


@each(NAMED)
def test_mistake_is_among_those_found(row: dict[str, str]) -> None:
    assert set(row["mistake"].split("|")) & set(mistakes_in(row)), mistakes_in(row)


@each(ODD)
def test_odd_answer_has_its_verdict(row: dict[str, str]) -> None:
    verdict = verdict_on(row)
    assert verdict.verdict == row["verdict"], verdict.detail
    assert verdict.detail or verdict.verdict == "correct"


@each([row for row in ODD if row["verdict"] == "unreadable"])
def test_unreadable_answer_is_told_where_and_why(row: dict[str, str]) -> None:
    diagnostic = verdict_on(row).diagnostic
    assert diagnostic is not None
    assert diagnostic.message


def test_nine_of_ten_mistakes_are_named_first_or_second() -> None:
    missed = [
        (row["f"], row["claim"], row["mistake"], mistakes_in(row))
        for row in NAMED
        if not set(row["mistake"].split("|")) & set(mistakes_in(row)[:2])
    ]
    assert len(missed) <= len(NAMED) / 10, missed


def noted(table: list[dict[str, str]], note: str) -> pytest.MarkDecorator:
    """A test for each row of the table with this note."""
    return each([row for row in table if row["note"].startswith(note)])


@noted(RIGHT, "defined on a part, and right there")
def test_answer_right_on_its_part_of_the_domain_says_which(row: dict[str, str]) -> None:
    (note,) = verdict_on(row).notes
    assert note.startswith("only for x ")


@noted(RIGHT, "for positive parameters only")
def test_answer_right_for_positive_parameters_says_so(row: dict[str, str]) -> None:
    assert verdict_on(row).notes in [[f"for {letter} > 0"] for letter in "abk"]


@noted(RIGHT, "rounded to ten digits or more")
def test_answer_right_to_many_digits_says_to_how_many(row: dict[str, str]) -> None:
    (note,) = verdict_on(row).notes
    assert note.startswith("right to 1")


@noted(WRONG, "right on half of the domain")
def test_answer_wrong_on_a_part_of_the_domain_says_where(row: dict[str, str]) -> None:
    assert verdict_on(row).detail.startswith("right ")


@noted(WRONG, "meant as ")
def test_answer_that_another_reading_makes_right_says_which(row: dict[str, str]) -> None:
    meant = row["note"].removeprefix("meant as ")
    assert f"{meant} would be right" in verdict_on(row).detail


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_found_by_its_name(name: str) -> None:
    having = [row for row in NAMED if row["mistake"] == name]
    assert len(having) >= 3  # rows that nothing else explains
    assert any(name in mistakes_in(row) for row in having)


@pytest.mark.parametrize(
    ("f", "claim"),
    [("e^x", "e^x + 1"), ("sinh(x)", "cosh(x) + 2"), ("cosh(x)", "sinh(x) - 1"), ("3e^x", "3e^x + 5")],
)
def test_integral_is_not_named_where_it_is_the_derivative_too(f: str, claim: str) -> None:
    verdict = asked(f, claim, "")
    assert verdict.verdict == "wrong"
    assert "integrated-instead" not in [mistake.name for mistake in verdict.mistakes]


@noted(WRONG, "explained by no rule")
def test_answer_that_no_mistake_explains_gets_none(row: dict[str, str]) -> None:
    assert mistakes_in(row) == []
    assert verdict_on(row).detail == "no common mistake gives this claim"


def test_answer_to_another_question_is_seldom_explained() -> None:
    asked_for_x = [row for row in NAMED if not row["wrt"] and row["mistake"] != "variable-mixed-up"]
    pairs = [(row, asked_for_x[(7 * i + 13) % len(asked_for_x)]) for i, row in enumerate(asked_for_x)]
    tried = [(row["f"], other["claim"]) for row, other in pairs[::2] if row["f"] != other["f"]]
    explained = [pair for pair in tried if asked(*pair, "").verdict == "wrong" and asked(*pair, "").mistakes]
    assert len(explained) <= len(tried) / 20, explained


def test_corpus_covers_what_it_is_for() -> None:
    assert len(RIGHT) >= 180
    assert len(WRONG) >= 220
    assert len(ODD) >= 50
    assert {name for row in WRONG for name in row["mistake"].split("|")} == {*MISTAKES, ""}
