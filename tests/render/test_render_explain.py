"""Explanations as pages, Markdown and JSON: whole texts, at widths of 80 and 50."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gradcli.homework.explanation.explain import explain
from gradcli.render import explain_json, explain_markdown
from gradcli.render.equations import Equation, Side, laid_out
from gradcli.render.explain import Style, page
from gradcli.render.layout import text_of

NEURON = {"w": 1, "b": 0, "x": 6.7, "y": 0}
MATRICES = {"A": [[1, 2], [3, 4]], "x": [1, 1], "y": [3, 5]}


def shown(
    text: str,
    bindings: dict[str, Any],
    *,
    width: int = 80,
    digits: int | None = None,
    unicode: bool = True,
    **options: Any,
) -> str:
    style = Style(width=width, digits=digits, unicode=unicode)
    return "\n".join(map(text_of, page(explain(text, bindings, **options), style))) + "\n"


CHAIN_RULE = """\
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


def test_chain_rule() -> None:
    assert shown("sin(x**2)", {"x": 4}) == CHAIN_RULE


PRODUCT_RULE = """\
x**2*sin(x) = -12.10884

forward
  x = 4
  u = x**2   = 16
  v = sin(x) = -0.7568025
  y = u*v    = -12.10884

backward
  y = u*v      product rule
    dy/du = v = -0.7568025
    dy/dv = u = 16
  v = sin(x)   derivative of sin
    dv/dx = cos(x) = -0.6536436
  u = x**2     power rule
    du/dx = 2*x = 8
    dy/dx = dy/du * du/dx + dy/dv * dv/dx
          = -0.7568025 * 8 + 16 * (-0.6536436)
          = -6.05442 - 10.4583
          = -16.51272

result
  dy/dx = dy/du * du/dx + dy/dv * dv/dx
        = -0.7568025 * 8 + 16 * (-0.6536436)
        = -16.51272
"""


def test_product_rule() -> None:
    assert shown("x**2*sin(x)", {"x": 4}) == PRODUCT_RULE


QUOTIENT_RULE_ON_A_NARROW_PAGE = """\
sin(x)/x = -0.1892006

forward
  x = 4
  u = sin(x) = -0.7568025
  y = u/x    = -0.1892006

backward
  y = u/x      quotient rule
    dy/du = 1/x = 0.25
    ∂y/∂x = -u/x**2 = 0.04730016
  u = sin(x)   derivative of sin
    du/dx = cos(x) = -0.6536436
    dy/dx = ∂y/∂x + dy/du * du/dx
          = 0.04730016 + 0.25 * (-0.6536436)
          = 0.04730016 - 0.1634109
          = -0.1161107

result
  dy/dx = ∂y/∂x + dy/du * du/dx
        = 0.04730016 + 0.25 * (-0.6536436)
        = -0.1161107
"""


def test_quotient_rule_on_a_narrow_page() -> None:
    assert shown("sin(x)/x", {"x": 4}, width=50) == QUOTIENT_RULE_ON_A_NARROW_PAGE


BINARY_CROSS_ENTROPY = """\
bce(sigmoid(w*x + b), y) = 6.70123

forward
  w = 1
  x = 6.7   constant
  b = 0
  y = 0     constant
  z = w*x + b    = 6.7
  p = sigmoid(z) = 0.9987706
  L = bce(p, y)  = 6.70123

backward
  L = bce(p, y)    derivative of bce
    dL/dp = (p - y)/(p*(1 - p)) = 813.4058
  p = sigmoid(z)   chain rule of sigmoid
    dp/dz = p*(1 - p) = 0.001227887
    dL/dz = dL/dp * dp/dz = 813.4058 * 0.001227887 = 0.9987706
  z = w*x + b      sum and constant factor rule
    dz/dw = x = 6.7
    dz/db = 1
    dL/dw = dL/dz * dz/dw = 0.9987706 * 6.7 = 6.691763
    dL/db = dL/dz * dz/db = 0.9987706 * 1 = 0.9987706

result
  dL/dw = dL/dp * dp/dz * dz/dw = 813.4058 * 0.001227887 * 6.7 = 6.691763
  dL/db = dL/dp * dp/dz * dz/db = 813.4058 * 0.001227887 * 1 = 0.9987706
"""


def test_binary_cross_entropy() -> None:
    assert shown("bce(sigmoid(w*x + b), y)", NEURON, const=("y", "x")) == BINARY_CROSS_ENTROPY


BINARY_CROSS_ENTROPY_ON_A_NARROW_PAGE = """\
bce(sigmoid(w*x + b), y) = 6.70123

forward
  w = 1
  x = 6.7   constant
  b = 0     constant
  y = 0     constant
  z = w*x + b    = 6.7
  p = sigmoid(z) = 0.9987706
  L = bce(p, y)  = 6.70123

backward
  L = bce(p, y)    derivative of bce
    dL/dp = (p - y)/(p*(1 - p)) = 813.4058
  p = sigmoid(z)   chain rule of sigmoid
    dp/dz = p*(1 - p) = 0.001227887
    dL/dz = dL/dp * dp/dz
          = 813.4058 * 0.001227887
          = 0.9987706
  z = w*x + b      sum and constant factor rule
    dz/dw = x = 6.7
    dL/dw = dL/dz * dz/dw
          = 0.9987706 * 6.7
          = 6.691763

result
  dL/dw = dL/dp * dp/dz * dz/dw
        = 813.4058 * 0.001227887 * 6.7
        = 6.691763
"""


def test_binary_cross_entropy_on_a_narrow_page() -> None:
    assert (
        shown("bce(sigmoid(w*x + b), y)", NEURON, wrt=("w",), width=50)
        == BINARY_CROSS_ENTROPY_ON_A_NARROW_PAGE
    )


ARRAYS = """\
mean((A @ x - y)**2) = 2

forward
  A = [[1, 2],
       [3, 4]]
  x = [1, 1]
  y = [3, 5]
  u = A @ x - y = [0, 2]
  v = u**2      = [0, 4]
  f = mean(v)   = 2

backward
  f = mean(v)     derivative of mean
    df/dv = 1/2 = [0.5, 0.5]
  v = u**2        power rule
    dv/du = 2*u = [0, 4]
    df/du = df/dv * dv/du = [0.5, 0.5] * [0, 4] = [0, 2]
  u = A @ x - y   sum rule, product rule of matrices
    df/dA = outer(df/du, x)
          = [[0, 0],
             [2, 2]]
    df/dx = A.T @ df/du = [6, 8]
    df/dy = -df/du = [0, -2]

result
  df/dA = [[0, 0],
           [2, 2]]
  df/dx = [6, 8]
  df/dy = [0, -2]
"""


def test_arrays() -> None:
    assert shown("mean((A @ x - y)**2)", MATRICES) == ARRAYS


LONG_FORMULAS_AND_FEW_COLUMNS = """\
log(x*y*z + 3*x**2 - 5*y + 7*z - 12)
  = 6.059123

forward
  x = 11
  y = 2
  z = 3
  u = x*y*z + 3*x**2 - 5*y + 7*z - 12
    = 428
  f = log(u) = 6.059123

backward
  f = log(u)   chain rule of log
    df/du = 1/u = 0.002336449
  u = x*y*z + 3*x**2 - 5*y + 7*z - 12
    sum, product and power rule
    du/dx = y*z + 6*x = 72
    du/dy = x*z - 5 = 28
    du/dz = x*y + 7 = 29
    df/dx = df/du * du/dx
          = 0.002336449 * 72
          = 0.1682243
    df/dy = df/du * du/dy
          = 0.002336449 * 28
          = 0.06542056
    df/dz = df/du * du/dz
          = 0.002336449 * 29
          = 0.06775701

result
  df/dx = df/du * du/dx
        = 0.002336449 * 72
        = 0.1682243
  df/dy = df/du * du/dy
        = 0.002336449 * 28
        = 0.06542056
  df/dz = df/du * du/dz
        = 0.002336449 * 29
        = 0.06775701
"""


def test_long_formulas_and_few_columns() -> None:
    assert (
        shown("log(x*y*z + 3*x**2 - 5*y + 7*z - 12)", {"x": 11, "y": 2, "z": 3}, width=40)
        == LONG_FORMULAS_AND_FEW_COLUMNS
    )


LONG_ARRAYS = """\
sum(w*x**2) = 17110

forward
  w = 2
  x = [0, 1, 2, 3, …, 26, 27, 28, 29]
  u = w*x**2
    = [0, 2, 8, 18, …, 1352, 1458, 1568, 1682]
  y = sum(u) = 17110

backward
  y = sum(u)   sum rule
    dy/du = 1 = [1, 1, 1, 1, …, 1, 1, 1, 1]
  u = w*x**2   product rule
    du/dw = x**2
          = [0, 1, 4, 9, …, 676, 729, 784, 841]
    du/dx = 2*w*x
          = [0, 4, 8, 12, …, 104, 108, 112, 116]
    dy/dw = sum(dy/du * du/dw) = 8555
    dy/dx = dy/du * du/dx
          = [0, 4, 8, 12, …, 104, 108, 112, 116]

result
  dy/dw = 8555
  dy/dx = dy/du * du/dx
        = [0, 4, 8, 12, …, 104, 108, 112, 116]

… 22 elements of arrays hidden; --json gives all
"""


def test_long_arrays() -> None:
    assert shown("sum(w*x**2)", {"x": [*range(30)], "w": 2}, width=50) == LONG_ARRAYS


CONVENTIONS_AND_PARTS = """\
x*abs(x) + sum([x, 1]) = 1

forward
  x = 0
  u = abs(x)  = 0
  v = [x, 1]  = [0, 1]
  w = sum(v)  = 1
  y = x*u + w = 1

backward
  y = x*u + w   sum and product rule
    ∂y/∂x = u = 0
    dy/du = x = 0
    dy/dw = 1
  w = sum(v)    sum rule
    dw/dv = 1 = [1, 1]
    dy/dv = dy/dw * dw/dv = 1 * [1, 1] = [1, 1]
  v = [x, 1]    an array of its elements
    dy/dx by v = (dy/dv)[0] = 1
  u = abs(x)    derivative of abs
    du/dx = sign(x) = 0 by convention
    dy/dx = ∂y/∂x + dy/du * du/dx + (dy/dv)[0] = 0 + 0 + 1 = 1

result
  dy/dx = 1
    the sum of 3 products above
"""


def test_conventions_and_parts() -> None:
    assert shown("x*|x| + sum([x, 1])", {"x": 0}) == CONVENTIONS_AND_PARTS


DIGITS_AND_ASCII = """\
x*exp(x) = 2.72

forward
  x = 1
  u = exp(x) = 2.72
  y = x*u    = 2.72

backward
  y = x*u      product rule
    dy/dx(direct) = u = 2.72
    dy/du = x = 1
  u = exp(x)   derivative of exp
    du/dx = exp(x) = 2.72
    dy/dx = dy/dx(direct) + dy/du * du/dx = 2.72 + 1 * 2.72 = 2.72 + 2.72 = 5.44

result
  dy/dx = dy/dx(direct) + dy/du * du/dx = 2.72 + 1 * 2.72 = 5.44
"""


def test_digits_and_ascii() -> None:
    assert shown("x*exp(x)", {"x": 1}, digits=3, unicode=False) == DIGITS_AND_ASCII


CONSTANTS = """\
bce(p, t) + k = 2.193147

forward
  x = [0, 1]
  W = [[1, 2],   constant
       [3, 4]]
  t = [0, 1]     constant
  c = 0.5        constant
  z = W @ x - [2, 4] = [0, 0]
  p = sigmoid(z)     = [0.5, 0.5]
  u = bce(p, t)      = 0.6931472
  k = 3*c            = 1.5   constant
  L = u + k          = 2.193147
"""


def test_constants_stand_below_one_another() -> None:
    text = shown(
        "k = 3*c; p = sigmoid(W @ x - [2, 4]); bce(p, t) + k",
        {"W": [[1, 2], [3, 4]], "x": [0, 1], "t": [0, 1], "c": 0.5},
        wrt=("x",),
    )
    assert text.partition("\nbackward")[0] == CONSTANTS


NOTHING_TO_DIFFERENTIATE = """\
2 + 3 = 5
"""


def test_nothing_to_differentiate() -> None:
    assert shown("2 + 3", {}) == NOTHING_TO_DIFFERENTIATE


MARKDOWN = r"""
## `bce(sigmoid(w*x + b), y)` $= 6.70123$

### Forward

| | formula | value |
|---|---|---|
| $w$ | | $1$ |
| $b$ | | $0$ |
| $x$ | (constant) | $6.7$ |
| $y$ | (constant) | $0$ |
| $z$ | $w x + b$ | $6.7$ |
| $p$ | $\sigma\left(z\right)$ | $0.9987706$ |
| $L$ | $\operatorname{bce}\left(p, y\right)$ | $6.70123$ |

### Backward

**$L = \operatorname{bce}\left(p, y\right)$** (derivative of bce)

- $\frac{dL}{dp} = \frac{p - y}{p \left(1 - p\right)} = 813.4058$

**$p = \sigma\left(z\right)$** (chain rule of sigmoid)

- $\frac{dp}{dz} = p \left(1 - p\right) = 0.001227887$
- $\frac{dL}{dz} = \frac{dL}{dp} \cdot \frac{dp}{dz} = 813.4058 \cdot 0.001227887 = 0.9987706$

**$z = w x + b$** (sum and constant factor rule)

- $\frac{dz}{dw} = x = 6.7$
- $\frac{dz}{db} = 1$
- $\frac{dL}{dw} = \frac{dL}{dz} \cdot \frac{dz}{dw} = 0.9987706 \cdot 6.7 = 6.691763$
- $\frac{dL}{db} = \frac{dL}{dz} \cdot \frac{dz}{db} = 0.9987706 \cdot 1 = 0.9987706$

### Result

$$\frac{dL}{dw} = \frac{dL}{dp} \cdot \frac{dp}{dz} \cdot \frac{dz}{dw} = 813.4058 \cdot 0.001227887 \cdot 6.7 = 6.691763$$

$$\frac{dL}{db} = \frac{dL}{dp} \cdot \frac{dp}{dz} \cdot \frac{dz}{db} = 813.4058 \cdot 0.001227887 \cdot 1 = 0.9987706$$
"""  # noqa: E501


def test_markdown() -> None:
    assert explain_markdown.text(explain("bce(sigmoid(w*x + b), y)", NEURON, wrt=("w", "b"))) == MARKDOWN[1:]


MARKDOWN_OF_ARRAYS_AND_NOTES = r"""
## `sum(x*abs(x)) + A[0] @ x/1e9` $= -4$

### Forward

| | formula | value |
|---|---|---|
| $x$ | | $\begin{bmatrix} 0 & -2 \end{bmatrix}$ |
| $A$ | | $\begin{bmatrix} 1 & 2 \end{bmatrix}$ |
| $u$ | $\left\vert x\right\vert $ | $\begin{bmatrix} 0 & 2 \end{bmatrix}$ |
| $v$ | $x u$ | $\begin{bmatrix} 0 & -4 \end{bmatrix}$ |
| $w$ | $\operatorname{sum}\left(v\right)$ | $-4$ |
| $s$ | $A_{0}$ | $\begin{bmatrix} 1 & 2 \end{bmatrix}$ |
| $t$ | $s x$ | $-4$ |
| $y$ | $w + \frac{t}{10^{9}}$ | $-4$ |

### Backward

**$y = w + \frac{t}{10^{9}}$** (sum and constant factor rule)

- $\frac{dy}{dw} = 1$
- $\frac{dy}{dt} = \frac{1}{1000000000} = 10^{-9}$

**$t = s x$** (product rule of vectors)

- $\frac{dt}{ds} = x = \begin{bmatrix} 0 & -2 \end{bmatrix}$
- $\frac{dt}{dx} = s = \begin{bmatrix} 1 & 2 \end{bmatrix}$
- $\frac{dy}{ds} = \frac{dy}{dt} \cdot \frac{dt}{ds} = 10^{-9} \cdot \begin{bmatrix} 0 & -2 \end{bmatrix} = \begin{bmatrix} 0 & -2 \cdot 10^{-9} \end{bmatrix}$

**$s = A_{0}$** (an element of an array)

- $\frac{dy}{dA} = \text{dy/ds at [0], 0 elsewhere} = \begin{bmatrix} 0 & -2 \cdot 10^{-9} \end{bmatrix}$

**$w = \operatorname{sum}\left(v\right)$** (sum rule)

- $\frac{dw}{dv} = 1 = \begin{bmatrix} 1 & 1 \end{bmatrix}$
- $\frac{dy}{dv} = \frac{dy}{dw} \cdot \frac{dw}{dv} = 1 \cdot \begin{bmatrix} 1 & 1 \end{bmatrix} = \begin{bmatrix} 1 & 1 \end{bmatrix}$

**$v = x u$** (product rule)

- $\frac{\partial v}{\partial x} = u = \begin{bmatrix} 0 & 2 \end{bmatrix}$
- $\frac{dv}{du} = x = \begin{bmatrix} 0 & -2 \end{bmatrix}$
- $\frac{dy}{du} = \frac{dy}{dv} \odot \frac{dv}{du} = \begin{bmatrix} 1 & 1 \end{bmatrix} \odot \begin{bmatrix} 0 & -2 \end{bmatrix} = \begin{bmatrix} 0 & -2 \end{bmatrix}$

**$u = \left|x\right|$** (derivative of abs)

- $\frac{du}{dx} = \operatorname{sgn}\left(x\right) = \begin{bmatrix} 0 & -1 \end{bmatrix}$ by convention
- $\frac{dy}{dx} = \frac{dy}{du} \odot \frac{du}{dx} + \frac{dy}{dv} \odot \frac{\partial v}{\partial x} + \frac{dy}{dt} \cdot \frac{dt}{dx} = \begin{bmatrix} 0 & -2 \end{bmatrix} \odot \begin{bmatrix} 0 & -1 \end{bmatrix} + \begin{bmatrix} 1 & 1 \end{bmatrix} \odot \begin{bmatrix} 0 & 2 \end{bmatrix} + 10^{-9} \cdot \begin{bmatrix} 1 & 2 \end{bmatrix} = \begin{bmatrix} 0 & 2 \end{bmatrix} + \begin{bmatrix} 0 & 2 \end{bmatrix} + \begin{bmatrix} 10^{-9} & 2 \cdot 10^{-9} \end{bmatrix} = \begin{bmatrix} 10^{-9} & 4 \end{bmatrix}$

### Result

$$\frac{dy}{dx} = \frac{dy}{dw} \odot \frac{dw}{dv} \odot \frac{dv}{du} \odot \frac{du}{dx} + \frac{dy}{dw} \odot \frac{dw}{dv} \odot \frac{\partial v}{\partial x} + \frac{dy}{dt} \cdot \frac{dt}{dx} = 1 \odot \begin{bmatrix} 1 & 1 \end{bmatrix} \odot \begin{bmatrix} 0 & -2 \end{bmatrix} \odot \begin{bmatrix} 0 & -1 \end{bmatrix} + 1 \odot \begin{bmatrix} 1 & 1 \end{bmatrix} \odot \begin{bmatrix} 0 & 2 \end{bmatrix} + 10^{-9} \cdot \begin{bmatrix} 1 & 2 \end{bmatrix} = \begin{bmatrix} 10^{-9} & 4 \end{bmatrix}$$

$$\frac{dy}{dA} = \begin{bmatrix} 0 & -2 \cdot 10^{-9} \end{bmatrix}$$

> **Note:** not differentiable at 0: the subgradient 0 is used, as PyTorch does (left -1, right 1) (column 7: \|x\|)
"""  # noqa: E501


def test_markdown_of_arrays_and_notes() -> None:
    assert (
        explain_markdown.text(explain("sum(x*|x|) + A[0] @ x/1e9", {"A": [[1, 2]], "x": [0, -2]}))
        == MARKDOWN_OF_ARRAYS_AND_NOTES[1:]
    )


def test_words_within_a_formula_of_markdown() -> None:
    text = explain_markdown.text(explain("p = x**2; v_1 = p[1:3]; sum(v_1**2)", {"x": [1, 2, 3]}))
    assert r"$\frac{dy}{dp} = \text{dy/dv\_1 at [1:3], 0 elsewhere} = " in text


def test_json() -> None:
    line = explain_json.line(explain("sin(x**2)", {"x": 4}))
    assert line.endswith("}\n")
    assert json.loads(line) == {
        "expression": "sin(x**2)",
        "line": 1,
        "value": -0.2879033166650653,
        "output": "y",
        "definitions": [
            {"name": "x", "kind": "variable", "formula": None, "value": 4.0},
            {"name": "u", "kind": "step", "formula": "x**2", "value": 16.0},
            {"name": "y", "kind": "step", "formula": "sin(u)", "value": -0.2879033166650653},
        ],
        "steps": [
            {
                "name": "y", "formula": "sin(u)", "value": -0.2879033166650653, "rule": "chain rule of sin",
                "locals": [{
                    "derivative": "dy/du", "formula": "cos(u)", "words": "", "value": -0.9576594803233847,
                    "arrives": -0.9576594803233847,
                }],
                "sums": [{
                    "derivative": "dy/du", "value": -0.9576594803233847,
                    "products": [{
                        "factors": ["dy/du"], "numbers": [-0.9576594803233847], "formula": None,
                        "summed_over": None, "value": -0.9576594803233847,
                    }],
                }],
            },
            {
                "name": "u", "formula": "x**2", "value": 16.0, "rule": "power rule",
                "locals": [{
                    "derivative": "du/dx", "formula": "2*x", "words": "", "value": 8.0,
                    "arrives": -7.661275842587077,
                }],
                "sums": [{
                    "derivative": "dy/dx", "value": -7.661275842587077,
                    "products": [{
                        "factors": ["dy/du", "du/dx"], "numbers": [-0.9576594803233847, 8.0], "formula": None,
                        "summed_over": None, "value": -7.661275842587077,
                    }],
                }],
            },
        ],
        "results": [{
            "derivative": "dy/dx", "variable": "x", "value": -7.661275842587077, "ways": 1,
            "paths": [{"factors": ["dy/du", "du/dx"], "numbers": [-0.9576594803233847, 8.0]}],
        }],
        "gradients": {"x": -7.661275842587077},
        "notes": [],
    }  # fmt: skip


def test_json_of_arrays_and_of_what_is_not_finite() -> None:
    line = json.loads(
        explain_json.line(explain("b*log(x)", {"x": [0, 1], "b": 1}), file="é.grad", ascii=True)
    )
    assert line["file"] == "é.grad"
    assert line["value"] == ["-inf", 0.0]
    assert line["gradients"] == {"b": "-inf", "x": ["inf", 1.0]}
    assert line["steps"][1]["sums"][0]["products"][0]["summed_over"] == [0]
    assert line["notes"] == [
        "the result has shape (2,): its gradient is that of the sum of its elements",
        "-inf comes from the logarithm of zero, x[0] = 0 (column 3: log(x))",
    ]


@pytest.mark.parametrize(
    ("sides", "width", "lines"),
    [
        (["a", "b", "c"], 20, ["  a = b = c"]),
        (["a", "b", "c"], 10, ["  a = b", "    = c"]),
        (["a", "bb + cc - dd", "c"], 12, ["  a = bb + cc", "      - dd", "    = c"]),
        (["a", "f(bbbbbb,cccccc)"], 14, ["  a = f(bbbbbb,", "      cccccc)"]),
        (["a", "[1, 2] * [3, 4] - [5, 6] * [7, 8]"], 20,
         ["  a = [1, 2]", "        * [3, 4]", "      - [5, 6]", "        * [7, 8]"]),
        (["a", "[1, 2] * [3, 4]"], 18, ["  a = [1, 2]", "      * [3, 4]"]),
        (["longer than it should be", "b"], 12, ["  longer", "  than it", "  should be", "    = b"]),
    ],
)  # fmt: skip
def test_equations(sides: list[str], width: int, lines: list[str]) -> None:
    laid = laid_out(Equation([Side(side) for side in sides]), 2, width)
    assert [text_of(line) for line in laid] == lines


def test_a_matrix_stands_behind_the_equals_sign() -> None:
    laid = laid_out(Equation([Side("A"), Side("B"), Side("", block=["[[1],", " [2]]"])]), 0, 40)
    assert [text_of(line) for line in laid] == ["A = B", "  = [[1],", "     [2]]"]
