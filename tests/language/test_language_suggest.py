"""The name that was meant."""

from __future__ import annotations

import pytest

from gradcli.language.suggest import call_meant, distance, nearest

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
