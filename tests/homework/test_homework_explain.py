"""`explain` as a library: steps, rules, formulas, numbers, names; and that it never disagrees with eval."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest

from gradcli.evaluation import Options, evaluate
from gradcli.evaluation.results import Failure, Result
from gradcli.homework.explanation.explain import MOST_STEPS, Explainer, explain
from gradcli.homework.explanation.results import Explanation
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.format import format
from gradcli.rules.rulebook import NAMES, RULES

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.grad"))
NEURON = {"w": 1, "b": 0, "x": 6.7, "y": 0}
SIGMOID = "sigmoid(w*x + b)"


def shown(value: Any) -> str:
    return "-" if value is None else str(numpy.round(value, 4) + 0.0).replace("\n", "")


def written(explanation: Explanation) -> list[str]:
    """The steps as short lines: what, by which rule, local derivatives, what arrives."""
    lines = []
    for step in explanation.steps:
        lines.append(f"{step.name} = {format(step.formula)}: {step.rule}")
        for part in step.locals:
            formula = part.words if part.formula is None else format(part.formula)
            lines.append(f"  {part.symbol} = {formula} = {shown(part.value)}")
        for total in step.totals:
            products = " + ".join(" * ".join(map(str, p.factors)) for p in total.products)
            if products != str(total.symbol):
                lines.append(f"  {total.symbol} = {products} = {shown(total.value)}")
    return lines


STEPS = {
    "chain": ("sin(x**2)", {"x": 4}, [
        "y = sin(u): chain rule of sin",
        "  dy/du = cos(u) = -0.9577",
        "u = x**2: power rule",
        "  du/dx = 2*x = 8.0",
        "  dy/dx = dy/du * du/dx = -7.6613",
    ]),
    "product": ("x**2*sin(x)", {"x": 4}, [
        "y = u*v: product rule",
        "  dy/du = v = -0.7568",
        "  dy/dv = u = 16.0",
        "v = sin(x): derivative of sin",
        "  dv/dx = cos(x) = -0.6536",
        "u = x**2: power rule",
        "  du/dx = 2*x = 8.0",
        "  dy/dx = dy/du * du/dx + dy/dv * dv/dx = -16.5127",
    ]),
    "product with the variable itself": ("x*exp(2x)", {"x": 0.5}, [
        "y = x*v: product rule",
        "  ∂y/∂x = v = 2.7183",
        "  dy/dv = x = 0.5",
        "v = exp(u): chain rule of exp",
        "  dv/du = exp(u) = 2.7183",
        "  dy/du = dy/dv * dv/du = 1.3591",
        "u = 2*x: constant factor rule",
        "  du/dx = 2 = 2.0",
        "  dy/dx = ∂y/∂x + dy/du * du/dx = 5.4366",
    ]),
    "quotient": ("sin(x)/(x+1)", {"x": 1}, [
        "y = u/v: quotient rule",
        "  dy/du = 1/v = 0.5",
        "  dy/dv = -u/v**2 = -0.2104",
        "v = x + 1: sum rule",
        "  dv/dx = 1 = 1.0",
        "u = sin(x): derivative of sin",
        "  du/dx = cos(x) = 0.5403",
        "  dy/dx = dy/du * du/dx + dy/dv * dv/dx = 0.0598",
    ]),
    "polynomial": ("3x^3 - x²/2 + 5x - 1", {"x": 2}, [
        "y = 3*x**3 - x**2/2 + 5*x - 1: sum and power rule",
        "  dy/dx = 9*x**2 - x + 5 = 39.0",
    ]),
    "powers and exponentials": ("2**x + x**y", {"x": 2, "y": 3}, [
        "f = u + v: sum rule",
        "  df/du = 1 = 1.0",
        "  df/dv = 1 = 1.0",
        "v = x**y: power and exponential rule",
        "  dv/dx = y*x**(y - 1) = 12.0",
        "  dv/dy = x**y*log(x) = 5.5452",
        "  df/dy = df/dv * dv/dy = 5.5452",
        "u = 2**x: exponential rule",
        "  du/dx = 2**x*log(2) = 2.7726",
        "  df/dx = df/du * du/dx + df/dv * dv/dx = 14.7726",
    ]),
    "reciprocals and roots": ("1/x - 1/sqrt(x)", {"x": 4}, [
        "y = 1/x - 1/u: sum and reciprocal rule",
        "  ∂y/∂x = -1/x**2 = -0.0625",
        "  dy/du = 1/u**2 = 0.25",
        "u = sqrt(x): derivative of sqrt",
        "  du/dx = 1/(2*sqrt(x)) = 0.25",
        "  dy/dx = ∂y/∂x + dy/du * du/dx = 0.0",
    ]),
    "equal parts once": ("sin(x) + sin(x)**2", {"x": 0}, [
        "y = u + u**2: sum and power rule",
        "  dy/du = 1 + 2*u = 1.0",
        "u = sin(x): derivative of sin",
        "  du/dx = cos(x) = 1.0",
        "  dy/dx = dy/du * du/dx = 1.0",
    ]),
    "a vector": ("sum(w*x**2)", {"x": [1, 2, 3], "w": 2}, [
        "y = sum(u): sum rule",
        "  dy/du = 1 = [1. 1. 1.]",
        "u = w*x**2: product rule",
        "  du/dw = x**2 = [1. 4. 9.]",
        "  du/dx = 2*w*x = [ 4.  8. 12.]",
        "  dy/dw = dy/du * du/dw = 14.0",
        "  dy/dx = dy/du * du/dx = [ 4.  8. 12.]",
    ]),
    "a matrix": ("A @ x + 1", {"A": [[1, 2], [3, 4]], "x": [1, 1]}, [
        "S = sum(y): sum rule",
        "  dS/dy = 1 = [1. 1.]",
        "y = A @ x + 1: sum rule, product rule of matrices",
        "  dy/dA = outer(dS/dy, x) = -",
        "  dy/dx = A.T @ dS/dy = -",
        "  dS/dA = dS/dy * dy/dA = [[1. 1.] [1. 1.]]",
        "  dS/dx = dS/dy * dy/dx = [4. 6.]",
    ]),
    "elements": ("x[0]*x[1]", {"x": [2, 5]}, [
        "y = u*v: product rule",
        "  dy/du = v = 5.0",
        "  dy/dv = u = 2.0",
        "v = x[1]: an element of an array",
        "  dv/dx = 1 at [1], 0 elsewhere = [0. 1.]",
        "u = x[0]: an element of an array",
        "  du/dx = 1 at [0], 0 elsewhere = [1. 0.]",
        "  dy/dx = dy/du * du/dx + dy/dv * dv/dx = [5. 2.]",
    ]),
    "a variable called as the rulebook calls a cotangent": ("sqrt(L/g)", {"L": 1, "g": 4}, [
        "y = sqrt(u): chain rule of sqrt",
        "  dy/du = 1/(2*sqrt(u)) = 1.0",
        "u = L/g: quotient rule",
        "  du/dL = 1/g = 0.25",
        "  du/dg = -L/g**2 = -0.0625",
        "  dy/dL = dy/du * du/dL = 0.25",
        "  dy/dg = dy/du * du/dg = -0.0625",
    ]),
    "a function of the user, and a constant as written": ("T(a) = 2π√(a/9); T(x)", {"x": 4}, [
        "y = 2*π*v: constant factor rule",
        "  dy/dv = 2*π = 6.2832",
        "v = sqrt(u): chain rule of sqrt",
        "  dv/du = 1/(2*sqrt(u)) = 0.75",
        "  dy/du = dy/dv * dv/du = 4.7124",
        "u = x/9: constant factor rule",
        "  du/dx = 1/9 = 0.1111",
        "  dy/dx = dy/du * du/dx = 0.5236",
    ]),
    "what has no gradient": ("x = 2\nno_grad { y = x**2 }\ny*x + detach(x**2)*x", {}, [
        "f = y*x + detach(x**2)*x: sum and constant factor rule",
        "  df/dx = y + detach(x**2) = 8.0",
    ]),
    "a convention": ("relu(x)", {"x": 0}, [
        "y = relu(x): derivative of relu",
        "  dy/dx = where(x > 0, 1, 0) = 0.0",
    ]),
    "fractions": ("x**(4/3)*y**(1/3)", {"x": 8, "y": 8}, [
        "f = x**(4/3)*y**(1/3): product rule",
        "  df/dx = 4*x**(1/3)*y**(1/3)/3 = 5.3333",
        "  df/dy = x**(4/3)/(3*y**(2/3)) = 1.3333",
    ]),
    "decimals": ("0.5*x**0.25 + x**0.123456789", {"x": 1}, [
        "y = 0.5*x**0.25 + x**0.123456789: sum and power rule",
        "  dy/dx = 0.125/x**0.75 + 0.123456789/x**0.876543211 = 0.2485",
    ]),
    "the number e": ("e**(2*x)", {"x": 1}, [
        "y = e**u: exponential rule",
        "  dy/du = e**u = 7.3891",
        "u = 2*x: constant factor rule",
        "  du/dx = 2 = 2.0",
        "  dy/dx = dy/du * du/dx = 14.7781",
    ]),
    "base and exponent": ("x**x", {"x": 2}, [
        "y = x**x: power and exponential rule",
        "  dy/dx = x**x*(log(x) + 1) = 6.7726",
    ]),
    "in the manner of F": ("x**x*ln(2)", {"x": 2}, [
        "y = u*ln(2): constant factor rule",
        "  dy/du = ln(2) = 0.6931",
        "u = x**x: power and exponential rule",
        "  du/dx = x**x*(ln(x) + 1) = 6.7726",
        "  dy/dx = dy/du * du/dx = 4.6944",
    ]),
    "with the digits of the value": ("logsigmoid(3*x)", {"x": 1}, [
        "y = logsigmoid(u): chain rule of logsigmoid",
        "  dy/du = sigmoid(-u) = 0.0474",
        "u = 3*x: constant factor rule",
        "  du/dx = 3 = 3.0",
        "  dy/dx = dy/du * du/dx = 0.1423",
    ]),
    "cotangent": ("cot(x)", {"x": 1}, [
        "y = cot(x): derivative of cot",
        "  dy/dx = -csc(x)**2 = -1.4123",
    ]),
    "other operands and parameters": ("std(x, correction=0)*log(y, 3)", {"x": [1, 3], "y": 9}, [
        "f = u*v: product rule",
        "  df/du = v = 2.0",
        "  df/dv = u = 1.0",
        "v = log(y, 3): derivative of log",
        "  dv/dy = 1/(y*log(3)) = 0.1011",
        "  df/dy = df/dv * dv/dy = 0.1011",
        "u = std(x, correction=0): derivative of std",
        "  du/dx = (x - mean(x))/(2*u) = [-0.5  0.5]",
        "  df/dx = df/du * du/dx = [-1.  1.]",
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "bindings", "lines"), STEPS.values(), ids=STEPS)
def test_steps(text: str, bindings: dict[str, Any], lines: list[str]) -> None:
    assert written(explain(text, bindings)) == lines


# --- the binary cross-entropy of a neuron ---

BCE = [
    "L = bce(p, y): derivative of bce",
    "  dL/dp = (p - y)/(p*(1 - p)) = 813.4058",
    "  dL/dy = log1p(-p) - log(p) = -6.7",
    "p = sigmoid(z): chain rule of sigmoid",
    "  dp/dz = p*(1 - p) = 0.0012",
    "  dL/dz = dL/dp * dp/dz = 0.9988",
    "z = w*x + b: sum and product rule",
    "  dz/dw = x = 6.7",
    "  dz/dx = w = 1.0",
    "  dz/db = 1 = 1.0",
    "  dL/dw = dL/dz * dz/dw = 6.6918",
    "  dL/dx = dL/dz * dz/dx = 0.9988",
    "  dL/db = dL/dz * dz/db = 0.9988",
]
BY_HAND = [
    "L = -(y*u + (1 - y)*s): sum and constant factor rule",
    "  dL/du = -y = 0.0",
    "  dL/ds = -(1 - y) = -1.0",
    "s = log(v): chain rule of log",
    "  ds/dv = 1/v = 813.4058",
    "  dL/dv = dL/ds * ds/dv = -813.4058",
    "v = 1 - p: sum rule",
    "  dv/dp = -1 = -1.0",
    "u = log(p): chain rule of log",
    "  du/dp = 1/p = 1.0012",
    "  dL/dp = dL/du * du/dp + dL/dv * dv/dp = 813.4058",
    "p = sigmoid(z): chain rule of sigmoid",
    "  dp/dz = p*(1 - p) = 0.0012",
    "  dL/dz = dL/dp * dp/dz = 0.9988",
    "z = w*x + b: sum and constant factor rule",
    "  dz/dw = x = 6.7",
    "  dz/db = 1 = 1.0",
    "  dL/dw = dL/dz * dz/dw = 6.6918",
    "  dL/db = dL/dz * dz/db = 0.9988",
]
STATEMENTS = "z = w*x + b; p = sigmoid(z); -(y*log(p) + (1 - y)*log(1 - p))"
WRITTEN_OUT = f"-(y*log({SIGMOID}) + (1 - y)*log(1 - {SIGMOID}))"


def test_bce_of_the_rulebook() -> None:
    assert written(explain(f"bce({SIGMOID}, y)", NEURON)) == BCE


@pytest.mark.parametrize("text", [STATEMENTS, WRITTEN_OUT])
def test_bce_by_hand(text: str) -> None:
    assert written(explain(text, NEURON, const=("x", "y"))) == BY_HAND
    assert written(explain(text, NEURON, wrt=("w", "b"))) == BY_HAND


@pytest.mark.parametrize("text", [f"bce({SIGMOID}, y)", STATEMENTS, WRITTEN_OUT])
@pytest.mark.parametrize("const", [(), ("y",), ("x", "y")])
def test_the_chain_of_bce_in_every_spelling(text: str, const: tuple[str, ...]) -> None:
    gradient = next(g for g in explain(text, NEURON, const=const).gradients if g.symbol.by == "w")
    (path,) = gradient.paths
    assert " * ".join(map(str, path.factors)) == "dL/dp * dp/dz * dz/dw"
    assert path.numbers == pytest.approx([813.405825, 0.00122788720, 6.7])
    assert gradient.value == pytest.approx(6.691763029)


# --- names ---

NAMES_OF_STEPS = [
    ("sin(x**2)", {"x": 4}, "x u y"),
    ("sin(y**2)", {"y": 4}, "y u f"),
    ("sin(u**2)", {"u": 4}, "u v y"),
    ("cos(L*sin(y)*exp(f))", {"L": 1, "y": 2, "f": 3}, "L y f u v w F"),
    ("z = x**2; sin(z)", {"x": 4}, "x z y"),
    ("z = x**2; z", {"x": 4}, "x z"),
    ("z = x**2; z = z + 1; sin(z)", {"x": 4}, "x z_1 z y"),
    ("tanh(w*x + b)**2", {"w": 1, "x": 2, "b": 3}, "w x b z h y"),
    ("mse(w*x + b, 3)", {"w": 1, "x": 2, "b": 3}, "w x b u L"),
    ("sigmoid(w*x + z)*p", {"w": 1, "x": 2, "z": 3, "p": 1}, "w x z p u v y"),
    ("softmax(A @ x)[0]", {"A": [[1, 2], [3, 4]], "x": [1, 1]}, "A x z p y"),
    ("x**2 + [0, 1]", {"x": [1, 2]}, "x y S"),
    ("const c = 2*3; y = c*x; y**2", {"x": 1}, "c x y f"),
    ("x = 2; y = x**2; x = 3; x*y", {}, "x x_1 y f"),
]


@pytest.mark.parametrize(("text", "bindings", "names"), NAMES_OF_STEPS)
def test_names_by_role_and_without_clashes(text: str, bindings: dict[str, Any], names: str) -> None:
    assert [definition.name for definition in explain(text, bindings).definitions] == names.split()


def test_as_many_names_as_it_takes() -> None:
    text = "x"
    for _ in range(40):
        text = f"sin({text})"
    names = [definition.name for definition in explain(text, {"x": 1}).definitions]
    assert len(set(names)) == len(names) == 41
    assert not set(names) & set(NAMES)
    assert names[-1] == "y"


# --- agreement with eval ---


def totals(explanation: Explanation) -> dict[str, Any]:
    return {total.symbol.by: total.value for step in explanation.steps for total in step.totals}


def check_against_eval(explanation: Explanation) -> None:
    """The steps add up to eval's gradients, and the results are these."""
    found = totals(explanation)
    gradients = {g.symbol.by: g.value for g in explanation.gradients}
    for variable in explanation.result.variables:
        if variable.gradient is None:
            assert variable.name not in gradients
            continue
        assert gradients[variable.name] is variable.gradient
        if explanation.steps and variable.name in found:
            numpy.testing.assert_allclose(found[variable.name], variable.gradient, rtol=1e-12)
        else:
            assert not numpy.any(variable.gradient) or not explanation.steps
    assert len(explanation.notes) >= len(explanation.result.notes)


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if rule.example], ids=lambda r: r.name)
def test_every_example_of_the_rulebook(rule: Any) -> None:
    explanation = explain(rule.example)
    check_against_eval(explanation)
    assert [note.text for note in evaluate(rule.example).notes] == [
        note.text for note in explanation.notes[: len(explanation.result.notes)]
    ]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_program_of_the_examples(path: Path) -> None:
    outcomes = list(Explainer(Options()).run(path.read_text(encoding="utf-8")))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Failure | Result)]
    for outcome in outcomes:
        if isinstance(outcome, Explanation):
            check_against_eval(outcome)


FORMULAS = [
    "exp(-x**2/2)/sqrt(2*pi)", "tan(x)*log(1 + x**2)/y", "(x + y)*(x - y)/(x*y)", "x**y**2", "-x/(y - 3)**3",
    "sigmoid(x)*(1 - sigmoid(x))", "atan2(y, x)*hypot(x, y)", "gamma(x)*erf(y)", "x*y*x*y", "1/3*x - y/7 + x",
    "clamp(x, 0.1, 5)*max(x, y, 2)", "sqrt(x)**3/(2x - 1)", "softplus(x) + logsigmoid(y)",
    "diff(x**3*y, x)*x",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_of_local_derivatives_have_the_engine_s_values(text: str) -> None:
    """The formula of each local derivative, evaluated in the names, is the number beside it."""
    explanation = explain(text, {"x": 1.7, "y": 0.6})
    check_against_eval(explanation)
    values = {definition.name: definition.value for definition in explanation.definitions}
    for step in explanation.steps:
        for part in step.locals:
            assert part.formula is not None
            assert evaluate(format(part.formula), values).value == pytest.approx(part.value, rel=1e-9)


FORMULAS_OF_ARRAYS = [
    "A @ x - y", "x @ A + w", "A @ A.T - A", "A + [x, y] @ A", "sum(softmax(A @ x + y)**2)",
    "softmax(A, axis=0)", "log_softmax(A)*A", "cumsum(x)*y", "inv(A) @ x", "solve(A, y)",
    "det(A)*norm(x - y)", "n = norm(x); n*y", "p = logsumexp(x + w); p**2", "outer(x, y) + w",
    "concat(x, y[1:])[1:]", "reshape(A, 4)**2", "stack(x, y) @ y", "full([2, 2], w) @ x",
    "linspace(w, 3, 4)", "mse(A @ x, y)", "bce(sigmoid(x), [0, 1])", "huber(x, y)", "trace(A)",
    "std(y)*var(x)", "cross_entropy(A @ y, 1)", "prod(x)*max(y)", "diag(x) @ A", "dot(x, y) + w",
    "w*x + y",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS_OF_ARRAYS)
def test_formulas_of_arrays_have_the_engine_s_values(text: str) -> None:
    """As above; a formula of what arrives, in terms of dL/dy, is that number instead."""
    bindings = {"A": [[1.5, 2], [-0.5, 1]], "x": [0.7, 2], "y": [1.5, -1], "w": 1.2}
    explanation = explain(text, bindings)
    check_against_eval(explanation)
    values = {definition.name: definition.value for definition in explanation.definitions}
    arrived = totals(explanation) | {explanation.output: 1.0}
    for step in explanation.steps:
        for part in (part for part in step.locals if part.formula is not None):
            formula = format(part.formula).replace(f"d{explanation.output}/d{step.name}", "so_far")
            found = evaluate(formula, values | {"so_far": arrived[step.name]}).value
            expected = part.product.value if part.value is None else part.value
            numpy.testing.assert_allclose(numpy.broadcast_to(found, numpy.shape(expected)), expected)


# --- what there is to say otherwise ---


@pytest.mark.parametrize(
    ("text", "bindings", "note"),
    [
        ("x", {"x": 2}, "the result is the variable itself: its derivative is 1"),
        ("2 + 3", {}, "no variable that wants a gradient is in it: there is nothing to differentiate"),
        ("x > 1", {"x": 2}, "no variable that wants a gradient is in it: there is nothing to differentiate"),
        ("x**2", {"x": [1, 2]}, "the result has shape (2,): its gradient is that of the sum of its elements"),
        ("abs(x)", {"x": 0},
         "not differentiable at 0: the subgradient 0 is used, as PyTorch does (left -1, right 1)"),
        ("log(x)", {"x": 0}, "-inf comes from the logarithm of zero, x = 0"),
        ("x**2 if x > 1 else sin(x)", {"x": 2}, "x > 1 holds here, so the value is x**2"),
        ("x**2 if x > 1 else sin(x)", {"x": 0.5}, "x > 1 does not hold here, so the value is sin(x)"),
        ("x**2 if k else sin(x)", {"x": 1, "k": 0}, "k is 0 here, so the value is sin(x)"),
        ("y = x if x < 0 else x**2; 3*y", {"x": 2}, "y: x < 0 does not hold here, so the value is x**2"),
        ("f(t) = t if t > 0 else t**2; f(x)*f(2*x)", {"x": 2},
         "in f(): t > 0 holds here, so the value is t"),
    ],
)  # fmt: skip
def test_notes(text: str, bindings: dict[str, Any], note: str) -> None:
    assert [n.text for n in explain(text, bindings).notes] == [note]


@pytest.mark.parametrize(
    ("text", "bindings", "message"),
    [
        ("sin(q)", {}, "variable 'q' has no value"),
        ("", {}, "there is nothing to evaluate"),
        ("x = 2", {}, "there is no expression to explain"),
        ("sin(", {}, None),
        ("+".join(f"sin({i}*x)" for i in range(MOST_STEPS)), {"x": 1},
         f"this has 1,499 operations; explain goes through {MOST_STEPS} at most"),
    ],
)  # fmt: skip
def test_errors(text: str, bindings: dict[str, Any], message: str | None) -> None:
    with pytest.raises(Diagnostic) as caught:
        explain(text, bindings)
    assert message is None or caught.value.message == message


def test_a_graph_with_very_many_paths_is_explained_by_its_steps() -> None:
    text = "y = x" + "; y = y*y" * 16 + "; y"
    explanation = explain(text, {"x": 1})
    assert len(explanation.steps) == 16
    assert totals(explanation)["x"] == 2.0**16


def test_a_variable_with_many_mentions_is_a_sum_of_so_many_products() -> None:
    (gradient,) = explain("sin(x) + cos(x) + tan(x) + exp(x) + log(x)", {"x": 1}).gradients
    assert (gradient.paths, gradient.count) == ([], 5)
