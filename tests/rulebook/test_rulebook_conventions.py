"""Kinks, edges and extremes, literally: value, gradient and second derivative, and the note that says so."""

import math

import numpy as np
import pytest

from gradcli import rules as rules
from gradcli.autograd import apply, grad, tensor
from gradcli.evaluation import evaluate
from gradcli.numbers import arrays, floats
from gradcli.rules.rulebook import NAMES, RULES, call

INF, NAN = math.inf, math.nan
SCALE, SLOPE = 1.0507009873554805, 1.7580993408473766

GRID = [-2.5, -1.0, -0.5, 0.0, 0.5, 1.0, 2.5]
VALUELESS = [(rule.name, c) for rule in RULES.values() for c in rule.conventions if c.valueless]


@pytest.mark.parametrize(("name", "convention"), VALUELESS, ids=[name for name, _ in VALUELESS])
def test_where_a_convention_says_that_there_is_no_value_there_is_none(name, convention):
    operands = np.meshgrid(*[GRID] * len(RULES[name].operands))
    there = convention.when(arrays, *operands) != 0
    assert there.any()
    assert np.isnan(RULES[name].value(arrays, *operands)[there]).all()


AT = [  # function, x, value, derivative, second derivative: PyTorch's, where it has the function
    ("abs", 0.0, 0.0, 0.0, 0.0),
    ("relu", 0.0, 0.0, 0.0, 0.0),
    ("relu", NAN, NAN, 1.0, 0.0),
    ("sign", 0.0, 0.0, 0.0, 0.0),
    ("leaky_relu", 0.0, 0.0, 0.01, 0.0),
    ("elu", 0.0, 0.0, 1.0, 0.0),
    ("elu", NAN, NAN, NAN, NAN),
    ("selu", 0.0, 0.0, SLOPE, 0.0),
    ("sqrt", 0.0, 0.0, INF, -INF),
    ("sqrt", -1.0, NAN, NAN, NAN),
    ("cbrt", 0.0, 0.0, INF, NAN),
    ("log", 0.0, -INF, INF, -INF),
    ("log", -1.0, NAN, -1.0, -1.0),
    ("log1p", -1.0, -INF, INF, -INF),
    ("asin", 1.0, math.pi / 2, INF, INF),
    ("acos", -1.0, math.pi, -INF, INF),
    ("acosh", 1.0, 0.0, INF, -INF),
    ("atanh", 1.0, INF, INF, INF),
    ("logit", 0.0, -INF, INF, NAN),
    ("logit", 2.0, NAN, NAN, 0.0),
    ("erfinv", 1.0, INF, INF, INF),
    ("asec", 1.0, 0.0, INF, NAN),
    ("asec", -1.0, math.pi, INF, NAN),
    ("asec", -1e200, math.pi / 2, 0.0, 0.0),
    ("acsc", 1.0, math.pi / 2, -INF, NAN),
    ("acot", 0.0, math.pi / 2, -1.0, 0.0),
    ("asech", 1.0, 0.0, -INF, NAN),
    ("acoth", 1.0, INF, INF, NAN),
    ("sinc", 0.0, 1.0, 0.0, -(math.pi**2) / 3),
    ("sinc", 1e-9, 1.0, -(math.pi**2) / 3 * 1e-9, -(math.pi**2) / 3),
    ("sinc", INF, NAN, NAN, NAN),
    ("sgn", 0.0, 0.0, 0.0, 0.0),
    ("lgamma", 0.0, INF, -INF, INF),
    ("floor", 1.0, 1.0, 0.0, 0.0),
    ("round", 2.5, 2.0, 0.0, 0.0),
    ("round", 0.5, 0.0, 0.0, 0.0),
    # No overflow, and no digit lost.
    ("asinh", 1e200, 461.2101657793691, 1e-200, 0.0),
    ("asinh", -1e300, -691.4686750787736, 1e-300, 0.0),
    ("acosh", 1e300, 691.4686750787736, 1e-300, 0.0),
    ("sigmoid", 1000.0, 1.0, 0.0, 0.0),
    ("sigmoid", -1000.0, 0.0, 0.0, 0.0),
    ("tanh", 1000.0, 1.0, 0.0, 0.0),
    ("softplus", -1000.0, 0.0, 0.0, 0.0),
    ("softplus", 1000.0, 1000.0, 1.0, 0.0),
    ("logsigmoid", -1000.0, -1000.0, 1.0, 0.0),
    ("logsigmoid", 1000.0, 0.0, 0.0, 0.0),
    ("coth", 800.0, 1.0, 0.0, 0.0),
    ("csch", 800.0, 0.0, 0.0, 0.0),
    ("sech", 800.0, 0.0, 0.0, 0.0),
    ("gelu", -10.0, -7.619853024160526e-23, -7.618400096464814e-22, -7.540706654172292e-21),
    ("exp", 1000.0, INF, INF, INF),
    ("expm1", -40.0, -1.0, 4.248354255291589e-18, 4.248354255291589e-18),
    # By 1 - sigmoid and 1 - tanh**2 as they are rounded.
    ("sigmoid", 40.0, 1.0, 0.0, 0.0),
    ("tanh", 20.0, 1.0, 0.0, 0.0),
    ("softplus", 25.0, 25.000000000013888, 0.9999999999861121, 1.3888001859448131e-11),
]


def derivatives(name, x):
    """Value, derivative and second derivative of a function of one float."""
    leaf = tensor(x, requires_grad=True)
    out = call(apply, NAMES[name], [leaf])
    first = grad(out, leaf, create_graph=True)[0]
    second = grad(first, leaf, allow_unused=True)[0] if first.requires_grad else None
    return out._value, first._value, 0.0 if second is None else second._value


@pytest.mark.parametrize(("name", "x", "value", "first", "second"), AT, ids=lambda v: str(v))
def test_at(name, x, value, first, second):
    assert derivatives(name, x) == pytest.approx((value, first, second), rel=3e-14, abs=0.0, nan_ok=True)


CANCELLED = [  # what was rounded on the way is divided by, and multiplied with: the true gradient
    ("-log(1 - sigmoid(x))", 20.0, 0.9999999979388463),
    ("-log(1 - sigmoid(x))", 30.0, 0.9999999999999065),
    ("-log(1 - sigmoid(x))", 36.0, 0.9999999999999998),
    ("log(1 - tanh(x)**2)", 17.0, -2.0),
    ("atanh(tanh(x))", 15.0, 1.0),
]


@pytest.mark.parametrize(("text", "x", "gradient"), CANCELLED)
def test_roundings_cancel(text, x, gradient):
    assert evaluate(text, x=x).gradients["x"] == pytest.approx(gradient, rel=1e-12)
    with_numpy = evaluate(text, x=[x, x]).gradients["x"]
    assert with_numpy.tolist() == pytest.approx([gradient, gradient], rel=1e-12)


OF_TWO = [  # function, operands, value, gradient
    ("maximum", (1.0, 1.0), 1.0, (0.5, 0.5)),
    ("minimum", (1.0, 1.0), 1.0, (0.5, 0.5)),
    ("hypot", (0.0, 0.0), 0.0, (NAN, NAN)),
    ("hypot", (3e200, 4e200), 5e200, (0.6, 0.8)),
    ("hypot", (3e-200, 4e-200), 5e-200, (0.6, 0.8)),
    ("atan2", (0.0, 0.0), 0.0, (0.0, -0.0)),
    ("atan2", (1e-200, 1e-200), math.pi / 4, (5e199, -5e199)),
    ("pow", (0.0, 0.0), 1.0, (0.0, 0.0)),
    ("pow", (0.0, -1.0), INF, (-INF, -INF)),
    ("pow", (-2.0, 3.0), -8.0, (12.0, NAN)),
    ("div", (0.0, 0.0), NAN, (INF, NAN)),
    ("div", (1e200, 1e-200), INF, (1e200, -INF)),
    ("div", (1e-200, 1e200), 0.0, (1e-200, -0.0)),
    ("mod", (-7.5, 2.0), 0.5, (1.0, 4.0)),
    ("floordiv", (-7.5, 2.0), -4.0, (0.0, 0.0)),
    ("fmod", (-7.0, 3.0), -1.0, (1.0, 2.0)),
    ("fmod", (7.0, -3.0), 1.0, (1.0, 2.0)),
    ("fmod", (5.0, INF), 5.0, (1.0, -0.0)),
    ("fmod", (7.5, 0.0), NAN, (1.0, -INF)),
    ("xlogy", (0.0, 0.0), 0.0, (0.0, NAN)),
    ("xlogy", (0.0, -1.0), 0.0, (0.0, -0.0)),
    ("xlogy", (1.0, 2.0), 0.6931471805599453, (0.6931471805599453, 0.5)),
    ("xlogy", (1.0, 0.0), -INF, (-INF, INF)),
    ("xlogy", (0.0, INF), 0.0, (INF, 0.0)),
    ("xlogy", (NAN, 1.0), NAN, (0.0, NAN)),
    ("bce", (0.0, 0.0), 0.0, (0.0, INF)),
    ("bce", (1.0, 0.0), 100.0, (1000000003995.8029, -INF)),
    ("bce_with_logits", (800.0, 0.0), 800.0, (1.0, -800.0)),
    ("bce_with_logits", (40.0, 1.0), 4.248354255291589e-18, (-4.248354255291589e-18, -40.0)),
    ("huber", (1.0, 0.0), 0.5, (1.0, -1.0)),
    ("mae", (1.0, 1.0), 0.0, (0.0, -0.0)),
    ("logaddexp", (1000.0, 1000.0), 1000.6931471805599, (0.5, 0.5)),
    ("beta", (200.0, 300.0), 0.0, None),
]


@pytest.mark.parametrize(("name", "operands", "value", "gradient"), OF_TWO, ids=lambda v: str(v))
def test_of_two(name, operands, value, gradient):
    leaves = [tensor(x, requires_grad=True) for x in operands]
    defaults = [d for _, d in RULES[name].operands[len(operands) :]]
    out = apply(RULES[name], *leaves, *defaults)
    assert out._value == pytest.approx(value, rel=1e-14, abs=1e-100, nan_ok=True)
    if gradient is not None:
        found = tuple(g._value for g in grad(out, leaves))
        assert found == pytest.approx(gradient, rel=1e-14, abs=0.0, nan_ok=True)
        assert [math.copysign(1.0, g) for g in found if g == 0.0] == [
            math.copysign(1.0, g) for g in gradient if g == 0.0
        ]


OF_ARRAYS = [
    ("max", [3.0, 1.0, 3.0], {}, 3.0, [0.5, 0.0, 0.5]),
    ("max", [NAN, 1.0], {}, NAN, [1.0, 0.0]),
    ("norm", [0.0, 0.0], {}, 0.0, [0.0, 0.0]),
    ("norm", [3e200, 4e200], {}, 5e200, [0.6, 0.8]),
    ("norm", [3e-200, 4e-200], {}, 5e-200, [0.6, 0.8]),
    ("norm", [0.0, -2.0], {"p": 1.0}, 2.0, [0.0, -1.0]),
    ("norm", [1.0, -1.0], {"p": INF}, 1.0, [0.5, -0.5]),
    ("norm", [2.0, 3.0, 6.0], {}, 7.0, [2 / 7, 3 / 7, 6 / 7]),
    ("std", [2.0, 2.0], {}, 0.0, [0.0, 0.0]),
    ("var", [1e9, 1e9 + 1], {}, 0.5, [-1.0, 1.0]),
    ("prod", [0.0, 2.0, 3.0], {}, 0.0, [6.0, 0.0, 0.0]),
    ("prod", [1e-200, 1e-200, 1e300], {}, 1e-100, [1e100, 1e100, 0.0]),
    ("logsumexp", [1000.0, 0.0], {}, 1000.0, [1.0, 0.0]),
    ("norm", [3.0, -3.0, 1.0], {"p": INF}, 3.0, [0.5, -0.5, 0.0]),
    ("logdet", [[1e-200, 0.0], [0.0, 1e-200]], {}, -921.0340371976183, [[1e200, 0.0], [0.0, 1e200]]),
    ("logdet", [[1.0, 2.0], [3.0, 5.0]], {}, NAN, [[0.0, 0.0], [0.0, 0.0]]),
    ("logdet", [[1.0, 2.0], [2.0, 4.0]], {}, -INF, [[INF, -INF], [-INF, INF]]),
    ("logsumexp", [-INF, 0.0], {}, 0.0, [0.0, 1.0]),
    ("det", [[1.0, 2.0], [2.0, 4.0]], {}, 0.0, [[4.0, -2.0], [-2.0, 1.0]]),
]


@pytest.mark.parametrize(("name", "x", "keywords", "value", "gradient"), OF_ARRAYS)
def test_of_arrays(name, x, keywords, value, gradient):
    leaf = tensor(x, requires_grad=True)
    out = call(apply, NAMES[name], [leaf], keywords)
    assert out._value == pytest.approx(value, rel=1e-14, nan_ok=True)
    assert (
        grad(out, leaf)[0]._value.tolist() == pytest.approx(np.array(gradient), rel=1e-13, abs=1e-300)
        if np.ndim(x) > 1
        else grad(out, leaf)[0]._value.tolist() == pytest.approx(gradient, rel=1e-13, abs=1e-300)
    )


OF_ARRAYS_TO_ARRAYS = [  # function, x, value, gradient of the sum of the value
    ("cumprod", [0.0, 2.0, 3.0], [0.0, 0.0, 0.0], [9.0, 0.0, 0.0]),
    ("cumprod", [2.0, 0.0, 3.0, 0.0], [2.0, 0.0, 0.0, 0.0], [1.0, 8.0, 0.0, 0.0]),
    ("cumprod", [[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0], [3.0, 12.0]], [[3.0, 1.0], [5.0, 3.0]]),
    ("cumprod", 3.0, 3.0, 1.0),
    ("softmax", [INF, 0.0], [NAN, NAN], [NAN, NAN]),
    ("softmax", [-INF, -INF], [NAN, NAN], [NAN, NAN]),
    ("softmax", [-INF, 0.0], [0.0, 1.0], [0.0, 0.0]),
    ("softmax", [1000.0, 1000.0], [0.5, 0.5], [0.0, 0.0]),
    ("log_softmax", [INF, 0.0], [NAN, NAN], [NAN, NAN]),
    ("log_softmax", [-INF, 0.0], [-INF, 0.0], [1.0, -1.0]),
]


@pytest.mark.parametrize(("name", "x", "value", "gradient"), OF_ARRAYS_TO_ARRAYS)
def test_of_arrays_to_arrays(name, x, value, gradient):
    leaf = tensor(x, requires_grad=True)
    out = call(apply, NAMES[name], [leaf])
    np.testing.assert_array_equal(out._value, value)
    found = grad(call(apply, NAMES["sum"], [out]), leaf)[0]._value
    np.testing.assert_array_equal(found, gradient)


NOTES = [  # function, operands, how the note begins; None where there is nothing to say
    ("abs", (0.0,), "not differentiable at 0: the subgradient 0 is used, as PyTorch does (left -1, right 1)"),
    ("abs", (1.0,), None),
    ("relu", (0.0,), "not differentiable at 0"),
    ("relu", (1.0,), None),
    ("sqrt", (0.0,), "one-sided"),
    ("sqrt", (-1.0,), "a negative number has no real square root"),
    ("sqrt", (2.0,), None),
    ("log", (-1.0,), "below 0 there is no value: the gradient has no meaning"),
    ("log", (2.0,), None),
    (
        "pow",
        (-8.0, 1 / 3),
        "a negative number to a broken power is not real; for an odd root of it use cbrt(x)",
    ),
    ("pow", (0.0, 0.0), "0**0 is 1"),
    ("pow", (0.0, 0.5), "one-sided"),
    ("pow", (-2.0, 3.0), None),
    ("pow", (0.0, 2.0), None),
    ("maximum", (1.0, 1.0), "a tie: the gradient is shared, half to each"),
    ("maximum", (1.0, 2.0), None),
    ("clamp", (1.0, 0.0, 1.0), "at the edge of clamp"),
    ("clamp", (0.5, 0.0, 1.0), None),
    ("floor", (1.0,), "a jump"),
    ("floor", (1.5,), "flat almost everywhere"),
    ("round", (2.5,), "a jump"),
    ("elu", (0.0, 1.0), None),
    ("elu", (0.0, 2.0), "not differentiable at 0"),
    ("selu", (0.0,), "not differentiable at 0"),
    ("hypot", (0.0, 0.0), "the tip of a cone"),
    ("atan2", (0.0, 0.0), "no angle at the origin"),
    ("gamma", (-1.0,), "a pole"),
    ("gamma", (0.5,), None),
    ("bce", (1.0, 0.0), "p is 0 or 1 here"),
    ("bce", (0.5, 0.0), None),
    ("huber", (1.0, 0.0, 1.0), "where a parabola meets a line"),
    ("mae", (1.0, 1.0), "not differentiable where p = y"),
    ("asin", (1.0,), "one-sided"),
    ("asin", (2.0,), "outside [-1, 1]"),
    ("asin", (0.5,), None),
    ("acosh", (0.5,), "below 1 there is no value"),
    ("asec", (1.0,), "one-sided: the derivative tends to inf at -1 and 1"),
    ("asec", (0.5,), "between -1 and 1 there is no value"),
    ("asec", (2.0,), None),
    (
        "asec",
        (-2.0,),
        "asec(x) is acos(1/x), from 0 to pi; where it is taken from pi to 3*pi/2 for x below 0, its "
        "derivative is 1/(x*sqrt(x**2 - 1)), which has the other sign",
    ),
    ("acsc", (-2.0,), "acsc(x) is asin(1/x), from -pi/2 to pi/2"),
    ("acot", (0.0,), "a jump at 0, from -pi/2 to pi/2"),
    ("acot", (2.0,), None),
    (
        "acot",
        (-2.0,),
        "acot(x) is atan(1/x), from -pi/2 to pi/2; where it is taken from 0 to pi, it is larger by pi for x "
        "below 0, and its derivative the same",
    ),
    ("asech", (1.0,), "one-sided: the derivative tends to -inf as x rises to 1"),
    ("asech", (1.5,), "below 0 and above 1 there is no value"),
    ("acoth", (0.5,), "between -1 and 1 there is no value"),
    ("fmod", (4.0, 2.0), "a jump"),
    ("fmod", (0.0, 2.0), None),
    ("fmod", (5.0, 2.0), None),
    ("xlogy", (0.0, 0.0), "xlogy(0, y) is 0 where y has no logarithm"),
    ("xlogy", (1.0, -1.0), "below 0 there is no logarithm"),
    ("xlogy", (0.0, 1.0), None),
    ("floordiv", (4.0, 2.0), "a jump"),
    ("floordiv", (5.0, 2.0), None),
]


@pytest.mark.parametrize(("name", "operands", "text"), NOTES)
@pytest.mark.parametrize("xp", [floats, arrays], ids=["float", "array"])
def test_note(name, operands, text, xp):
    if xp is arrays:
        operands = [np.array([x]) for x in operands]
    said = [c.says for c in RULES[name].conventions if c.when(xp, *operands)]
    assert said[0].startswith(text) if text else said == []


def test_no_digit_is_lost_close_to_1():
    x = 1.0000000001  # 1/x and x**2 - 1 have lost half of theirs
    value, first, _ = derivatives("asec", x)
    assert (value, first) == pytest.approx((1.4142136208204456e-05, 70710.67518450223), rel=3e-15)


def test_notes_of_reductions():
    static = {"axis": None, "keepdim": 0}
    tie = RULES["max"].conventions[0]
    assert tie.when(arrays, np.array([3.0, 1.0, 3.0]), **static) == 1.0
    assert tie.when(arrays, np.array([3.0, 1.0, 2.0]), **static) == 0.0
    cone = RULES["norm"].conventions[0]
    assert cone.when(arrays, np.array([0.0, 0.0]), p=2.0, **static) == 1.0
    tied = RULES["norm"].conventions[1]
    assert tied.says == "a tie: the gradient is shared equally"
    for vector, p, holds in (
        ([3.0, -3.0, 1.0], INF, 1.0),
        ([3.0, -2.0, 1.0], INF, 0.0),
        ([3.0, -1.0, 1.0], -INF, 1.0),
        ([3.0, -3.0, 1.0], 2.0, 0.0),
        ([0.0, 0.0], INF, 0.0),
    ):
        assert np.all(tied.when(arrays, np.array(vector), p=p, **static) == holds)
    for matrix, holds in (([[2.0, 1.0], [1.0, 1.0]], 0.0), ([[1.0, 2.0], [2.0, 4.0]], 1.0)):
        assert RULES["logdet"].conventions[1].when(arrays, np.array(matrix)) == holds
    assert RULES["logdet"].conventions[0].when(arrays, np.array([[1.0, 2.0], [3.0, 5.0]])) == 1.0
    flat = RULES["std"].conventions[0]
    assert flat.when(arrays, np.array([2.0, 2.0]), correction=1, **static) == 1.0
