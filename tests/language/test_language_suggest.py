"""The name that was meant."""

from __future__ import annotations

import pytest

from gradcli.language.suggest import application_meant, call_meant, distance, nearest

NAMES = [
    "sin",
    "sinh",
    "asin",
    "cos",
    "ln",
    "log",
    "log2",
    "sqrt",
    "pi",
    "tan",
    "softmax",
    "relu",
    "x",
    "y",
    "max",
]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("sn", "sin"), ("nl", "ln"), ("kn", None),
        ("Sin", "sin"), ("PI", "pi"), ("Ln", "ln"), ("In", "ln"), ("1n", "ln"),
        ("sqtr", "sqrt"), ("sqr", "sqrt"), ("arcsin", "asin"), ("arsin", "asin"),
        ("cosn", "cos"), ("log_2", "log2"),
        ("softmx", "softmax"), ("ReLU", "relu"), ("foo", None), ("z", None), ("X", "x"), ("sin", "sinh"),
        ("lb", "log2"), ("ld", "log2"), ("tang", "tan"), ("cotan", None),
        ("", None), ("a" * 1000, None), ("ｓｉｎ", "sinh"),
    ],
)  # fmt: skip
def test_nearest(name, meant):
    assert nearest(name, NAMES) == meant


@pytest.mark.parametrize(
    ("a", "b", "slips"),
    [
        ("", "", 0),
        ("sin", "sin", 0),
        ("sn", "sin", 1),
        ("sni", "sin", 1),
        ("sxn", "sin", 1),
        ("ca", "abc", 3),
    ],
)
def test_distance(a, b, slips):
    assert distance(a, b, 9) == slips == distance(b, a, 9)


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("sin x", "sin(x)"),
        ("sin 2x + 1", "sin(2x)"),
        ("sin x^2 + 1", "sin(x^2)"),
        ("sin^-1 x", "1/sin(x)"),
        ("sin^2 x", "sin(x)^2"),
        ("sin² x", "sin(x)²"),
        ("sin**2 x", "sin(x)**2"),
        ("sin -x", "sin(-x)"),
        ("sin", None),
        ("sin*x", None),
        ("sin + x", None),
        ("sin cos(x)", None),
    ],
)
def test_the_call_that_was_meant(text, call):
    assert call_meant(text, "sin", 3) == call


@pytest.mark.parametrize(
    ("name", "names", "meant"),
    [("sn", ["sgn", "sin"], "sin"), ("sn", ["sin", "sgn"], "sin"), ("sinn", ["sinc", "sin"], "sin")],
)
def test_a_vowel_is_missed_and_a_letter_doubled_more_often_than_others(name, names, meant):
    assert nearest(name, names) == meant


TEXTBOOK = ("sin", "cos", "ln", "log", "exp", "arcsin", "ch", "sqrt")


@pytest.mark.parametrize(
    ("name", "others", "meant"),
    [
        ("sinx", "", "sin(x)"), ("sinx", "x", "sin(x)"), ("sinx", "y", "sin(x)"), ("lnx", "ab", "ln(x)"),
        ("cosθ", "", "cos(θ)"), ("sin2x", "", "sin(2*x)"), ("sin30", "x", "sin(30)"), ("ln2", "x", "ln(2)"),
        ("xlnx", "", "x*ln(x)"), ("xsinx", "x", "x*sin(x)"), ("xysinxy", "", "x*y*sin(x*y)"),
        ("lnxy", "xy", "ln(x*y)"), ("arcsinx", "", "arcsin(x)"), ("expx", "x", "exp(x)"),
        ("expx", "", "exp(x)"), ("log5", "", "log(5)"), ("sqrtx", "x", "sqrt(x)"),
        ("expt", "x", None), ("log5", "x", None), ("logp", "x", None), ("cost", "", None), ("sine", "", None),
        ("chi", "", None), ("lnxy", "", None), ("since", "", None), ("asinx", "x", None),
        ("x_sinx", "x", None), ("sin", "", None), ("sin_x", "", None), ("sinx1", "", None),
    ],
)  # fmt: skip
def test_the_application_that_was_meant(name, others, meant):
    assert application_meant(name, {*others}, TEXTBOOK, alone=not others) == meant
