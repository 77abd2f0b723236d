"""LaTeX of every form of the language, row by row; that of any expression is balanced, however deep it is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.language import parse_expression
from gradcli.numbers.expression import Expression, name, number
from gradcli.render.latex import latex
from gradcli.rules.rulebook import NAMES

ROWS = [
    ("2", "2"),
    ("2.50", "2.50"),
    (".5", "0.5"),
    ("2.", "2"),
    ("1_000", "1000"),
    ("1e-8", "10^{-8}"),
    ("1e3", "10^{3}"),
    ("2.5e-8", r"2.5 \cdot 10^{-8}"),
    ("1.0e5", "10^{5}"),
    ("1e-8*x", "10^{-8} x"),
    ("3*1e-8", r"3 \cdot 10^{-8}"),
    ("x*1e-8", r"x \cdot 10^{-8}"),
    ("2.5e-8*x", r"2.5 \cdot 10^{-8} x"),
    ("(1e-8)**2", r"\left(10^{-8}\right)^{2}"),
    ("(2.5e3)**2", r"\left(2.5 \cdot 10^{3}\right)^{2}"),
    ("inf", r"\infty"),
    ("nan", r"\mathrm{nan}"),
    ("pi", r"\pi"),
    ("tau", r"\tau"),
    ("e", "e"),
    ("x", "x"),
    ("theta", r"\theta"),
    ("θ", r"\theta"),
    ("lambda", r"\lambda"),
    ("Γ", r"\Gamma"),
    ("ε", r"\varepsilon"),
    ("epsilon", r"\epsilon"),
    ("w_1", "w_{1}"),
    ("x₁", "x_{1}"),
    ("x1", "x_{1}"),
    ("w_max", r"w_{\mathrm{max}}"),
    ("theta_1", r"\theta_{1}"),
    ("theta12", r"\theta_{12}"),
    ("a_i_j", "a_{i, j}"),
    ("loss", r"\mathit{loss}"),
    ("velocity_x", r"\mathit{velocity}_{x}"),
    ("_x", r"\mathit{\_x}"),
    ("x_", r"\mathit{x\_}"),
    ("2pi r", r"2 \pi r"),
    ("2*3", r"2 \cdot 3"),
    ("2*3*4", r"2 \cdot 3 \cdot 4"),
    ("2x", "2 x"),
    ("x*2", r"x \cdot 2"),
    ("x*y*z", "x y z"),
    ("x*(y*z)", "x y z"),
    ("x/y*z", r"\frac{x}{y} z"),
    ("1/2x", r"\frac{1}{2} x"),
    ("x*1/2", r"\frac{x \cdot 1}{2}"),
    ("2*(1/2)", r"2 \cdot \frac{1}{2}"),
    ("2*(x/3)", r"2 \cdot \frac{x}{3}"),
    ("(1/2)*(3/4)", r"\frac{1}{2} \frac{3}{4}"),
    ("x**2*3", r"x^{2} \cdot 3"),
    ("2**x*3**x", r"2^{x} \cdot 3^{x}"),
    ("loss*x", r"\mathit{loss} \cdot x"),
    ("x*loss", r"x \cdot \mathit{loss}"),
    ("2loss", r"2 \mathit{loss}"),
    ("loss*(x+1)", r"\mathit{loss} \cdot \left(x + 1\right)"),
    ("x(x+1)", r"x \left(x + 1\right)"),
    ("(x+1)(x-1)", r"\left(x + 1\right) \left(x - 1\right)"),
    ("x+y-z", "x + y - z"),
    ("x-(y-z)", r"x - \left(y - z\right)"),
    ("x-(y+z)", r"x - \left(y + z\right)"),
    ("x+(y+z)", "x + y + z"),
    ("-x", "-x"),
    ("--x", r"-\left(-x\right)"),
    ("-(x+y)", r"-\left(x + y\right)"),
    ("-(x*y)", "-x y"),
    ("-x*y", "-x y"),
    ("x*-y", r"x \cdot \left(-y\right)"),
    ("x*-2", r"x \cdot \left(-2\right)"),
    ("x-(-2)", r"x - \left(-2\right)"),
    ("x+-y*z", "x - y z"),
    ("-x/y", r"-\frac{x}{y}"),
    ("x/-y", r"\frac{x}{-y}"),
    ("(-x)/y", r"-\frac{x}{y}"),
    ("-2*x", "-2 x"),
    ("(-2)**x", r"\left(-2\right)^{x}"),
    ("x/y/z", r"\frac{\frac{x}{y}}{z}"),
    ("x/(y/z)", r"\frac{x}{\frac{y}{z}}"),
    ("x**2", "x^{2}"),
    ("x**-1", "x^{-1}"),
    ("x**(1/2)", r"x^{\frac{1}{2}}"),
    ("x**y**z", "x^{y^{z}}"),
    ("(x**y)**z", r"\left(x^{y}\right)^{z}"),
    ("(x+1)**2", r"\left(x + 1\right)^{2}"),
    ("(x*y)**2", r"\left(x y\right)^{2}"),
    ("(2x)**3", r"\left(2 x\right)^{3}"),
    ("(x/y)**2", r"\left(\frac{x}{y}\right)^{2}"),
    ("-x**2", "-x^{2}"),
    ("(-x)**2", r"\left(-x\right)^{2}"),
    ("sin(x)", r"\sin\left(x\right)"),
    ("sin(x)**2", r"\sin^{2}\left(x\right)"),
    ("sin²(x)", r"\sin^{2}\left(x\right)"),
    ("sin(x)**n", r"\sin^{n}\left(x\right)"),
    ("sin(x)**-2", r"\left(\sin\left(x\right)\right)^{-2}"),
    ("sin(x)**(n-1)", r"\left(\sin\left(x\right)\right)^{n - 1}"),
    ("(sin(x)**2)**3", r"\left(\sin^{2}\left(x\right)\right)^{3}"),
    ("sin(x**2)", r"\sin\left(x^{2}\right)"),
    ("2 sin(x) cos(x)", r"2 \sin\left(x\right) \cos\left(x\right)"),
    ("tg(x)", r"\tan\left(x\right)"),
    ("arcsin(x)", r"\arcsin\left(x\right)"),
    ("asin(x)**2", r"\arcsin^{2}\left(x\right)"),
    ("sinh(x)", r"\sinh\left(x\right)"),
    ("sech(x)", r"\operatorname{sech}\left(x\right)"),
    ("asinh(x)", r"\operatorname{arsinh}\left(x\right)"),
    ("cosec(x)", r"\csc\left(x\right)"),
    ("asec(x)**2", r"\operatorname{arcsec}^{2}\left(x\right)"),
    ("acsc(x)", r"\operatorname{arccsc}\left(x\right)"),
    ("arccot(x)", r"\operatorname{arccot}\left(x\right)"),
    ("asech(x)", r"\operatorname{arsech}\left(x\right)"),
    ("acsch(x)", r"\operatorname{arcsch}\left(x\right)"),
    ("acoth(x)", r"\operatorname{arcoth}\left(x\right)"),
    ("sinc(x)", r"\operatorname{sinc}\left(x\right)"),
    ("fmod(x, y)", r"\operatorname{fmod}\left(x, y\right)"),
    ("xlogy(x, y)", r"\operatorname{xlogy}\left(x, y\right)"),
    ("logdet(A)", r"\ln\det\left(A\right)"),
    ("log(x)", r"\ln\left(x\right)"),
    ("ln(x)**2", r"\ln^{2}\left(x\right)"),
    ("lg(x)", r"\log_{10}\left(x\right)"),
    ("log2(x)", r"\log_{2}\left(x\right)"),
    ("log10(x)", r"\log_{10}\left(x\right)"),
    ("log(x, b)", r"\log_{b}\left(x\right)"),
    ("log(x, 2)**2", r"\left(\log_{2}\left(x\right)\right)^{2}"),
    ("log1p(x)", r"\ln\left(1 + x\right)"),
    ("log1p(-x)", r"\ln\left(1 - x\right)"),
    ("sqrt(x)", r"\sqrt{x}"),
    ("sqrt(x)**3", r"\left(\sqrt{x}\right)^{3}"),
    ("√(x+1)", r"\sqrt{x + 1}"),
    ("cbrt(x)", r"\sqrt[3]{x}"),
    ("exp(x)", "e^{x}"),
    ("exp(-x**2)", "e^{-x^{2}}"),
    ("exp(x)**2", r"\left(e^{x}\right)^{2}"),
    ("exp2(x)", "2^{x}"),
    ("3*exp2(x)", r"3 \cdot 2^{x}"),
    ("expm1(x)", "e^{x} - 1"),
    ("2*expm1(x)", r"2 \left(e^{x} - 1\right)"),
    ("|x|", r"\left|x\right|"),
    ("|x|**3", r"\left|x\right|^{3}"),
    ("|x|*|y|", r"\left|x\right| \left|y\right|"),
    ("floor(x)", r"\left\lfloor x\right\rfloor"),
    ("ceil(x)**2", r"\left\lceil x\right\rceil^{2}"),
    ("x//y", r"\left\lfloor \frac{x}{y}\right\rfloor"),
    ("x % y", r"x \bmod y"),
    ("x*y % z", r"\left(x y\right) \bmod z"),
    ("x*(y % z)", r"x \left(y \bmod z\right)"),
    ("sign(x)", r"\operatorname{sgn}\left(x\right)"),
    ("sigmoid(x)", r"\sigma\left(x\right)"),
    ("sigmoid(x)**2", r"\left(\sigma\left(x\right)\right)^{2}"),
    ("gamma(x)", r"\Gamma\left(x\right)"),
    ("lgamma(x)", r"\ln\left|\Gamma\left(x\right)\right|"),
    ("digamma(x)", r"\psi\left(x\right)"),
    ("polygamma(2, x)", r"\psi^{\left(2\right)}\left(x\right)"),
    ("beta(a, b)", r"\mathrm{B}\left(a, b\right)"),
    ("erf(x)", r"\operatorname{erf}\left(x\right)"),
    ("erf(x)**2", r"\left(\operatorname{erf}\left(x\right)\right)^{2}"),
    ("max(x, y)", r"\max\left(x, y\right)"),
    ("maximum(x, y, z)", r"\max\left(x, y, z\right)"),
    ("max(x, axis=0)", r"\max\left(x, \mathrm{axis} = 0\right)"),
    ("min(a, b)", r"\min\left(a, b\right)"),
    ("hypot(x, y+1)", r"\sqrt{x^{2} + \left(y + 1\right)^{2}}"),
    ("atan2(y, x)", r"\operatorname{atan2}\left(y, x\right)"),
    ("leaky_relu(x, slope=0.1)", r"\operatorname{leaky\_relu}\left(x, \mathrm{slope} = 0.1\right)"),
    ("softplus(x)", r"\operatorname{softplus}\left(x\right)"),
    ("x < y", "x < y"),
    ("x <= y < z", r"x \le y < z"),
    ("x >= y", r"x \ge y"),
    ("x == y", "x = y"),
    ("x != y", r"x \ne y"),
    ("(x > 0)*2", r"\left[x > 0\right] \cdot 2"),
    ("not x > 0", r"\lnot \left(x > 0\right)"),
    ("x > 0 and y > 0 or z", r"x > 0 \land y > 0 \lor z"),
    ("(x or y) and z", r"\left(x \lor y\right) \land z"),
    ("not (x and y)", r"\lnot \left(x \land y\right)"),
    ("x if x > 0 else -x", r"\begin{cases} x & \text{if } x > 0 \\ -x & \text{otherwise} \end{cases}"),
    (
        "x if x > 0 else y if x > -1 else z",
        r"\begin{cases} x & \text{if } x > 0 \\ y & \text{if } x > -1 \\ z & \text{otherwise} \end{cases}",
    ),
    ("where(x > 0, x, 0)", r"\begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}"),
    (
        "2*(x if x > 0 else 0)",
        r"2 \left(\begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}\right)",
    ),
    (
        "exp(x if x > 0 else 0)",
        r"e^{\begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}}",
    ),
    ("[1, 2, 3]", r"\begin{bmatrix} 1 & 2 & 3 \end{bmatrix}"),
    ("[[1, 2], [x, y]]", r"\begin{bmatrix} 1 & 2 \\ x & y \end{bmatrix}"),
    (
        "[[[1]], [[x]]]",
        r"\begin{bmatrix} \begin{bmatrix} 1 \end{bmatrix} \\ \begin{bmatrix} x \end{bmatrix} \end{bmatrix}",
    ),
    ("x[0]", "x_{0}"),
    ("x[-1]", "x_{-1}"),
    ("A[0, 1]", "A_{0, 1}"),
    ("A[:, 0]", r"A\left[:, 0\right]"),
    ("x[1:]", r"x\left[1:\right]"),
    ("x[::2]", r"x\left[::2\right]"),
    ("x_1[0]", r"x_{1}\left[0\right]"),
    ("(x+y)[0]", r"\left(x + y\right)\left[0\right]"),
    ("x[0]**2", "x_{0}^{2}"),
    ("A.T", r"A^{\mathsf{T}}"),
    ("A.T**2", r"\left(A^{\mathsf{T}}\right)^{2}"),
    ("(A B).T", r"\left(A B\right)^{\mathsf{T}}"),
    ("A @ B", "A B"),
    ("2*(A @ B)", "2 A B"),
    ("(x*A) @ B", r"\left(x A\right) B"),
    ("dot(a, b)", r"a \cdot b"),
    ("2*dot(a, b)", r"2 \left(a \cdot b\right)"),
    ("cross(a, b)", r"a \times b"),
    ("outer(a, b)", r"a \otimes b"),
    ("det(A)", r"\det\left(A\right)"),
    ("inv(A)", "A^{-1}"),
    ("transpose(A)", r"A^{\mathsf{T}}"),
    (
        "transpose(A, [1, 0])",
        r"\operatorname{transpose}\left(A, \begin{bmatrix} 1 & 0 \end{bmatrix}\right)",
    ),
    ("trace(A)", r"\operatorname{tr}\left(A\right)"),
    ("norm(x)", r"\left\lVert x\right\rVert"),
    ("norm(x, 1)", r"\left\lVert x\right\rVert_{1}"),
    ("norm(x)**2", r"\left\lVert x\right\rVert^{2}"),
    ("sum(x, axis=0)", r"\operatorname{sum}\left(x, \mathrm{axis} = 0\right)"),
    ("mean(x)", r"\operatorname{mean}\left(x\right)"),
    ("diff(f, x)", r"\frac{\mathrm{d}}{\mathrm{d}x} f"),
    ("diff(x**2, x, 2)", r"\frac{\mathrm{d}^{2}}{\mathrm{d}x^{2}} x^{2}"),
    ("diff(f, x)*y", r"\left(\frac{\mathrm{d}}{\mathrm{d}x} f\right) y"),
    ("detach(x)", r"\operatorname{detach}\left(x\right)"),
    ("bce(p, y)", r"\operatorname{bce}\left(p, y\right)"),
    ("zeros(2, 3)", r"\operatorname{zeros}\left(2, 3\right)"),
    ("reshape(x, [2, 3])", r"\operatorname{reshape}\left(x, \begin{bmatrix} 2 & 3 \end{bmatrix}\right)"),
    ("e**x", "e^{x}"),
    ("-x*cos(x)/y", r"-\frac{x \cos\left(x\right)}{y}"),
    ("log1p(-x/2)", r"\ln\left(1 - \frac{x}{2}\right)"),
    ("-(x+1)/y", r"-\frac{x + 1}{y}"),
    ("(-(x+1))*y/z", r"-\frac{\left(x + 1\right) y}{z}"),
    ("-2*x/y", r"-\frac{2 x}{y}"),
    ("x + -2", "x - 2"),
    ("-x/y/z", r"-\frac{\frac{x}{y}}{z}"),
    ("-x//y", r"\left\lfloor -\frac{x}{y}\right\rfloor"),
    ("2*diff(f,x)", r"2 \left(\frac{\mathrm{d}}{\mathrm{d}x} f\right)"),
    ("(x>0)+1", r"\left[x > 0\right] + 1"),
    ("f(x)", "f x"),
    ("-1/2*x", r"-\frac{1}{2} x"),
    ("-(1/2)*x", r"-\frac{1}{2} x"),
    ("--x/y", r"-\frac{-x}{y}"),
    ("x*(y/-z)", r"x \frac{y}{-z}"),
    ("loss*sin(x)", r"\mathit{loss} \cdot \sin\left(x\right)"),
    ("sum(x)", r"\operatorname{sum}\left(x\right)"),
    ("softmax(x)", r"\operatorname{softmax}\left(x\right)"),
    ("2*pi*sqrt(l/g)", r"2 \pi \sqrt{\frac{l}{g}}"),
    ("sin(2*x)/(1 + cos(2*x))", r"\frac{\sin\left(2 x\right)}{1 + \cos\left(2 x\right)}"),
    ("1/(x*log(2))", r"\frac{1}{x \ln\left(2\right)}"),
    ("exp(-x)*(1 - x)", r"e^{-x} \left(1 - x\right)"),
    ("exp(x)*x", "e^{x} x"),
    ("(1 - tanh(x)**2)*y", r"\left(1 - \tanh^{2}\left(x\right)\right) y"),
    ("sigmoid(z)*(1 - sigmoid(z))", r"\sigma\left(z\right) \left(1 - \sigma\left(z\right)\right)"),
    ("λ*μ", r"\lambda \mu"),
    ("alpha_max", r"\alpha_{\mathrm{max}}"),
    ("hbar*omega", r"\hbar \omega"),
]


@pytest.mark.parametrize(("text", "formula"), ROWS, ids=[text for text, _ in ROWS])
def test_latex_of_a_text(text: str, formula: str) -> None:
    assert latex(parse_expression(text, functions=NAMES)) == formula


X = name("x")


@pytest.mark.parametrize(
    ("expression", "formula"),
    [
        (number(2.0), "2"),
        (number(0.5), "0.5"),
        (number(1e-8), "10^{-8}"),
        (number(1.5e300), r"1.5 \cdot 10^{300}"),
        (number(-2.0), "-2"),
        (number(-0.0), "-0"),
        (number(float("inf")), r"\infty"),
        (number(float("-inf")), r"-\infty"),
        (number(float("nan")), r"\mathrm{nan}"),
        (Expression("pow", (number(-2.0), X)), r"\left(-2\right)^{x}"),
        (Expression("pow", (X, number(-2.0))), "x^{-2}"),
        (Expression("pow", (Expression("sin", (X,)), number(-1.0))), r"\left(\sin\left(x\right)\right)^{-1}"),
        (Expression("mul", (X, number(-2.0))), r"x \cdot \left(-2\right)"),
        (Expression("add", (X, number(-2.0))), "x - 2"),
        (Expression("sub", (X, number(-2.0))), r"x - \left(-2\right)"),
        (Expression("cos", (Expression("neg", (X,)),)), r"\cos\left(-x\right)"),
        (Expression("reciprocal", (X,)), r"\frac{1}{x}"),
        (Expression("log_base", (X, name("b"))), r"\log_{b}\left(x\right)"),
        (Expression("maximum", (X, number(0.0))), r"\max\left(x, 0\right)"),
        (Expression("logical_and", (X, name("y"))), r"x \land y"),
        (
            Expression("where", (Expression("gt", (X, number(0.0))), X, number(0.0))),
            r"\begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}",
        ),
        (Expression("logaddexp", (X, name("y"))), r"\operatorname{logaddexp}\left(x, y\right)"),
        (
            Expression("sum", (X,), None, None, None, (("axis", 0),)),
            r"\operatorname{sum}\left(x, \mathrm{axis} = 0\right)",
        ),
    ],
)
def test_what_was_computed(expression: Expression, formula: str) -> None:
    assert latex(expression) == formula


NAMES_OF_VARIABLES = st.sampled_from(["x", "y", "theta", "w_1", "loss", "λ", "x_max", "_", "e", "inf"])
NUMBERS = st.sampled_from(["2", "0.5", "1e-8", "2.5e3"])
SHAPES = [
    "-{}", "({} + {})", "({} - {})", "{}*{}", "({})/({})", "({})**({})", "sin({})", "sqrt({})", "exp({})",
    "|({})|", "log({}, {})", "({} < {})", "({} if {} > 0 else {})", "[{}, {}]", "({})[0]", "({}).T",
    "floor({})", "({} // {})", "({} % ({}))", "({} @ {})", "norm({})", "erf({})", "log1p({})",
    "hypot({}, {})", "(not {})", "({} and {})", "diff({}, x)", "sum({}, axis=0)", "({})**2",
]  # fmt: skip


def _combined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        *(
            st.tuples(*[parts] * shape.count("{}")).map(lambda texts, shape=shape: shape.format(*texts))
            for shape in SHAPES
        )
    )


TEXTS = st.recursive(NAMES_OF_VARIABLES | NUMBERS, _combined, max_leaves=12)
ENVIRONMENTS = re.compile(r"\\(begin|end)\{(\w+)\}")


@settings(max_examples=300)
@given(TEXTS)
def test_braces_brackets_and_environments_balance(text: str) -> None:
    formula = latex(parse_expression(f"({text})", functions=NAMES))
    opened: list[str] = []
    tokens = re.findall(r"\\(?:begin|end)\{\w+\}|\\left|\\right(?![a-z])|(?<!\\)[{}]", formula)
    for token in tokens:
        if token in ("{", r"\left") or token.startswith(r"\begin"):
            opened.append(token)
        else:
            last = opened.pop()
            assert (last + token).replace("begin", "end") in ("{}", r"\left\right") or last == token.replace(
                "end", "begin"
            )
    assert not opened
    assert "\0" not in formula
    assert "--" not in formula
    # Two factors never run together into another number or name.
    assert not re.search(r"\d \d|\d \\frac", formula)
    # TeX refuses a second index of one thing, and a second power.
    assert not re.search(r"\^\{[^{}]*\}\^|_\{[^{}]*\}_", formula)


N = 30_000


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("sin(" * N + "x" + ")" * N, r"\sin\left(\sin"),
        ("x" + "+x" * N, "x + x + x"),
        ("x" + "*x" * N, "x x x"),
        ("x" + "/x" * N, r"\frac{\frac{"),
        ("-x" + "/x" * N, r"\frac{\frac{"),
        ("-" * N + "x", r"-\left(-\left("),
        ("2**" * N + "x", "2^{2^{"),
        ("x if x else " * N + "x", r"\begin{cases} x & \text{if } x \\ x & "),
        ("x" + "[0]" * N, r"x_{0}\left[0\right]"),
        ("[" * N + "x" + "]" * N, r"\begin{bmatrix} \begin{bmatrix}"),
    ],
    ids=["calls", "sums", "products", "quotients", "minus", "signs", "powers", "cases", "indices", "arrays"],
)
def test_deep_and_long_expressions(text: str, start: str) -> None:
    assert latex(parse_expression(text, functions=NAMES)).startswith(start)
