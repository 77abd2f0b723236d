"""Any text either parses or is refused by a Diagnostic, however long and deep it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.evaluation.results import Failure
from gradcli.language import Diagnostic, parse, parse_each, parse_expression
from gradcli.language.format import format
from gradcli.language.names import Vocabulary
from gradcli.language.reader import read
from gradcli.numbers.expression import postorder, same
from gradcli.render.diagnostics import failure

FUNCTIONS = Vocabulary(("abs", "f", "gamma", "ln", "sin", "sqrt"), ("ln", "sin", "sqrt"))

LANGUAGE = r"""
2 .5 1e3 ½ x y xy e π sin ln Sin log_2 log_b mod gamma f sn x₁
+ - * / // % @ ** ^ ² ⁻¹ ( ) [ ] | √ , : = == < <= ≠ . .T .grad
{ } ; # \ ! $ if else and or not at const print backward with retain_graph zero_grad no_grad
requires_grad on ’ ∞ ﬁ ˣ ２ （ ( )
"""
WORDS = st.sampled_from([*LANGUAGE.split(), *" \n\t\0\r\u0302\u202e\ud800\U0001f600"])
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(WORDS, max_size=25).map(" ".join),
    st.lists(WORDS, max_size=25).map("".join),
)


@settings(max_examples=400)
@given(TEXTS)
def test_any_text_parses_or_is_explained(text):
    for statement in parse_each(text, functions=FUNCTIONS):
        if isinstance(statement, Diagnostic):
            assert statement.labels
            for (start, end), _ in statement.labels:
                assert 0 <= start < end <= len(text) + 1
            assert failure(Failure(statement, text, 1), file=None, width=80)
        else:
            start, end = statement.span
            assert 0 <= start < end <= len(text)


@settings(max_examples=400)
@given(TEXTS)
def test_spans_lie_within_one_another(text):
    try:
        root = parse_expression(text, functions=FUNCTIONS)
    except Diagnostic:
        return
    for node in postorder(root):
        for part in (*node.args, *(value for _, value in node.keywords)):
            assert node.span[0] <= part.span[0] < part.span[1] <= node.span[1]


@settings(max_examples=400)
@given(TEXTS)
def test_the_canonical_text_is_the_same_expression(text):
    try:
        expression = parse_expression(text, functions=FUNCTIONS)
    except Diagnostic:
        return
    written = format(expression)
    again = parse_expression(written, functions=FUNCTIONS)
    assert same(again, expression)
    assert format(again) == written


@settings(max_examples=200)
@given(st.lists(TEXTS, max_size=8))
def test_any_stream_is_read(lines):
    for chunk in read(lines):
        assert chunk.text
        assert 1 <= chunk.line <= len(lines)


N = 20_000

LONG = [
    ("(" * N + "x" + ")" * N, None),
    ("x" + "+x" * N, None),
    ("-" * N + "x", None),
    ("2**" * N + "x", None),
    ("√" * N + "x", None),
    ("not " * N + "x", None),
    ("sin(" * N + "x" + ")" * N, None),
    ("x(" * N + "x" + ")" * N, None),
    ("|" * N + "x" + "|" * N, None),
    ("[" * N + "x" + "]" * N, None),
    ("x" + "[0]" * N, None),
    ("x" + ".T" * N, None),
    ("x" + " ²" * N, None),
    ("a<" * N + "a", None),
    ("x if x else " * N + "x", None),
    ("sin^2 " * N + "x", None),
    ("sin " * N + "x", None),
    ("sin x " * N, None),
    ("sin 2x*" * N + "sin(x)", None),
    ("ln|" * N + "x" + "|" * N, None),
    ("sin{" * N + "x" + "}" * N, None),
    ("2|x|+" * N + "x", None),
    ("3[x+" * N + "x" + "]" * N, None),
    ("log_2 " * N + "x", None),
    ("x mod " * N + "x", None),
    ("x" * N, None),
    ("1" * N, None),
    ("x=1;" * N, None),
    ("x\\\n" * N, None),
    ("no_grad {" * N + "}" * N, None),
    ("f(x)=x;" * N, None),
    ("x at " + ",".join(f"x{i}=1" for i in range(N)), None),
    ("g(" + ",".join(f"x{i}" for i in range(N)) + ") = 1", None),
    ("sin(" + ",".join(f"x{i}=1" for i in range(N)) + ")", None),
    ("sin^(" * N + "x" + ")" * N, "'sin' is a function, and its argument is missing"),
    ("(" * N, "an operand is missing behind '('"),
    ("(" * N + "x", "')' is missing"),
    (")" * N, "one ')' too many"),
    ("sin^(" * N, "an operand is missing behind '('"),
    ("sin^2" * N, "'sin' is a function, and its argument is missing"),
    ("sin " * N, "'sin' is a function, and its argument is missing"),
    ("sin x/" * N + "2", "the function's argument can end in two places"),
    ("ln " * N + "x/2", "the function's argument can end in two places"),
    ("|x" * N, "the bars can be paired in two ways"),
    ("|(" * N + "x", "')' is missing"),
    ("sn(" * N + "x,", "unknown function 'sn'"),
    ("$" * N, "'$' means nothing here"),
    ("{" * N, "an operand is missing behind '{'"),
    ("x," * N, "a ',' stands in calls and arrays only"),
    ("1 " * N, "two numbers side by side"),
    ("x if " * N, "the 'if' has no 'else'"),
    ("f(x)=" * N, "'=' binds a name at the start of a statement"),
    ("no_grad {" * N, "'}' is missing"),
]


@pytest.mark.parametrize(("text", "message"), LONG, ids=[text[:12] for text, _ in LONG])
def test_deep_and_long_texts(text, message):
    if message is None:
        statements = parse(text, functions=FUNCTIONS)
        if len(statements) == 1 and hasattr(statements[0], "expression"):
            assert format(statements[0].expression)
    else:
        with pytest.raises(Diagnostic) as error:
            parse(text, functions=FUNCTIONS)
        assert error.value.message.startswith(message)
