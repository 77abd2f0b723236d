"""Every rule of the table against finite differences, first and second order, on floats and arrays."""

import pytest

from gradcli.autograd import rules as rules
from gradcli.autograd.rulebook import RULES, Rule, operator

DIFFERENTIABLE = [rule for rule in RULES.values() if rule.differentiable and rule.name != "diff"]
every_rule = pytest.mark.parametrize("rule", DIFFERENTIABLE, ids=lambda rule: rule.name)


@every_rule
def test_first_order(rule, checker):
    for operands, static in checker.samples(rule):
        assert checker.check_first(rule, operands, static) == [], (operands, static)


@every_rule
def test_first_order_broadcast(rule, checker):
    for operands, static in checker.broadcast_samples(rule):
        assert checker.check_first(rule, operands, static) == [], (operands, static)


@every_rule
def test_second_order(rule, checker):
    for operands, static in [*checker.samples(rule), *checker.broadcast_samples(rule)]:
        assert checker.check_second(rule, operands, static) == [], (operands, static)


def planted(name, parameters, **fields):
    """A rule of no use, in the table for one test."""
    return Rule(name, parameters, summary="planted", **fields)


SLIGHTLY = 1.0005

WRONG_AT_FIRST = [
    planted("a", "x", value=lambda xp, x: xp.sin(x), vjps=[lambda xp, g, out, x: g * (SLIGHTLY * xp.cos(x))]),
    planted(
        "b",
        "x, y",
        value=lambda xp, x, y: x * y,
        vjps=[lambda xp, g, out, x, y: g * y, lambda xp, g, out, x, y: SLIGHTLY * g * x],
    ),
    planted("c", "x", value=lambda xp, x: SLIGHTLY * xp.exp(x), vjps=[lambda xp, g, out, x: g * xp.exp(x)]),
    planted(
        "d",
        "x",
        value=lambda xp, x: xp.sum(x * x),
        samples=[([0.7, -1.3, 0.4],)],
        vjps=[lambda xp, g, out, x: 2.0 * g * x * xp.where(xp.gt(x, 0.5), SLIGHTLY, 1.0)],
    ),
    planted(
        "e",
        "x",
        value=lambda xp, x: xp.sqrt(x),
        samples=[(-0.7,)],  # nan, where the derivative claims a number
        vjps=[lambda xp, g, out, x: g * x],
    ),
]


@pytest.mark.parametrize("rule", WRONG_AT_FIRST, ids=lambda rule: rule.name)
def test_catches_a_rule_planted_a_little_wrong(rule, checker):
    assert any(checker.check_first(rule, operands, static) for operands, static in checker.samples(rule))


@pytest.fixture
def slightly_wrong_cosine():
    """`xp.bent`, in the table and in the kind of floats: the cosine, with a derivative 0.05 % off."""
    from gradcli.numbers import floats

    operator(
        "bent",
        "x",
        value=lambda xp, x: xp.cos(x),
        vjps=[lambda xp, g, out, x: -g * (SLIGHTLY * xp.sin(x))],
        backward="BentBackward0",
        summary="planted",
    )
    floats.bent = floats.cos
    yield
    del RULES["bent"], floats.bent


def test_catches_a_second_derivative_planted_a_little_wrong(slightly_wrong_cosine, checker):
    rule = planted(
        "f",
        "x",
        value=lambda xp, x: xp.sin(x),
        vjps=[lambda xp, g, out, x: g * xp.bent(x)],
        backward="FBackward0",
    )
    for operands, static in checker.samples(rule):
        assert checker.check_first(rule, operands, static) == []
        assert checker.check_second(rule, operands, static) != []
