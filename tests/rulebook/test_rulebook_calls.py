"""What a call of a function means, and what is said of one that means nothing: whole texts."""

import numpy as np
import pytest

from gradcli import rules as rules
from gradcli.autograd import apply, tensor
from gradcli.rules.rulebook import NAMES, RULES, CallError, ValueRefused, call

INF = float("inf")
MEANT = [
    # function, positional, by name, rule, operands, static
    ("sin", [1.0], {}, "sin", [1.0], {}),
    ("log", [8.0], {}, "log", [8.0], {}),
    ("log", [8.0, 2.0], {}, "log_base", [8.0, 2.0], {}),
    ("ln", [8.0], {"b": 2.0}, "log_base", [8.0, 2.0], {}),
    ("max", [1.0], {}, "max", [1.0], {"axis": None, "keepdim": 0}),
    ("max", [1.0], {"axis": 0.0}, "max", [1.0], {"axis": 0, "keepdim": 0}),
    ("max", [1.0, 2.0], {}, "maximum", [1.0, 2.0], {}),
    ("min", [1.0, 2.0, 3.0], {}, "minimum", [1.0, 2.0, 3.0], {}),
    ("sum", [1.0, 1.0], {}, "sum", [1.0], {"axis": 1, "keepdim": 0}),
    ("sum", [1.0], {"axis": [0.0, 1.0], "keepdim": 1.0}, "sum", [1.0], {"axis": (0, 1), "keepdim": 1}),
    ("sum", [1.0], {"axis": np.array([0.0, 1.0])}, "sum", [1.0], {"axis": (0, 1), "keepdim": 0}),
    ("var", [1.0], {"correction": 0.0}, "var", [1.0], {"axis": None, "keepdim": 0, "correction": 0.0}),
    ("zeros", [2.0, 3.0], {}, "zeros", [], {"shape": (2, 3)}),
    ("zeros", [np.array([2.0, 3.0])], {}, "zeros", [], {"shape": (2, 3)}),
    ("ones", [2.0], {}, "ones", [], {"shape": (2,)}),
    ("full", [[2.0, 3.0], 7.0], {}, "full", [7.0], {"shape": (2, 3)}),
    ("reshape", [1.0, 2.0, 3.0], {}, "reshape", [1.0], {"shape": (2, 3)}),
    ("reshape", [1.0, -1.0], {}, "reshape", [1.0], {"shape": (-1,)}),
    ("polygamma", [1.0, 4.5], {}, "polygamma", [4.5], {"n": 1}),
    ("arange", [3.0], {}, "arange", [3.0], {}),
    ("arange", [1.0, 3.0], {}, "arange_between", [1.0, 3.0, 1.0], {}),
    ("linspace", [0.0, 1.0, 5.0], {}, "linspace", [0.0, 1.0], {"steps": 5}),
    ("huber", [1.0, 2.0], {}, "huber", [1.0, 2.0, 1.0], {}),
    ("huber", [1.0, 2.0], {"delta": 2.0}, "huber", [1.0, 2.0, 2.0], {}),
    ("huber", [1.0], [("y", 2.0)], "huber", [1.0, 2.0, 1.0], {}),
    ("clamp", [1.0], {"max": 2.0}, "clamp", [1.0, -INF, 2.0], {}),
    ("norm", [1.0, INF], {}, "norm", [1.0], {"p": INF, "axis": None, "keepdim": 0}),
    ("concat", [1.0, 2.0], {"axis": 1.0}, "concat", [1.0, 2.0], {"axis": 1}),
]


@pytest.mark.parametrize(("function", "args", "keywords", "name", "operands", "static"), MEANT)
def test_a_call_means(function, args, keywords, name, operands, static):
    rule = NAMES[function].overload(args, keywords)
    assert (rule.name, *rule.bind(args, keywords)) == (name, operands, static)


REFUSED = [
    ("sin", [1.0, 2.0], {}, "sin() takes 1 argument (x), 2 were given"),
    ("sin", [], {}, "sin() takes 1 argument (x), none was given"),
    ("arctan", [], {}, "atan() takes 1 argument (x), none was given"),
    ("atan2", [1.0], {}, "atan2() takes 2 arguments (y, x), 1 was given"),
    ("huber", [1.0], {}, "huber() takes 2 or 3 arguments (p, y, delta=1), 1 was given"),
    ("huber", [], {"y": 1.0}, "huber() needs 'p': huber(p, y, delta=1)"),
    ("where", [1.0, 2.0], {}, "where() takes 3 arguments (c, a, b), 2 were given"),
    ("log", [], {}, "log() takes 1 or 2 arguments (x or x, b), none was given"),
    ("log", [1.0, 2.0, 3.0], {}, "log() takes 1 or 2 arguments (x or x, b), 3 were given"),
    ("arange", [1.0] * 4, {}, "arange() takes 1 to 3 arguments (stop or start, stop, step=1), 4 were given"),
    (
        "max",
        [],
        {},
        "max() takes 1 or more arguments (x, *, axis=None, keepdim=0 or a, b, ...), none was given",
    ),
    ("maximum", [1.0], {}, "maximum() takes 2 or more arguments (a, b, ...), 1 was given"),
    ("zeros", [], {}, "zeros() takes 1 or more arguments (*shape), none was given"),
    ("concat", [], {}, "concat() takes 1 or more arguments (*xs, axis=0), none was given"),
    ("sum", [1.0], {"axs": 1.0}, "sum() has no argument 'axs': did you mean 'axis'?"),
    ("sum", [1.0], {"Axis": 1.0}, "sum() has no argument 'Axis': did you mean 'axis'?"),
    ("sum", [1.0], {"qq": 1.0}, "sum() has no argument 'qq'; it takes x, axis, keepdim"),
    ("log", [1.0], {"base": 2.0}, "log() has no argument 'base'; it takes x, b"),
    ("sum", [1.0, 1.0], {"axis": 1.0}, "sum() was given 'axis' twice"),
    ("sum", [1.0], [("axis", 1.0), ("axis", 0.0)], "sum() was given 'axis' twice"),
]


@pytest.mark.parametrize(("function", "args", "keywords", "text"), REFUSED)
def test_a_call_is_refused(function, args, keywords, text):
    with pytest.raises(CallError) as error:
        call(apply, NAMES[function], args, keywords)
    assert str(error.value) == text


REFUSED_VALUES = [
    ("sum", [1.0], {"axis": 0.5}, "axis", "axis of sum() must be a whole number, not 0.5"),
    ("zeros", [float("inf")], {}, "shape", "shape of zeros() must be a whole number, not inf"),
    ("zeros", [float("nan")], {}, "shape", "shape of zeros() must be a whole number, not nan"),
    ("eye", [[[1.5]]], {}, "n", "n of eye() must be a whole number, not 1.5"),
    ("var", [1.0], {"correction": object()}, "correction", "correction of var() must be a number"),
]


@pytest.mark.parametrize(("function", "args", "keywords", "parameter", "text"), REFUSED_VALUES)
def test_a_value_is_refused(function, args, keywords, parameter, text):
    with pytest.raises(ValueRefused) as error:
        call(apply, NAMES[function], args, keywords)
    assert (error.value.parameter, str(error.value)) == (parameter, text)


def test_three_operands_of_maximum_are_folded():
    assert call(apply, NAMES["max"], [tensor(1.0), 3.0, 2.0])._value == 3.0


def test_a_single_array_is_the_list_of_what_to_join():
    joined = call(apply, NAMES["concat"], [tensor([[1.0, 2.0], [3.0, 4.0]])])
    assert joined._value.tolist() == [1.0, 2.0, 3.0, 4.0]


SIGNATURES = [
    ("sin", "x"),
    ("sum", "x, axis=None, keepdim=0"),
    ("max", "x, *, axis=None, keepdim=0"),
    ("huber", "p, y, delta=1"),
    ("leaky_relu", "x, slope=0.01"),
    ("polygamma", "n, x"),
    ("full", "shape, value"),
    ("zeros", "*shape"),
    ("concat", "*xs, axis=0"),
    ("clamp", "x, min=-inf, max=inf"),
    ("norm", "x, p=2, axis=None, keepdim=0"),
]


@pytest.mark.parametrize(("function", "text"), SIGNATURES)
def test_signature(function, text):
    assert NAMES[function].signature == text


X = tensor(0.7, requires_grad=True)
V = tensor([1.0, 2.0], requires_grad=True)
A = tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
B = tensor([[[1.0, 2.0], [3.0, 4.0]]], requires_grad=True)
BACKWARD_NAMES = [  # as PyTorch 2.13 says
    ("add", [X, X], {}, "AddBackward0"),
    ("sub", [X, 2.0], {}, "SubBackward0"),
    ("sub", [2.0, X], {}, "RsubBackward1"),
    ("pow", [X, 2.0], {}, "PowBackward0"),
    ("pow", [X, X], {}, "PowBackward1"),
    ("pow", [2.0, X], {}, "PowBackward2"),
    ("mod", [X, 2.0], {}, "RemainderBackward0"),
    ("mod", [X, X], {}, "RemainderBackward1"),
    ("sum", [V], {"axis": None, "keepdim": 0}, "SumBackward0"),
    ("sum", [V], {"axis": 0, "keepdim": 0}, "SumBackward1"),
    ("mean", [V], {"axis": 0, "keepdim": 0}, "MeanBackward1"),
    ("max", [V], {"axis": None, "keepdim": 0}, "MaxBackward1"),
    ("max", [V], {"axis": 0, "keepdim": 0}, "AmaxBackward0"),
    ("clamp", [X, 0.0, 1.0], {}, "ClampBackward1"),
    ("clamp", [X, X, 1.0], {}, "ClampBackward0"),
    ("matmul", [V, V], {}, "DotBackward0"),
    ("matmul", [A, V], {}, "MvBackward0"),
    ("matmul", [V, A], {}, "SqueezeBackward4"),
    ("matmul", [A, A], {}, "MmBackward0"),
    ("matmul", [B, A], {}, "UnsafeViewBackward0"),
    ("getitem", [V], {"index": 0}, "SelectBackward0"),
    ("getitem", [V], {"index": slice(1, None)}, "SliceBackward0"),
    ("getitem", [A], {"index": (slice(None), 0)}, "SelectBackward0"),
    ("getitem", [V], {"index": ...}, "AliasBackward0"),
    ("getitem", [A], {"index": None}, "UnsqueezeBackward0"),
    ("diag", [V], {}, "DiagEmbedBackward0"),
    ("diag", [A], {}, "DiagonalBackward0_copy"),
]


@pytest.mark.parametrize(("name", "operands", "static", "backward"), BACKWARD_NAMES)
def test_backward_name(name, operands, static, backward):
    assert RULES[name].node_name(operands, static) == backward
