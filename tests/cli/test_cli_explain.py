"""`gradcli explain` as a user sees it: pages, Markdown, JSON, files, errors and exit statuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGE = """\
sin(x**2) = -0.2879033

forward
  x = 4
  u = x**2   = 16
  y = sin(u) = -0.2879033

backward
  y = sin(u)   chain rule of sin
    dy/du = cos(u) = -0.9576595
  u = x**2     power rule
    du/dx = 2*x = 8
    dy/dx = dy/du * du/dx = -0.9576595 * 8 = -7.661276

result
  dy/dx = dy/du * du/dx = -0.9576595 * 8 = -7.661276
"""
MARKDOWN = r"""
## `x*y` $= 6$

### Forward

| | formula | value |
|---|---|---|
| $x$ | | $2$ |
| $y$ | | $3$ |
| $f$ | $x y$ | $6$ |

### Backward

**$f = x y$** (product rule)

- $\frac{df}{dx} = y = 3$
- $\frac{df}{dy} = x = 2$

### Result

$$\frac{df}{dx} = 3$$

$$\frac{df}{dy} = 2$$
"""
BCE = "bce(sigmoid(w*x + b), y)"
BY_HAND = "-(y*log(sigmoid(w*x + b)) + (1 - y)*log(1 - sigmoid(w*x + b)))"
NEURON = ("w=1", "b=0", "x=6.7", "y=0")


def test_page(gradcli: Callable) -> None:
    assert gradcli("explain", "sin(x**2)", "x=4") == (0, PAGE, "")


def test_on_a_terminal_the_same_text_in_colour(gradcli: Callable) -> None:
    status, out, err = gradcli("explain", "sin(x**2)", "x=4", terminal=True, TERM="xterm")
    assert (status, err) == (0, "")
    assert "\x1b[" in out
    assert gradcli("explain", "sin(x**2)", "x=4", terminal=True, NO_COLOR="1") == (0, PAGE, "")


def test_markdown(gradcli: Callable) -> None:
    assert gradcli("explain", "x*y", "x=2", "y=3", "--markdown") == (0, MARKDOWN[1:], "")


@pytest.mark.parametrize("text", [BCE, BY_HAND, "z = w*x + b; p = sigmoid(z); bce(p, y)"])
def test_the_steps_of_a_neuron(gradcli: Callable, text: str) -> None:
    status, out, err = gradcli("explain", text, *NEURON, "--const", "y")
    assert (status, err) == (0, "")
    assert "= 813.4058\n" in out
    assert "    dp/dz = p*(1 - p) = 0.001227887\n" in out
    assert "    dz/dw = x = 6.7\n" in out
    chain = "  dL/dw = dL/dp * dp/dz * dz/dw = 813.4058 * 0.001227887 * 6.7 = 6.691763\n"
    assert chain in out.partition("result\n")[2]


@pytest.mark.parametrize("text", [BCE, BY_HAND, "x**2*sin(x)/y", "sum(w*[x, 1]) + b*y"])
def test_json_agrees_with_eval(gradcli: Callable, text: str) -> None:
    explained = json.loads(gradcli("explain", "--json", text, *NEURON[:3], "y=0.5").out)
    evaluated = json.loads(gradcli("eval", "--json", text, *NEURON[:3], "y=0.5").out)
    for key in ("expression", "line", "value", "gradients"):
        assert explained[key] == evaluated[key]
    assert {r["variable"]: r["value"] for r in explained["results"]} == evaluated["gradients"]


def test_a_file_of_statements(gradcli: Callable, tmp_path: Path) -> None:
    file = tmp_path / "model.grad"
    file.write_text("const x = 2\nw = 3\nz = w*x\nprint z\nz**2\nz + 1\n", encoding="utf-8")
    status, out, err = gradcli("explain", "-f", str(file))
    assert (status, err) == (0, "")
    pages = out.split("\n\n")
    assert pages[0] == "tensor(6., grad_fn=<MulBackward0>)"
    assert pages[1] == "z**2 = 36"
    assert [page for page in pages if " = " in page.splitlines()[0]][1] == "z + 1 = 7"
    lines = gradcli("explain", "-f", str(file), "--json").out.splitlines()
    assert [json.loads(line)["expression"] for line in lines] == ["z**2", "z + 1"]
    assert json.loads(lines[0])["file"] == str(file)
    markdown = gradcli("explain", "-f", str(file), "--markdown").out
    assert [line for line in markdown.splitlines() if line.startswith("## ")] == [
        "## `z**2` $= 36$", "## `z + 1` $= 7$",
    ]  # fmt: skip


def test_a_stream(gradcli: Callable) -> None:
    status, out, _ = gradcli("explain", "--json", stdin=b"x**2 at x=3\nsin(q)\nx at x=1\n")
    lines = [json.loads(line) for line in out.splitlines()]
    assert status == 2
    assert lines[0]["gradients"] == {"x": 6.0}
    assert lines[1]["error"]["message"] == "variable 'q' has no value"
    assert lines[2]["steps"] == []


def test_digits_that_are_lost(gradcli: Callable) -> None:
    assert gradcli("explain", "(1-cos(x))/x^2", "x=1e-4").err == (
        "note: 8 digits are lost by cancellation here: the value is 0.4999999996, the gradient by x is "
        "-8.333333328e-06; 2*sin(x/2)**2 keeps them; gradcli eval --precision 40 shows it "
        "(column 1: (1-cos(x)))\n"
    )
    assert gradcli("explain", "x**2 - 2*x", "x=1").err == ""


def test_wrt(gradcli: Callable) -> None:
    status, out, err = gradcli("explain", "x*y*z", "x=1", "y=2", "z=3", "--wrt", "x,z")
    assert (status, err) == (0, "")
    assert out.endswith("result\n  df/dx = 6\n  df/dz = 2\n")


def test_digits(gradcli: Callable) -> None:
    assert "dy/du = cos(u) = -0.958\n" in gradcli("explain", "sin(x**2)", "x=4", "--digits", "3").out


@pytest.mark.parametrize(
    ("arguments", "err"),
    [
        (("sin(q)",),
         "error: variable 'q' has no value\n  line 1, column 5\n  │ sin(q)\n  │     ^ add q=1\n"),
        (("sn(x)", "x=1"),
         "error: unknown function 'sn'\n  line 1, column 1\n  │ sn(x)\n  │ ^^ did you mean 'sin'?\n"),
        (("x", "x=1", "--wrt", "y"),
         "error: --wrt names 'y', which is no variable here\n  bind it: add y=1\n"),
        (("x", "x=1", "--json", "--markdown"), "error: --markdown and --json exclude each other\n"),
        (("x", "x=1", "--presision", "3"), "error: no such option '--presision'; "),
        (("x", "x=1=2"), "error: "),
    ],
)  # fmt: skip
def test_errors(gradcli: Callable, arguments: tuple[str, ...], err: str) -> None:
    outcome = gradcli("explain", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith(err)


def test_too_long_an_expression(gradcli: Callable) -> None:
    status, out, err = gradcli("explain", "x = 1" + "; x = sin(x) + 1" * 300 + "; x")
    assert (status, out) == (2, "")
    assert err.startswith("error: this has 600 operations; explain goes through 500 at most\n")
    assert err.endswith("  gradcli eval gives the gradients all the same\n")


def test_a_chain_of_very_many_operations_is_refused_without_ado(gradcli: Callable) -> None:
    status, _, err = gradcli("explain", "+".join(["x"] * 20_000), "x=1")
    assert status == 2
    assert "this has 19,999 operations" in err


def test_nan_and_inf(gradcli: Callable) -> None:
    status, out, err = gradcli("explain", "log(x)", "x=0", "--strict")
    assert status == 3
    assert "    dy/dx = 1/x = inf\n" in out
    assert err == "note: -inf comes from the logarithm of zero, x = 0 (column 1: log(x))\n"


def test_an_expression_that_begins_with_a_minus(gradcli: Callable) -> None:
    status, out, err = gradcli("explain", "-x**2", "x=3")
    assert (status, err) == (0, "")
    assert "  y = -x**2   power rule\n    dy/dx = -2*x = -6\n" in out
