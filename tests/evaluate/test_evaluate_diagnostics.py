"""Diagnostics, whole: kind, message, the words that each label marks, what it says, hint."""

import pytest

BROADCAST = "sizes must be equal, or one of them 1, counted from the last"

CASES = [
    # names
    ("q + 1", ("name", "variable 'q' has no value", [("q", "add q=1")], None)),
    ("q(3)", ("name", "variable 'q' has no value", [("q", "add q=1")], None)),
    ("x*y(2)*q", ("name", "variable 'q' has no value", [("q", "add q=1")], None)),
    ("xy", ("name", "variable 'xy' has no value", [("xy", "did you mean 'x*y'?")], None)),
    ("xpiy", ("name", "variable 'xpiy' has no value", [("xpiy", "did you mean 'x*pi*y'?")], None)),
    ("PI", ("name", "variable 'PI' has no value", [("PI", "did you mean 'pi'? or add PI=1")], None)),
    (
        "sin + 1",
        (
            "name",
            "'sin' is a function, and no variable of this name has a value",
            [("sin", "write sin(...), or bind it: add sin=1")],
            None,
        ),
    ),
    ("2*sn(x)", ("name", "unknown function 'sn'", [("sn", "did you mean 'sin'?")], None)),
    ("Sin(x)", ("name", "unknown function 'Sin'", [("Sin", "did you mean 'sin'?")], None)),
    ("xln(x)", ("name", "unknown function 'xln'", [("xln", "did you mean 'x*ln(x)'?")], None)),
    (
        "alpha(x)",
        (
            "name",
            "unknown function 'alpha'",
            [("alpha", "to multiply, bind it (add alpha=1) or write 'alpha*(...)'")],
            None,
        ),
    ),
    # calls
    ("sin(1, 2)", ("call", "sin() takes 1 argument (x), 2 were given", [("sin(1, 2)", "")], None)),
    ("f(t, u) = t; f(1)", ("call", "f() takes 2 arguments (t, u), 1 was given", [("f(1)", "")], None)),
    ("f(t) = t; f(t=1)", ("call", "f() takes its arguments by position only", [("f(t=1)", "")], None)),
    (
        "diff(x)",
        ("call", "diff() takes 2 or 3 arguments (f, x, order=1), 1 was given", [("diff(x)", "")], None),
    ),
    (
        "diff(x, 2)",
        (
            "call",
            "diff() differentiates with respect to a variable, its second argument",
            [("2", "not a variable")],
            None,
        ),
    ),
    # shapes
    (
        "a + b",
        (
            "shape",
            "the shapes do not fit in +: a has shape (3,) and b has shape (2,)",
            [("a", "(3,)"), ("b", "(2,)")],
            BROADCAST,
        ),
    ),
    (
        "2a*(b - 1)",
        (
            "shape",
            "the shapes do not fit in *: 2a has shape (3,) and (b - 1) has shape (2,)",
            [("2a", "(3,)"), ("(b - 1)", "(2,)")],
            BROADCAST,
        ),
    ),
    (
        "a @ b",
        (
            "shape",
            "the shapes do not fit in @: a has shape (3,) and b has shape (2,)",
            [("a", "(3,)"), ("b", "(2,)")],
            "the columns of the left operand must be as many as the rows of the right one",
        ),
    ),
    (
        "maximum(a, b)",
        (
            "shape",
            "the shapes do not fit in maximum: a has shape (3,) and b has shape (2,)",
            [("a", "(3,)"), ("b", "(2,)")],
            BROADCAST,
        ),
    ),
    (
        "f(u, v) = u + v; f(a, b)",
        (
            "shape",
            "in f(): the shapes do not fit in +: u has shape (3,) and v has shape (2,)",
            [("f(a, b)", "called here")],
            None,
        ),
    ),
    (
        "[1, [2, 3]]",
        (
            "shape",
            "the elements of an array must have one shape: 1 is a number, [2, 3] is an array of shape (2,)",
            [("[2, 3]", "an array of shape (2,)"), ("1", "a number")],
            None,
        ),
    ),
    (
        "[a, b]",
        (
            "shape",
            "the elements of an array must have one shape: a is an array of shape (3,), b is "
            "an array of shape (2,)",
            [("b", "an array of shape (2,)"), ("a", "an array of shape (3,)")],
            None,
        ),
    ),
    # values
    (
        "a[5]",
        (
            "value",
            "index 5 is out of range: a has 3 elements (0 to 2, or -3 to -1)",
            [("5", "out of range")],
            None,
        ),
    ),
    (
        "[a, a][0, 7]",
        (
            "value",
            "index 7 is out of range: [a, a] has 3 elements along axis 1 (0 to 2, or -3 to -1)",
            [("7", "out of range")],
            None,
        ),
    ),
    ("a[1.5]", ("value", "an index is a whole number, not 1.5", [("1.5", "")], None)),
    ("a[b]", ("value", "an index is a whole number, not an array of shape (2,)", [("b", "")], None)),
    (
        "a[0, 0]",
        (
            "value",
            "a has 1 axis, 2 indices were given",
            [("a[0, 0]", "a is an array of shape (3,)")],
            None,
        ),
    ),
    ("x[0]", ("value", "x is a single number, 1 index was given", [("x[0]", "x is a number")], None)),
    ("a[::0]", ("value", "the step of a slice must be greater than 0", [("::0", "")], None)),
    (
        "eye([2, 3])",
        (
            "value",
            "eye(n, m=None) needs a number where one of these arguments is an array",
            [("eye([2, 3])", "")],
            None,
        ),
    ),
    (
        "diff(x, x, 0.5)",
        ("value", "the order of a derivative is a whole number, not 0.5", [("0.5", "")], None),
    ),
    (
        "const c = 1; w = c; diff(w, c)",
        (
            "value",
            "w was computed from c while c wanted no gradient, so its derivative is not known",
            [("w", "no graph from here"), ("c", "constant")],
            None,
        ),
    ),
]


@pytest.mark.parametrize(("program", "failure"), CASES, ids=[case[0] for case in CASES])
def test_failure(run, program, failure):
    bindings = {"x": 2, "y": 3, "a": [1, 2, 3], "b": [1, 2]}
    assert run.failure(program, bindings) == failure


@pytest.mark.parametrize(
    "text", ["zeros(10**12)", "zeros(10**6, 10**6)", "ones([10**7, 1]) + ones([1, 10**7])"]
)
def test_arrays_too_large_are_refused(run, text):
    kind, message, labels, _ = run.failure(text)
    assert (kind, labels) == ("value", [(text, "too large")])
    assert message.startswith("an array of ")
    assert " more than the " in message


def test_a_chain_of_functions_that_each_double_is_refused(run):
    program = ["f0(x) = x + 1", *(f"f{i}(x) = f{i - 1}(x) + f{i - 1}(x)" for i in range(1, 60)), "f59(2)"]
    assert run.failure("\n".join(program)) == (
        "call",
        "the functions called here unfold into more than 200,000 calls",
        [("f59(2)", "too many")],
        None,
    )


def test_high_orders_of_products_are_refused(run):
    kind, message, labels, _ = run.failure("diff(sin(x)*exp(x)*x**2, x, 100)", {"x": 1})
    assert (kind, labels) == ("value", [("diff(sin(x)*exp(x)*x**2, x, 100)", "too high an order")])
    assert message.endswith(" has more than 300,000 operations; one more cannot be taken")
