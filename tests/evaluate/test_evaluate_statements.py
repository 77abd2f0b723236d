"""What statements do to names and to .grad, beside what torch does."""

import pytest

from gradcli.evaluation import Session
from gradcli.evaluation.results import Failure, Printed, Remark, Result

FREED = (
    "Trying to backward through the graph a second time (or directly access saved tensors "
    "after they have already "
    "been freed). Saved intermediate values of the graph are freed when you call .backward() "
    "or autograd.grad(). "
    "Specify retain_graph=True if you need to backward through the graph a second time or if "
    "you need to access "
    "saved tensors after calling backward."
)
LEAVES_ONLY = (
    "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a "
    "subgraph that doesn't require differentiation use var_no_grad = var.detach()."
)

PRINTS = [
    # program, what is printed
    (
        "y = x**2\nbackward y retain_graph\nprint x.grad\nbackward y\nprint x.grad",
        ["tensor(12.)", "tensor(24.)"],
    ),
    ("y = x**2\nbackward y\nzero_grad x\nprint x.grad", ["tensor(0.)"]),
    ("y = x**2\nbackward y\nzero_grad\nprint x.grad", ["tensor(0.)"]),
    ("zero_grad\nprint x.grad", ["None"]),
    ("x**2\nprint x.grad", ["None"]),
    ("backward x**2\nprint x.grad", ["tensor(12.)"]),
    ("x = [1, 2]\ny = 3*x\nbackward y with [1, 0.1]\nprint x.grad", ["tensor([3.0000, 0.3000])"]),
    (
        "x = 2\ny = x*x\nz = 3*y\nbackward z retain_graph\nprint x.grad\nbackward z\nprint x.grad",
        ["tensor(12.)", "tensor(24.)"],
    ),
    (
        "x = 2\nprint x\nprint x.requires_grad\nprint x.is_leaf\nprint x.grad_fn\nprint x.shape",
        ["tensor(2., requires_grad=True)", "True", "True", "None", "torch.Size([])"],
    ),
    (
        "const x = [1, 2]\nprint x\nprint x.requires_grad\nprint x.shape",
        ["tensor([1., 2.])", "False", "torch.Size([2])"],
    ),
    (
        "x = 3\ny = x**2\nprint y\nprint y.is_leaf\nprint y.grad_fn",
        ["tensor(9., grad_fn=<PowBackward0>)", "False", "<PowBackward0>"],
    ),
    (
        "requires_grad x off\ny = x**2\nprint y.requires_grad\nrequires_grad x on\ny = "
        "x**2\nprint y.requires_grad",
        ["False", "True"],
    ),
    ("no_grad {\ny = x**2\nprint y.requires_grad\n}\nz = x**2\nprint z.requires_grad", ["False", "True"]),
    ("no_grad { y = 2; print y.requires_grad }", ["True"]),
    ("print pi.requires_grad\nprint 1 + 1", ["False", "tensor(2.)"]),
    ("z = detach(x**2)\nprint z.requires_grad", ["False"]),
]


@pytest.mark.parametrize(("program", "texts"), PRINTS, ids=[case[0] for case in PRINTS])
def test_prints(run, program, texts):
    outcomes = run("x = 6\n" + program)
    assert [o.text for o in outcomes if isinstance(o, Printed)] == texts
    assert not [o for o in outcomes if isinstance(o, Failure)]


FAILURES = [
    (
        "y = x**2\nbackward y\nbackward y",
        ("value", FREED, [("y", "write 'backward y retain_graph' the first time")], None),
    ),
    (
        "y = [x, x]\nbackward y",
        (
            "value",
            "grad can be implicitly created only for scalar outputs",
            [("y", "write 'backward y with [...]', or take its sum")],
            None,
        ),
    ),
    (
        "y = [x, x]\nbackward y with [1]",
        (
            "shape",
            "the vector of a backward pass has the shape of what it starts from",
            [("[1]", "shape (1,)"), ("y", "shape (2,)")],
            None,
        ),
    ),
    (
        "const c = 2\nbackward c",
        (
            "value",
            "element 0 of tensors does not require grad and does not have a grad_fn",
            [("c", "no variable that wants a gradient is in it")],
            None,
        ),
    ),
    ("y = x**2\nrequires_grad y off", ("value", LEAVES_ONLY, [("y", "computed, not a leaf")], None)),
    ("zero_grad q", ("name", "variable 'q' has no value", [("q", "add q=1")], None)),
    ("f(t) = f(t-1)", ("call", "f() calls itself, and would never end", [("f(t-1)", "recursion")], None)),
    (
        "g(t) = t\nf(t) = g(t)\ng(t) = f(t) + 1",
        ("call", "g() calls itself by way of f(), and would never end", [("f(t)", "recursion")], None),
    ),
    (
        "y = 1\n2*x at x=y",
        (
            "value",
            "value of x: a value is a constant expression, and this mentions y",
            [("y", "write x = y; 2*x")],
            None,
        ),
    ),
    (
        "2*x at x=PI",
        ("value", "value of x: 'PI' is not a number or list", [("PI", "did you mean 'pi'?")], None),
    ),
    (
        "c = 1\nf(t) = c*t\nx at x=f(2)",
        ("value", "value of x: a value is a constant expression, and this mentions c", [("f(2)", "")], None),
    ),
]


@pytest.mark.parametrize(("program", "failure"), FAILURES, ids=[case[0] for case in FAILURES])
def test_failures(run, program, failure):
    assert run.failure("x = 6\n" + program) == failure


def test_at_binds_for_one_statement_only(run):
    values = [o.value for o in run("x**2\nx**2 at x=5\nx**2\nx*y at y=4", {"x": 3}) if isinstance(o, Result)]
    assert values == [9.0, 25.0, 9.0, 12.0]
    assert run.failure("x*y at y=4\ny", {"x": 3})[1] == "variable 'y' has no value"


def test_a_const_stays_const_at_another_value(run):
    assert run.result("const x = 3\nx*2 at x=5").gradients == {"x": None}


def test_a_failure_leaves_the_rest_alone(run):
    outcomes = run("x = 1; y = sn(x); y = 2; x+y\nx +\nx")
    assert [type(o).__name__ for o in outcomes] == ["Failure", "Result", "Failure", "Result"]
    assert [o.line for o in outcomes] == [1, 1, 2, 3]


def test_the_caller_sets_leaves_over_the_text(run):
    assert run.result("x = 3\nx**2", {"x": 4}).value == 16.0
    assert run.result("const x = 3\nx**2", {"x": 4}).gradients == {"x": None}
    assert run.result("x = 3\nx = 5\nx**2", {"x": 4}).value == 16.0
    assert run.failure("x = 3\nz = x**2", {"z": 4}) == (
        "name",
        "z is set from outside, but here it is computed from x",
        [("z", "leave z=... away, or set x")],
        None,
    )


def test_what_nothing_uses_is_noted_at_the_end(run):
    run("x**2", {"x": 4, "y": 1, "z": 2})
    (first, second) = run.finish()
    assert isinstance(first, Remark)
    assert [o.notes[0].text for o in (first, second)] == [
        "y is bound but nothing uses it",
        "z is bound but nothing uses it",
    ]


def test_outcomes_come_one_by_one():
    session = Session()
    outcomes = session.run("x = 2; x; x*x; sn(x)")
    assert next(outcomes).value == 2.0
    assert next(outcomes).value == 4.0
    assert isinstance(next(outcomes), Failure)


def test_a_derivative_in_a_block_records_no_graph(run):
    (result,) = run("no_grad { diff(x**2, x) }", {"x": 3})
    assert (result.value, result.gradients) == (6.0, {"x": None})


def test_a_bad_line_in_a_block_leaves_the_others_alone(run):
    bad, good, outer = run("no_grad {\n  y = x +\n  z = x**2\n  z\n}\nz*w", {"x": 3, "w": 2})
    assert (bad.diagnostic.message, bad.line) == ("an operand is missing behind '+'", 1)
    assert (good.value, good.gradients) == (9.0, {"x": None})
    assert outer.gradients == {"x": None, "w": 9.0}


def test_a_block_gives_its_results_with_their_lines(run):
    (first, second) = run("no_grad {\n  y = x**2\n  y\n  1/0\n}", {"x": 3})
    assert (first.line, first.value, first.gradients) == (3, 9.0, {"x": None})
    (note,) = second.notes
    assert second.text[slice(*note.span)] == "1/0"
    assert (second.line, second.text.split("\n")[0]) == (4, "  1/0")


def test_gradients_of_results_follow_torch(run):
    torch = pytest.importorskip("torch")
    x = torch.tensor(6.0, dtype=torch.float64, requires_grad=True)
    y = x**2
    y.backward(retain_graph=True)
    y.backward()
    (printed,) = run("x = 6\ny = x**2\nbackward y retain_graph\nbackward y\nprint x.grad")
    assert printed.text == f"tensor({x.grad.item():.0f}.)"


def test_what_is_printed_is_used(run):
    run("print x.grad", {"x": 4})
    assert run.finish() == []


def test_a_diff_that_fails_leaves_recording_off_in_its_block(run):
    outcomes = run("no_grad {\ndiff(x*q, x)\ny = x**2\nprint y.requires_grad\n}", {"x": 4})
    assert [type(o).__name__ for o in outcomes] == ["Failure", "Printed"]
    assert outcomes[1].text == "False"


def test_results_of_one_long_text_know_their_lines(run):
    session = Session()
    outcomes = list(session.run("x = 1\n\nx + 1\n  1/0; x\n"))
    assert [(o.line, o.text) for o in outcomes] == [(3, "x + 1"), (4, "  1/0; x"), (4, "  1/0; x")]
    (note,) = outcomes[1].notes
    assert outcomes[1].text[slice(*note.span)] == "1/0"


def test_what_was_detached_and_wants_a_gradient_begins_a_graph_of_its_own(run):
    step = "w = 1\nL = w**2\nw = detach(w - 0.1*diff(L, w))\nrequires_grad w on\nL2 = w**2\nL2"
    result = run.result(step)
    assert [(v.name, v.value, v.gradient) for v in result.variables] == [("w", 0.8, 1.6)]
    assert result.notes == []
