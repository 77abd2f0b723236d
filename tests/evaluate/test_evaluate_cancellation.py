"""Digits that are lost on the way to an answer: what a note says of them, and where none may stand."""

from __future__ import annotations

import re

import pytest

from gradcli.evaluation import evaluate
from gradcli.evaluation.session import Session

# A formula that cancels, its variables, the same in a form that does not, the note, and what it marks.
CANCELLING = [
    (
        "(1-cos(x))/x^2",
        {"x": 0.0001},
        "2*sin(x/2)^2/x^2",
        "8 digits are lost by cancellation here: the value is 0.4999999996, the gradient by x is "
        "-8.333333328e-06; 2*sin(x/2)**2 keeps them; gradcli eval --precision 40 shows it",
        "(1-cos(x))",
    ),
    (
        "sqrt(x^2+1)-x",
        {"x": 1000000000.0},
        "1/(sqrt(x^2+1)+x)",
        "all digits cancelled here: the value is 5e-10, the gradient by x is -5e-19; 1/(sqrt(x**2 +"
        " 1) + x) keeps them; gradcli eval --precision 40 shows it",
        "sqrt(x^2+1)-x",
    ),
    (
        "m*c^2*(1/sqrt(1-(v/c)^2)-1)",
        {"m": 1, "c": 300000000.0, "v": 3},
        "m*v^2/2",
        "all digits cancelled here: the value is 4.5, the gradient by m is 4.5, the gradient by c "
        "is -2.25e-24; gradcli eval --precision 40 shows it",
        "(1/sqrt(1-(v/c)^2)-1)",
    ),
    (
        "(-b+sqrt(b^2-4a*c))/(2a)",
        {"a": 1, "b": 100000000.0, "c": 1},
        "2c/(-b-sqrt(b^2-4a*c))",
        "all digits cancelled here: the value is -1e-08, the gradient by b is 1e-16, the gradient "
        "by a is -1e-24; gradcli eval --precision 40 shows it",
        "(-b+sqrt(b^2-4a*c))",
    ),
    (
        "log(1+x)/x",
        {"x": 1e-08},
        "log1p(x)/x",
        "8 digits are lost by rounding here: the value is 0.999999995, the gradient by x is "
        "-0.4999999933; log1p(x) keeps them; gradcli eval --precision 40 shows it",
        "log(1+x)",
    ),
    (
        "(x-sin(x))/x^3",
        {"x": 0.0001},
        "1/6-x^2/120",
        "8 digits are lost by cancellation here: the value is 0.1666666666, the gradient by x is "
        "-1.666666666e-06; gradcli eval --precision 40 shows it",
        "(x-sin(x))",
    ),
    (
        "exp(x)-1",
        {"x": 1e-12},
        "expm1(x)",
        "12 digits are lost by cancellation here: the value is 1e-12; expm1(x) keeps them; gradcli "
        "eval --precision 40 shows it",
        "exp(x)-1",
    ),
    (
        "(exp(x)-1-x)/x^2",
        {"x": 1e-05},
        "1/2+x/6",
        "10 digits are lost by cancellation here: the value is 0.5000016667, the gradient by x is "
        "0.1666675; gradcli eval --precision 40 shows it",
        "(exp(x)-1-x)",
    ),
    (
        "1/x-1/(x+1)",
        {"x": 100000000.0},
        "1/(x*(x+1))",
        "8 digits are lost by cancellation here: the value is 9.9999999e-17, the gradient by x is "
        "-1.99999997e-24; (x + 1 - x)/(x*(x + 1)) keeps them; gradcli eval --precision 40 shows it",
        "1/x-1/(x+1)",
    ),
    (
        "sqrt(x+1)-sqrt(x)",
        {"x": 10000000000000.0},
        "1/(sqrt(x+1)+sqrt(x))",
        "13 digits are lost by cancellation here: the value is 1.58113883e-07, the gradient by x is"
        " -7.90569415e-21; (x + 1 - x)/(sqrt(x + 1) + sqrt(x)) keeps them; gradcli eval --precision"
        " 40 shows it",
        "sqrt(x+1)-sqrt(x)",
    ),
    (
        "(x+h)^2-x^2",
        {"x": 1000000.0, "h": 1e-09},
        "h*(2x+h)",
        "15 digits are lost by cancellation here: the value is 0.002, the gradient by x is 2e-09; "
        "gradcli eval --precision 40 shows it",
        "(x+h)^2-x^2",
    ),
    (
        "(sin(x+h)-sin(x))/h",
        {"x": 1, "h": 1e-09},
        "(2cos(x+h/2)*sin(h/2))/h",
        "9 digits are lost by cancellation here: the value is 0.5403023054, the gradient by x is "
        "-0.8414709851, the gradient by h is -0.4207354926; gradcli eval --precision 40 shows it",
        "(sin(x+h)-sin(x))",
    ),
    (
        "tan(x)-x",
        {"x": 1e-05},
        "x^3/3+2x^5/15",
        "10 digits are lost by cancellation here: the value is 3.333333333e-16, the gradient by x "
        "is 1e-10; gradcli eval --precision 40 shows it",
        "tan(x)-x",
    ),
    (
        "cos(x)^2-sin(x)^2",
        {"x": 0.785398163},
        "cos(2x)",
        "9 digits are lost by cancellation here: the value is 7.948966542e-10; cos(2*x) keeps them;"
        " gradcli eval --precision 40 shows it",
        "cos(x)^2-sin(x)^2",
    ),
    (
        "log(x+1)-log(x)",
        {"x": 1000000000000.0},
        "log1p(1/x)",
        "13 digits are lost by cancellation here: the value is 1e-12, the gradient by x is -1e-24; "
        "log1p((x + 1 - x)/x) keeps them; gradcli eval --precision 40 shows it",
        "log(x+1)-log(x)",
    ),
    (
        "x-sqrt(x^2-1)",
        {"x": 10000000.0},
        "1/(x+sqrt(x^2-1))",
        "14 digits are lost by cancellation here: the value is 5e-08, the gradient by x is -5e-15; "
        "1/(x + sqrt(x**2 - 1)) keeps them; gradcli eval --precision 40 shows it",
        "x-sqrt(x^2-1)",
    ),
    (
        "(1+1/n)^n",
        {"n": 1000000000.0},
        "exp(n*log1p(1/n))",
        "9 digits are lost by rounding here: the value is 2.718281827, the gradient by n is "
        "1.359140912e-18; exp(n*log1p(1/n)) keeps them; gradcli eval --precision 40 shows it",
        "(1+1/n)^n",
    ),
    (
        "1-x/sqrt(x^2+1)",
        {"x": 1000000.0},
        "1/(sqrt(x^2+1)*(sqrt(x^2+1)+x))",
        "12 digits are lost by cancellation here: the value is 5e-13, the gradient by x is -1e-18; "
        "gradcli eval --precision 40 shows it",
        "1-x/sqrt(x^2+1)",
    ),
    (
        "(exp(x)-exp(-x))/2",
        {"x": 1e-10},
        "sinh(x)",
        "9 digits are lost by cancellation here: the value is 1e-10; sinh(x) keeps them; gradcli "
        "eval --precision 40 shows it",
        "(exp(x)-exp(-x))",
    ),
    (
        "acos(1-x)",
        {"x": 1e-13},
        "2*asin(sqrt(x/2))",
        "12 digits are lost by rounding here: the value is 4.472135955e-07, the gradient by x is "
        "2236067.977; gradcli eval --precision 40 shows it",
        "acos(1-x)",
    ),
    (
        "x^3-3x^2+3x-1",
        {"x": 1.00001},
        "(x-1)^3",
        "all digits cancelled here: the value is 1e-15, the gradient by x is 3e-10; gradcli eval "
        "--precision 40 shows it",
        "x^3-3x^2+3x-1",
    ),
    (
        "1-tanh(x)",
        {"x": 18},
        "2/(exp(2x)+1)",
        "15 digits are lost by cancellation here: the value is 4.63904566e-16, the gradient by x is"
        " -9.278091321e-16; 2*sigmoid(-2*x) keeps them; gradcli eval --precision 40 shows it",
        "1-tanh(x)",
    ),
    (
        "1-sigmoid(x)",
        {"x": 35},
        "sigmoid(-x)",
        "15 digits are lost by cancellation here: the value is 6.30511676e-16, the gradient by x is"
        " -6.30511676e-16; sigmoid(-x) keeps them; gradcli eval --precision 40 shows it",
        "1-sigmoid(x)",
    ),
    (
        "erf(x)-1",
        {"x": 5},
        "-erfc(x)",
        "11 digits are lost by cancellation here: the value is -1.537459794e-12; -erfc(x) keeps "
        "them; gradcli eval --precision 40 shows it",
        "erf(x)-1",
    ),
    (
        "sum(v^2)/3-(sum(v)/3)^2",
        {"v": [100000001.0, 100000002.0, 100000003.0]},
        "2/3",
        "all digits cancelled here: the value is 0.6666666667, the gradient by v at [0] is "
        "-0.6666666667; gradcli eval --precision 40 shows it",
        "sum(v^2)/3-(sum(v)/3)^2",
    ),
    (
        "y=exp(x); (y-1)/x",
        {"x": 1e-09},
        "expm1(x)/x",
        "9 digits are lost by cancellation here: the value is 1.000000001, the gradient by x is "
        "0.5000000003; gradcli eval --precision 40 shows it",
        "(y-1)",
    ),
    (
        "f(t)=1-cos(t); f(x)",
        {"x": 1e-05},
        "2*sin(x/2)^2",
        "in f(): 9 digits are lost by cancellation here: the value is 5e-11; 2*sin(t/2)**2 keeps "
        "them; gradcli eval --precision 40 shows it",
        "f(x)",
    ),
    (
        "log(cosh(x))",
        {"x": 1e-05},
        "log1p(2*sinh(x/2)^2)",
        "9 digits are lost by rounding here: the value is 5e-11; gradcli eval --precision 40 shows "
        "it",
        "log(cosh(x))",
    ),
    (
        "sqrt(1+x)-1",
        {"x": 1e-12},
        "x/(sqrt(1+x)+1)",
        "12 digits are lost by cancellation here: the value is 5e-13; x/(sqrt(1 + x) + 1) keeps "
        "them; gradcli eval --precision 40 shows it",
        "sqrt(1+x)-1",
    ),
    (
        "0.1+0.2-0.3",
        {},
        "2.7755575615628914e-17",
        "all digits cancelled here: the value is 2.775557562e-17; gradcli eval --precision 40 shows"
        " it",
        "0.1+0.2-0.3",
    ),
    (
        "(a+b)-a",
        {"a": 10000000000.0, "b": 0.1},
        "b",
        "11 digits are lost by cancellation here: the value is 0.1; gradcli eval --precision 40 "
        "shows it",
        "(a+b)-a",
    ),
    (
        "(exp(x)-exp(-x))/(exp(x)+exp(-x))",
        {"x": 20},
        "tanh(x)",
        "all digits cancelled: the gradient by x is 1.699341702e-17; gradcli eval --precision 40 "
        "shows it",
        None,
    ),
    (
        "log(exp(a)+exp(b))-a",
        {"a": 30, "b": 0},
        "log1p(exp(b-a))",
        "14 digits are lost by cancellation here: the value is 9.357622969e-14, the gradient by a "
        "is -9.357622969e-14; gradcli eval --precision 40 shows it",
        "log(exp(a)+exp(b))-a",
    ),
]


def of(text):
    """What the value of a formula is said to be."""
    return float(re.search(r"the value is (\S+?)[,;]", text)[1])


@pytest.mark.parametrize(
    ("text", "bindings", "safe", "note", "marked"), CANCELLING, ids=[row[0] for row in CANCELLING]
)
def test_what_cancels_is_said_with_its_place_and_what_is_right(text, bindings, safe, note, marked):
    (found,) = evaluate(text, bindings).notes
    assert (found.text, None if found.span is None else text[slice(*found.span)]) == (note, marked)
    if "the value is" in note:
        # A form that is right to its last digits, or to the first terms of a series.
        assert of(note) == pytest.approx(evaluate(safe, bindings).value, rel=2e-7)


SILENT = [
    ("x**2 - 2*x", {"x": 1}),
    ("x - 4", {"x": 4}),
    ("x - 4", {"x": 4.000001}),
    ("mse(p, y)", {"p": [1.1, 2.3], "y": [1.1, 2.3]}),
    ("mse(p, y)", {"p": 0.7, "y": 0.7}),
    ("2*x - 8", {"x": 4}),
    ("(x - 1)*(x + 1)", {"x": 1.0000001}),
    ("x - y", {"x": 1.1, "y": 1.1}),
    ("x - y", {"x": 1e16, "y": 1e16 - 2}),
    ("exp(x) - exp(x)", {"x": 1.3}),
    ("sin(x)^2 + cos(x)^2 - 1", {"x": 1.3}),
    ("exp(-x^2)", {"x": 40}),
    ("exp(-x)", {"x": 800}),
    ("sin(pi)", {}),
    ("cos(x)", {"x": 1.5707963267948966}),
    ("log(x)", {"x": 1.0000001}),
    ("log(x)", {"x": 1}),
    ("expm1(x)", {"x": 1e-8}),
    ("log1p(x)", {"x": 1e-8}),
    ("1/(sqrt(x^2 + 1) + x)", {"x": 1e9}),
    ("2*sin(x/2)^2", {"x": 1e-4}),
    ("x + 1e-20", {"x": 1}),
    ("1e20 + x - 1e20", {"x": 0}),
    ("0.5 + 0.25 - 0.75", {}),
    ("5 - 5", {}),
    ("1e6 + 0.5", {}),
    ("sigmoid(x)", {"x": 40}),
    ("-log(sigmoid(x))", {"x": -40}),
    ("tanh(x)", {"x": 20}),
    ("sqrt(x)**2 - 4", {"x": 4}),
    ("relu(x - 0.1)", {"x": 0.1}),
    ("sum((w*v - y)**2)", {"w": 2, "v": [1, 2], "y": [2, 4]}),
    ("A @ inv(A)", {"A": [[4, 7], [2, 6]]}),
    ("softmax(v)", {"v": [1, 2, 3]}),
    ("floor(x + 0.5)", {"x": 2.3}),
    ("atan2(-x, -1)", {"x": 0}),
    ("x/x - 1", {"x": 0.3}),
    ("gamma(x + 1)/gamma(x) - x", {"x": 4}),
]


@pytest.mark.parametrize(("text", "bindings"), SILENT, ids=[f"{t} {b}" for t, b in SILENT])
def test_where_nothing_is_lost_no_note_stands(text, bindings):
    lost = [note.text for note in evaluate(text, bindings).notes if "--precision" in note.text]
    assert lost == []


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("(1-cos(x))/x^2 at x=1e-4", "8 digits are lost by cancellation here"),
        ("x*sin(x) - x**2 at x=1e-4", "9 digits are lost by cancellation here"),
        ("(exp(x)-exp(-x))/(exp(x)+exp(-x)) at x=20", "all digits cancelled"),
        ("x*(0.1+0.2-0.3) at x=2", "all digits cancelled here"),
        ("x*sin(x) - x**2 at x=2", None),
    ],
)
def test_in_a_stream_it_is_said_of_every_line(text, note):
    session = Session()
    for _ in range(3):
        (result,) = session.run(text)
        assert [n.text.split(":")[0] for n in result.notes] == ([] if note is None else [note])


def test_where_rounding_decides_on_a_jump_that_is_said():
    result = evaluate("floor(x/0.1)", x=0.5, verify=True)
    assert (result.value, result.agrees) == (5.0, True)
    assert [note.text for note in result.notes] == [
        "a jump: the derivative beside it, 0, is used",
        "flat almost everywhere: its derivative is 0",
        "rounding decides on which side of a jump this is: without it the value is 4",
    ]


def test_second_derivatives_lose_digits_too():
    (found,) = evaluate("(1-cos(x))/x^2", x=1e-4, order=2).notes
    assert found.text == (
        "8 digits are lost by cancellation here: the value is 0.4999999996, the gradient by x is "
        "-8.333333328e-06, the second derivative by x and x is -0.08333333317; 2*sin(x/2)**2 keeps them; "
        "gradcli eval --precision 40 shows it"
    )


def test_what_vanishes_in_floats_is_found_however_small():
    (found,) = evaluate("sqrt(x^2+1)-x", x=1e120).notes
    assert found.text == (
        "all digits cancelled here: the value is 5e-121, the gradient by x is -5e-241; "
        "1/(sqrt(x**2 + 1) + x) keeps them; gradcli eval --precision 40 shows it"
    )


def test_float32_has_fewer_digits_to_lose():
    (found,) = evaluate("(1-cos(x))/x^2", x=0.003, dtype="float32").notes
    assert found.text == (
        "5 digits are lost by cancellation here: the value is 0.499999625, the gradient by x is "
        "-0.0002499998522; 2*sin(x/2)**2 keeps them; gradcli eval --precision 40 shows it"
    )
    assert evaluate("x + 0.1", x=0.3, dtype="float32").notes == []


def test_the_branch_that_is_taken_is_the_one_of_the_floats():
    result = evaluate("(1-cos(x))/x^2 if x > 0 else 1/2", x=1e-4)
    assert [note.text[:8] for note in result.notes] == ["8 digits"]


def test_a_name_that_is_bound_anew_keeps_its_earlier_value_in_an_intermediate():
    result = evaluate("f(t) = 1 - t; x = 1e-5; y = cos(x); f(t) = 5; x = 3; (1 - y) + 0*x")
    assert "the value is 5e-11" in next(note for note in result.notes if "lost" in note.text).text


def test_long_programs_get_no_note():
    text = "+".join(["(1-cos(x))/x^2"] * 1000)
    assert evaluate(text, x=1e-4).notes == []
