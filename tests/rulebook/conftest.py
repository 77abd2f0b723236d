"""A checker that needs nothing but a rule: first and second order, against finite differences."""

import math

import numpy as np
import pytest

from gradcli import rules as rules
from gradcli.autograd import apply, grad, tensor
from gradcli.numbers import namespace_of, quiet, shape_of, unbroadcast
from gradcli.rules.rulebook import RULES

DEFAULTS = (0.7, -1.3, 2.4, -0.2)
"""Operands of a rule that names no samples: any number will do."""


def samples(rule):
    """The points at which to check a rule: pairs of operands and static parameters, all of them given."""
    given = rule.samples or [DEFAULTS[i : i + len(rule.operands)] for i in (0, 1, 2)]
    for sample in given:
        operands, static = sample if _has_static(sample) else (sample, {})
        defaults = [d for _, d in rule.operands[len(operands) :]] if not rule.variadic else []
        yield [payload(o) for o in (*operands, *defaults)], {**dict(rule.static), **static}


def _has_static(sample):
    return isinstance(sample, tuple) and len(sample) == 2 and isinstance(sample[1], dict)


def payload(value):
    return np.array(value) if isinstance(value, list) else float(value)


def broadcast_samples(rule):
    """The scalar samples again, as a column against a row, so that cotangents must be summed down."""
    for operands, static in samples(rule):
        if len(operands) > 1 and all(type(o) is float for o in operands) and not static:
            shapes = [(2, 1), (2,), ()]
            yield (
                [
                    o * np.linspace(1.0, 1.001, math.prod(s)).reshape(s) if s else o
                    for o, s in zip(operands, shapes, strict=False)
                ],
                static,
            )


def value(rule, operands, static):
    xp = namespace_of(*operands)
    with quiet():
        return rule.value(xp, *operands, **static)


def cotangents(rule, operands, static, g):
    """What each vjp makes of the cotangent g, in the shape of its operand; None where no gradient flows."""
    out = value(rule, operands, static)
    xp = namespace_of(*operands, out, g)
    with quiet():
        found = dict(rule.cotangents(range(len(operands)), xp, g, out, operands, static))
        return [
            unbroadcast(xp, found[i], shape_of(o)) if i in found else None for i, o in enumerate(operands)
        ]


def weights(like, seed):
    """A cotangent in the shape of a payload, no two elements alike."""
    n = math.prod(shape_of(like))
    return payload((np.cos(1.0 + seed + np.arange(n)) + 1.5).reshape(shape_of(like)).tolist())


def dot(a, b):
    return float(np.sum(np.asarray(a) * np.asarray(b)))


def slope(f, operands, position, step=2e-3):
    """The derivative of a scalar f(operands) in each element of one operand, by differences of order 6."""
    base = np.asarray(operands[position], float)
    found = np.zeros(base.shape)
    for index in np.ndindex(base.shape):
        total = 0.0
        for k, coefficient in ((1, 45.0), (2, -9.0), (3, 1.0)):
            for sign in (1.0, -1.0):
                moved = base.copy()
                moved[index] += sign * k * step
                shifted = list(operands)
                shifted[position] = payload(moved.tolist())
                total += sign * coefficient * f(shifted)
        found[index] = total / (60.0 * step)
    return found


def agree(got, expected, tolerance):
    """Whether numbers agree, a nan with a nan alone."""
    got, expected = np.asarray(got, float), np.asarray(expected, float)
    return got.shape == expected.shape and np.allclose(
        got, expected, rtol=tolerance, atol=tolerance, equal_nan=True
    )


def check_first(rule, operands, static):
    """The operands whose vjp is not the slope of the value: a list of (position, got, expected)."""
    g = weights(value(rule, operands, static), 0)
    wrong = []
    for position, got in enumerate(cotangents(rule, operands, static, g)):
        if got is not None:
            expected = slope(lambda shifted: dot(g, value(rule, shifted, static)), operands, position)
            if not agree(got, expected, 1e-7):
                wrong.append((position, got, expected))
    return wrong


def check_second(rule, operands, static):
    """The operands in which the recorded backward pass has another slope than the vjps' differences."""
    g = weights(value(rule, operands, static), 0)
    carry = [i for i, c in enumerate(cotangents(rule, operands, static, g)) if c is not None]
    w = {i: weights(operands[i], 1) for i in carry}

    def first(shifted):
        found = cotangents(rule, shifted, static, g)
        return sum(dot(w[i], found[i]) for i in carry)

    leaves = [tensor(o, requires_grad=i in carry) for i, o in enumerate(operands)]
    out = apply(rule, *leaves, **static)
    wanted = [leaves[i] for i in carry]
    firsts = grad(out, wanted, grad_outputs=tensor(g), create_graph=True)
    total = sum(
        (
            apply(RULES["sum"], f * tensor(w[i]), axis=None, keepdim=0)
            for i, f in zip(carry, firsts, strict=True)
        ),
        tensor(0.0),
    )
    linear = not total.requires_grad
    seconds = [None] * len(wanted) if linear else grad(total, wanted, allow_unused=True)
    wrong = []
    for i, second in zip(carry, seconds, strict=True):
        got = np.zeros(shape_of(operands[i])) if second is None else second._value
        expected = slope(first, operands, i)
        if not agree(got, expected, 1e-6):
            wrong.append((i, got, expected))
    return wrong


class Checker:
    samples = staticmethod(samples)
    broadcast_samples = staticmethod(broadcast_samples)
    value = staticmethod(value)
    cotangents = staticmethod(cotangents)
    weights = staticmethod(weights)
    check_first = staticmethod(check_first)
    check_second = staticmethod(check_second)


@pytest.fixture(scope="session")
def checker():
    return Checker
