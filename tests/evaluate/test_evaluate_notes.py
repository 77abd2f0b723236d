"""Notes, whole: what each says and which words of the text it marks."""

import pytest

from gradcli.evaluation import evaluate

SUM = ("the result has shape (3,): its gradient is that of the sum of its elements", None)
UNDEFINED = ("where the value is nan, a gradient shown for it has no meaning", None)
POISON = (
    "the branch that is not taken makes the gradient nan, for 0 times nan is nan; give it a "
    "harmless argument there, "
    "as in where(c, f(where(c, x, 1)), 0)"
)

TINY = "smaller than the smallest number: it counts as 0"

KINK = "not differentiable at 0: the subgradient 0 is used, as PyTorch does (left -1, right 1)"
CASES = [
    ("diff(abs(x), x)", {"x": 0}, [(KINK, "abs(x)")]),
    ("f(t) = diff(|t|, t); f(0)", {}, [(KINK, "f(0)")]),
    ("diff(|x|*y, y)", {"x": 0, "y": 1}, [(KINK, "|x|")]),
    ("diff(|x|*y, y)*0", {"x": 1, "y": 1}, []),
    ("huber(p, 0)", {"p": 1}, []),
    (
        "diff(huber(p, 0), p, 2)",
        {"p": 1},
        [
            (
                "where a parabola meets a line: the second derivative is that of the line, 0, as in PyTorch",
                "huber(p, 0)",
            )
        ],
    ),
    ("x at x=1, y=2", {}, [("y is bound but nothing uses it", None)]),
    ("1 if v else 2", {"v": [1, 0]}, []),
    ("sum(v)", {"v": [1, float("nan")]}, [("v[1] is nan", None), UNDEFINED]),
    ("polygamma(1, x)", {"x": 0}, [("inf comes from a pole of polygamma", "polygamma(1, x)")]),
    ("beta(x, 1)", {"x": 0}, [("inf comes from a pole of beta, x = 0", "beta(x, 1)")]),
    ("norm(v, inf)", {"v": [3, -3, 1]}, [("a tie: the gradient is shared equally", "norm(v, inf)")]),
    ("norm(v, inf)", {"v": [3, -2, 1]}, []),
    ("asec(x)", {"x": 0.5}, [
        ("nan comes from asec between -1 and 1, where it has no value, x = 0.5", "asec(x)"),
    ]),
    ("acoth(x)", {"x": -1}, [("-inf comes from a pole of acoth, x = -1", "acoth(x)")]),
    ("asech(x)", {"x": 2}, [("nan comes from asech outside its domain, 0 to 1, x = 2", "asech(x)")]),
    ("fmod(x, 0)", {"x": 2}, [
        ("nan comes from the remainder of a division by zero, x = 2", "fmod(x, 0)"), UNDEFINED,
    ]),
    ("log(x, 1)", {"x": 2}, [("inf comes from a logarithm to base 1, x = 2", "log(x, 1)")]),
    ("mean([])*x", {"x": 2}, [("nan comes from the mean of no elements", "mean([])")]),
    ("var([x])", {"x": 2}, [("nan comes from var of too few elements: it needs more than 1", "var([x])")]),
    (
        "std(v, correction=2)",
        {"v": [1, 2]},
        [("inf comes from std of too few elements: it needs more than 2", "std(v, correction=2)")],
    ),
    (
        "bce([0.5, 2], y)",
        {"y": 1},
        [("nan comes from a p of bce that is no probability, from 0 to 1, y = 1", "bce([0.5, 2], y)")],
    ),
    (
        "dot(v, [0, 0])",
        {"v": [1, float("inf")]},
        [("nan comes from an operand that is infinite", "dot(v, [0, 0])"), UNDEFINED],
    ),
    (
        "-ln(1 - sigmoid(z))",
        {"z": 50},
        [
            (
                "-inf comes from the logarithm of zero, 1 - sigmoid(z) = 0; sigmoid is rounded to 0 or 1 "
                "here, which logsigmoid and bce_with_logits avoid",
                "ln(1 - sigmoid(z))",
            )
        ],
    ),
    (
        "log(1 + exp(x))",
        {"x": 1000},
        [
            (
                "inf comes from overflow, beyond the largest number, x = 1000; logsumexp and softplus "
                "avoid it",
                "exp(x)",
            )
        ],
    ),
    ("1/x", {"x": 0}, [("inf comes from division by zero, x = 0", "1/x")]),
    ("x/x", {"x": 0}, [("nan comes from 0/0, x = 0", "x/x")]),
    (
        "2 + log(x)",
        {"x": -1},
        [
            ("nan comes from the logarithm of a negative number, x = -1", "log(x)"),
            UNDEFINED,
        ],
    ),
    ("log(x - 1)", {"x": 1}, [("-inf comes from the logarithm of zero, x - 1 = 0", "log(x - 1)")]),
    (
        "sqrt(v)",
        {"v": [4, 1, -1]},
        [
            SUM,
            ("nan comes from the square root of a negative number, v[2] = -1", "sqrt(v)"),
            UNDEFINED,
        ],
    ),
    (
        "x**(1/3)",
        {"x": -8},
        [
            (
                "nan comes from a negative number to a fractional power; cbrt is the real cube "
                "root, x = -8, 1/3 = 0.333333",
                "x**(1/3)",
            ),
        ],
    ),
    (
        "exp(x) - exp(x)",
        {"x": 1000},
        [("inf comes from overflow, beyond the largest number, x = 1000", "exp(x)")],
    ),
    ("9**9**9", {}, [("inf comes from overflow, beyond the largest number, 9**9 = 3.8742e+08", "9**9**9")]),
    ("asin(x)", {"x": 2}, [("nan comes from asin outside its domain, -1 to 1, x = 2", "asin(x)")]),
    ("0*inf", {}, [("nan comes from 0·inf", "0*inf")]),
    ("inf*x", {"x": 1}, [("inf stands here", "inf")]),
    ("1e999", {}, [("1e999 is larger than the largest number", "1e999")]),
    ("1e-999", {}, [(f"1e-999 is {TINY}", "1e-999")]),
    ("2 - 1.5e-400*x", {"x": 1}, [(f"1.5e-400 is {TINY}", "1.5e-400")]),
    (
        f"x + 0.{'0' * 400}1",
        {"x": 1},
        [(f"0.{'0' * 37}… is {TINY}", f"0.{'0' * 400}1")],
    ),
    ("x*2", {"x": "1e-400"}, [(f"in x: 1e-400 is {TINY}", None)]),
    ("x*2", {"x": "-1e-400"}, [(f"in x: 1e-400 is {TINY}", None)]),
    ("x*2 at x=1e-400", {}, [(f"in x: 1e-400 is {TINY}", None)]),
    (
        "sum(v)",
        {"v": "[1, 1e-400]"},
        [(f"in v: 1e-400 is {TINY}", None)],
    ),
    (
        "y = 1e-400; x + y",
        {"x": 1},
        [(f"in y, line 1: 1e-400 is {TINY}", None)],
    ),
    (
        "y = x*1e-400; x + y",
        {"x": 1},
        [(f"in y, line 1: 1e-400 is {TINY}", None)],
    ),
    ("1e-323*x", {"x": 1}, []),
    ("0e-999 + 0.0*x", {"x": 1}, []),
    ("x*2", {"x": float("inf")}, [("x is inf", None)]),
    ("f(t) = 1/t; 1 + f(x)", {"x": 0}, [("in f(): inf comes from division by zero in 1/t, t = 0", "f(x)")]),
    ("z = log(x)\nz*2", {"x": 0}, [("z, line 1: -inf comes from the logarithm of zero, x = 0", None)]),
    # on the way back
    (
        "sqrt(x)*0",
        {"x": 0},
        [
            ("one-sided: the derivative tends to inf as x falls to 0", "sqrt(x)"),
            ("the gradient becomes nan here: 0·inf, x = 0", "sqrt(x)"),
        ],
    ),
    (
        "where(x > 0, sqrt(x), x)",
        {"x": -1},
        [
            ("nan comes from the square root of a negative number, x = -1", "sqrt(x)"),
            (POISON, "where(x > 0, sqrt(x), x)"),
        ],
    ),
    (
        "where(x > 0, sqrt(x), x)",
        {"x": 0},
        [
            ("one-sided: the derivative tends to inf as x falls to 0", "sqrt(x)"),
            ("the gradient becomes nan here: 0·inf, x = 0", "sqrt(x)"),
            (POISON, "where(x > 0, sqrt(x), x)"),
        ],
    ),
    # conventions, where their gradient is asked for
    (
        "abs(x) + 1",
        {"x": 0},
        [
            (
                "not differentiable at 0: the subgradient 0 is used, as PyTorch does (left -1, right 1)",
                "abs(x)",
            ),
        ],
    ),
    ("maximum(x, y)", {"x": 1, "y": 1}, [("a tie: the gradient is shared, half to each", "maximum(x, y)")]),
    ("abs(x)", {"x": 1}, []),
    ("detach(abs(x)) + x", {"x": 0}, []),
    ("const c = 0; abs(c) + x", {"x": 0}, []),
    (
        "z = abs(x)\nz",
        {"x": 0},
        [
            (
                "z: not differentiable at 0: the subgradient 0 is used, as PyTorch does (left -1, right 1)",
                None,
            ),
        ],
    ),
    # names and shapes
    ("e = 1.6e-19; e*2 + e", {}, [("e is the variable bound here, not the constant", "e")]),
    ("v", {"v": [1, 2, 3]}, [SUM]),
    ("z = x**2\nz*x at x=1", {"x": 2}, [("z was computed before: x keeps its earlier value in it", None)]),
    ("x = 2\nz = x**2\nx = 3\nz*x", {}, [("z was computed from an earlier x, of line 1", None)]),
    (
        "y = x**2\nbackward y\ny",
        {"x": 2},
        [
            (
                "an earlier backward pass has freed the graph, so there are no gradients: with "
                "retain_graph it would have "
                "kept it",
                None,
            ),
        ],
    ),
    ("sin(x) = x", {}, [("sin is the function defined here from now on, not the rulebook's", "sin")]),
    ("f(x) = x\nf(x) = 2x", {}, [("f was defined before, on line 1; this definition replaces it", "f")]),
]


@pytest.mark.parametrize(("program", "bindings", "notes"), CASES, ids=[f"{c[0]} {c[1]}" for c in CASES])
def test_notes(run, program, bindings, notes):
    assert run.notes(program, bindings) == notes


def test_no_convention_where_its_gradient_is_not_asked_for(run):
    assert run.notes("abs(x) + y", {"x": 0, "y": 1}, wrt=["y"]) == []


def test_the_same_of_many_places_is_said_of_the_first_few():
    result = evaluate(" + ".join(f"relu({n}*x)" for n in range(10, 20)), x=0)
    *first, last = result.notes
    assert [note.span for note in first] == [(13 * n, 13 * n + 10) for n in range(5)]
    assert len({note.text for note in first}) == 1
    assert (last.text, last.span) == (f"{first[0].text}; so at 5 more places", None)


def test_a_vector_silences_the_note_on_the_sum(run):
    assert run.notes("v", {"v": [1, 2, 3]}, grad_output="[1, 0, 0]") == []


def test_a_second_derivative_that_is_infinite(run):
    assert run.notes("x**1.5", {"x": 0}, order=2)[-1] == (
        "the second derivative by x and x becomes inf",
        None,
    )
