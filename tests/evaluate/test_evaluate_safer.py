"""Formulas that turn to nan or lose their digits, and the functions that are named for them."""

import pytest

from gradcli.evaluation import evaluate
from gradcli.evaluation.safer import TABLE

# What is nan or infinite, and the note on the form that is neither.
UNBOUNDED = [
    ("x*log(x)", {"x": 0}, "xlogy(x, x) is 0 there, its slope tends to -inf", "x*log(x)"),
    ("1 + ln(2x)*3x", {"x": 0}, "xlogy(3*x, 2*x) is 0 there, its slope tends to -inf", "ln(2x)*3x"),
    ("-p*log(p)", {"p": 0}, "xlogy(-p, p) is 0 there, its slope tends to inf", "-p*log(p)"),
    ("x^2*log(x)", {"x": 0}, "xlogy(x**2, x) is 0 there, with slope 0", "x^2*log(x)"),
    ("k*log(y)", {"k": 0, "y": 0}, "xlogy(k, y) is 0 there", "k*log(y)"),
    ("sin(pi*x)/(pi*x)", {"x": 0}, "sinc(x) is 1 there, with slope 0", "sin(pi*x)/(pi*x)"),
    ("sin(x)/x", {"x": 0}, "sinc(x/pi) is 1 there, with slope 0", "sin(x)/x"),
    (
        "log(det(A))",
        {"A": [[1e-200, 0], [0, 1e-200]]},
        "the determinant underflows, logdet(A) is -921.034 there, with the gradient 1e+200 on the diagonal",
        "log(det(A))",
    ),
    (
        "log(det(A))",
        {"A": [[1e200, 0], [0, 1e201]]},
        "the determinant overflows, logdet(A) is 923.337 there, with the gradient [[1e-200, 0], [0, 1e-201]]",
        "log(det(A))",
    ),
    ("1/(1+exp(-x))", {"x": -800}, "sigmoid(x) is 0 there, with slope 0", "1/(1+exp(-x))"),
    ("1/(1+e^(-x))", {"x": -800}, "sigmoid(x) is 0 there, with slope 0", "1/(1+e^(-x))"),
    ("3 + 1/(exp(-k*x) + 1)", {"x": -800, "k": 2}, "sigmoid(k*x) is 0 there", "1/(exp(-k*x) + 1)"),
    ("1/(1+exp(x))", {"x": 800}, "sigmoid(-x) is 0 there, with slope 0", "1/(1+exp(x))"),
    ("exp(x)/(1+exp(x))", {"x": 800}, "sigmoid(x) is 1 there, with slope 0", "exp(x)/(1+exp(x))"),
    ("f(t) = 1/(1+exp(-t)); 2f(x)", {"x": -800}, "sigmoid(t) is 0 there", "f(x)"),
    ("sqrt(x^2+y^2)", {"x": 1e200, "y": 1e200}, "hypot(x, y) is 1.41421e+200 there", "sqrt(x^2+y^2)"),
    (
        "exp(v)/sum(exp(v))",
        {"v": [1000, 1001]},
        "softmax(v) is [0.268941, 0.731059] there, with the gradient [0, 0]",
        "exp(v)/sum(exp(v))",
    ),
    (
        "log(prod(v))",
        {"v": [1e-200, 1e-200]},
        "the product underflows, sum(log(v)) is -921.034 there, with the gradient [1e+200, 1e+200]",
        "log(prod(v))",
    ),
    (
        "log(prod(v))",
        {"v": [1e200, 1e200]},
        "the product overflows, sum(log(v)) is 921.034 there, with the gradient [1e-200, 1e-200]",
        "log(prod(v))",
    ),
    ("log(gamma(x))", {"x": 200}, "lgamma(x) is 857.934 there, with slope 5.29582", "log(gamma(x))"),
    (
        "(exp(x)-exp(-x))/(exp(x)+exp(-x))",
        {"x": 800},
        "tanh(x) is 1 there, with slope 0",
        "(exp(x)-exp(-x))/(exp(x)+exp(-x))",
    ),
]


@pytest.mark.parametrize(("text", "bindings", "note", "marked"), UNBOUNDED, ids=[row[0] for row in UNBOUNDED])
def test_a_note_names_the_function_that_is_finite(text, bindings, note, marked):
    notes = evaluate(text, bindings).notes
    assert (note, marked) in [(n.text, None if n.span is None else text[slice(*n.span)]) for n in notes]


@pytest.mark.parametrize(
    ("text", "bindings"),
    [
        ("1/x", {"x": 0}),
        ("sqrt(x^2 + y^2)", {"x": float("inf"), "y": 1}),
        ("log(x + 1)", {"x": -1}),
        ("exp(x)", {"x": 1000}),
        ("1/(1 + exp(-x))", {"x": float("nan")}),
        ("sigmoid(t) = t; 1/(1 + exp(-x))", {"x": -800}),
        ("e = 3; 1/(1 + e^(-x))", {"x": -800}),
        ("log(prod(v))", {"v": [0, 1]}),
    ],
)
def test_where_no_form_is_better_none_is_named(text, bindings):
    assert not any(" there" in note.text for note in evaluate(text, bindings).notes)


@pytest.mark.parametrize(
    ("text", "bindings", "form"),
    [
        ("exp(x) - 1", {"x": 1e-12}, "expm1(x)"),
        ("-1 + exp(2x)", {"x": 1e-12}, None),
        ("1 - exp(-x)", {"x": 1e-12}, "-expm1(-x)"),
        ("log(1 + x)", {"x": 1e-12}, "log1p(x)"),
        ("ln(x + 1)", {"x": 1e-12}, "log1p(x)"),
        ("log(1 - x)", {"x": 1e-12}, "log1p(-x)"),
        ("1 - cos(2x)", {"x": 1e-6}, "2*sin(2*x/2)**2"),
        ("(1 + 1/n)^n", {"n": 1e9}, "exp(n*log1p(1/n))"),
        ("cos(x)**2 - sin(x)**2", {"x": 0.785398163}, "cos(2*x)"),
        ("1 - sigmoid(x)", {"x": 35}, "sigmoid(-x)"),
        ("1 - tanh(x)", {"x": 18}, "2*sigmoid(-2*x)"),
        ("1 - tanh(x)^2", {"x": 18}, "sech(x)**2"),
        ("1 - erf(x)", {"x": 5}, "erfc(x)"),
        ("erf(x) - 1", {"x": 5}, "-erfc(x)"),
        ("sqrt(x^2 + 1) - x", {"x": 1e9}, "1/(sqrt(x**2 + 1) + x)"),
        ("x - sqrt(x^2 - 1)", {"x": 1e7}, "1/(x + sqrt(x**2 - 1))"),
        ("sqrt(1 + x) - 1", {"x": 1e-12}, "x/(sqrt(1 + x) + 1)"),
        ("1/x - 1/y", {"x": 1e8, "y": 100000001}, "(y - x)/(x*y)"),
        ("a^2 - b^2", {"a": 1e9, "b": 999999999.999}, "(a - b)*(a + b)"),
        ("f(t) = exp(t) - 1; f(x)/x", {"x": 1e-12}, "expm1(t)"),
        ("log(sigmoid(x))", {"x": 30}, "logsigmoid(x)"),
        ("log(1 + exp(x))", {"x": -30}, "softplus(x)"),
    ],
)
def test_a_note_on_lost_digits_names_the_form_that_keeps_them(text, bindings, form):
    (note,) = [note.text for note in evaluate(text, bindings).notes if "--precision" in note.text]
    named = [part.removesuffix(" keeps them") for part in note.split("; ") if part.endswith(" keeps them")]
    assert named == ([] if form is None else [form])


@pytest.mark.parametrize(("formula", "form"), TABLE, ids=[row[0] for row in TABLE])
def test_a_form_is_its_formula(formula, form):
    names = {"x": 0.7, "y": 0.3, "v": [0.2, 0.9], "A": [[2, 1], [1, 3]]}
    text = "; ".join([f"{name} = {value}" for name, value in names.items() if name in formula])
    left, right = (evaluate(f"{text}; {side}") for side in (formula, form))
    assert right.value == pytest.approx(left.value, rel=1e-13)
    for name, gradient in left.gradients.items():
        assert right.gradients[name] == pytest.approx(gradient, rel=1e-12)
