"""Any derivative: its text parses back, and it has the value of the engine's gradient where that has one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gradcli.algebra import share
from gradcli.evaluation.derive import derive
from gradcli.evaluation.kinds import Decimal
from gradcli.evaluation.tape import record
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.format import format
from gradcli.language.parser import parse_expression
from gradcli.rules.rulebook import NAMES

KIND = Decimal(40)
UNARY = [
    *("sin", "cos", "tan", "exp", "log", "sqrt", "abs", "sinh", "cosh", "tanh"),
    *("asin", "acos", "atan", "sigmoid", "cbrt", "erf", "erfc", "log1p", "relu", "softplus"),
    *("sec", "csc", "cot", "asinh", "acosh", "atanh", "expm1", "silu", "sech", "coth"),
    *("csch", "gelu", "elu", "log2", "exp2", "sign", "lgamma", "gamma", "digamma", "logsigmoid"),
]
EXPONENTS = ["2", "3", "-1", "-2", "1/2", "3/2", "0.5", "1/3", "1.1", "0.91", "-0.3", "7/5", "-2/3"]
LARGEST = 1e60  # above it, what a sine is taken of has no digits behind the point
RELATIONS = ["<", "<=", "!=", "and", "or"]
POINTS = ["0.37", "-0.81", "1.7320508", "-3.7", "11.3"]

texts = st.recursive(
    st.sampled_from(["x", "x", "x", "y", "2", "3", "0.5", "pi"]),
    lambda inner: st.one_of(
        st.builds("{}({})".format, st.sampled_from(UNARY), inner),
        st.builds("(-({}))".format, inner),
        st.builds("({}){}({})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("({})**({})".format, inner, st.sampled_from(EXPONENTS)),
        st.builds("({})**({})".format, inner, inner),
        st.builds("{}({}, {})".format, st.sampled_from(["max", "min", "atan2", "hypot"]), inner, inner),
        st.builds("where({} > {}, {}, {})".format, inner, inner, inner, inner),
        st.builds("where({}, {}, {})".format, inner, inner, inner),
        st.builds(
            "(({}) if ({}) {} ({}) else ({}))".format, inner, inner, st.sampled_from(RELATIONS), inner, inner
        ),
        st.builds("clamp({}, {}, {})".format, inner, st.sampled_from(["-1", "0", "y"]), inner),
    ),
    max_leaves=6,
)

steady = settings(max_examples=150, suppress_health_check=list(HealthCheck))


@steady
@given(texts)
def test_the_formula_is_the_gradient(text: str) -> None:
    assume(re.search(r"\bx\b", text))
    partial = derived(text)
    printed = format(partial.formula)
    parsed = parse_expression(printed, functions=NAMES)
    assert format(parsed) == printed
    # A formula holds where its note says; elsewhere a guard has no value.
    guards = "".join(f" + ({format(restriction.guard)})" for restriction in partial.restrictions)
    tape = record(printed, parse_expression(f"({printed}){guards}", functions=NAMES), KIND)
    engine = record(text, parse_expression(text, functions=NAMES), KIND)
    for x in POINTS:
        at = {"x": number(x), "y": number("0.7301")}
        value, true = engine.derivative({name: at[name] for name in engine.names}, "x")
        if not is_finite(value):
            continue
        found = tape.value({name: at[name] for name in tape.names})
        if not is_finite(true):  # the engine's nan comes from a branch that is not taken, too
            true = slope(engine, at)
            assert not is_finite(found) or not is_finite(true) or near(true, found, 1e-8), x
        else:
            assert is_finite(found), x
            assert near(true, found, 1e-25) or abs(true) > LARGEST, x


def near(true: Any, found: Any, tolerance: float) -> bool:
    size = 1 + max(abs(number(true)), abs(number(found)))
    return bool(abs(number(true) - number(found)) <= tolerance * size)


def slope(tape: Any, at: dict[str, Any]) -> Any:
    """The derivative by x from values alone."""
    step = number("1e-13")
    ends = [tape.value({name: (at | {"x": at["x"] + h})[name] for name in tape.names}) for h in (step, -step)]
    return (number(ends[0]) - number(ends[1])) / (2 * step)


@steady
@given(texts)
def test_definitions_stand_for_what_they_replace(text: str) -> None:
    assume(re.search(r"\bx\b", text))
    formula = derived(text).formula
    definitions, (short,) = share([formula])
    assert expanded(short, dict(definitions)) == format(formula)


def expanded(short: Any, parts: dict[str, Any]) -> str:
    """The text of an expression with what its names stand for put in."""
    from gradcli.numbers.expression import Expression, postorder

    done: dict[int, Expression] = {}
    todo = [*parts.values(), short]
    values: dict[str, Expression] = {}
    for name, root in zip([*parts, ""], todo, strict=True):
        for node in postorder(root):
            operands = tuple(done[id(part)] for part in node.args)
            made = Expression(node.op, operands, node.value, None, node.text)
            done[id(node)] = values.get(node.value, made) if node.op == "name" else made
        values[name] = done[id(root)]
    return format(values[""])


def derived(text: str) -> Any:
    try:
        return derive(text, ["x"]).partials[0]
    except Diagnostic as diagnostic:
        pytest.fail(f"{text}: {diagnostic}")


def number(text: Any) -> Any:
    return KIND.context.mpf(text)


def is_finite(value: Any) -> bool:
    return bool(KIND.context.isfinite(number(value)))
