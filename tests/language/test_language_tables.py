"""The tables of the grammar: Lark's own, up to date, and run as Lark runs them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark, Token, Tree, UnexpectedToken

from gradcli.language import lalr, tables
from gradcli.language.names import Vocabulary
from gradcli.language.roles import Scope, assign_roles
from gradcli.language.tables import compile_grammar
from gradcli.language.words import words_of

ROOT = Path(__file__).parents[2]
GRAMMAR = (ROOT / "grammar" / "gradcli.lark").read_text("utf-8")
FUNCTIONS = Vocabulary(("ln", "sin", "f"), ("ln", "sin"))


@pytest.fixture(scope="module")
def lark():
    return Lark(GRAMMAR, parser="lalr", lexer="basic", start=list(tables.STARTS), keep_all_tokens=True)


def test_the_tables_are_those_of_the_grammar():
    assert compile_grammar(GRAMMAR) == lalr._load_tables()
    assert tables.FORM == lalr.FORM


def test_the_grammar_has_no_conflicts(caplog):
    # Lark settles a shift/reduce conflict by shifting, and says so only here.
    import logging

    import lark as lark_package

    level = lark_package.logger.level
    lark_package.logger.setLevel(logging.DEBUG)
    lark_package.logger.addHandler(caplog.handler)
    try:
        Lark(GRAMMAR, parser="lalr", start=list(tables.STARTS), debug=True)
    finally:
        lark_package.logger.setLevel(level)
        lark_package.logger.removeHandler(caplog.handler)
    assert not [record for record in caplog.records if "onflict" in record.getMessage()]


BARE = (lalr.KIND["NAME"], lalr.KIND["BARE"])
WORDS = st.sampled_from(
    [
        "2",
        "x",
        "y",
        "sin",
        "ln",
        "mod",
        "f",
        "½",
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "@",
        "**",
        "²",
        "(",
        ")",
        "(",
        ")",
        "[",
        "]",
        "|",
        "√",
        ",",
        ":",
        "=",
        "==",
        "<",
        ".T",
        ".grad",
        "if",
        "else",
        "and",
        "or",
        "not",
        "at",
        "const",
        "print",
        "backward",
        "with",
        "retain_graph",
        "zero_grad",
        "no_grad",
        "requires_grad",
        "{",
        "}",
        ";",
        "\n",
    ]
)


@settings(max_examples=300)
@given(words=st.lists(WORDS, min_size=1, max_size=12), start=st.sampled_from(tables.STARTS))
def test_lark_reads_every_text_alike(lark, words, start):
    text = " ".join(words)
    kinds, lexemes = lalr.tokenize(text)
    textbook, _ = lalr.tokenize(text, FUNCTIONS.textbook)
    try:
        tokens = [token.type for token in lark.lex(text)]
    except UnexpectedToken:
        raise AssertionError("Lark found no token where we did") from None
    assert [lalr.KINDS[kind] for kind in kinds] == tokens
    if "\n" not in text:
        assert words_of(text) == (kinds, [lexeme.group() for lexeme in lexemes])
        assert words_of(text, FUNCTIONS.textbook) == (textbook, [lexeme.group() for lexeme in lexemes])
    assert [kind for kind in textbook if kind not in BARE] == [kind for kind in kinds if kind not in BARE]
    kinds = [*textbook, 0]
    lexemes.append(None)
    assign_roles(kinds, lambda index: lexemes[index].group(), Scope(FUNCTIONS, ()))
    assert _ours(kinds, lexemes, start) == _larks(lark, kinds, lexemes, start)


def _ours(kinds, lexemes, start):
    """The tree of actions, or the number of the token that was refused."""
    names = {rule[2] for rule in lalr._TABLES["rules"] if rule and rule[2]}
    actions = {name: (lambda _, parts, name=name: (name, parts)) for name in names}
    try:
        return _plain(lalr.run(lalr.bind_actions(actions), None, kinds, lexemes, start))
    except lalr.Rejected as rejected:
        return rejected.index


def _larks(lark, kinds, lexemes, start):
    parser = lark.parse_interactive(start=start)
    for index, (kind, lexeme) in enumerate(zip(kinds, lexemes, strict=True)):
        try:
            if lexeme is None:
                return _plain(parser.feed_eof())
            parser.feed_token(Token(lalr.KINDS[kind], lexeme.group()))
        except UnexpectedToken:
            return index
    raise AssertionError("no end")


def _plain(node):
    if isinstance(node, Tree):
        return (str(node.data), [_plain(child) for child in node.children])
    if isinstance(node, tuple):
        return (node[0], [_plain(child) for child in node[1]])
    return node.group() if hasattr(node, "group") else str(node)


SHOW = "from gradcli.language import parse; import sys; print(parse('2 # 3'), 'lark' in sys.modules)"


def test_a_checkout_follows_its_grammar(tmp_path):
    shutil.copytree(
        ROOT / "gradcli", tmp_path / "gradcli", ignore=shutil.ignore_patterns("tables.json", "__pycache__")
    )
    shutil.copytree(ROOT / "grammar", tmp_path / "grammar")

    def shown():
        run = subprocess.run(
            [sys.executable, "-B", "-P", "-c", f"import sys; sys.path.insert(0, '.'); {SHOW}"],
            cwd=tmp_path, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return run.stdout

    one = "[Evaluate(bindings=(), expression=<Expression number 2>, reinterpreted=False)]"
    product = "[Evaluate(bindings=(), expression=<Expression mul of 2>, reinterpreted=False)]"
    assert shown() == f"{one} True\n"  # nothing is compiled yet
    assert shown() == f"{one} False\n"
    edited = GRAMMAR.replace("COMMENT.-2: /#[^\\n]*/", "COMMENT.-2: /~[^\\n]*/").replace("[*·⋅×]", "[*#·⋅×]")
    (tmp_path / "grammar" / "gradcli.lark").write_text(edited, "utf-8")
    assert shown() == f"{product} True\n"
    assert shown() == f"{product} False\n"
    kept = tmp_path / "gradcli" / "language" / "tables.json"
    kept.write_text(json.dumps(json.loads(kept.read_text("utf-8")) | {"form": 0, "lexer": "(x)"}), "utf-8")
    assert shown() == f"{product} True\n"  # left over from an earlier version
    assert shown() == f"{product} False\n"


def test_the_package_runs_without_the_checkout(tmp_path):
    shutil.copytree(ROOT / "gradcli", tmp_path / "gradcli", ignore=shutil.ignore_patterns("__pycache__"))
    code = f"import sys; sys.path.insert(0, '.'); {SHOW}"
    run = subprocess.run(
        [sys.executable, "-B", "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert run.stdout.endswith("] False\n")
