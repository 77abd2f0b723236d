"""Gradients beside numeric derivatives: what agrees, what does not, what is said of kinks and edges."""

import math

import numpy
import pytest

from gradcli.engine import node
from gradcli.evaluation import evaluate
from gradcli.evaluation.verification import CENTRAL_DIFFERENCE, COMPLEX_STEP
from gradcli.rules.rulebook import RULES

COMPLEX, CENTRAL = COMPLEX_STEP, CENTRAL_DIFFERENCE
KINDS = [{}, {"dtype": "float32"}, {"precision": 30}]


def verified(text, bindings=None, name="x", **options):
    """The verification of one variable."""
    result = evaluate(text, bindings or {}, verify=True, **options)
    return {variable.name: variable.verification for variable in result.variables}[name]


def said(text, bindings=None, name="x", **options):
    return [note.text for note in verified(text, bindings, name, **options).notes]


@pytest.fixture
def plant(monkeypatch):
    """Make the rule of a function give gradients that are 0.05 % too large."""

    def planted(name):
        rule = RULES[name]
        evaluate(rule.example)  # so that the classes of its nodes are made
        right = rule.vjps

        def wrong(*args, **static):
            return right[0](*args, **static) * 1.0005

        monkeypatch.setattr(rule, "vjps", (wrong, *right[1:]))
        for (owner, _, floats), made in list(node._CLASSES.items()):
            if owner == id(rule) and floats:
                monkeypatch.setattr(made, "plan", (*(*rule.vjps, None)[:2], made.plan[2]))

    return planted


# --- what agrees ---


@pytest.mark.parametrize("options", KINDS, ids=lambda options: next(iter(options), "float64"))
@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_the_example_of_every_rule_verifies(rule, options):
    result = evaluate(rule.example, verify=True, **options)
    assert result.agrees
    for variable in result.variables:
        found = variable.verification
        assert (found is None) == (variable.gradient is None)
        assert found is None or (found.word, list(found.notes), found.unverified) == ("yes", [], 0)


@pytest.mark.parametrize(
    ("text", "bindings", "method"),
    [
        ("sin(x**2)", {"x": 4}, COMPLEX),
        ("x**3", {"x": -2}, COMPLEX),
        ("x**0 + x**1", {"x": 0}, COMPLEX),
        ("(-x)**2.0/x", {"x": 3}, COMPLEX),
        ("atan2(x, -2) + cbrt(-x)", {"x": 3}, COMPLEX),
        ("diff(sin(x)*exp(x), x)", {"x": 0.7}, COMPLEX),
        ("y = x**2; z = sin(y)*x; z*y", {"x": 1.5}, COMPLEX),
        ("f(t) = t*exp(t); f(x) + f(2x)", {"x": 0.3}, COMPLEX),
        ("tan(pi*x)", {"x": 1}, COMPLEX),
        ("x", {"x": 2}, COMPLEX),
        ("2 + 0*x", {"x": 2}, COMPLEX),
        ("erf(x)", {"x": 0.5}, CENTRAL),
        ("gamma(x)", {"x": 30.5}, CENTRAL),
        ("abs(x)", {"x": -3}, CENTRAL),
        ("x if x > 0 else -x", {"x": 2}, CENTRAL),
        ("sum([x, x**2])", {"x": 2}, CENTRAL),
        ("erf(x/1.6e-19)", {"x": 1e-19}, CENTRAL),
        ("sin(1e4*erf(x))", {"x": 1}, CENTRAL),
        ("erf(x)*1e-200", {"x": 1}, CENTRAL),
        # Pieces that meet without a kink.
        ("abs(x)*x", {"x": 0}, CENTRAL),
        ("x**2 if x > 0 else -x**2", {"x": 0}, CENTRAL),
        ("huber(x, 0)", {"x": 1}, CENTRAL),
        # The branch that is not taken cannot be carried out.
        ("x if x > 0 else [1, 2][5]*x", {"x": 3}, COMPLEX),
    ],
)
def test_methods(text, bindings, method):
    found = verified(text, bindings)
    assert (found.word, found.method, found.notes) == ("yes", method, [])
    assert found.agrees


def test_the_complex_step_is_right_to_the_last_digits():
    assert verified("sin(x**2)", {"x": 4}).numeric == pytest.approx(8 * math.cos(16), rel=2e-16)
    assert verified("exp(x)/x", {"x": 1e-3}).worst.error == 0


def test_under_a_precision_every_digit_is_compared():
    found = verified("sin(x)*abs(x)", {"x": "0.3"}, precision=50)
    assert found.worst.relative < 1e-47
    assert str(found.numeric).startswith("0.58212115339902138099801381395")


@pytest.mark.parametrize("options", KINDS, ids=lambda options: next(iter(options), "float64"))
@pytest.mark.parametrize(
    ("text", "bindings"),
    [
        ("sum(v**2*w)", {"v": [1, 2, 3], "w": [0.5, -1, 2]}),
        ("v @ [[1, 2], [3, 4]]", {"v": [1, 2]}),
        ("det(v)", {"v": [[1, 2], [3, 5]]}),
        ("v[0]*sin(v[1])", {"v": [1, 2, 3]}),
        ("softmax(v)[0]", {"v": [1, 2, 3]}),
    ],
)
def test_arrays(text, bindings, options):
    result = evaluate(text, bindings, verify=True, **options)
    for variable in result.variables:
        found = variable.verification
        assert (found.word, found.notes) == ("yes", [])
        gradient = numpy.array(variable.gradient, dtype=float)
        assert numpy.array(found.numeric, dtype=float) == pytest.approx(gradient, rel=1e-4)


def test_grad_output_is_what_both_are_of():
    found = verified("x**2", {"x": [1, 2, 3]}, grad_output=[1, 0, -1])
    assert list(found.numeric) == pytest.approx([2, 0, -6])
    assert found.agrees


def test_an_intermediate_is_varied_by_itself():
    result = evaluate("y = x**2; sin(y)*x", x=0.7, wrt=["y", "x"], verify=True)
    y, x = (variable.verification for variable in result.variables)
    assert y.numeric == pytest.approx(0.7 * math.cos(0.49))
    assert x.numeric == pytest.approx(math.sin(0.49) + 0.7 * 1.4 * math.cos(0.49))
    assert result.agrees


@pytest.mark.parametrize(
    ("text", "gradients"),
    [
        ("y = x**2; z = y; z*y", {"x": 108.0}),
        ("y = x**2; z = y; w = z*x; w + diff(w, x)", {"x": 45.0}),
        ("d = diff(x**3, x); e_ = d*x; e_ + diff(e_, x)", {"x": 135.0}),
        ("f(a) = a if a > 4 else [1, 2, 3]; sum(f(x)*x)", {"x": 6.0}),
        ("f(a) = a if a > 2 else log(a - 3); y = f(x); y*detach(y)", {"x": 3.0}),
    ],
)
def test_intermediates_are_carried_out_again(text, gradients):
    result = evaluate(text, x=3, verify=True)
    assert result.gradients == gradients
    assert [variable.verification.word for variable in result.variables] == ["yes"]


def test_variables_without_a_gradient_have_no_verification():
    result = evaluate("x*y + (z > 0)", x=1, y=2, z=3, const=["y"], verify=True)
    assert [v.verification is None for v in result.variables] == [False, True, True]


def test_nothing_is_verified_unless_asked():
    result = evaluate("x**2", x=1)
    assert not result.verified
    assert result.agrees
    assert result.variables[0].verification is None


# --- what the gradient leaves out ---


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("x*detach(x)", "what detach hides from the gradient, the numeric derivative holds fixed"),
        ("no_grad { y = x**2 }; x*y", "y carries no gradient: the numeric derivative holds it fixed"),
    ],
)
def test_what_is_hidden_from_the_gradient_is_held_fixed(text, note):
    result = evaluate(text, x=3, verify=True)
    assert (result.gradients["x"], result.variables[0].verification.word) == (result.value / 3, "yes")
    assert note in [n.text for n in result.notes]


def test_verifying_leaves_no_mark_on_variables():
    program = "y = 2; x if x > 0 else y"
    plain, checked = (evaluate(program, x=1, verify=verify) for verify in (False, True))
    assert [note.text for note in plain.notes] == [note.text for note in checked.notes]


# --- kinks, jumps, edges ---


KINK = "x is at a kink: the slope is {} to the left and {} to the right; the gradient {} is a convention"
JUMP = "x is at a jump by {}: there is no derivative; the slope is {} to the left and {} to the right"
EDGE = "x is at the edge of the domain: there is no value to the {}, and to the {} the slope is {}"
POINTS = [
    ("abs(x)", 0, "kink", KINK.format(-1, 1, 0), "abs(x)"),
    ("|3x|", 0, "kink", KINK.format(-3, 3, 0), "|3x|"),
    ("relu(x)", 0, "kink", KINK.format(0, 1, 0), "relu(x)"),
    ("max(x, 2)", 2, "kink", KINK.format(0, 1, 0.5), "max(x, 2)"),
    ("clamp(x, 0, 1)", 1, "kink", KINK.format(1, 0, 1), "clamp(x, 0, 1)"),
    ("x if x > 0 else -x", 0, "kink", KINK.format(-1, 1, -1), "x > 0"),
    ("where(x > 1, x**2, x)", 1, "kink", KINK.format(1, 2, 1), "x > 1"),
    ("f(t) = |t|; 2f(x)", 0, "kink", KINK.format(-2, 2, 0), "f(x)"),
    ("y = |x|; 2y", 0, "kink", "in y: " + KINK.format(-2, 2, 0), None),
    ("norm([x])", 0, "kink", KINK.format(-1, 1, 0), "norm([x])"),
    (
        "sqrt(x**2)", 0, "kink",
        KINK.format(-1, 1, "nan").replace("is a convention", "has no meaning"), None,
    ),
    (
        "relu(x) - relu(-x)", 0, "kink",
        "x is where pieces meet, with the slope 1 on both sides; the gradient 0 follows from the conventions "
        "for the pieces", "relu(x)",
    ),
    ("sign(x)", 0, "jump", JUMP.format(2, 0, 0), "sign(x)"),
    ("floor(x)", 1, "jump", JUMP.format(1, 0, 0), "floor(x)"),
    ("x % 2", 4, "jump", JUMP.format(-2, 1, 1), "x % 2"),
    ("x*(x > 1)", 1, "jump", JUMP.format(1, 0, 1), "(x > 1)"),
    (
        "x + (x == 0)", 0, "jump",
        "x is at a point where the value is another than beside it: there is no derivative", "(x == 0)",
    ),
    ("sqrt(x)", 0, "edge", EDGE.format("left", "right", "inf"), None),
    ("x**1.5", 0, "edge", EDGE.format("left", "right", 0), None),
    ("asin(x)", 1, "edge", EDGE.format("right", "left", "inf"), None),
    ("x**x", 0, "edge", EDGE.format("left", "right", "-inf") + "; the gradient is 0", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "x", "word", "note", "marked"), POINTS, ids=[point[0] for point in POINTS])
def test_points_without_a_derivative(text, x, word, note, marked):
    result = evaluate(text, x=x, verify=True)
    (found,) = (variable.verification for variable in result.variables)
    (about,) = found.notes
    span = about.moved(0).span
    place = None if span is None else text[span[0] : span[1]]
    assert (found.word, about.text, place) == (word, note, marked)
    assert result.agrees  # that is, no gradient is wrong


def test_a_vertical_tangent_is_no_edge():
    found = verified("cbrt(x)", {"x": 0})
    assert (found.word, found.numeric, found.notes) == ("yes", math.inf, [])


def test_a_kink_beside_the_point():
    (note,) = verified("abs(x - 1e-9)", {"x": 0}).notes
    assert note.text == (
        "there is a kink or jump within 2.9e-09 of x: the numeric derivative by x is that of this side"
    )
    assert verified("abs(x - 1e-9)", {"x": 0}).numeric == pytest.approx(-1)
    assert verified("abs(x - 1e-9)", {"x": "0"}, precision=30).agrees
    assert said("abs(x - 1)", {"x": 0.5}) == []


@pytest.mark.parametrize(
    ("text", "x"),
    [
        ("log(x)", -1), ("log(x)", 0), ("1/x", 0), ("x/x", 0), ("exp(x)", 1000), ("exp2(x)", -math.inf),
        ("max(x, 0)", -math.inf), ("fmod(0.5, x)", -math.inf),
    ],
)  # fmt: skip
def test_nothing_to_compare_with(text, x):
    found = verified(text, {"x": x})
    assert (found.word, found.numeric, found.wrong) == ("undefined", None, False)
    assert [note.text for note in found.notes] == [
        "there is no numeric derivative by x: the values here or beside it are nan or infinite"
    ]


def test_elements_that_are_undefined_cost_no_other_its_verdict():
    found = verified("log(x)", {"x": [0, 1, 2]})
    assert found.numeric[0] is None
    assert list(found.numeric[1:]) == pytest.approx([1, 0.5])


def test_a_gradient_lost_to_nan():
    result = evaluate("where(x > 0, sqrt(x), 0)", x=-1, verify=True)
    found = result.variables[0].verification
    assert [note.text for note in found.notes] == ["the gradient by x is nan, and the numeric derivative 0"]
    assert (found.agrees, result.agrees, result.finite) == (False, True, False)


# --- what is wrong ---


def test_a_wrong_rule_is_caught_by_the_complex_step(plant):
    plant("sin")
    result = evaluate("sin(x**2) + y", x=4, y=2, verify=True)
    x, y = (variable.verification for variable in result.variables)
    assert (x.word, y.word, result.agrees) == ("no", "yes", False)
    assert [note.text for note in x.notes] == [
        "the gradient by x is wrong: it differs by 0.0038 (0.05 %) from the numeric derivative -7.661275843, "
        "which the complex step gives to the last digits; there is no kink or jump near"
    ]


@pytest.mark.parametrize("options", KINDS, ids=lambda options: next(iter(options), "float64"))
def test_a_wrong_rule_is_caught_by_differences(plant, options):
    plant("erf")
    result = evaluate("y = 2x; erf(y)*abs(x)", x=0.3, verify=True, **options)
    assert result.variables[0].verification.word == "no"
    assert not result.agrees


def test_wrong_elements_are_counted_and_the_furthest_is_named(plant):
    plant("erf")
    found = verified("erf(x)", {"x": [1, 0.1, 2]})
    (note,) = found.notes
    assert note.text.startswith("the gradient by x[1] is wrong: it differs by 0.00056 (0.05 %) from")
    assert note.text.endswith("there is no kink or jump near; so at 2 more elements")
    assert found.worst.name == "x[1]"


# --- how much ---


def test_a_large_array_is_verified_in_a_sample_that_repeats():
    x = numpy.linspace(-1, 1, 20_000)
    found, again = (verified("sum(sin(x))", {"x": x}) for _ in range(2))
    done = 20_000 - found.unverified
    assert 0 < done < 20_000
    assert found.notes[-1].text == (
        f"{done:,} of the 20,000 elements of x were verified, drawn at random (seed 0); the others were not"
    )
    assert list(found.numeric) == list(again.numeric)
    assert sum(element is not None for element in found.numeric) == done


def test_a_long_chain_and_deep_nesting():
    assert verified("+".join(["sin(x)"] * 20_000), {"x": 1.3}).word == "yes"
    assert verified("sin(" * 20_000 + "x" + ")" * 20_000, {"x": 1.3}).word == "yes"
    assert verified(";".join(["y = x", *["y = y*1.001"] * 3000, "y"]), {"x": 0.7}).word == "yes"


def test_an_empty_array():
    assert verified("sum(x)", {"x": []}).word == "yes"


# --- digits that are lost ---


@pytest.mark.parametrize(
    ("text", "bindings", "words", "numeric"),
    [
        ("(1-cos(x))/x^2", {"x": 1e-4}, ["no"], [-8.333333328e-06]),
        ("log(1+x)/x", {"x": 1e-8}, ["no"], [-0.4999999933]),
        ("(x-sin(x))/x^3", {"x": 1e-4}, ["no"], [-1.666666666e-06]),
        ("sqrt(x^2+1)-x", {"x": 1e9}, ["no"], [-5e-19]),
        (
            "m*c^2*(1/sqrt(1-(v/c)^2)-1)",
            {"m": 1, "c": 3e8, "v": 3},
            ["no", "no", "yes"],
            [4.5, -2.25e-24, 3],
        ),
        (
            "(-b+sqrt(b^2-4a*c))/(2a)",
            {"a": 1, "b": 1e8, "c": 1},
            ["no", "no", "yes"],
            [1e-16, -1e-24, -1e-8],
        ),
        ("y = 1 - cos(x); y/x^2", {"x": 1e-4}, ["no"], [-8.333333328e-06]),
        ("f(t) = 1 - cos(t); f(x)/x^2", {"x": 1e-4}, ["no"], [-8.333333328e-06]),
        ("(exp(x)-exp(-x))/(exp(x)+exp(-x))", {"x": 20}, ["no"], [1.699341702e-17]),
        ("(1-cos(|x|))/x^2", {"x": 1e-4}, ["no"], [-8.333333328e-06]),
        ("x^2/2 - (1-cos(x)) if x > 0 else x", {"x": 1e-4}, ["no"], [1.666666666e-13]),
        ("exp(x) - 1", {"x": 1e-12}, ["yes"], [1]),
        ("x**2 - 2*x", {"x": 1}, ["yes"], [0]),
        ("tanh(x)", {"x": 20}, ["yes"], [1.699341702e-17]),
        ("tanh(x)", {"x": 12}, ["yes"], [1.510053818e-10]),
        ("sigmoid(x)", {"x": 40}, ["yes"], [4.248354255e-18]),
        ("sin(x)^2 + cos(x)^2", {"x": 1.3}, ["yes"], [0]),
    ],
)
def test_what_cancels_is_verified_with_more_digits(text, bindings, words, numeric):
    result = evaluate(text, bindings, verify=True)
    found = [variable.verification for variable in result.variables]
    assert [verification.word for verification in found] == words
    assert [verification.numeric for verification in found] == pytest.approx(numeric, rel=1e-9, abs=1e-16)
    assert not any("kink" in note.text or "pieces" in note.text for note in result.notes)
    assert result.agrees == (words.count("no") == 0 and "exp" not in text)


def test_an_element_that_lost_its_digits_is_named():
    result = evaluate("(1-cos(v))/v^2", v=[1, 1e-4], verify=True)
    (found,) = (variable.verification for variable in result.variables)
    assert (found.word, found.worst.name) == ("no", "v[1]")
    assert list(found.numeric) == pytest.approx([2 * math.cos(1) - 2 + math.sin(1), -8.333333328e-06])
    assert [note.text for note in result.notes] == [
        "the result has shape (2,): its gradient is that of the sum of its elements",
        "8 digits are lost by cancellation here: the value at [1] is 0.4999999996, the gradient by v at [1] "
        "is -8.333333328e-06; 2*sin(v/2)**2 keeps them; gradcli eval --precision 40 shows it",
    ]


def test_a_wrong_rule_is_caught_where_digits_are_lost(plant):
    plant("sin")
    result = evaluate("1 - sin(x)", x=math.pi / 2 - 1e-6, verify=True)
    (found,) = (variable.verification for variable in result.variables)
    assert found.word == "no"
    assert [note.text.split(":")[0] for note in result.notes] == [
        "12 digits are lost by cancellation here",
        "the gradient by x is wrong",
    ]


def test_what_takes_too_long_with_more_digits_is_said():
    result = evaluate("sum(sin(x)) - sum(sin(x))", x=numpy.linspace(0, 1, 60_000), verify=True)
    assert result.notes[0].text == (
        "whether digits are lost is not known: 240,002 operations are too many to carry out with 40 digits"
    )
