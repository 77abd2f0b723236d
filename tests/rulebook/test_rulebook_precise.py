"""Every rule against mpmath at 40 digits: on its numbers the vjps are right to nearly all of them."""

import numpy as np
import pytest
from mpmath.ctx_mp import MPContext

from gradcli import rules as rules
from gradcli.rules.rulebook import RULES

DIGITS = 40
DIFFERENTIABLE = [rule for rule in RULES.values() if rule.differentiable and rule.name != "diff"]


def context():
    made = MPContext()
    made.dps = DIGITS
    return made


def lifted(payload, ctx):
    """A float or an array of floats as numbers of 40 digits."""
    return (
        np.frompyfunc(lambda v: ctx.mpf(float(v)), 1, 1)(payload)
        if isinstance(payload, np.ndarray)
        else ctx.mpf(payload)
    )


def elements(payload):
    return list(np.asarray(payload, object).flat)


def slope(f, operands, position, ctx):
    """The derivative of f(operands) in each element of one operand, by mpmath's differences."""
    found = []
    for index in np.ndindex(np.shape(operands[position])):

        def moved(x, index=index):
            if not index:
                return f([*operands[:position], x, *operands[position + 1 :]])
            part = operands[position].copy()
            part[index] = x
            return f([*operands[:position], part, *operands[position + 1 :]])

        at = operands[position][index] if index else operands[position]
        found.append(ctx.diff(moved, at))
    return found


@pytest.mark.parametrize("rule", DIFFERENTIABLE, ids=lambda rule: rule.name)
def test_against_mpmath(rule, checker):
    for operands, static in checker.samples(rule):
        ctx = context()
        operands = [lifted(o, ctx) for o in operands]
        out = checker.value(rule, operands, static)
        g = lifted(checker.weights(np.asarray(out, float) if np.shape(out) else float(out), 0), ctx)

        def total(shifted, g=g, static=static):
            value = checker.value(rule, shifted, static)
            return sum(a * b for a, b in zip(elements(g), elements(value), strict=True))

        for position, got in enumerate(checker.cotangents(rule, operands, static, g)):
            if got is not None:
                expected = slope(total, operands, position, ctx)
                for a, b in zip(elements(got), expected, strict=True):
                    if b != b:  # no real value anywhere near
                        assert a != a
                        continue
                    assert abs(a - b) <= ctx.mpf(10) ** (5 - DIGITS) * (1 + abs(b)), (
                        operands,
                        static,
                        position,
                        a,
                        b,
                    )
