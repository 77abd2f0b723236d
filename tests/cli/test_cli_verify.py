"""`gradcli eval --verify` on the page, as JSON, in streams, and what it means for the exit status."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gradcli.engine import node
from gradcli.rules.rulebook import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

KINK = (
    "note: {} is at a kink: the slope is {} to the left and {} to the right; the gradient 0 is a convention"
)
CONVENTION = "note: not differentiable at 0: the subgradient 0 is used, as PyTorch does (left -1, right 1)"


@pytest.fixture
def wrong_sine(monkeypatch: pytest.MonkeyPatch, gradcli: Callable) -> None:
    """A sine whose gradient is 0.05 % too large."""
    rule = RULES["sin"]
    gradcli("eval", "sin(x)", "x=1")  # so that the class of its nodes is made
    (right,) = rule.vjps

    def wrong(*args: object) -> object:
        return right(*args) * 1.0005

    monkeypatch.setattr(rule, "vjps", (wrong,))
    for (owner, _, floats), made in list(node._CLASSES.items()):
        if owner == id(rule) and floats:
            monkeypatch.setattr(made, "plan", (wrong, None, False))


def test_page(gradcli: Callable) -> None:
    assert gradcli("eval", "sin(x**2)*w", "x=4", "w=2", "--const=w", "--verify") == (
        0,
        """\
sin(x**2)*w = -0.5758066333

variable  value      gradient       numeric  agrees
x             4  -15.32255169  -15.32255169     yes
w             2             -             -       -
numeric by complex step

MulBackward0          -0.5758   grad 1
├── SinBackward0      -0.2879   grad 2
│   └── PowBackward0       16   grad -1.915
│       ├── x               4   grad -15.32
│       └── 2
└── w                       2
""",
        "",
    )


def test_kink_on_the_page(gradcli: Callable) -> None:
    assert gradcli("eval", "|x|*w + w**2", "x=0", "w=2", "--verify", "--no-tree") == (
        0,
        """\
abs(x)*w + w**2 = 4

variable  value  gradient  numeric  agrees
x             0         0   -2 | 2    kink
w             2         4        4     yes
numeric x by central difference
numeric w by complex step
""",
        f"{CONVENTION} (column 1: |x|)\n{KINK.format('x', -2, 2)} (column 1: |x|)\n",
    )


def test_narrow_page(gradcli: Callable) -> None:
    call = ("eval", "sin(x) + sum(relu(v))", "x=2", "v=[1, -1, 0]", "--verify", "--no-tree")
    assert (
        gradcli(*call, width=40).out
        == """\
sin(x) + sum(relu(v)) = 1.909297427

x
  value     2
  gradient  -0.4161468365
  numeric   -0.4161468365
  agrees    yes
v
  value     [1, -1, 0]
  gradient  [1, 0, 0]
  numeric   [1, 0, -]
  agrees    kink
numeric x by complex step
numeric v by central difference
"""
    )


def test_wrong_gradient(gradcli: Callable, wrong_sine: None) -> None:
    note = (
        "note: the gradient by x is wrong: it differs by 0.0038 (0.05 %) from the numeric derivative "
        "-7.661275843, which the complex step gives to the last digits; there is no kink or jump near\n"
    )
    call = ("eval", "sin(x**2)", "x=4", "--verify", "--no-tree")
    page = """\
sin(x**2) = -0.2879033167

variable  value      gradient       numeric  agrees
x             4  -7.665106481  -7.661275843      no
numeric by complex step
"""
    assert gradcli(*call) == (0, page, note)
    assert gradcli(*call, "--strict") == (1, page, note)


def test_digits_that_are_lost(gradcli: Callable) -> None:
    note = (
        "note: 8 digits are lost by cancellation here: the value is 0.4999999996, the gradient by x is "
        "-8.333333328e-06; 2*sin(x/2)**2 keeps them; gradcli eval --precision 40 shows it "
        "(column 1: (1-cos(x)))\n"
    )
    page = """\
(1-cos(x))/x^2 = 0.499999997

variable   value         gradient           numeric  agrees
x         0.0001  4.410804468e-05  -8.333333328e-06      no
numeric by central difference
"""
    call = ("eval", "(1-cos(x))/x^2", "x=1e-4", "--no-tree")
    assert gradcli(*call, "--verify") == (0, page, note)
    assert gradcli(*call, "--verify", "--strict") == (1, page, note)
    assert (gradcli(*call).status, gradcli(*call).err) == (0, note)
    assert gradcli("eval", "exp(x) - 1", "x=1e-12", "--verify", "--strict").status == 1


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("sin(x)", 0),
        ("abs(x)", 0),
        ("sign(x)", 0),
        ("relu(x) - relu(-x)", 0),
        ("sqrt(x)", 3),
        ("log(-1 - x)", 3),
    ],
)
def test_strict_forgives_kinks_and_conventions(gradcli: Callable, text: str, status: int) -> None:
    assert gradcli("eval", text, "x=0", "--verify", "--strict").status == status


def test_a_wrong_call_comes_first(gradcli: Callable, wrong_sine: None) -> None:
    assert gradcli("eval", "sin(x); x +", "x=1", "--verify", "--strict").status == 2


def test_json(gradcli: Callable) -> None:
    status, out, err = gradcli("eval", "sin(x)*y", "x=2", "y=3", "--const=y", "--verify", "--json")
    assert (status, err) == (0, "")
    found = json.loads(out)["verify"]
    assert found["y"] is None
    numeric, difference, relative = (found["x"].pop(key) for key in ("numeric", "difference", "relative"))
    assert numeric == pytest.approx(-1.2484405096414273, rel=1e-15)
    assert max(difference, relative) < 1e-15
    assert found["x"] == {"error": 0.0, "method": "complex step", "agrees": True}


def test_json_of_a_kink(gradcli: Callable) -> None:
    found = json.loads(gradcli("eval", "abs(x)", "x=0", "--verify", "--json").out)
    assert found["verify"] == {
        "x": {
            "numeric": None,
            "difference": None,
            "relative": None,
            "error": 0.0,
            "method": "central difference",
            "agrees": True,
            "left": -1.0,
            "right": 1.0,
            "note": KINK.format("x", -1, 1).removeprefix("note: "),
        }
    }
    assert found["notes"][1] == found["verify"]["x"]["note"] + " (column 1: abs(x))"


def test_json_of_arrays(gradcli: Callable) -> None:
    found = json.loads(gradcli("eval", "sum(x**2)", "x=[[1, 2], [3, 4]]", "--verify", "--json").out)["verify"]
    numeric = found["x"]["numeric"]
    assert [round(n, 8) for row in numeric for n in row] == [2, 4, 6, 8]
    assert found["x"]["agrees"] is True


def test_json_has_every_digit(gradcli: Callable) -> None:
    out = gradcli("eval", "abs(x)**3", "x=2.1", "--verify", "--json", "--precision=40").out
    assert '"verify": {"x": {"numeric": 13.23, ' in out


def test_json_has_no_verify_unless_asked(gradcli: Callable) -> None:
    assert "verify" not in json.loads(gradcli("eval", "x", "x=1", "--json").out)


def test_every_line_of_a_stream(gradcli: Callable) -> None:
    stream = b"x = 3\ny = |x - 3|*x\nx**2\nx +\ny\nx at x=5\n"
    status, out, err = gradcli("eval", "--verify", "--no-tree", stdin=stream)
    assert status == 2
    assert (
        out
        == """\
x**2 = 9

variable  value  gradient  numeric  agrees
x             3         6        6     yes
numeric by complex step

y = 0

variable  value  gradient  numeric  agrees
x             3         0   -3 | 3    kink
numeric by central difference

x = 5

variable  value  gradient  numeric  agrees
x             5         1        1     yes
numeric by complex step
"""
    )
    assert "note: in y: x is at a kink: the slope is -3 to the left and 3 to the right" in err


def test_second_derivatives_stand_beside(gradcli: Callable) -> None:
    out = gradcli("eval", "x**3", "x=2", "--order=2", "--verify", "--no-tree").out
    assert (
        out
        == """\
x**3 = 8

variable  value  gradient  numeric  agrees
x             2        12       12     yes
numeric by complex step

hessian   x
x        12

numeric   x
x        12
numeric by central difference, agrees: yes
"""
    )


def test_second_derivatives_at_a_kink(gradcli: Callable) -> None:
    done = gradcli("eval", "abs(x)*x*y", "x=0", "y=2", "--order=2", "--verify", "--no-tree", "--strict")
    assert (
        done.out
        == """\
abs(x)*x*y = 0

variable  value  gradient  numeric  agrees
x             0         0        0     yes
y             2         0        0     yes
numeric x by central difference
numeric y by complex step

hessian  x  y
x        0  0
y        0  0

numeric       x  y
x        -4 | 4  0
y             0  0
numeric by central difference, agrees: kink (x, x), else yes
"""
    )
    assert done.status == 0


def test_second_derivatives_of_arrays(gradcli: Callable) -> None:
    out = gradcli("eval", "sum(v**3)*y", "v=[1,2]", "y=2", "--order=2", "--verify", "--no-tree").out
    assert (
        out.partition("numeric v, v")[2]
        == """
[[12,  0],
 [ 0, 24]]
numeric v, y
[3, 12]
numeric y, v
[3, 12]
numeric y, y
0
numeric by central difference, agrees: yes
"""
    )


def test_second_derivatives_in_json(gradcli: Callable) -> None:
    done = gradcli("eval", "(1-cos(x))/x^2", "x=1e-4", "--order=2", "--verify", "--json", "--strict")
    found = json.loads(done.out)
    assert list(found)[-3:] == ["verify", "hessian", "verify_hessian"]
    block = found["verify_hessian"]["x"]["x"]
    assert (block["agrees"], block["method"]) == (False, "central difference")
    assert block["numeric"] == pytest.approx(-1 / 12)
    assert done.status == 1


def test_the_help_names_it(gradcli: Callable) -> None:
    text = " ".join(gradcli("eval", "--help").out.replace("│", " ").split())
    assert (
        "Put a numeric derivative beside each gradient, and beside each second derivative of --order 2; "
        "say where they differ." in text
    )
