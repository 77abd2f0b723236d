"""Texts and bindings to values and gradients, a row each."""

import math

import pytest

from gradcli.evaluation import evaluate

nan, inf = math.nan, math.inf

CASES = [
    # text, bindings, value, gradients in order of appearance
    ("2 + 3*4", {}, 14.0, {}),
    ("sin(x**2)", {"x": 4}, -0.2879033166650653, {"x": -7.661275842587077}),
    ("-x**2", {"x": 3}, -9.0, {"x": -6.0}),
    ("2**-x", {"x": 1}, 0.5, {"x": -0.34657359027997264}),
    ("1/2x", {"x": 4}, 2.0, {"x": 0.5}),
    ("x(x+1)", {"x": 2}, 6.0, {"x": 5.0}),
    ("x//2 + x%2", {"x": 5}, 3.0, {"x": 1.0}),
    ("y*x", {"x": 2, "y": 3}, 6.0, {"y": 2.0, "x": 3.0}),
    ("pi*x + tau + e", {"x": 0}, 2 * math.pi + math.e, {"x": math.pi}),
    ("|x| + √x", {"x": 4}, 6.0, {"x": 1.25}),
    ("sin²(x) + cos²(x)", {"x": 0.7}, 1.0, {"x": 0.0}),
    ("½x + x³", {"x": 2}, 9.0, {"x": 12.5}),
    ("log(x, 2)", {"x": 8}, 3.0, {"x": 1 / (8 * math.log(2))}),
    ("max(x, y, 2)", {"x": 3, "y": 1}, 3.0, {"x": 1.0, "y": 0.0}),
    ("huber(p, 0, delta=2)", {"p": 3}, 4.0, {"p": 2.0}),
    ("x < 2", {"x": 1}, 1.0, {"x": None}),
    ("1 < x < 3 < y", {"x": 2, "y": 4}, 1.0, {"x": None, "y": None}),
    ("1 < x < 3 < y", {"x": 3, "y": 4}, 0.0, {"x": None, "y": None}),
    ("not x and y or 1", {"x": 0, "y": 0}, 1.0, {"x": None, "y": None}),
    ("(x > 0)*x", {"x": 2}, 2.0, {"x": 1.0}),
    ("x if x > 0 else y", {"x": 2, "y": 5}, 2.0, {"x": 1.0, "y": 0.0}),
    ("y if x > 0 else detach(w)", {"x": 2, "y": 5, "w": 1}, 5.0, {"y": 1.0, "x": None, "w": None}),
    ("1 if x > 0 else 1/z", {"x": 2}, 1.0, {"x": None}),
    ("detach(x**2)*x", {"x": 2}, 8.0, {"x": 4.0}),
    ("detach(x)", {"x": 2}, 2.0, {"x": None}),
    ("0*x", {"x": 2}, 0.0, {"x": 0.0}),
    ("x**0", {"x": 5}, 1.0, {"x": 0.0}),
    ("x", {"x": 5}, 5.0, {"x": 1.0}),
    ("v", {"v": [1, 2]}, [1, 2], {"v": [1, 1]}),
    ("v*v", {"v": [1, 2]}, [1, 4], {"v": [2, 4]}),
    ("[x, x**2, 3]", {"x": 2}, [2, 4, 3], {"x": 5.0}),
    ("[[1, 2], [x, y]]", {"x": 2, "y": 3}, [[1, 2], [2, 3]], {"x": 1.0, "y": 1.0}),
    ("[[1, 2], [3, 4]] @ v", {"v": [1, 2]}, [5, 11], {"v": [4, 6]}),
    ("v[0]*v[-1]", {"v": [2, 3, 4]}, 8.0, {"v": [4, 0, 2]}),
    ("v[1:]", {"v": [2, 3, 4]}, [3, 4], {"v": [0, 1, 1]}),
    ("v[::2]", {"v": [2, 3, 4]}, [2, 4], {"v": [1, 0, 1]}),
    ("f(a, b) = a/b; f(b=x, a=y)", {"x": 2, "y": 6}, 3.0, {"x": -1.5, "y": 0.5}),
    ("f(a, b) = a/b; f(y, b=x)", {"x": 2, "y": 6}, 3.0, {"y": 0.5, "x": -1.5}),
    ("v[::-1]*[1, 2, 3]", {"v": [2, 3, 4]}, [4, 6, 6], {"v": [3, 2, 1]}),
    ("v[2:0:-1]", {"v": [2, 3, 4]}, [4, 3], {"v": [0, 1, 1]}),
    ("v[::-2]**2", {"v": [2, 3, 4]}, [16, 4], {"v": [4, 0, 8]}),
    ("A[::-1, ::-1]", {"A": [[1, 2], [3, 4]]}, [[4, 3], [2, 1]], {"A": [[1, 1], [1, 1]]}),
    ("diff(sum(v[::-1]*v), v)", {"v": [1, 2, 5]}, [10, 4, 2], {"v": [2, 2, 2]}),
    ("transpose(A, [1, 0])[0]", {"A": [[1, 2], [3, 4]]}, [1, 3], {"A": [[1, 0], [1, 0]]}),
    ("eye(2, 3) @ v", {"v": [5, 6, 7]}, [5, 6], {"v": [1, 1, 0]}),
    ("v @ eye(3, 1)", {"v": [5, 6, 7]}, [5], {"v": [1, 0, 0]}),
    ("v[:-1]", {"v": [2, 3, 4]}, [2, 3], {"v": [1, 1, 0]}),
    ("A[0, 1] + A[:, 0]", {"A": [[1, 2], [3, 4]]}, [3, 5], {"A": [[1, 2], [1, 0]]}),
    ("A.T[0]", {"A": [[1, 2], [3, 4]]}, [1, 3], {"A": [[1, 0], [1, 0]]}),
    ("v.T", {"v": [1, 2]}, [1, 2], {"v": [1, 1]}),
    ("v if v > 1 else -v", {"v": [1, 2]}, [-1, 2], {"v": [-1, 1]}),
    ("sum(v, axis=0, keepdim=1)", {"v": [1, 2]}, [3], {"v": [1, 1]}),
    ("mean(A, 1)", {"A": [[1, 2], [3, 5]]}, [1.5, 4], {"A": [[0.5, 0.5], [0.5, 0.5]]}),
    ("sum(zeros(2, 3) + ones([2, 3])*x)", {"x": 2}, 12.0, {"x": 6.0}),
    ("linspace(0, 1, 3)*x", {"x": 2}, [0, 1, 2], {"x": 1.5}),
    ("concat(u, v)", {"u": [1], "v": [2, 3]}, [1, 2, 3], {"u": [1], "v": [1, 1]}),
    ("1/x", {"x": 0}, inf, {"x": -inf}),
    ("0/x", {"x": 0}, nan, {"x": nan}),
    ("9**9**9", {}, inf, {}),
    ("f(u, v) = u*v + w; f(x, 3)", {"x": 2, "w": 1}, 7.0, {"x": 3.0, "w": 1.0}),
    ("f(x) = x**2; f(f(x))", {"x": 2}, 16.0, {"x": 32.0}),
    ("f(x) = x*w; g(w) = f(3); g(5)", {}, 15.0, {}),
    ("c() = 2; c()*x", {"x": 3}, 6.0, {"x": 2.0}),
    ("sin(x) = x; sin(x)", {"x": 3}, 3.0, {"x": 1.0}),
    ("z = x**2; z + x", {"x": 3}, 12.0, {"x": 7.0}),
    ("e = 2; e*x", {"x": 3}, 6.0, {"e": 3.0, "x": 2.0}),
    ("x**2 at x=pi", {}, math.pi**2, {"x": 2 * math.pi}),
    ("w @ w at w=[1, 2]", {}, 5.0, {"w": [2, 4]}),
    ("gamma*2 + gamma(3)", {"gamma": 5}, 12.0, {"gamma": 2.0}),
    # diff, differentiable again, by leaves and intermediates, scalars and arrays
    ("diff(x**3, x)", {"x": 2}, 12.0, {"x": 12.0}),
    ("diff(x**3, x, 2)", {"x": 2}, 12.0, {"x": 6.0}),
    ("diff(x**3, x, 0)", {"x": 2}, 8.0, {"x": 12.0}),
    ("diff(diff(x**3*y, x), y)", {"x": 2, "y": 1}, 12.0, {"x": 12.0, "y": 0.0}),
    ("z = x**2; diff(sin(z), z)", {"x": 0.5}, math.cos(0.25), {"x": -math.sin(0.25)}),
    ("z = x**2; diff(z, x)", {"x": 3}, 6.0, {"x": 2.0}),
    ("diff(v**2, v)", {"v": [1, 2]}, [2, 4], {"v": [2, 2]}),
    ("diff(sum(v**2), v)", {"v": [1, 2]}, [2, 4], {"v": [2, 2]}),
    ("diff([x, x**2], x)", {"x": 3}, [1, 6], {"x": 2.0}),
    ("diff(x*v, x)", {"x": 3, "v": [1, 2]}, [1, 2], {"x": 0.0, "v": [1, 1]}),
    ("diff(5, x)", {"x": 3}, 0.0, {"x": 0.0}),
    ("diff(detach(x**2), x)", {"x": 3}, 0.0, {"x": 0.0}),
    ("const c = 3; diff(c**2, c)", {}, 6.0, {"c": None}),
    ("g(t) = diff(t**2 + x, t); g(x)", {"x": 3}, 6.0, {"x": 2.0}),
    ("g(t) = diff(t**2, t); g(3)", {}, 6.0, {}),
    ("no_grad { z = diff(x**2, x) }; z", {"x": 3}, 6.0, {"x": None}),
]


@pytest.mark.parametrize(("text", "bindings", "value", "gradients"), CASES, ids=[case[0] for case in CASES])
def test_value_and_gradients(text, bindings, value, gradients):
    result = evaluate(text, bindings)
    assert plain(result.value) == close(value)
    assert [v.name for v in result.variables] == list(gradients)
    for name, gradient in gradients.items():
        found = result.gradients[name]
        assert (found is None) == (gradient is None)
        if gradient is not None:
            assert plain(found) == close(gradient)


def plain(payload):
    """The numbers of a payload in one list behind its shape."""
    shape = getattr(payload, "shape", ())
    return [*shape, *(float(n) for n in (payload.flat if shape else [payload]))]


def close(value):
    """The expected number or nested lists, likewise, compared to twelve digits and nan with nan."""
    shape, numbers = [], [value]
    while isinstance(numbers[0], list):
        shape.append(len(numbers[0]))
        numbers = [part for row in numbers for part in row]
    return pytest.approx([*shape, *map(float, numbers)], rel=1e-12, abs=1e-15, nan_ok=True)


def test_python_values_are_taken_as_they_are():
    import numpy

    result = evaluate("sum(A*b)", {"A": numpy.array([[1, 2], [3, 4]]), "b": 0.1})
    assert result.value == pytest.approx(1.0)
    assert result.gradients["A"].tolist() == [[0.1, 0.1], [0.1, 0.1]]
    assert evaluate("x*2", x="pi/2").value == math.pi


def test_a_result_knows_its_text_and_the_form_it_was_read_in():
    result = evaluate("2x sin²(x)", x=1)
    assert (result.text, result.expression, result.line) == ("2x sin²(x)", "2*x*sin(x)**2", 1)
    assert evaluate("x ** 2", x=1).expression == "x ** 2"
