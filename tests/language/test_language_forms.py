"""Which expression a text is: every form of the language, with all its parentheses."""

from __future__ import annotations

import pytest

from gradcli.language import Diagnostic, parse, parse_each, parse_expression
from gradcli.language.names import Vocabulary, is_called
from gradcli.language.statements import (
    Backward,
    Bind,
    Define,
    Evaluate,
    NoGrad,
    Print,
    RequiresGrad,
    ZeroGrad,
)

SIGNS = {
    "add": "+", "sub": "-", "mul": "*", "div": "/", "floordiv": "//", "mod": "%", "matmul": "@", "pow": "**",
    "and": "and", "or": "or", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!=",
}  # fmt: skip

FORMS = [
    # numbers
    ("2", "2"), ("2.5", "2.5"), (".5", ".5"), ("5.", "5."), ("1e-8", "1e-8"), ("1_000", "1_000"),
    ("1E+3", "1E+3"), ("2e^x", "(2 * (e ** x))"), ("4eps", "(4 * eps)"), ("2e3x", "(2e3 * x)"),
    ("2e-x", "((2 * e) - x)"), ("½", "(1 / 2)"), ("¾x", "((3 / 4) * x)"), ("⅓", "(1 / 3)"),
    ("x^⅔", "(x ** (2 / 3))"),
    # names
    ("w_1", "w_1"), ("θ", "θ"), ("x₁", "x1"), ("lambda", "lambda"), ("ｘ", "x"), ("Ω", "Ω"), ("कि", "कि"),
    ("x̂", "x̂"), ("2πr", "((2 * π) * r)"), ("πr²", "(π * (r ** 2))"), ("2𝜋r", "((2 * π) * r)"),
    ("-∞", "(-∞)"), ("x2", "x2"), ("on + off", "(on + off)"), ("T", "T"), ("iff", "iff"), ("_", "_"),
    # operators, and how tightly they bind
    ("-x**2", "(-(x ** 2))"), ("2**-x", "(2 ** (-x))"), ("2^3^2", "(2 ** (3 ** 2))"),
    ("2**-3**x", "(2 ** (-(3 ** x)))"), ("x-y-z", "((x - y) - z)"), ("x/y/z", "((x / y) / z)"),
    ("x-y*z", "(x - (y * z))"), ("-x*y", "((-x) * y)"), ("x//y%z@w", "(((x // y) % z) @ w)"),
    ("x · y ⋅ z × w ÷ v − u", "(((((x * y) * z) * w) / v) - u)"), ("--x", "(-(-x))"), ("+x", "x"),
    ("x*-y", "(x * (-y))"), ("x - -y", "(x - (-y))"), ("−x", "(-x)"),
    # superscripts
    ("x²", "(x ** 2)"), ("x¹⁰", "(x ** 10)"), ("x⁻¹", "(x ** (-1))"), ("-x²", "(-(x ** 2))"),
    ("x²³", "(x ** 23)"), ("x²^3", "((x ** 2) ** 3)"), ("2^x²", "(2 ** (x ** 2))"),
    ("(x+1)²", "((x + 1) ** 2)"), ("xⁿ", "(x ** n)"), ("x² ³", "((x ** 2) ** 3)"), ("e⁻ⁿ", "(e ** (-n))"),
    # two operands side by side
    ("2x", "(2 * x)"), ("2(x+1)", "(2 * (x + 1))"), ("3sin(x)", "(3 * sin(x))"),
    ("(x+1)(x-1)", "((x + 1) * (x - 1))"), ("2 pi r", "((2 * pi) * r)"), ("x y", "(x * y)"),
    ("x sin(x)", "(x * sin(x))"), ("x²y", "((x ** 2) * y)"), ("1/2x", "((1 / 2) * x)"),
    ("3x^2y", "((3 * (x ** 2)) * y)"), ("e^2x", "((e ** 2) * x)"), ("-2x", "((-2) * x)"),
    ("2x^2^y z", "((2 * (x ** (2 ** y))) * z)"), ("2√x", "(2 * sqrt(x))"),
    ("x y - z w", "((x * y) - (z * w))"), ("6/2(1+2)", "((6 / 2) * (1 + 2))"), ("[1,2]x", "([1, 2] * x)"),
    ("x[0]y", "(x[0] * y)"), ("|x|y", "(abs(x) * y)"),
    # calls, and names before a parenthesis that are no functions
    ("sin(x)", "sin(x)"), ("sin (x)", "sin(x)"), ("atan2(y, x)", "atan2(y, x)"),
    ("sum(x, axis=0)", "sum(x, axis=0)"), ("σ(x)", "σ(x)"), ("2σ(x)", "(2 * σ(x))"), ("sum()", "sum()"),
    ("gamma*m*c**2", "((gamma * m) * (c ** 2))"), ("gamma(x)", "gamma(x)"),
    ("gamma(x)gamma", "(gamma(x) * gamma)"), ("x(x+1)", "(x( * (x + 1))"),
    ("x(x+1)^2", "(x( * ((x + 1) ** 2))"), ("1/x(y)", "((1 / x() * y)"), ("sn(x)", "(sn( * x)"),
    ("sin(x)(y)", "(sin(x) * y)"), ("2^x(y)", "((2 ** x() * y)"),
    # powers of functions
    ("sin^2(x)", "(sin(x) ** 2)"), ("sin²(x)", "(sin(x) ** 2)"), ("sin**2(x)", "(sin(x) ** 2)"),
    ("sin^n(x)", "(sin(x) ** n)"), ("sin^(n-1)(x)", "(sin(x) ** (n - 1))"),
    ("sin^-2(x)", "(sin(x) ** (-2))"), ("2x sin²(x)", "((2 * x) * (sin(x) ** 2))"),
    ("sin^2(x)^3", "((sin(x) ** 2) ** 3)"), ("gamma^2", "(gamma ** 2)"),
    ("gamma^2*x", "((gamma ** 2) * x)"), ("x^2(y)", "((x ** 2) * y)"), ("sin^½(x)", "(sin(x) ** (1 / 2))"),
    ("1/sin^2(x)", "(1 / (sin(x) ** 2))"),
    # bars and roots
    ("|x|", "abs(x)"), ("||x|-1|", "abs((abs(x) - 1))"), ("|x|*|y|", "(abs(x) * abs(y))"),
    ("|-x|²", "(abs((-x)) ** 2)"), ("√x", "sqrt(x)"), ("√(x+1)", "sqrt((x + 1))"), ("√2x", "(sqrt(2) * x)"),
    ("√√x", "sqrt(sqrt(x))"), ("√x²", "(sqrt(x) ** 2)"), ("-√|x|", "(-sqrt(abs(x)))"),
    ("√x[0]", "sqrt(x[0])"), ("√sin(x)", "sqrt(sin(x))"),
    # bars that open behind an operand
    ("2|x|", "(2 * abs(x))"), ("x|x|", "(x * abs(x))"), ("|x||y|", "(abs(x) * abs(y))"),
    ("|x|-2|y|", "(abs(x) - (2 * abs(y)))"), ("|x-1|+2|x+3|", "(abs((x - 1)) + (2 * abs((x + 3))))"),
    ("|x(2|y|)|", "abs((x( * (2 * abs(y))))"), ("(x+1)|y|²", "((x + 1) * (abs(y) ** 2))"),
    ("|sum(|x|)|", "abs(sum(abs(x)))"), ("x^2|y|", "((x ** 2) * abs(y))"), ("√|x|", "sqrt(abs(x))"),
    ("|x[|y|]|", "abs(x[abs(y)])"), ("3|x|^2|y|", "((3 * (abs(x) ** 2)) * abs(y))"),
    ("|a|*b < c*|d|", "((abs(a) * b) < (c * abs(d)))"), ("[|a|b, c|d|]", "[(abs(a) * b), (c * abs(d))]"),
    # further brackets
    ("3[x+1]^2", "(3 * ((x + 1) ** 2))"), ("½[x+1]", "((1 / 2) * (x + 1))"), ("2[x]y", "((2 * x) * y)"),
    ("2^3[x]", "((2 ** 3) * x)"), ("2[x[0]+1]", "(2 * (x[0] + 1))"),
    ("2[(x+1)(x-1)]", "(2 * ((x + 1) * (x - 1)))"),
    ("x^{2}", "(x ** 2)"), ("e^{-x}", "(e ** (-x))"), ("{x+1}(x-1)", "((x + 1) * (x - 1))"),
    ("2{x+{y}}", "(2 * (x + y))"), ("sin({x})", "sin(x)"), ("x{y}[0]", "(x * y[0])"),
    # textbook functions before an argument without parentheses
    ("sin x", "sin(x)"), ("sin 2", "sin(2)"), ("sin 2x", "sin((2 * x))"), ("2 sin x", "(2 * sin(x))"),
    ("2 sin x cos x", "((2 * sin(x)) * cos(x))"), ("ln 3x^2", "ln((3 * (x ** 2)))"),
    ("sin x^2", "sin((x ** 2))"), ("sin 2^x", "sin((2 ** x))"), ("sin x²", "sin((x ** 2))"),
    ("sin 2x²", "sin((2 * (x ** 2)))"), ("sin x^-2 + 1", "(sin((x ** (-2))) + 1)"),
    ("ln x y", "ln((x * y))"), ("cos ω t", "cos((ω * t))"), ("sin 2 pi x", "sin(((2 * pi) * x))"),
    ("sin 2πx", "sin(((2 * π) * x))"), ("sin ½x", "sin(((1 / 2) * x))"),
    ("sin^2 x", "(sin(x) ** 2)"), ("sin^2x", "(sin(x) ** 2)"), ("sin² 2x", "(sin((2 * x)) ** 2)"),
    ("sin**2 x", "(sin(x) ** 2)"), ("sin^n x", "(sin(x) ** n)"), ("sin^-2 x", "(sin(x) ** (-2))"),
    ("sin^(n+1) x", "(sin(x) ** (n + 1))"), ("sin^{2} x", "(sin(x) ** 2)"), ("sin⁻² x", "(sin(x) ** (-2))"),
    ("sin^{2}(x)", "(sin(x) ** 2)"), ("sin^2 x + cos^2 x", "((sin(x) ** 2) + (cos(x) ** 2))"),
    ("arctan 2x + 1", "(arctan((2 * x)) + 1)"), ("x sin x", "(x * sin(x))"),
    ("x^2 sin x", "((x ** 2) * sin(x))"),
    ("2 ln x + 1", "((2 * ln(x)) + 1)"), ("1 - sin x", "(1 - sin(x))"), ("-sin x", "(-sin(x))"),
    ("sin w[0]", "sin(w[0])"), ("sin 2w[0]", "sin((2 * w[0]))"), ("sin A.T", "sin(A.T)"),
    ("sin √x", "sin(sqrt(x))"), ("sin √(x+1)", "sin(sqrt((x + 1)))"), ("√(sin x)", "sqrt(sin(x))"),
    ("sin x/cos x", "(sin(x) / cos(x))"), ("sin x*cos x", "(sin(x) * cos(x))"),
    ("sin x/cos(x)/2", "((sin(x) / cos(x)) / 2)"), ("ln x/ln 2", "(ln(x) / ln(2))"),
    ("sin x cos(x)", "(sin(x) * cos(x))"), ("x sin x gamma(x)", "((x * sin(x)) * gamma(x))"),
    ("sin x mean(x)", "(sin(x) * mean(x))"), ("sin x cos^2(x)", "(sin(x) * (cos(x) ** 2))"),
    ("sin x cos(x)^2", "(sin(x) * (cos(x) ** 2))"), ("sin x cos²x", "(sin(x) * (cos(x) ** 2))"),
    ("ln sin x", "ln(sin(x))"), ("ln sin^2 x", "ln((sin(x) ** 2))"), ("ln ln ln x", "ln(ln(ln(x)))"),
    ("ln sin(x)", "ln(sin(x))"), ("ln sin(x) + 1", "(ln(sin(x)) + 1)"), ("ln cos²(x)", "ln((cos(x) ** 2))"),
    ("e^sin x", "(e ** sin(x))"), ("e^sin x cos x", "((e ** sin(x)) * cos(x))"),
    ("e^-sin x", "(e ** (-sin(x)))"), ("2x e^sin x", "((2 * x) * (e ** sin(x)))"),
    ("2^sin x*cos x", "((2 ** sin(x)) * cos(x))"), ("x % sin x", "(x % sin(x))"),
    ("ln|x|", "ln(abs(x))"), ("sin²|x|", "(sin(abs(x)) ** 2)"), ("2 ln|x| + 1", "((2 * ln(abs(x))) + 1)"),
    ("ln|x|/2", "(ln(abs(x)) / 2)"), ("x ln|x| y", "((x * ln(abs(x))) * y)"), ("|ln|x||", "abs(ln(abs(x)))"),
    ("ln|sec x + tan x|", "ln(abs((sec(x) + tan(x))))"), ("|sin²|x||", "abs((sin(abs(x)) ** 2))"),
    ("|sin^2|x| + 1|", "abs(((sin(abs(x)) ** 2) + 1))"), ("ln ln|x|", "ln(ln(abs(x)))"),
    ("sin{x}", "sin(x)"), ("sin{x+1}/2", "(sin((x + 1)) / 2)"), ("sin x ln|x|", "(sin(x) * ln(abs(x)))"),
    ("sqrt x", "sqrt(x)"), ("sqrt 2", "sqrt(2)"), ("sqrt{2x}", "sqrt((2 * x))"), ("exp x", "exp(x)"),
    ("sin x < cos x", "(sin(x) < cos(x))"), ("sin x if x > 0 else cos x", "(sin(x) if (x > 0) else cos(x))"),
    ("[sin x, cos x]", "[sin(x), cos(x)]"), ("(sin x)/2", "(sin(x) / 2)"), ("(sin x)^2", "(sin(x) ** 2)"),
    ("mean(sin x, cos x)", "mean(sin(x), cos(x))"), ("x[sin x]", "x[sin(x)]"), ("ch x", "ch(x)"),
    ("gamma x", "(gamma * x)"), ("abs x", "(abs * x)"),
    # logarithms to a base
    ("log_3(x)", "log(x, 3)"), ("log_b(x)", "log(x, b)"), ("log_2(x)", "log2(x)"),
    ("log_10(x)", "log(x, 10)"),
    ("log_3 9x", "log((9 * x), 3)"), ("log_3^2(x)", "(log(x, 3) ** 2)"), ("log_3² x", "(log(x, 3) ** 2)"),
    ("log₂(x)", "log2(x)"), ("log_loss*2", "(log_loss * 2)"), ("log_x1(y)", "(log_x1( * y)"),
    # the remainder
    ("5 mod 3", "(5 % 3)"), ("x mod (y+1)", "(x % (y + 1))"), ("mod*2", "(mod * 2)"),
    ("5 % (-3)", "(5 % (-3))"),
    ("2x mod 3 + 1", "(((2 * x) % 3) + 1)"), ("5%3", "(5 % 3)"), ("x %y", "(x % y)"),
    ("mod(x)", "(mod( * x)"),
    # comparisons and logic
    ("x < y", "(x < y)"), ("x ≤ y", "(x <= y)"), ("x ≥ 0 or x ≠ y", "((x >= 0) or (x != y))"),
    ("a < b <= c", "(a < b <= c)"), ("(a < b) < c", "((a < b) < c)"),
    ("not a and b or c", "(((not a) and b) or c)"), ("not not a", "(not (not a))"),
    ("not a < b", "(not (a < b))"), ("a == b == c == d", "(a == b == c == d)"),
    ("a if c else b", "(a if c else b)"), ("a if b else c if d else e", "(a if b else (c if d else e))"),
    ("a if b < c else d + 1", "(a if (b < c) else (d + 1))"),
    ("(a if b else c) + 1", "((a if b else c) + 1)"),
    # arrays
    ("[1, 2, 3]", "[1, 2, 3]"), ("[[1, 2], [x, y]]", "[[1, 2], [x, y]]"), ("[1,]", "[1]"), ("[]", "[]"),
    ("x[0]", "x[0]"), ("x[-1]", "x[(-1)]"), ("x[1:]", "x[1:]"), ("x[::2]", "x[::2]"), ("x[:]", "x[:]"),
    ("x[1:2:3]", "x[1:2:3]"), ("A[0, 1]", "A[0, 1]"), ("A[:, 0]", "A[:, 0]"), ("A.T", "A.T"),
    ("A.T[0].T", "A.T[0].T"), ("A.T @ B", "(A.T @ B)"), ("x [0]", "x[0]"), ("(x+y)[0]", "(x + y)[0]"),
    ("x**y[0]", "(x ** y[0])"),
    # what is between tokens
    (" x\t+ y # z", "(x + y)"), ("x + \\\n y", "(x + y)"), ("x\u00a0+\u2003y", "(x + y)"), ("((x))", "x"),
    ("x + y\r\n", "(x + y)"),
]  # fmt: skip


def shown(node) -> str:
    """The expression with all its parentheses; a name that stands before one keeps that one."""
    args = [shown(arg) for arg in node.args]
    if node.op == "number":
        return node.text
    if node.op == "name":
        return f"{node.value}(" if is_called(node) else node.value
    if node.op == "chain":
        rest = (f" {SIGNS[op]} {arg}" for op, arg in zip(node.value, args[1:], strict=True))
        return f"({args[0]}{''.join(rest)})"
    if node.op in SIGNS:
        return f"({args[0]} {SIGNS[node.op]} {args[1]})"
    if node.op == "if":
        return f"({args[1]} if {args[0]} else {args[2]})"
    if node.op in ("neg", "not"):
        return f"({'-' if node.op == 'neg' else 'not '}{args[0]})"
    if node.op == "index":
        return f"{args[0]}[{', '.join(args[1:])}]"
    if node.op == "slice":
        bounds = dict(zip(node.value, args, strict=True))
        step = f":{bounds['step']}" if "step" in bounds else ""
        return f"{bounds.get('start', '')}:{bounds.get('stop', '')}{step}"
    if node.op == "attribute":
        return f"{args[0]}.{node.value}"
    listed = ", ".join([*args, *(f"{key}={shown(value)}" for key, value in node.keywords)])
    return f"[{listed}]" if node.op == "array" else f"{node.value}({listed})"


@pytest.mark.parametrize(("text", "form"), FORMS, ids=[text for text, _ in FORMS])
def test_form(text, form, functions):
    assert shown(parse_expression(text, functions=functions)) == form


@pytest.mark.parametrize(("text", "form"), FORMS, ids=[text for text, _ in FORMS])
def test_a_form_is_a_program_of_one_statement(text, form, functions):
    (statement,) = parse(text, functions=functions)
    assert isinstance(statement, Evaluate)
    assert shown(statement.expression) == form


@pytest.mark.parametrize(
    ("text", "read_otherwise"),
    [
        ("2*x*sin(x)**2", False), ("x^2", False), ("1_000*x", False), ("(x)", False), ("+x", False),
        ("a if c else b", False), ("[1, 2].T", False), ("θ*x", False), ("2x", True), ("sin²(x)", True),
        ("sin^2(x)", True), ("x²", True), ("|x|", True), ("√x", True), ("½", True), ("x × y", True),
        ("x ≤ y", True), ("x(x+1)", True), ("x − y", True), ("x*y at x=2e, y=½", False),
        ("2x at x=|y|", True), ("1.02+-0.02", True), ("1.02+−2", True), ("1.02 + -0.02", False),
        ("sin x", True), ("sin^2 x", True), ("ln|x|", True), ("x^{2}", True),
        ("3[x+1]", True), ("log_2(x)", True), ("5 mod 3", True), ("5 % 3", False), ("x at x=sin 2", False),
        ("x+-0.02", False), ("1.02+-y", False), ("1.02--0.02", False),
    ],
)  # fmt: skip
def test_what_was_read_otherwise_than_written_is_marked(text, read_otherwise, functions):
    (statement,) = parse(text, functions=functions)
    assert statement.reinterpreted is read_otherwise


def test_the_mark_is_that_of_the_statement_alone():
    marks = [
        statement.reinterpreted
        for statement in parse("x; y = 2x; x; 2x; x")
        if isinstance(statement, Evaluate)
    ]
    assert marks == [False, False, True, False]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("x + sin(y)", ["x + sin(y)", "x", "sin(y)", "y"]),
        ("(x + y)*z", ["(x + y)*z", "(x + y)", "x", "y", "z"]),
        (" 2x[1:, 0] ", ["2x[1:, 0]", "2", "x[1:, 0]", "x", "1:", "1", "0"]),
        ("sin²(x)", ["sin²(x)", "sin²(x)", "x", "²"]),
        ("a if b else -c", ["a if b else -c", "b", "a", "-c", "c"]),
        ("f([1, √x], k=|y|)", ["f([1, √x], k=|y|)", "[1, √x]", "1", "√x", "x", "|y|", "y"]),
        ("a < b < c", ["a < b < c", "a", "b", "c"]),
        ("½", ["½", "½", "½"]),
        ("A.T", ["A.T", "A"]),
    ],
)
def test_spans(text, spans):
    (statement,) = parse(text, functions=Vocabulary(("f", "sin")))
    found, todo = [], [statement.expression]
    while todo:
        node = todo.pop()
        found.append(text[slice(*node.span)])
        todo += reversed([*node.args, *(value for _, value in node.keywords)])
    assert found == spans


BOUND = [
    ("sin*x", "sin", "(sin * x)"), ("sin x", "sin", "(sin * x)"), ("sin x at sin=2, x=1", "", "(sin * x)"),
    ("sin + 1", "sin", "(sin + 1)"), ("sin^2 x", "sin", "((sin ** 2) * x)"), ("sin(x)", "sin", "sin(x)"),
    ("sin x cos x", "sin", "((sin * x) * cos(x))"), ("Sin x", "Sin", "(Sin * x)"),
    ("Sin*x", "Sin", "(Sin * x)"),
    ("x mod y", "mod", "((x * mod) * y)"), ("5 % mod", "mod", "(5 % mod)"),
    ("log_2 x", "log_2", "(log_2 * x)"),
    ("ln x + ln x at ln=3", "", "((ln * x) + (ln * x))"), ("2|sin|", "sin", "(2 * abs(sin))"),
    ("f(sin=2)", "", "f()"), ("2Th*x", "", "((2 * Th) * x)"), ("Ch", "", "Ch"),
]


@pytest.mark.parametrize(("text", "bound", "form"), BOUND, ids=[text for text, _, _ in BOUND])
def test_a_name_with_a_value_is_a_variable(text, bound, form, functions):
    (statement,) = parse(text, functions=Vocabulary({*functions, "f"}, functions.textbook), bound={bound})
    assert shown(statement.expression).replace("sin=2", "") == form


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("sin = 2; sin*x", ["(sin * x)"]),
        ("sin = 2\nsin x", ["(sin * x)"]),
        ("const ln = 2; ln x; sin x", ["(ln * x)", "sin(x)"]),
        ("f(sin) = sin*2; sin x", ["sin(x)"]),
        ("sin x; sin = sin x; sin x", ["sin(x)", "(sin * x)"]),
        ("sin x at sin=2; sin x", ["(sin * x)", "sin(x)"]),
        ("no_grad { sin = 2; y = sin x }; sin x", ["(sin * x)"]),
        ("mod = 3; x mod 2; x", None),
        ("sin = (2; sin x", None),
    ],
)
def test_a_text_knows_what_it_has_bound(text, forms, functions):
    if forms is None:
        assert any(isinstance(each, Diagnostic) for each in parse_each(text, functions=functions))
        return
    statements = parse(text, functions=functions)
    assert [shown(each.expression) for each in statements if isinstance(each, Evaluate)] == forms


STATEMENTS = [
    ("x = 2", Bind, {"name": "x", "const": False}),
    ("const y = 2", Bind, {"name": "y", "const": True}),
    ("e = 1.6e-19", Bind, {"name": "e", "const": False}),
    ("sin = 2", Bind, {"name": "sin", "const": False}),
    ("x₁ = 2", Bind, {"name": "x1", "const": False}),
    ("f(x, y) = x*y", Define, {"name": "f", "parameters": ("x", "y")}),
    ("f() = 2", Define, {"name": "f", "parameters": ()}),
    ("sin(x) = x", Define, {"name": "sin", "parameters": ("x",)}),
    ("backward z", Backward, {"gradient": None, "retain_graph": False}),
    ("backward z retain_graph", Backward, {"gradient": None, "retain_graph": True}),
    ("zero_grad", ZeroGrad, {"name": None}),
    ("zero_grad x", ZeroGrad, {"name": "x"}),
    ("requires_grad x on", RequiresGrad, {"name": "x", "on": True}),
    ("requires_grad x off", RequiresGrad, {"name": "x", "on": False}),
    ("print z", Print, {"attribute": None}),
    ("print x + y", Print, {"attribute": None}),
    ("print x.grad", Print, {"attribute": "grad"}),
    ("print x.T", Print, {"attribute": None}),
    ("no_grad { }", NoGrad, {"statements": ()}),
]


@pytest.mark.parametrize(("text", "kind", "fields"), STATEMENTS, ids=[text for text, _, _ in STATEMENTS])
def test_statement(text, kind, fields, functions):
    (statement,) = parse(f"  {text} # comment", functions=functions)
    assert type(statement) is kind
    assert {name: getattr(statement, name) for name in fields} == fields
    assert statement.span == (2, 2 + len(text))


@pytest.mark.parametrize(
    "text", ["backward z with [1, 1] retain_graph", "backward z retain_graph with [1, 1]"]
)
def test_backward_takes_its_options_in_any_order(text):
    (statement,) = parse(text)
    assert shown(statement.expression) == "z"
    assert shown(statement.gradient) == "[1, 1]"
    assert statement.retain_graph


def test_bindings_of_a_statement():
    (statement,) = parse("x*w at x=pi/4, w=[1, 2]")
    assert [(binding.name, shown(binding.expression)) for binding in statement.bindings] == [
        ("x", "(pi / 4)"),
        ("w", "[1, 2]"),
    ]


def test_statements_of_a_text_and_of_a_block():
    text = "x = 2; ; y = x\n\nno_grad {\n  z = x # }\n\n  no_grad { w = z; f(x) = x }\n  f(2)\n}; f(3)"
    *bindings, block, last = parse(text)
    assert [statement.name for statement in bindings] == ["x", "y"]
    assert [type(statement) for statement in block.statements] == [Bind, Bind, Define, Evaluate]
    assert shown(block.statements[-1].expression) == "f(2)"
    assert shown(last.expression) == "f(3)"


def test_a_name_is_a_function_from_its_definition_on():
    before, definition, after = parse("g(2); g(x) = g(x) + 1; g(2)")
    assert shown(before.expression) == "(g( * 2)"
    assert shown(definition.body) == "(g(x) + 1)"
    assert shown(after.expression) == "g(2)"
