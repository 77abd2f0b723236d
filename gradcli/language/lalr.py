"""Runs Lark's tables: one pass over the text for its tokens, one over the tokens for the nodes."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from re import Match
    from typing import Any

    Lexeme = Match[str] | str | None  # a token with its place, or without; None at the end of the text


class Rejected(Exception):  # noqa: N818 -- a finding, of which the parser makes the error
    """The token that no text of the language goes on with, by its number, and the state it was met in."""

    def __init__(self, index: int, state: int) -> None:
        super().__init__(index)
        self.index = index
        self.state = state


def _load_tables() -> dict[str, Any]:
    """The tables of the grammar; in a checkout whose grammar was edited since, made anew and kept."""
    here = os.path.dirname(__file__)
    checkout = os.path.join(here, os.pardir, os.pardir, "grammar", "gradcli.lark")
    packaged = os.path.join(here, "gradcli.lark")
    try:
        with open(checkout, encoding="utf-8") as file:
            grammar = file.read()
    except OSError:
        grammar = None  # an installed package: its tables were made with it
    kept = os.path.join(here, "tables.json")
    try:
        with open(kept, encoding="utf-8") as file:
            tables: dict[str, Any] = json.load(file)
    except OSError:
        tables = {}
    if tables.get("form") == FORM and grammar in (None, tables["grammar"]):
        return tables
    if grammar is None:
        with open(packaged, encoding="utf-8") as file:
            grammar = file.read()
    from gradcli.language.tables import compile_grammar, write

    tables = compile_grammar(grammar)
    with suppress(OSError):  # a checkout that may not be written to: slow to start, right all the same
        write(tables, kept)
    return tables


FORM = 3
"""The form of the tables that is known here, that of `tables.FORM`."""

FIRST, ERROR, REDUCE = 35, 32, 1024
"""What the numbers in the tables stand for, as in `tables`."""

_TABLES = _load_tables()


def _unpacked_rows() -> list[list[int]]:
    """The moves by state and kind."""
    moves = memoryview(_TABLES["rows"].encode("utf-16")).cast("H")[1:].tolist()  # behind the byte order mark
    width = len(_TABLES["kinds"])
    rows: list[list[int]] = [[]] * FIRST
    return rows + [moves[i : i + width] for i in range(0, len(moves), width)]


def _unpacked_gotos() -> list[dict[int, bytes]]:
    """The states after a reduction by the state before it, the nonterminal, and the kind that comes next."""
    states = _TABLES["gotos"].encode("latin-1")
    width = len(_TABLES["kinds"])
    slices = iter([states[i : i + width] for i in range(0, len(states), width)])
    gotos: list[dict[int, bytes]] = [{}] * FIRST
    return gotos + [dict(zip(jump, slices, strict=False)) for jump in _TABLES["jumps"]]


_ROWS = _unpacked_rows()
_GOTOS = _unpacked_gotos()
_STARTS: dict[str, int] = _TABLES["starts"]
_WORDS: dict[str, int] = _TABLES["words"]
_PATTERNS: list[str] = _TABLES["lexer"]
_PATTERN = re.compile("|".join([f"({pattern})" for pattern in _PATTERNS]))

KINDS: list[str] = _TABLES["kinds"]
"""The terminals' names by number."""

KIND: dict[str, int] = {name: number for number, name in enumerate(KINDS)}
"""The terminals' numbers by name."""

BARE: int = KIND["BARE"]
"""The kind of names that may stand before an argument without parentheses."""

LOGARITHMS = "log_"
"""With this the names begin of logarithms to a base that stands in the name: BARE as well."""

RESERVED: frozenset[str] = frozenset(_TABLES["reserved"])
"""The words that are no names."""

_ACCEPT = REDUCE + 1
_NAME = KIND["NAME"]
_TOLD_APART = frozenset((_NAME, *_TABLES["signs"]))
_IGNORED = frozenset(_TABLES["ignored"])


def tokenize(
    text: str, textbook: frozenset[str] = frozenset()
) -> tuple[list[int], list[Match[str] | None]]:
    """The tokens of a text: their kinds, and where they stand. What is no token is UNKNOWN.

    A NAME that may stand before an argument without parentheses, as those of `textbook` do, is BARE.
    """
    kinds: list[int] = []
    lexemes: list[Match[str] | None] = []
    word, told_apart, ignored = words(textbook).get, _TOLD_APART, _IGNORED
    for match in _PATTERN.finditer(text):
        kind = match.lastindex
        if kind in told_apart:
            kind = word(match[0], kind)
        elif kind in ignored:
            continue
        kinds.append(kind)  # type: ignore[arg-type]  # every alternative of the pattern is a group
        lexemes.append(match)
    if textbook and LOGARITHMS in text:
        for at, lexeme in enumerate(lexemes):
            if kinds[at] == _NAME and lexeme is not None and lexeme[0].startswith(LOGARITHMS):
                kinds[at] = BARE
    return kinds, lexemes


@lru_cache(maxsize=8)
def words(textbook: frozenset[str]) -> dict[str, int]:
    """The kinds of the words that are told apart from a NAME or a sign: reserved ones, and BARE ones."""
    return {**_WORDS, **dict.fromkeys(_bare_words(textbook), BARE)} if textbook else _WORDS


def _bare_words(textbook: frozenset[str]) -> list[str]:
    """The names of textbook functions, and `mod`; also in capitals, as they are offered in small letters.

    Of two letters in capitals only the logarithms: Th and SH are variables.
    """
    capital = [name for name in textbook if len(name) > 2 or name in ("ln", "lg")]
    return [*textbook, "mod", *map(str.capitalize, capital), *map(str.upper, capital)]


def word_finder() -> Callable[[str], list[str]]:
    """What finds the tokens of a text of one line, without comments, as words: what they are, not where."""
    ignored = [KINDS[number] for number in _IGNORED]
    patterns = [p for kind, p in zip(KINDS[1:], _PATTERNS, strict=False) if kind not in ignored]
    return re.compile(rf"\s*({'|'.join(patterns[:-1])}|\S)").findall


def kind_of(word: str, textbook: frozenset[str]) -> int:
    """The kind of a token that is `word`, as `tokenize` has it."""
    match = _PATTERN.match(word)
    assert match is not None
    assert match.lastindex is not None
    if match.lastindex == _NAME and textbook and word.startswith(LOGARITHMS):
        return BARE
    return words(textbook).get(word, match.lastindex) if match.lastindex in _TOLD_APART else match.lastindex


def bind_actions(actions: dict[str, Callable[..., Any]]) -> list[Any]:
    """The grammar's rules with the functions that make their nodes, for `run`."""
    rules: list[Any] = [None] * REDUCE  # so that a move is the number of its rule
    return rules + [
        rule and (rule[0], rule[1], actions[rule[2]] if rule[2] and rule[2] != "accept" else None)
        for rule in _TABLES["rules"]
    ]


def run(rules: list[Any], context: Any, kinds: Sequence[int], lexemes: Sequence[Lexeme], start: str) -> Any:
    """Parse tokens, the last of them the end (kind 0), as a `start`; each node is `action(context, parts)`.

    Bottom-up and without recursion: a node is made the moment its last part has been read.
    """
    rows, gotos, first_rule = _ROWS, _GOTOS, REDUCE
    state, value = _STARTS[start], None  # the latest; those before it are on the stacks
    states: list[int] = []
    values: list[Any] = []
    for index, kind in enumerate(kinds):
        while (move := rows[state][kind]) > first_rule:
            nonterminal, length, action = rules[move]
            if length == 1:
                if action:
                    value = action(context, [value])
            elif length == 3:
                middle = values.pop()
                value = action(context, [values.pop(), middle, value])
                del states[-2:]
            elif move == _ACCEPT:
                return value
            elif length == 0:
                states.append(state)
                values.append(value)
                value = action(context, [])
            else:
                parts = [*values[1 - length :], value]
                del values[1 - length :], states[1 - length :]
                value = action(context, parts)
            state = gotos[states[-1]][nonterminal][kind]
        if move == ERROR:
            raise Rejected(index, state)
        states.append(state)
        values.append(value)
        state, value = move, lexemes[index]
    raise AssertionError("the tokens must end with the end")


def expected(state: int) -> set[str]:
    """The names of the terminals that may come in a state."""
    return {KINDS[kind] for kind, move in enumerate(_ROWS[state]) if move != ERROR}
