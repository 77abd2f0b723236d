"""Every rule of the table against finite differences, first and second order, on floats and arrays."""

import numpy as np
import pytest

from gradcli import rules as rules
from gradcli.numbers import arrays
from gradcli.rules.rulebook import RULES, Rule, operator

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


@pytest.mark.parametrize("name", ["stack", "concat"])
@pytest.mark.parametrize("count", [1, 16, 17, 300, 5000])
def test_a_rule_of_many_operands_cuts_its_cotangent_in_linear_time(name, count, monkeypatch):
    cuts = []

    def getitem(x, index):
        cuts.append(len(x))
        return x[index[0]]

    monkeypatch.setattr(arrays, "getitem", getitem)
    operands = [float(i) if name == "stack" else np.array([float(i)] * (i % 3)) for i in range(count)]
    out = RULES[name].value(arrays, *operands, axis=0)
    found = dict(RULES[name].cotangents(range(count), arrays, out, out, operands, {"axis": 0}))
    assert all(np.array_equal(found[i], operand) for i, operand in enumerate(operands))
    assert len(cuts) < 1.1 * count + 16
    # A recorded pass goes back through each cut by way of an array as large as what was cut.
    assert sum(cuts) <= 16 * len(out) * (1 + np.log2(count) / 4)


def test_a_rule_of_many_operands_gives_the_cotangents_asked_for():
    rule, operands = RULES["stack"], [float(i) for i in range(40)]
    out = rule.value(arrays, *operands, axis=0)
    found = rule.cotangents([3, 39], arrays, out, out, operands, {"axis": 0})
    assert [(i, float(g)) for i, g in found] == [(3, 3.0), (39, 39.0)]
