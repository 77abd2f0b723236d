"""Second derivatives beside differences of gradients: what agrees, what does not, what is said of kinks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy
import pytest

from gradcli.engine import node
from gradcli.engine.grad_mode import no_grad
from gradcli.evaluation import evaluate
from gradcli.evaluation.verification import CENTRAL_DIFFERENCE
from gradcli.rules.rulebook import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = [{}, {"dtype": "float32"}, {"precision": 30}]


def verified(text: str, bindings: dict[str, Any] | None = None, **options: Any) -> Any:
    return evaluate(text, bindings or {}, verify=True, order=2, **options)


def words(result: Any) -> dict[tuple[str, str], str]:
    return {pair: found.word for pair, found in result.second_verified.items()}


@pytest.mark.parametrize("options", KINDS, ids=lambda options: next(iter(options), "float64"))
@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_the_example_of_every_rule_verifies(rule: Any, options: dict[str, Any]) -> None:
    result = verified(rule.example, **options)
    assert result.agrees
    assert result.second_verified is None or set(words(result).values()) <= {"yes"}
    first = evaluate(rule.example, verify=True, **options)
    assert [note.text for note in result.notes] == [note.text for note in first.notes]


@pytest.mark.parametrize(
    ("text", "bindings", "options"),
    [
        ("x**3*y", {"x": 2, "y": 3}, {}),
        ("x**3*y", {"x": 2, "y": 3}, {"wrt": ["y"]}),
        ("exp(x)*sin(y) + x**y", {"x": 1.5, "y": 2}, {"precision": 40}),
        ("sum(x**3)*y", {"x": [1, 2, 3], "y": 2}, {}),
        ("x**2*y**3", {"x": [1, 2], "y": [2, 3]}, {"grad_output": [1, 10]}),
        ("z = x**2*y; z**2*x", {"x": 2, "y": 3}, {}),
        ("z = x**2*y; z**2*x", {"x": 2, "y": 3}, {"wrt": ["z", "x"]}),
        ("f(t) = t**3; f(f(x))", {"x": 1.1}, {}),
        ("diff(x**4*y, x)*y", {"x": 2, "y": 3}, {}),
        ("x**3 if x > 1 else x", {"x": 2}, {}),
        ("det(A)*norm(v)", {"A": [[1, 2], [3, 5]], "v": [3, 4]}, {}),
        ("logsumexp(v)", {"v": [float(i) for i in range(12)]}, {}),
        ("0*x*y", {"x": 1, "y": 2}, {}),
    ],
)
def test_what_agrees(text: str, bindings: dict[str, Any], options: dict[str, Any]) -> None:
    result = verified(text, bindings, **options)
    assert set(words(result).values()) == {"yes"}
    assert result.agrees
    for pair, found in result.second_verified.items():
        block = numpy.asarray(result.second[pair], dtype=float)
        numeric = numpy.asarray(found.numeric, dtype=float)
        assert numeric.shape == block.shape
        assert numpy.allclose(numeric, block, rtol=1e-6, atol=1e-9)
        assert found.method == CENTRAL_DIFFERENCE
        assert found.unverified == 0


def test_nothing_is_verified_unless_asked() -> None:
    assert evaluate("x**3", {"x": 2}, order=2).second_verified is None
    assert evaluate("x**3", {"x": 2}, verify=True).second_verified is None


@pytest.fixture
def forget(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make the derivative of a function's rule a constant: right, but for derivatives of it."""

    def planted(name: str) -> None:
        rule = RULES[name]
        evaluate(rule.example)  # so that the classes of its nodes are made
        right = rule.vjps

        def constant(*args: Any, **static: Any) -> Any:
            with no_grad():
                return right[0](*args, **static)

        monkeypatch.setattr(rule, "vjps", (constant, *right[1:]))
        for (owner, _, floats), made in list(node._CLASSES.items()):
            if owner == id(rule) and floats:
                monkeypatch.setattr(made, "plan", (*(*rule.vjps, None)[:2], made.plan[2]))

    return planted


@pytest.mark.parametrize("options", KINDS, ids=lambda options: next(iter(options), "float64"))
def test_a_derivative_of_a_rule_that_is_wrong_is_caught(
    forget: Callable[[str], None], options: dict[str, Any]
) -> None:
    forget("sin")
    result = verified("y*sin(x)", {"x": 1, "y": 3}, **options)
    assert result.variables[0].verification.agrees
    # That by x and y is taken from that by y and x, which is right.
    assert words(result) == {("x", "x"): "no", ("x", "y"): "yes", ("y", "x"): "yes", ("y", "y"): "yes"}
    assert not result.agrees
    assert [note.text.partition(", which")[0] for note in result.notes] == [
        "the second derivative by x and x is wrong: it differs by 2.5 from the numeric derivative "
        "-2.524412954",
    ]


def test_wrong_elements_are_counted_and_the_furthest_is_named(forget: Callable[[str], None]) -> None:
    forget("sin")
    result = verified("sum(sin(v))", {"v": [1, 2, 3]})
    assert words(result) == {("v", "v"): "no"}
    (note,) = result.notes
    assert note.text.startswith("the second derivative by v[1] and v[1] is wrong: it differs by 0.91 from")
    assert note.text.endswith("; so at 2 more elements")


@pytest.mark.parametrize(
    ("text", "bindings", "found", "notes"),
    [
        (
            "abs(x)*x*y",
            {"x": 0, "y": 2},
            {("x", "x"): "kink", ("x", "y"): "yes", ("y", "x"): "yes", ("y", "y"): "yes"},
            ["second derivative by x: left -4, right 4; 0 is a convention"],
        ),
        (
            "relu(x)",
            {"x": 0},
            {("x", "x"): "kink"},
            ["second derivative by x: there is none at a kink, 0 is a convention"],
        ),
        (
            "x if x < 1 else x**2",
            {"x": 1},
            {("x", "x"): "kink"},
            ["second derivative by x: there is none at a kink, 2 is a convention"],
        ),
        (
            "x**n",
            {"x": 0, "n": 2},
            None,
            ["the second derivative by x and n is nan, and the numeric derivative 0"],
        ),
        ("sqrt(x)", {"x": 0}, {("x", "x"): "undefined"}, []),
    ],
)
def test_points_without_a_second_derivative(
    text: str, bindings: dict[str, Any], found: dict[tuple[str, str], str] | None, notes: list[str]
) -> None:
    result = verified(text, bindings)
    assert found is None or words(result) == found
    assert result.agrees
    first = {note.text for note in evaluate(text, bindings, verify=True).notes}
    said = [note.text for note in result.notes if note.text not in first]
    assert [text for text in said if " becomes " not in text] == notes


def test_what_cancels_is_compared_with_more_digits() -> None:
    result = verified("(1-cos(x))/x^2", {"x": 1e-4})
    (found,) = result.second_verified.values()
    assert found.word == "no"
    assert found.numeric == pytest.approx(-1 / 12)
    assert not result.agrees
    assert "the second derivative by x and x is -0.08333333317" in result.notes[0].text


def test_what_rounding_leaves_of_zeros_is_no_loss() -> None:
    """Second derivatives that are 0 come out as about 1e-16, which no note calls lost digits."""
    for text, bindings in (("det(A)", {"A": [[1, 2], [3, 4]]}), ("softmax(x)", {"x": [1, 2, 3]})):
        result = verified(text, bindings)
        assert set(words(result).values()) == {"yes"}
        assert not any("lost" in note.text or "cancelled" in note.text for note in result.notes)


def test_a_large_hessian_is_verified_in_a_sample_that_repeats() -> None:
    result = verified("logsumexp(v)", {"v": [0.1 * i for i in range(40)]})
    (found,) = result.second_verified.values()
    assert (found.word, found.unverified) == ("yes", 1600 - 24 * 24)
    assert [note.text for note in result.notes] == [
        "576 of the 1,600 second derivatives were verified, drawn at random (seed 0); the others were not"
    ]
    again = verified("logsumexp(v)", {"v": [0.1 * i for i in range(40)]})
    (repeated,) = again.second_verified.values()
    assert (found.numeric == repeated.numeric).all()


def test_what_takes_too_long_with_more_digits_is_said() -> None:
    """The rows of a Hessian are passes of their own, each of which takes its time with decimals."""
    result = verified("sum(v^2)", {"v": [1.0] * 600})
    assert result.agrees
    assert [note.text for note in result.notes] == [
        "whether digits are lost is not known: 721,801 operations are too many to carry out with 40 digits",
        "480 of the 360,000 second derivatives were verified, drawn at random (seed 0); the others were not",
    ]


def test_verifying_leaves_no_mark_on_variables() -> None:
    result = verified("z = x*y; z**2; x**2", {"x": 2.0, "y": 3.0})
    assert {v.name: v.value for v in result.variables} == {"x": 2.0}


def test_an_empty_array() -> None:
    assert verified("sum(v**2)*x", {"v": [], "x": 2}).agrees
