"""What is asked of every result: which gradients, which order, which kind of number, which vector."""

import pytest

from gradcli.evaluation import Options, Session, evaluate
from gradcli.evaluation.results import Failure
from gradcli.language.diagnostics import Diagnostic


def test_wrt_asks_for_some_gradients_in_its_own_order():
    result = evaluate("x*y*z", {"x": 2, "y": 3, "z": 4}, wrt=["z", "x"])
    assert result.gradients == {"z": 6.0, "x": 12.0}
    assert list(result.gradients) == ["z", "x"]
    assert [v.name for v in evaluate("x*y", {"x": 2, "y": 3}, wrt=["y", "y"]).variables] == ["y"]


def test_wrt_may_name_an_intermediate():
    assert evaluate("z = x**2; z**2", x=3, wrt=["z"]).gradients == {"z": 18.0}


def test_wrt_leaves_out_what_is_not_mentioned():
    assert evaluate("x**2", x=3, y=1, wrt=["x", "y"]).gradients == {"x": 6.0}


def test_wrt_refuses_names_that_nothing_binds(run):
    assert run.failure("rate*2", {"rate": 3}, wrt=["rte"]) == (
        "name",
        "--wrt names 'rte', which is no variable here",
        [],
        "did you mean 'rate'?",
    )
    assert run.failure("x", {"x": 3}, wrt=["gain"])[3] == "bind it: add gain=1"


def test_const_leaves_want_no_gradient():
    assert evaluate("x*w", x=2, w=3, const=["x"]).gradients == {"x": None, "w": 2.0}


def test_const_refuses_names_that_nothing_ever_binds(run):
    run("x", {"x": 3}, const=["y"])
    (failure,) = [o for o in run.finish() if isinstance(o, Failure)]
    assert failure.diagnostic.message == "--const names 'y', which is no variable here"


def test_second_derivatives_of_scalars():
    result = evaluate("x**3*y + z", x=2, y=5, z=1, order=2)
    assert result.second == {
        ("x", "x"): 60.0, ("x", "y"): 12.0, ("x", "z"): 0.0,
        ("y", "x"): 12.0, ("y", "y"): 0.0, ("y", "z"): 0.0,
        ("z", "x"): 0.0, ("z", "y"): 0.0, ("z", "z"): 0.0,
    }  # fmt: skip


def test_second_derivatives_of_arrays_are_blocks():
    second = evaluate("sum(v**3)*x", v=[1, 2], x=4, order=2).second
    assert second["v", "v"].tolist() == [[24.0, 0.0], [0.0, 48.0]]
    assert second["v", "x"].tolist() == [3.0, 12.0]
    assert second["x", "v"].tolist() == [3.0, 12.0]
    assert second["x", "x"] == 0.0


def test_second_derivatives_leave_constants_out():
    assert evaluate("x**2*c", x=2, c=3, const=["c"], order=2).second == {("x", "x"): 6.0}
    assert evaluate("2 + 3", order=2).second == {}


def test_second_derivatives_of_too_many_elements_are_refused(run):
    kind, message, _, _ = run.failure("sum(v**2)", {"v": "zeros(20000)"}, order=2)
    assert (kind, message) == (
        "value",
        "the second derivatives of 20,000 elements are too many, 10,000 are the most",
    )


@pytest.mark.parametrize("vector", ["[1, 0.1]", [1, 0.1], (1, 0.1)])
def test_a_vector_for_an_array(vector):
    result = evaluate("v*x", v=[1, 2], x=4, grad_output=vector)
    assert result.gradients["v"].tolist() == [4.0, 0.4]
    assert result.gradients["x"] == pytest.approx(1.2)


def test_a_vector_has_the_shape_of_the_result(run):
    assert run.failure("v*2", {"v": [1, 2]}, grad_output="[1, 2, 3]") == (
        "shape",
        "the result has shape (2,), and the vector for its gradient has shape (3,)",
        [("v*2", "(2,)")],
        "they must have the same shape",
    )
    assert run.failure("v*2", {"v": [1, 2]}, grad_output="[1, q]")[1].startswith("grad_output '[1, q]': ")


def test_digits():
    from mpmath import mpf, workdps

    result = evaluate("sqrt(x)/3 + 0.1", x=2, precision=50)
    with workdps(50):
        assert abs(result.value - (mpf(2).sqrt() / 3 + mpf("0.1"))) < mpf("1e-49")
        assert abs(result.gradients["x"] - 1 / (6 * mpf(2).sqrt())) < mpf("1e-49")
        (variable, *_) = result.graph().nodes
        assert abs(variable.gradient - 1 / (6 * mpf(2).sqrt())) < mpf("1e-49")
    assert result.dtype == "decimal50"


@pytest.mark.parametrize(
    "text", ["0.1 + 0.2 - 0.3", "pi - 4*atan(1)", "1/3*3 - 1", "⅓ + ⅔ - 1", "e - exp(1)"]
)
def test_literals_and_constants_have_every_digit(text):
    assert abs(evaluate(text, precision=40).value) < 1e-38


@pytest.mark.parametrize(
    ("text", "bindings", "digits", "value", "gradient"),
    [
        (
            "log(1-exp(-x))", {"x": "1e-20"}, 50,
            "-46.051701859880913680364829093687284152022025605909",
            "99999999999999999999.500000000000000000000833333333",
        ),
        (
            "erf(sqrt(2)*h/2)/2 + 1/2", {"h": -6}, 50,
            "0.00000000098658764503769814070086413239804201866979124997903",
            "0.0000000060758828498232854869963077406818254146000625881224",
        ),
        ("sqrt(x^2+1)-x", {"x": "1e9"}, 40, "0.0000000004999999999999999998750000000000000000625",
         "-4.999999999999999996250000000000000003125e-19"),
        ("log(1-exp(-x))", {"x": "1e-200"}, 30, "-460.517018598809136803598290937", "1.0e+200"),
        ("(1-cos(x))/x^2", {"x": "1e-20"}, 30, "0.5", "-8.33333333333333333333333333333e-22"),
        ("y = 1-cos(x); y/x^2", {"x": "1e-20"}, 30, "0.5", "-8.33333333333333333333333333333e-22"),
        ("f(t) = 1-cos(t); f(x)/x^2", {"x": "1e-20"}, 30, "0.5", "-8.33333333333333333333333333333e-22"),
        ("(exp(pi*sqrt(163)) - 262537412640768744)*x", {"x": 1}, 30, "-7.49927402801814311120646143663e-13",
         "-7.49927402801814311120646143663e-13"),
        ("x*(1/3 - 0.333)", {"x": 3}, 20, "0.001", "0.00033333333333333333333"),
        ("(e^x - 1 - x - x^2/2)/x^3", {"x": "1e-10"}, 25, "0.1666666666708333333334167",
         "0.041666666668333333333375"),
        ("(-b + sqrt(b^2 - 4))/2", {"b": "1e30"}, 20, "-1.0e-30", "1.0e-60"),
        ("atan(x) - pi/2", {"x": "1e40"}, 25, "-1.0e-40", "1.0e-80"),
        ("x - x", {"x": 3}, 30, "0.0", "0.0"),
        ("x - 0.1", {"x": "0.1"}, 30, "0.0", "1.0"),
    ],
)  # fmt: skip
def test_all_digits_that_are_shown_are_right(text, bindings, digits, value, gradient):
    result = evaluate(text, bindings, precision=digits)
    assert (str(result.value), *map(str, result.gradients.values())) == (value, gradient)
    assert result.notes == []


@pytest.mark.parametrize(
    ("text", "digits", "value", "note"),
    [
        ("sin(pi)", 50, "0.0",
         "the value may be 0, which is shown: with 2,080 digits it is -1.605910761e-2082"),
        ("sin(x)^2 + cos(x)^2 - 1 + 0.1 + 0.2 - 0.3", 30, "0.0",
         "the value may be 0, which is shown: with 2,880 digits it is 0"),
        ("1/sin(pi)", 30, "-3.72704299847149394743022567371e+2880",
         "not all digits of the value are certain: with 2,880 digits it is -3.727042998e+2880, and more may "
         "make it another"),
    ],
)  # fmt: skip
def test_what_no_digits_settle_is_said(text, digits, value, note):
    result = evaluate(text, x="1.3", precision=digits)
    assert str(result.value) == value
    assert note in [n.text for n in result.notes]


def test_a_pole_that_may_be_none_is_said():
    notes = evaluate("log(1-exp(-x))", x="1e-5000", precision=50).notes
    assert [(note.text, note.span) for note in notes] == [
        ("with 2,080 digits all of this cancels, and more may leave another number than 0", (4, 13)),
        ("-inf comes from the logarithm of zero, 1-exp(-x) = 0", (0, 14)),
    ]
    assert [note.text for note in evaluate("1/(2x - 2)", x=1, precision=50).notes] == [
        "inf comes from division by zero, 2x - 2 = 0"
    ]


def test_the_graph_and_second_derivatives_have_the_digits_too():
    result = evaluate("(1-cos(x))/x^2", x="1e-20", precision=20, order=2)
    assert str(result.second["x", "x"]) == "-0.083333333333333333333"
    assert float(result.graph().root.value) == float(result.value) == 0.5


def test_an_intermediate_of_decimals_keeps_what_its_names_meant():
    result = evaluate("f(t) = 1 - t; x = 0.1; y = f(x); f(t) = 5; x = 3; y + 0*x", precision=60)
    assert str(result.value) == "0.9"


def test_arrays_of_digits():
    result = evaluate("sum(v*0.1)", v="[1, 2]", precision=30)
    assert str(result.value) == "0.3"
    assert [str(g) for g in result.gradients["v"]] == ["0.1", "0.1"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [("0.1", "0.1"), ("1/3", "0." + "3" * 50), ("pi", "3.1415926535897932384626433832795028841971693993751"),
     ("1e-400", "1.0e-400"), ("[0.1, 0.2]", "[0.1, 0.2]"), ("1_000.1", "1000.1")],
)
def test_bindings_are_the_decimals_as_written(text, shown):
    import mpmath

    value = evaluate("x", x=text, precision=50).value
    shown_value = "[" + ", ".join(map(str, value)) + "]" if text[0] == "[" else str(value)
    assert shown_value == shown
    assert mpmath.mp.dps == 15  # the precision is the session's own


def test_literals_beyond_a_float_are_finite_under_a_precision():
    notes = evaluate("1e400*x + 1/0", x=1, precision=20).notes
    assert [note.text for note in notes] == ["inf comes from division by zero"]


def test_digits_keep_the_names_of_nodes():
    assert [n.name for n in evaluate("x**2", x=3, precision=30).graph().nodes] == ["x", "", "PowBackward0"]


def test_float32():
    result = evaluate("x*0.1", x=3, dtype="float32")
    assert (result.dtype, str(result.value.dtype), result.shape) == ("float32", "float32", ())
    assert float(result.gradients["x"]) == 0.10000000149011612
    assert float(evaluate("0.1", dtype="float32").value) == 0.10000000149011612


@pytest.mark.parametrize(
    ("text", "finite"), [("1/x", False), ("x", True), ("sqrt(x)", False), ("[x, 1/x]", False)]
)
def test_a_result_knows_whether_all_is_finite(text, finite):
    assert evaluate(text, x=0).finite is finite


def test_a_second_derivative_may_be_infinite_alone():
    assert evaluate("x**1.5", x=0).finite is True
    assert evaluate("x**1.5", x=0, order=2).finite is False


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"order": 3}, "order is 1 or 2, not 3"),
        ({"dtype": "int8"}, "dtype is float64 or float32, not 'int8'"),
        ({"precision": 0}, "precision is a number of digits from 1, not 0"),
        ({"precision": 9, "dtype": "float32"},
         "precision and dtype exclude each other: a number is either decimal or float32"),
    ],
)  # fmt: skip
def test_options_that_cannot_be(options, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        Options(**options)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("x", "y", "a value is a constant expression, and this mentions y"),
        ("x", "[1, abc]", "'abc' is not a number or list"),
        ("x", object, "value of x: <class 'object'> is not a number or list of numbers"),
        ("x", "1; y=2", "a binding is NAME=VALUE, as in x=4 or w=[1, 2], not 'x=1; y=2'"),
        ("f(t)", "t", "a binding is NAME=VALUE, as in x=4 or w=[1, 2], not 'f(t)=t'"),
    ],
)
def test_bindings_that_cannot_be(name, value, message):
    session = Session()
    session.set("y", 1)
    with pytest.raises(Diagnostic) as caught:
        session.set(name, value)
    assert caught.value.message == message


def test_a_wrong_program_raises_its_diagnostic():
    with pytest.raises(Diagnostic, match="unknown function 'sn'"):
        evaluate("sn(x)", x=1)
    with pytest.raises(Diagnostic, match="there is no expression to evaluate"):
        evaluate("y = 2")
