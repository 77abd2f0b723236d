"""Compiles the grammar with Lark into the tables that the parser runs on, and keeps them in a file.

Importing Lark and computing the tables takes longer than all the rest of a one-liner, so it is done when
the package is built (grammar/build.py), or once after the grammar was edited. This module imports
nothing of gradcli, so that the build can run it by itself.
"""

from __future__ import annotations

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container
    from typing import Any

    Tables = dict[str, Any]

STARTS = ("statement", "expression", "bindings")

FORM = 3
"""Which form the tables have: those of another one, left over in a checkout, are made anew."""

FIRST = 35
"""The number of the first state: none, as a character, is a quote or needs an escape in JSON."""

_BACKSLASH = 92

ERROR = 32
"""In the place of a state to shift to: no text of the language goes on like that."""

REDUCE = 1024
"""What is added to a rule's number in the place of a state: reduce by it."""


def compile_grammar(grammar: str) -> Tables:
    """The lexer and the LALR(1) tables of a Lark grammar, as JSON can hold them.

    `lexer` has the patterns of the terminals `kinds[1]`, `kinds[2]`, ...: the first that matches counts, and
    the last, UNKNOWN, always does. Where there are many numbers, they stand in one text, a character each,
    which loads much faster than a list. `rows` has one for each state and kind: ERROR, the state to shift to,
    or REDUCE and the rule to reduce by; `rules[n]` is (nonterminal, length, action), and rule 1 accepts.
    `jumps[state]` are the nonterminals that a state goes on with, and `gotos` has, one for each of them and
    each kind, the state after the reduction; those are less than 256. States count from FIRST.
    """
    from lark import Lark

    lark = Lark(grammar, parser="lalr", lexer="basic", start=list(STARTS), keep_all_tokens=True)
    tables: Tables = {"form": FORM, "grammar": grammar}
    kinds = _lexer(lark, tables)
    _parser(lark, kinds, tables)
    return tables


def _lexer(lark: Any, tables: Tables) -> dict[str, int]:
    """Lark's lexer as patterns, tried in Lark's own order; returns the terminals' numbers.

    Fixed signs that Lark would try one after the other share a group, `signs`, and are told apart by `words`,
    as the reserved words are that match a NAME.
    """
    lexer = lark.parser.lexer
    fixed: list[Any] = [terminal for terminal in lexer.terminals if terminal.pattern.type == "str"]
    groups: list[list[Any]] = []
    for terminal in lexer.scanner.terminals:
        if terminal in fixed and groups and groups[-1][0] in fixed:
            groups[-1].append(terminal)
        else:
            groups.append([terminal])
    tried = [group[0].name if len(group) == 1 else f"signs {number}" for number, group in enumerate(groups)]
    patterns = ["|".join(terminal.pattern.to_regexp() for terminal in group) for group in groups]
    alone = [group[0] for group in groups if len(group) == 1]
    rest = [terminal.name for terminal in lexer.terminals if terminal not in alone]
    names = ["$END", *tried, "UNKNOWN", *rest, *_declared(lark)]
    kinds = {name: number for number, name in enumerate(names)}
    tables["lexer"] = [*patterns, r"[\s\S]"]
    tables["kinds"] = names
    tables["signs"] = [kinds[name] for name in tried if name.startswith("signs ")]
    tables["words"] = {t.pattern.value: kinds[t.name] for t in fixed if t not in alone}
    tables["reserved"] = [t.pattern.value for t in fixed if t.pattern.value.isidentifier()]
    tables["ignored"] = [kinds[name] for name in sorted(lexer.ignore_types)]
    return kinds


def _declared(lark: Any) -> list[str]:
    used = {symbol.name for rule in lark.rules for symbol in rule.expansion if symbol.is_term}
    return sorted(used - {terminal.name for terminal in lark.terminals})


def _parser(lark: Any, kinds: dict[str, int], tables: Tables) -> None:
    table = lark.parser.parser._parse_table
    nonterminals = {name: n for n, name in enumerate(dict.fromkeys(rule.origin.name for rule in lark.rules))}
    order = _order(table, nonterminals)
    order.insert(_BACKSLASH - FIRST, None)  # a number that no state has
    numbers = {state: number for number, state in enumerate(order, start=FIRST)}
    rules: list[Any] = [None, [0, 0, "accept"]]
    rules += [[nonterminals[rule.origin.name], len(rule.expansion), _action(rule)] for rule in lark.rules]
    known = {rule: number for number, rule in enumerate(lark.rules, start=2)}
    rows = {number: [ERROR] * len(kinds) for number in numbers.values()}
    jumps: dict[int, dict[int, int]] = {number: {} for number in numbers.values()}
    for state, number in numbers.items():
        for symbol, (action, argument) in table.states.get(state, {}).items():
            if symbol in nonterminals:
                jumps[number][nonterminals[symbol]] = numbers[argument]
            elif action.name == "Shift":
                rows[number][kinds[symbol]] = numbers[argument]
            else:
                rows[number][kinds[symbol]] = REDUCE + known[argument]
    for state in table.end_states.values():
        rows[numbers[state]][kinds["$END"]] = REDUCE + 1
    tables["starts"] = {name: numbers[table.start_states[name]] for name in STARTS}
    tables["rules"] = rules
    tables["rows"] = "".join(chr(move) for row in rows.values() for move in row)
    tables["jumps"] = [sorted(jump) for jump in jumps.values()]
    tables["gotos"] = "".join(_goto(jump, n, rows, rules) for jump in jumps.values() for n in sorted(jump))


def _order(table: Any, nonterminals: Container[str]) -> list[Any]:
    """The states as they are met from the starts on, the same at every run: those after a reduction first."""
    order = [table.start_states[start] for start in STARTS]
    met = set(order)
    reduced = set()
    for state in order:
        for symbol, (action, target) in sorted(table.states[state].items(), key=lambda move: move[0]):
            if action.name == "Shift" and target not in met:
                met.add(target)
                order.append(target)
                if symbol in nonterminals:
                    reduced.add(target)
    return sorted(order, key=lambda state: state not in reduced)


def _action(rule: Any) -> str | None:
    if rule.alias is None and len(rule.expansion) != 1:
        raise ValueError(f"the grammar must name an action for {rule}")
    return str(rule.alias) if rule.alias else None


def _goto(jump: dict[int, int], nonterminal: int, rows: dict[int, list[int]], rules: list[Any]) -> str:
    """The states to go to after `nonterminal`, by the kind of token that comes next.

    Reductions that only hand on their one part (sum: product: factor: ...) are run through here, once, and
    not for every operand of every text.
    """
    targets = bytearray()  # a grammar with more states than a byte holds needs another form
    for kind in range(len(next(iter(rows.values())))):
        target = jump[nonterminal]
        while (rule := rows[target][kind] - REDUCE) > 1 and rules[rule][1] == 1 and rules[rule][2] is None:
            target = jump[rules[rule][0]]
        targets.append(target)
    return targets.decode("latin-1")


def write(tables: Tables, path: str) -> None:
    """Keep `tables` in the file `path`; who reads it meanwhile sees all of the old or the new."""
    partial = f"{path}.{os.getpid()}"
    with open(partial, "w", encoding="utf-8") as file:
        json.dump(tables, file, ensure_ascii=False, separators=(",", ":"))
    os.replace(partial, path)
