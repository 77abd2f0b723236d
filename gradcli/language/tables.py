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
    from typing import Any

    Tables = dict[str, Any]

STARTS = ("statement", "expression", "bindings")

FORM = 2
"""Which form the tables have: those of another one, left over in a checkout, are made anew."""


def compile_grammar(grammar: str) -> Tables:
    """The lexer and the LALR(1) tables of a Lark grammar, as JSON can hold them.

    `lexer` has the patterns of the terminals `kinds[1]`, `kinds[2]`, ...: the first that matches counts, and
    the last, UNKNOWN, always does. `rows[state][kind]` is 0 (an error), the state to shift to, or minus the
    rule to reduce by; `rules[n]` is (nonterminal, length, action); `gotos[state][nonterminal][kind]` is, as a
    character, the state after a reduction. Rule 1 accepts.
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
    order = _order(table)
    numbers = {state: number for number, state in enumerate(order)}
    nonterminals = {name: n for n, name in enumerate(dict.fromkeys(rule.origin.name for rule in lark.rules))}
    rules: list[Any] = [None, [0, 0, "accept"]]
    rules += [[nonterminals[rule.origin.name], len(rule.expansion), _action(rule)] for rule in lark.rules]
    known = {rule: number for number, rule in enumerate(lark.rules, start=2)}
    rows: list[list[int]] = [[0] * len(kinds) for _ in order]
    jumps: list[dict[int, int]] = [{} for _ in order]
    for state, number in numbers.items():
        for symbol, (action, argument) in table.states[state].items():
            if symbol in nonterminals:
                jumps[number][nonterminals[symbol]] = numbers[argument]
            elif action.name == "Shift":
                rows[number][kinds[symbol]] = numbers[argument]
            else:
                rows[number][kinds[symbol]] = -known[argument]
    for state in table.end_states.values():
        rows[numbers[state]][kinds["$END"]] = -1
    tables["starts"] = {name: numbers[table.start_states[name]] for name in STARTS}
    tables["rules"] = rules
    tables["rows"] = rows
    every = range(len(nonterminals))
    tables["gotos"] = [[_goto(jump, n, rows, rules) for n in every] if jump else [] for jump in jumps]


def _order(table: Any) -> list[Any]:
    """The states as they are met from the starts on: the same at every run, and no shift leads to 0."""
    order = [table.start_states[start] for start in STARTS]
    met = set(order)
    for state in order:
        for _, (action, target) in sorted(table.states[state].items(), key=lambda move: move[0]):
            if action.name == "Shift" and target not in met:
                met.add(target)
                order.append(target)
    return order


def _action(rule: Any) -> str | None:
    if rule.alias is None and len(rule.expansion) != 1:
        raise ValueError(f"the grammar must name an action for {rule}")
    return str(rule.alias) if rule.alias else None


def _goto(jump: dict[int, int], nonterminal: int, rows: list[list[int]], rules: list[Any]) -> str:
    """The states to go to after `nonterminal`, by the kind of token that comes next.

    Reductions that only hand on their one part (sum: product: factor: ...) are run through here, once, and
    not for every operand of every text.
    """
    if nonterminal not in jump:
        return ""
    targets = bytearray()  # much faster to load than a list; a grammar of more than 256 states needs that
    for kind in range(len(rows[0])):
        target = jump[nonterminal]
        while (action := rows[target][kind]) < -1 and rules[-action][1] == 1 and rules[-action][2] is None:
            target = jump[rules[-action][0]]
        targets.append(target)
    return targets.decode("latin-1")


def write(tables: Tables, path: str) -> None:
    """Keep `tables` in the file `path`; who reads it meanwhile sees all of the old or the new."""
    partial = f"{path}.{os.getpid()}"
    with open(partial, "w", encoding="utf-8") as file:
        json.dump(tables, file, ensure_ascii=False, separators=(",", ":"))
    os.replace(partial, path)
