"""The complex step to the last digits, the points where there is none, and the record of decisions."""

import mpmath
import pytest

from gradcli.numbers import arrays, complexes, floats
from gradcli.numbers.complexes import NotAnalytic
from gradcli.numbers.decisions import Deciding, same

H = 1e-20
POINTS = {
    "sqrt": 0.7, "cbrt": -0.7, "exp": 1.3, "exp2": -1.3, "expm1": 1e-9, "log": 1e-3, "log2": 3.0,
    "log10": 0.4, "log1p": 1e-9, "sin": 1.0, "cos": 1e-6, "tan": 1.5, "asin": 0.99, "acos": -0.99,
    "atan": 30.0, "sinh": 2.0, "cosh": 1e-6, "tanh": 2.0, "asinh": 1e-4, "acosh": 1.01, "atanh": 0.99,
    "asec": -1.01, "acsc": 3.0, "acot": -0.2, "asech": 0.99, "acsch": 1e-3, "acoth": 1.01,
    "sigmoid": -30.0, "sech": 3.0, "softplus": -30.0, "logsigmoid": 5.0,
}  # fmt: skip
EXACT = {
    "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
    "exp2": lambda x: mpmath.mpf(2) ** x,
    "log2": lambda x: mpmath.log(x) / mpmath.log(2),
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "logsigmoid": lambda x: -mpmath.log1p(mpmath.exp(-x)),
}


@pytest.mark.parametrize("name", POINTS)
def test_value_and_derivative(name):
    x = POINTS[name]
    found = getattr(complexes, name)(complex(x, H))
    with mpmath.workdps(40):
        slope = float(mpmath.diff(EXACT.get(name) or getattr(mpmath, name), mpmath.mpf(x)))
    assert found.imag / H == pytest.approx(slope, rel=1e-15)
    assert found.real == pytest.approx(getattr(floats, name)(x), rel=1e-15)


@pytest.mark.parametrize(
    ("name", "operands", "slope"),
    [
        ("pow", (complex(-2, H), 3.0), 12.0),
        ("pow", (complex(-2, H), -2.0), 0.25),
        ("pow", (complex(0, H), 2.0), 0.0),
        ("pow", (complex(0, H), 1.0), 1.0),
        ("pow", (complex(2, 0), complex(3, H)), 5.545177444479562),
        ("pow", (complex(1e200, H), 1.5), 1.5e100),
        ("div", (1.0, complex(4, H)), -0.0625),
        ("hypot", (complex(3e200, H), 4e200), 0.6),
        ("atan2", (complex(1, H), -2.0), -0.4),
        ("logaddexp", (complex(1000, H), 1000.0), 0.5),
        ("xlogy", (complex(2, H), 0.5), -0.6931471805599453),
        ("xlogy", (2.0, complex(0.5, H)), 4.0),
    ],
)
def test_functions_of_two(name, operands, slope):
    assert getattr(complexes, name)(*operands).imag / H == pytest.approx(slope, rel=1e-15)


@pytest.mark.parametrize(
    ("name", "operands"),
    [
        ("sqrt", (0.0,)), ("log", (-1.0,)), ("log1p", (-1.0,)), ("cbrt", (0.0,)),
        ("div", (1.0, complex(0, H))), ("pow", (-2.0, 0.5)),
        ("pow", (0.0, 0.5)), ("asin", (1.0,)), ("acosh", (1.0,)), ("hypot", (0.0, 0.0)),
        ("atan2", (0.0, -1.0)), ("asec", (1.0,)), ("asec", (0.5,)), ("acsc", (0.0,)), ("acot", (0.0,)),
        ("asech", (1.0,)), ("asech", (-0.5,)), ("acsch", (0.0,)), ("acoth", (1.0,)), ("xlogy", (0.0, 0.0)),
    ],
)  # fmt: skip
def test_points_that_are_refused(name, operands):
    with pytest.raises(NotAnalytic):
        getattr(complexes, name)(*map(complex, operands))


@pytest.mark.parametrize("name", ["abs", "sign", "maximum", "where", "lt", "floor", "erf", "gamma", "amax"])
def test_functions_that_are_refused(name):
    with pytest.raises(NotAnalytic):
        getattr(complexes, name)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("abs", (1.0,), (-1.0,)),
        ("maximum", (1.0, 2.0), (2.0, 1.0)),
        ("where", (1.0, 5.0, 5.0), (0.0, 5.0, 5.0)),
        ("lt", (1.0, 2.0), (2.0, 1.0)),
        ("floor", (1.5,), (2.5,)),
        ("mod", (1.5, 1.0), (2.5, 1.0)),
        ("fmod", (-1.5, 1.0), (-2.5, 1.0)),
        ("asec", (2.0,), (-2.0,)),
        ("acsc", (2.0,), (-2.0,)),
        ("acot", (2.0,), (-2.0,)),
    ],
)
def test_decisions_are_recorded(name, one, other):
    kind = Deciding(floats)
    assert getattr(kind, name)(*one) == getattr(floats, name)(*one)
    getattr(kind, name)(*one)
    getattr(kind, name)(*other)
    first, again, second = kind.record
    assert same(first, again)
    assert not same(first, second)


def test_decisions_of_arrays():
    import numpy

    kind = Deciding(arrays)
    kind.amax(numpy.array([1.0, 2.0]))
    kind.amax(numpy.array([2.0, 1.0]))
    kind.amax(numpy.array([[2.0, 1.0]]), 1, True)
    first, second, third = kind.record
    assert not same(first, second)
    assert not same(first, third)
    assert kind.sin(numpy.array([0.0])) == [0.0]
    assert len(kind.record) == 3
