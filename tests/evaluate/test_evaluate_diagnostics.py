"""Diagnostics, whole: kind, message, the words that each label marks, what it says, hint."""

import pytest

from gradcli.evaluation import derivatives

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
            "syntax",
            "'sin' is a function, and its argument is missing",
            [("sin", "write sin(...), or give 'sin' a value")],
            None,
        ),
    ),
    (
        "abs + 1",
        (
            "name",
            "'abs' is a function, and no variable of this name has a value",
            [("abs", "write abs(...), or bind it: add abs=1")],
            None,
        ),
    ),
    ("2*sn(x)", ("name", "unknown function 'sn'", [("sn", "did you mean 'sin'?")], None)),
    ("Sin(x)", ("name", "unknown function 'Sin'", [("Sin", "did you mean 'sin'?")], None)),
    ("lb(8)", ("name", "unknown function 'lb'", [("lb", "'lb' is log2 here: write log2(8)")], None)),
    ("2*tgh(x)", ("name", "unknown function 'tgh'", [("tgh", "'tgh' is tanh here: write tanh(x)")], None)),
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
    ("f(t, u) = t; f()", ("call", "f() takes 2 arguments (t, u), none was given", [("f()", "")], None)),
    ("f() = 1; f(x)", ("call", "f() takes no arguments, 1 was given", [("f(x)", "")], None)),
    ("f(t) = t; f(u=1)", ("call", "f() has no argument 'u'; it takes t", [("f(u=1)", "")], None)),
    ("f(t) = t; f(1, t=1)", ("call", "f() was given 't' twice", [("f(1, t=1)", "")], None)),
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
    ("a[::0]", ("value", "the step of a slice must not be 0", [("0", "no step")], None)),
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
        "diff(x, x, 1e9)",
        ("value", "the order of a derivative is at most 100", [("1e9", "")], None),
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


def test_high_orders_of_products_are_refused(run, monkeypatch):
    monkeypatch.setattr(derivatives, "LARGEST_GRAPH", 30_000)  # ten times as many take ten times as long
    kind, message, labels, _ = run.failure("diff(sin(x)*exp(x)*x**2, x, 100)", {"x": 1})
    assert (kind, labels) == ("value", [("diff(sin(x)*exp(x)*x**2, x, 100)", "too high an order")])
    assert message.endswith(" has more than 30,000 operations; one more cannot be taken")


# What PyTorch says in terms of tensors and dims, and NumPy in terms of ndarrays.
IN_PLAIN_WORDS = [
    ("sum(a, 5)", "5", "there is no axis 5: the only one is 0 (or -1)"),
    ("f(t) = sum(t, axis=2); f(A)", "f(A)", "in f(): there is no axis 2: the axes are 0 to 1, or -2 to -1"),
    ("sum(A, axis=[0, 0])", "[0, 0]", "axis 0 is given twice"),
    ("mean(A, 0.5)", "0.5", "axis of mean() must be a whole number, not 0.5"),
    ("transpose(A, [0, 0])", "[0, 0]", "axes must name every axis once, as [1, 0] does for a matrix"),
    ("transpose(A, 1)", "1", "axes must name every axis once, as [1, 0] does for a matrix"),
    ("zeros(-1)", "zeros(-1)", "a size is 0 or more, not -1"),
    ("ones(1e308, 0)", "ones(1e308, 0)", "a size is too large"),
    ("reshape(A, -1, -1)", "reshape(A, -1, -1)", "one size only may be -1, which stands for what is left"),
    ("reshape(A, -3)", "reshape(A, -3)", "a size is 0 or more, or -1 for what is left, not -3"),
    ("linspace(0, 1, -3)", "-3", "the number of steps is 0 or more"),
    ("arange(0, 1, 0)", "arange(0, 1, 0)", "a step of 0 leads nowhere"),
    ("arange(5, 1)", "arange(5, 1)", "the steps lead away from stop: a step below 0 goes down"),
    ("arange(0, inf)", "arange(0, inf)", "a range from 0 to inf has no end"),
    ("stack([])", "stack([])", "there are no arrays to join"),
    ("concat([])", "concat([])", "there are no arrays to join"),
    ("inv([[1, 2], [2, 4]])", "inv([[1, 2], [2, 4]])", "the matrix is singular: it has no inverse"),
    ("solve(A - A, [1, 2])", "solve(A - A, [1, 2])", "the matrix is singular: there is not one solution"),
    ("diag(x)", "diag(x)", "diag takes a vector or a matrix"),
    ("max([])", "max([])", "an empty array has no largest or smallest element"),
    ("cross_entropy(a, 3)", "3", "a class of cross_entropy is a whole number from 0 to 2"),
    ("[" * 65 + "x" + "]" * 65, "[" * 65 + "x" + "]" * 65, "an array has at most 64 axes"),
    ("[" * 65 + "1" + "]" * 65, "[" * 65 + "1" + "]" * 65, "an array has at most 64 axes"),
    ("zeros(" + "1, " * 65 + "1)", "zeros(" + "1, " * 65 + "1)", "an array has at most 64 axes"),
    ("reshape(A, " + "1, " * 65 + "4)", "reshape(A, " + "1, " * 65 + "4)", "an array has at most 64 axes"),
]


@pytest.mark.parametrize(("program", "culprit", "words"), IN_PLAIN_WORDS, ids=[c[2] for c in IN_PLAIN_WORDS])
def test_what_the_engine_refuses_is_said_in_plain_words(run, program, culprit, words):
    bindings = {"x": 2, "a": [1, 2, 3], "A": [[1, 2], [3, 4]]}
    assert run.failure(program, bindings) == ("value", words, [(culprit, "")], None)


SHAPES_IN_PLAIN_WORDS = [
    ("2 @ a", "@: 2 is a number and a has shape (3,)", "one is a single number: that product is written *"),
    ("dot(a, [1])", "dot: a has shape (3,) and [1] has shape (1,)",
     "both vectors must have as many elements"),
    ("outer(A, a)", "outer: A has shape (2, 2) and a has shape (3,)", "outer takes two vectors"),
    ("solve(A, a)", "solve: A has shape (2, 2) and a has shape (3,)",
     "the right side must have as many rows as the matrix"),
    ("det(a)", "det: a has shape (3,)", "det needs a square matrix, not an array of shape (3,)"),
    ("reshape(A, 3)", "reshape: A has shape (2, 2)", "4 elements do not make an array of shape (3,)"),
    ("concat(a, A)", "concat: a has shape (3,) and A has shape (2, 2)",
     "the arrays must have as many axes as each other"),
    ("concat(A, [[1, 2, 3]])", "concat: A has shape (2, 2) and [[1, 2, 3]] has shape (1, 3)",
     "along every axis but 0 the sizes must be the same"),
    ("concat(x, a)", "concat: x is a number and a has shape (3,)",
     "a single number is no array: write [x], or use stack"),
    ("stack(a, [1])", "stack: a has shape (3,) and [1] has shape (1,)", "the arrays must have one shape"),
    ("full([2, 2], a)", "full: a has shape (3,)", "the value to fill an array with is a single number"),
    ("max(x, a, [1, 2])", "max: x is a number and a has shape (3,) and [1, 2] has shape (2,)", BROADCAST),
    ("huber(y=[1, 2], p=a)", "huber: a has shape (3,) and [1, 2] has shape (2,)", BROADCAST),
    ("1 < a < [1, 2]", "<: a has shape (3,) and [1, 2] has shape (2,)", BROADCAST),
    ("0 < a < A[0, 0] < [1, 2]", "and: 0 < a < A[0, 0] has shape (3,) and A[0, 0] < [1, 2] has shape (2,)",
     BROADCAST),
    ("a if [1, 0] else x", "if ... else: [1, 0] has shape (2,) and a has shape (3,) and x is a number",
     BROADCAST),
    ("a and [1, 0]", "and: a has shape (3,) and [1, 0] has shape (2,)", BROADCAST),
]  # fmt: skip


@pytest.mark.parametrize(("program", "shapes", "hint"), SHAPES_IN_PLAIN_WORDS)
def test_shapes_that_do_not_fit_are_named_with_their_operands(run, program, shapes, hint):
    bindings = {"x": 2, "a": [1, 2, 3], "A": [[1, 2], [3, 4]]}
    kind, message, labels, said = run.failure(program, bindings)
    assert (kind, message, said) == ("shape", f"the shapes do not fit in {shapes}", hint)
    assert all(f"{text} " in f"{shapes} " for text, _ in labels)


MEANT = [
    ("cosx", "did you mean 'cos(x)'?"), ("sin2x", "did you mean 'sin(2x)'?"),
    ("ysinx", "did you mean 'y*sin(x)'?"), ("lnx", "did you mean 'ln(x)'?"),
    ("sina", "did you mean 'sin(a)'?"), ("sine", "add sine=1"), ("the", "add the=1"),
    ("xyx", "did you mean 'x*y*x'?"), ("xyln(x)", "did you mean 'x*y*ln(x)'?"),
    ("sinn(x)", "did you mean 'sin'?"), ("d/dx x**2", "a derivative is written diff(f, x)"),
    ("d + 1", "add d=1"),
    ("sin30", "write sin(30), or sin(radians(30)) in degrees"), ("2root8", "write sqrt(8)"),
    ("ln2", "write ln(2)"), ("sqrt_2", "write sqrt(2)"), ("x30", "add x30=1"),
    ("sin(30 deg)", "an angle in degrees is radians(30)"),
    ("sin(30*degree)", "an angle in degrees is radians(30)"),
    ("sin(30 degrees)", "an angle in degrees is radians(30)"),
    ("cos(x deg)", "an angle in degrees is radians(x)"), ("deg", "an angle in degrees is radians(x)"),
    ("cos(2 rad)", "angles are in radians: write 2 alone"), ("rad", "angles are in radians"),
    ("x at x=30deg", "an angle in degrees is radians(30)"),
    ("torch.nn.functional.relu(x)", "write relu(x)"), ("np.arcsin(x)", "write arcsin(x)"),
    ("np.power(x, 2)", "write pow(x, 2)"), ("special.expit(x)", "write sigmoid(x)"),
    ("scipy.special.erf(x)", "write erf(x)"), ("sp.Abs(x)", "write abs(x)"),
    ("numpy.pi", "write pi"), ("math.e", "write e"), ("x.sin()", "write sin(x)"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "hint"), MEANT)
def test_what_a_name_was_meant_to_be(run, program, hint):
    *_, ((_, said),), _ = run.failure(program, {"x": 2, "y": 3})
    assert said == hint


VALUE_OR_ERROR = [
    ("x = 1.02(2)", "1.02(2)", "a product", "x=1.02*2", "x=1.02±0.02"),
    ("x = 1.2(3.4)", "1.2(3.4)", "a product", "x=1.2*3.4", "x=1.2±3.4"),
    ("x at x=-20(3)", "-20(3)", "a product", "x=-20*3", "x=-20±3"),
    ("x at y=1, x=6.6(12)e-3", "6.6(12)e-3", "a product", "x=6.6*12e-3", "x=6.6e-3±1.2e-3"),
    ("const x = 1.02+-0.02", "1.02+-0.02", "a sum", "x=1.02-0.02", "x=1.02±0.02"),
    ("x at x=1.02 + −0.02", "1.02 + −0.02", "a sum", "x=1.02-0.02", "x=1.02±0.02"),
]


@pytest.mark.parametrize(("program", "value", "other", "written", "measured"), VALUE_OR_ERROR)
def test_what_may_be_a_value_with_its_error_is_not_bound(run, program, value, other, written, measured):
    assert run.failure(program, {}) == (
        "syntax",
        f"'{value}' may be a value with its error, or {other}",
        [(value, f"write {written} for {other}")],
        f"values with errors, as {measured}, are for gradcli map",
    )


@pytest.mark.parametrize("program", ["x = 1.02*2; x", "x at x=(1.02)(2)", "1.02(2)", "1.02+-0.02"])
def test_what_can_be_no_value_with_its_error_is_bound(run, program):
    assert run.result(program).finite


@pytest.mark.parametrize("program", ["{}", "{}(x)", "x at {0}=1, {0}=2", "f({0}) = x; f(1, 2)", "sin({}=x)"])
def test_names_as_long_as_a_book_are_cut(run, program):
    _, message, _, _ = run.failure(program.format("xy" * 500_000), {"x": 2, "y": 3})
    assert "xyxyxyxyxyx…" in message
    assert len(message) < 120
