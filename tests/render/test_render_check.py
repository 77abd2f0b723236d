"""The page and the JSON of a verdict, and of a sheet of them, from verdicts made by hand: whole texts."""

from __future__ import annotations

import json
from typing import Any

import mpmath
import numpy as np
import pytest

from gradcli.homework.results import (
    CORRECT,
    UNDECIDED,
    UNREADABLE,
    WRONG,
    Counterexample,
    Mistake,
    Verdict,
)
from gradcli.language.diagnostics import Diagnostic
from gradcli.render import check, plain, pretty, sheet

CHAIN = Mistake(
    "chain-rule-missing",
    "In sin(x**2) the inside has a derivative of its own: x**2 gives 2*x.",
    "Look at sin(x**2) again.",
    spans=[(0, 9)],
    operation="sin(x**2)",
)
SIGN = Mistake("sign-error", "There is a minus too many.", "Look at the signs.")
AT_TWO = Counterexample({"x": 2.0}, 4.0, 12.0)


def verdict(word: Any = WRONG, f: str = "x**3", claim: str = "2*x", **fields: Any) -> Verdict:
    return Verdict(word, f, claim, "x", **{"read": claim, "points": 38, **fields})


def text(given: Verdict, *, width: int = 80, hint: bool = False) -> str:
    return plain.text(check.page(given, width=width, hint=hint))


def together() -> list[Mistake]:
    """Two mistakes, as they come where neither gives the claim alone."""
    mistakes = [
        Mistake("chain-rule-missing", "Two things. This. That.", "Look.", spans=[(0, 9)]),
        Mistake("sign-error", "That.", "Look.", spans=[(4, 8), (0, 9)]),
    ]
    for mistake in mistakes:
        mistake.together = True
    return mistakes


PAGES = {
    "right": (
        verdict(CORRECT, claim="3*x**2"),
        """\
correct: d/dx(x**3) = 3*x**2

compared at 38 points
""",
    ),
    "right with a note and points that were skipped": (
        verdict(CORRECT, "ln(x)", "1/x", notes=["only for x > 0"], skipped=4, points=1),
        """\
correct: d/dx(ln(x)) = 1/x
note: only for x > 0

compared at 1 point; at 4 more one side has no value
""",
    ),
    "an equation": (
        verdict(
            CORRECT, claim="y' = 3x^2", read="3*x**2", readings=["taken as the right side of the equation"]
        ),
        """\
correct: d/dx(x**3) = 3*x**2
taken as the right side of the equation

compared at 38 points
""",
    ),
    "written otherwise than it is read": (
        verdict(CORRECT, claim="3x^2", read="3*x**2"),
        """\
correct: d/dx(x**3) = 3x^2
read as 3*x**2

compared at 38 points
""",
    ),
    "only spelt otherwise": (
        verdict(CORRECT, claim="3 * x^2", read="3*x**2"),
        """\
correct: d/dx(x**3) = 3 * x^2

compared at 38 points
""",
    ),
    "no known mistake": (
        verdict(detail="no common mistake gives this claim", counterexample=AT_TWO),
        """\
wrong: d/dx(x**3) is not 2*x
no common mistake gives this claim

at x = 2:
  claimed      4
  true         12
  ratio        0.3333333333 (1/3)
  difference  -8

compared at 38 points
""",
    ),
    "a mistake with its place": (
        verdict(
            f="sin(x**2)", claim="cos(x**2)", mistakes=[CHAIN], detail="consistent with chain-rule-missing"
        ),
        """\
wrong: d/dx(sin(x**2)) is not cos(x**2)

chain-rule-missing: In sin(x**2) the inside has a derivative of its own: x**2
gives 2*x.
  │ sin(x**2)
  │ ^^^^^^^^^

compared at 38 points
""",
    ),
    "two mistakes in words, where it is wrong, and a truth of 0": (
        verdict(
            f="sin(x**2)",
            claim="x",
            mistakes=[CHAIN, SIGN, Mistake("rounded", "Not told.", "")],
            detail="right for x > 0, wrong for x < 0",
            counterexample=Counterexample({"x": -1.0, "a": 2.0}, -1.0, 0.0),
        ),
        """\
wrong: d/dx(sin(x**2)) is not x
right for x > 0, wrong for x < 0

consistent with chain-rule-missing: In sin(x**2) the inside has a derivative of
its own: x**2 gives 2*x.
  │ sin(x**2)
  │ ^^^^^^^^^

or with sign-error: There is a minus too many.

at x = -1, a = 2:
  claimed     -1
  true         0
  difference  -1

compared at 38 points
""",
    ),
    "two that give it only together": (
        verdict(f="sin(x**2)", claim="x", mistakes=together(), detail="consistent with both"),
        """\
wrong: d/dx(sin(x**2)) is not x

chain-rule-missing together with sign-error: Two things. This. That.
  │ sin(x**2)
  │ ^^^^^^^^^
  │     ^^^^

compared at 38 points
""",
    ),
    "several places on one line": (
        verdict(
            f="exp(2x)*sin(2x)",
            mistakes=[Mistake("sign-error", "Twice.", "", spans=[(0, 7), (8, 15)])],
            points=0,
        ),
        """\
wrong: d/dx(exp(2x)*sin(2x)) is not 2*x

sign-error: Twice.
  │ exp(2x)*sin(2x)
  │ ^^^^^^^ ^^^^^^^
""",
    ),
    "places that lie in each other": (
        verdict(
            f="sin(sin(x))",
            mistakes=[Mistake("sign-error", "Twice.", "", spans=[(0, 11), (4, 10)])],
            points=0,
        ),
        """\
wrong: d/dx(sin(sin(x))) is not 2*x

sign-error: Twice.
  │ sin(sin(x))
  │ ^^^^^^^^^^^
  │     ^^^^^^
""",
    ),
    "a reading that the reason gives already": (
        verdict(
            claim="e^2x", read="e**2*x", detail="as written this is e**2*x; e^(2x) would be right", points=0
        ),
        """\
wrong: d/dx(x**3) is not e^2x
as written this is e**2*x; e^(2x) would be right
""",
    ),
    "undecided": (
        verdict(UNDECIDED, "ln(-x**2)", "2/x", detail="F has no value anywhere", points=0, skipped=12),
        """\
undecided: d/dx(ln(-x**2)) =? 2/x
F has no value anywhere

compared at no points; at 12 more one side has no value
""",
    ),
    "a claim that cannot be read": (
        verdict(
            UNREADABLE,
            claim="cosx",
            points=0,
            text="cosx",
            diagnostic=Diagnostic(
                "name", "unknown name 'cosx'", [((0, 4), "did you mean 'cos(x)'?")], "A hint."
            ),
        ),
        """\
unreadable: unknown name 'cosx'
  │ cosx
  │ ^^^^ did you mean 'cos(x)'?
  A hint.
""",
    ),
    "an F that cannot be read": (
        verdict(
            UNREADABLE,
            "sn(x)",
            points=0,
            text="sn(x)",
            diagnostic=Diagnostic("name", "unknown function 'sn'", [((0, 2), "")]),
        ),
        """\
unreadable: F: unknown function 'sn'
  │ sn(x)
  │ ^^
""",
    ),
    "a row that is none": (
        verdict(UNREADABLE, detail="a quotation mark is opened and not closed", points=0),
        """\
unreadable: a quotation mark is opened and not closed
""",
    ),
    "control characters": (
        verdict(claim="\x1b[31m2\n", read="", points=0, detail="d\x07"),
        """\
wrong: d/dx(x**3) is not \\x1b[31m2
d\\x07
""",
    ),
    "arrays": (
        verdict(
            counterexample=Counterexample({"x": 1.0}, np.array([1.0, 2.0]), np.array([1.0, 3.0])), points=0
        ),
        """\
wrong: d/dx(x**3) is not 2*x

at x = 1:
  claimed     [1, 2]
  true        [1, 3]
  difference  [0, -1]
""",
    ),
}


@pytest.mark.parametrize(("given", "expected"), PAGES.values(), ids=PAGES)
def test_page(given: Verdict, expected: str) -> None:
    assert text(given) == expected


HINTS = {
    "where to look": (
        verdict(
            f="sin(x**2)",
            claim="cos(x**2)",
            mistakes=[CHAIN],
            detail="cos(x**2)*2*x would be right",
            notes=["the answer"],
            counterexample=AT_TWO,
        ),
        """\
wrong: d/dx(sin(x**2)) is not cos(x**2)

hint: Look at sin(x**2) again.
  │ sin(x**2)
  │ ^^^^^^^^^

compared at 38 points
""",
    ),
    "what to try where nothing is known": (
        verdict(detail="3*x**2 would be right", counterexample=AT_TWO),
        """\
wrong: d/dx(x**3) is not 2*x

hint: try x = 2: what you give there is not the slope

compared at 38 points
""",
    ),
    "one hint for two mistakes at one place": (
        verdict(mistakes=[SIGN, Mistake("plus-c", "", "Look at the signs.")], points=0),
        """\
wrong: d/dx(x**3) is not 2*x

hint: Look at the signs.
""",
    ),
    "a right answer has no secrets": (
        verdict(CORRECT, notes=["only for x > 0"], points=0),
        """\
correct: d/dx(x**3) = 2*x
note: only for x > 0
""",
    ),
}


@pytest.mark.parametrize(("given", "expected"), HINTS.values(), ids=HINTS)
def test_hint(given: Verdict, expected: str) -> None:
    assert text(given, hint=True) == expected


NARROW = """\
wrong: d/dx(sin(x**2) + cos(x**2) +
tan(x**2))
  is not 2*x*cos(x**2) + 2*x*sin(x**2)

chain-rule-missing: In sin(x**2) the
inside has a derivative of its own: x**2
gives 2*x.
  │ sin(x**2) + cos(x**2) + tan(x**2)
  │ ^^^^^^^^^

compared at 38 points
"""


def test_a_narrow_page_breaks_its_lines() -> None:
    given = verdict(
        f="sin(x**2) + cos(x**2) + tan(x**2)", claim="2*x*cos(x**2) + 2*x*sin(x**2)", mistakes=[CHAIN]
    )
    assert text(given, width=40) == NARROW


def test_formulas_of_any_length_leave_a_page() -> None:
    long = "+".join(["x"] * 10_000)
    shown = text(verdict(f=long, claim=long, read=long))
    assert len(shown) < 2000
    assert max(map(len, shown.splitlines())) <= 80


def test_colour_changes_no_character() -> None:
    for given, expected in PAGES.values():
        coloured = pretty.text(check.page(given, width=80))
        assert "\x1b[" in coloured
        assert _without_colour(coloured) == expected


def test_right_is_green_and_wrong_is_red() -> None:
    assert pretty.text(check.page(verdict(CORRECT), width=80)).startswith("\x1b[1;32mcorrect: ")
    assert pretty.text(check.page(verdict(WRONG), width=80)).startswith("\x1b[1;31mwrong: ")


def _without_colour(text: str) -> str:
    from rich.text import Text

    return Text.from_ansi(text).plain


# --- JSON ---

KEYS = [
    *("verdict", "mistakes", "counterexample", "points", "skipped", "detail", "f", "claim", "wrt", "read"),
    *("f_read", "readings", "notes", "explanations", "error"),
]
EXAMPLE_KEYS = ["at", "claimed", "true", "ratio", "difference"]


def fields(given: Verdict, *, hint: bool = False) -> dict[str, Any]:
    line = check.as_json(check.record(given, hint=hint))
    assert line.endswith("}\n")
    assert "\n" not in line[:-1]
    found: dict[str, Any] = json.loads(line)
    return found


@pytest.mark.parametrize("given", [given for given, _ in [*PAGES.values(), *HINTS.values()]])
@pytest.mark.parametrize("hint", [False, True])
def test_the_keys_are_always_the_same(given: Verdict, hint: bool) -> None:
    found = fields(given, hint=hint)
    assert list(found) == KEYS
    assert found["counterexample"] is None or list(found["counterexample"]) == EXAMPLE_KEYS


def test_json_of_a_wrong_answer() -> None:
    given = verdict(
        f="sin(x**2)", claim="cos(x**2)", mistakes=[CHAIN, SIGN], skipped=2, counterexample=AT_TWO
    )
    assert fields(given) == {
        "verdict": "wrong",
        "mistakes": ["chain-rule-missing", "sign-error"],
        "counterexample": {
            "at": {"x": 2.0},
            "claimed": 4.0,
            "true": 12.0,
            "ratio": 0.3333333333333333,
            "difference": -8.0,
        },
        "points": 38,
        "skipped": 2,
        "detail": CHAIN.says,
        "f": "sin(x**2)",
        "claim": "cos(x**2)",
        "wrt": "x",
        "read": "cos(x**2)",
        "f_read": "",
        "readings": [],
        "notes": [],
        "explanations": [
            {
                "mistake": "chain-rule-missing",
                "text": CHAIN.says,
                "hint": CHAIN.hint,
                "operation": "sin(x**2)",
                "spans": [[0, 9]],
                "together": False,
            },
            {
                "mistake": "sign-error",
                "text": SIGN.says,
                "hint": "Look at the signs.",
                "operation": "",
                "spans": [],
                "together": False,
            },
        ],
        "error": None,
    }


DETAILS = {
    "where it is wrong, and the first mistake": (
        PAGES["two mistakes in words, where it is wrong, and a truth of 0"][0],
        f"right for x > 0, wrong for x < 0; {CHAIN.says}",
    ),
    "a point where no mistake is known": (
        PAGES["no known mistake"][0],
        "no common mistake gives this claim; at x = 2 it is 4, the derivative 12",
    ),
    "the notes of a right answer": (
        verdict(CORRECT, notes=["only for x > 0", "for a > 0"]),
        "only for x > 0; for a > 0",
    ),
    "the reason why there is no verdict": (PAGES["undecided"][0], "F has no value anywhere"),
}


@pytest.mark.parametrize(("given", "expected"), DETAILS.values(), ids=DETAILS)
def test_the_detail_of_a_row(given: Verdict, expected: str) -> None:
    assert check.detail(given) == expected == fields(given)["detail"]


def test_json_of_a_hint_gives_nothing_away() -> None:
    given = HINTS["where to look"][0]
    found = fields(given, hint=True)
    assert found["counterexample"] == {
        "at": {"x": 2.0},
        "claimed": 4.0,
        "true": None,
        "ratio": None,
        "difference": None,
    }
    assert (found["detail"], found["notes"]) == (CHAIN.hint, [])
    assert found["explanations"][0]["text"] is None
    assert found["mistakes"] == ["chain-rule-missing"]


def test_json_of_what_cannot_be_read() -> None:
    assert fields(PAGES["a claim that cannot be read"][0])["error"] == {
        "in": "claim",
        "kind": "name",
        "message": "unknown name 'cosx'",
        "hint": "A hint.",
        "span": [0, 4],
    }
    assert fields(PAGES["an F that cannot be read"][0])["error"]["in"] == "f"


@pytest.mark.parametrize(
    ("claimed", "true", "expected"),
    [
        (float("nan"), 1.0, ["nan", 1.0, "nan", "nan"]),
        (float("inf"), 1.0, ["inf", 1.0, "inf", "inf"]),
        (1.0, 0.0, [1.0, 0.0, None, 1.0]),
        (
            mpmath.mpf(1) / 3,
            mpmath.mpf(2),
            [0.3333333333333333, 2.0, 0.16666666666666666, -1.6666666666666667],
        ),
        (np.array([1.0, 2.0]), np.array([1.0, 4.0]), [[1.0, 2.0], [1.0, 4.0], None, [0.0, -2.0]]),
    ],
)
def test_numbers_in_json(claimed: Any, true: Any, expected: list[Any]) -> None:
    found = fields(verdict(counterexample=Counterexample({"x": 1.0}, claimed, true)))["counterexample"]
    assert [found[key] for key in EXAMPLE_KEYS[1:]] == expected


# --- sheets ---

RECORD = {"verdict": "wrong", "mistakes": ["sign-error", "rounded"], "detail": 'a "minus", or\ntwo'}


@pytest.mark.parametrize(
    ("columns", "cells", "header", "row"),
    [
        (["f", "claim"], ["x", "1"], "f,claim,verdict,mistake,detail", "x,1,wrong,sign-error,"),
        (["f", "claim", "name"], ["x", "1"], "f,claim,name,verdict,mistake,detail", "x,1,,wrong,sign-error,"),
        (["f", "claim"], ["x", "1", "2"], "f,claim,verdict,mistake,detail", "x,1,wrong,sign-error,"),
        (
            ["f", "Verdict "],
            ["x", "=1+1"],
            "f,Verdict ,check_verdict,mistake,detail",
            "x,=1+1,wrong,sign-error,",
        ),
    ],
)
def test_csv(columns: list[str], cells: list[str], header: str, row: str) -> None:
    page = sheet.Csv(columns, ",")
    assert page.header() == header + "\n"
    assert page.row(cells, RECORD).startswith(row + '"a ""minus"", or\ntwo"')


def test_csv_leaves_no_cell_out_and_our_columns_in_their_place() -> None:
    page = sheet.Csv(["f", "claim"], "\t")
    right = {"verdict": "correct", "mistakes": [], "detail": ""}
    assert page.row(["x", "1", "more"], right) == "x\t1\tcorrect\t\t\tmore\n"


def test_json_of_a_row_has_its_own_columns_but_under_no_name_of_ours() -> None:
    own = [("id", "7"), ("notes", "late"), ("id", "8"), ("line", "9")]
    found = sheet.json_fields(own, 3, {"verdict": "wrong", "notes": []})
    assert found == {
        "line": 3,
        "id": "7",
        "sheet_notes": "late",
        "id_": "8",
        "sheet_line": "9",
        "verdict": "wrong",
        "notes": [],
    }


TABLES = {
    110: """\
line  f          claim      verdict     mistake
2     sin(x**2)  cos(x**2)  wrong       sign-error: a "minus", or two
12    x          cosx       unreadable  unknown name 'cosx'
""",
    80: """\
line  f          claim      verdict     mistake
2     sin(x**2)  cos(x**2)  wrong       sign-error: a "minus", or two
12    x          cosx       unreadable  unknown name 'cosx'
""",
    50: """\
line  f         claim     verdict     mistake
2     sin(x**…  cos(x**…  wrong       sign-error
12    x         cosx      unreadable  unknown nam…
""",
}


@pytest.mark.parametrize(("width", "expected"), TABLES.items())
def test_table(width: int, expected: str) -> None:
    rows = [("2", "sin(x**2)", "cos(x**2)", RECORD)]
    rows += [("12", "x", "cosx", {"verdict": "unreadable", "mistakes": [], "detail": "unknown name 'cosx'"})]
    table = sheet.Table("line", [row[:3] for row in rows], width)
    shown = plain.text([table.header(), *(table.row(*row) for row in rows)])
    assert shown == expected
    assert max(map(len, shown.splitlines())) <= width


@pytest.mark.parametrize(
    ("verdicts", "mistakes", "expected"),
    [
        ({}, {}, "0 answers\n"),
        ({"correct": 1}, {}, "1 answer: 1 correct\n"),
        (
            {"unreadable": 1, "wrong": 4, "correct": 7},
            {"rounded": 1, "sign-error": 3},
            "12 answers: 7 correct, 4 wrong, 1 unreadable\nmistakes: sign-error 3, rounded 1\n",
        ),
        (
            {"wrong": 21},
            dict(zip("abcdefg", range(6, -1, -1), strict=True)),
            "21 answers: 21 wrong\nmistakes: a 6, b 5, c 4, d 3, e 2 and 2 others\n",
        ),
    ],
)
def test_summary(verdicts: dict[str, int], mistakes: dict[str, int], expected: str) -> None:
    assert plain.text(sheet.summary(verdicts, mistakes, 80)) == expected
