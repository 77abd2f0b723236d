"""Text to statements."""

from __future__ import annotations

from gradcli.language.actions import ACTIONS, Reading
from gradcli.language.actions_of_calls import CALL_ACTIONS
from gradcli.language.actions_of_statements import STATEMENT_ACTIONS
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.lalr import KIND, Rejected, bind_actions, run, tokenize
from gradcli.language.names import NO_FUNCTIONS
from gradcli.language.roles import Scope, assign_roles
from gradcli.language.statements import NoGrad

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator
    from typing import Any

    from gradcli.language.names import Functions
    from gradcli.language.statements import Statement
    from gradcli.numbers.expression import Expression

_RULES = bind_actions(ACTIONS | CALL_ACTIONS | STATEMENT_ACTIONS)
_END = KIND["$END"]
_SEPARATORS = (KIND["SEMICOLON"], KIND["NEWLINE"])
_OPEN = KIND["LBRACE"]
_CLOSE = KIND["RBRACE"]
_NO_GRAD = KIND["NO_GRAD"]


def parse(text: str, *, functions: Functions = NO_FUNCTIONS, bound: Container[str] = ()) -> list[Statement]:
    """The statements of a text.

    A name in `functions`, or defined in the text before, is one before a `(`; one of their textbook stands
    before an argument without parentheses, too, unless it has a value: `bound` are the names that have one
    besides those that the text gives values to. Raises Diagnostic for the first statement that is not of the
    language, and for a text without any.
    """
    statements = []
    for statement in parse_each(text, functions=functions, bound=bound):
        if isinstance(statement, Diagnostic):
            raise statement
        statements.append(statement)
    return statements


def parse_each(
    text: str, *, functions: Functions = NO_FUNCTIONS, bound: Container[str] = ()
) -> Iterator[Statement | Diagnostic]:
    """The statements of a text one by one, a Diagnostic in place of each that is not of the language.

    A bad statement leaves those behind the next `;` or newline alone, within a block, too. `functions` and
    `bound`, as in `parse`, may grow meanwhile.
    """
    kinds, lexemes = tokenize(text, functions.textbook)
    statements = [(kinds[start:end], lexemes[start:end]) for start, end in _statements(kinds)]
    del kinds, lexemes  # the tokens of what has been read would take more memory than its nodes do
    if not statements:
        from gradcli.language.mistakes import empty_text

        yield empty_text(text)
    scope = Scope(functions, bound)
    statements.reverse()
    while statements:
        yield from _statement(text, *statements.pop(), scope)


def parse_expression(
    text: str, *, functions: Functions = NO_FUNCTIONS, bound: Container[str] = ()
) -> Expression:
    """The one expression that a text is; raises Diagnostic where it is none.

    `functions` and `bound` as in `parse`.
    """
    kinds, lexemes = tokenize(text, functions.textbook)
    while kinds and kinds[-1] in _SEPARATORS:  # a line is an expression with its newline, too
        del kinds[-1], lexemes[-1]
    if not kinds:
        from gradcli.language.mistakes import empty_text

        raise empty_text(text)
    expression: Expression = _read(text, kinds, lexemes, Scope(functions, bound), "expression")
    return expression


def _statement(text: str, kinds: list[int], lexemes: list[Any], scope: Scope) -> list[Statement | Diagnostic]:
    """A statement, or a Diagnostic; of a block with some bad statements, each as a block of its own."""
    block = kinds[:] if kinds[0] == _NO_GRAD else []  # reading tells names apart in `kinds` itself
    try:
        return [_read(text, kinds, lexemes, scope, "statement")]
    except Diagnostic as diagnostic:
        return _pieces(text, block, lexemes, scope) or [diagnostic]


def _pieces(text: str, kinds: list[int], lexemes: list[Any], scope: Scope) -> list[Statement | Diagnostic]:
    """What a block holds, each statement as a block of its own, a Diagnostic for each bad one.

    [] for what is no block, and for a block that is wrong as such.
    """
    if kinds[:2] != [_NO_GRAD, _OPEN] or kinds[-1] != _CLOSE:
        return []
    pieces: list[Statement | Diagnostic] = []
    for start, end in _statements(kinds[2:-1]):
        part = slice(start + 2, end + 2)
        try:
            inner = _read(text, kinds[part], lexemes[part], scope, "statement")
            pieces.append(NoGrad((inner,), inner.span))
        except Diagnostic as diagnostic:
            pieces.append(diagnostic)
    return pieces if any(isinstance(piece, Diagnostic) for piece in pieces) else []


def _statements(kinds: list[int]) -> Iterator[tuple[int, int]]:
    """Where each statement begins and ends among the tokens: separators within a block belong to it."""
    start = depth = 0
    if not (_SEPARATORS[0] in kinds or _SEPARATORS[1] in kinds):
        if kinds:
            yield 0, len(kinds)
        return
    for index, kind in enumerate(kinds):
        if kind == _OPEN:
            depth += depth > 0 or _opens_block(kinds, index)
        elif kind == _CLOSE:
            depth -= depth > 0
        elif depth == 0 and kind in _SEPARATORS:
            if index > start:
                yield start, index
            start = index + 1
    if len(kinds) > start:
        yield start, len(kinds)


def _opens_block(kinds: list[int], brace: int) -> bool:
    """Whether a brace is that of a block, and not one around an operand."""
    return brace > 0 and kinds[brace - 1] == _NO_GRAD


def _read(text: str, kinds: list[int], lexemes: list[Any], scope: Scope, start: str) -> Any:
    """Parse the tokens of one statement or expression; `scope` learns what it defines, if it is right."""
    kinds.append(_END)
    lexemes.append(None)
    known = scope.mark()
    if kinds[0] == _NO_GRAD:
        _assign_block_roles(kinds, lexemes, scope)
    else:
        assign_roles(kinds, _texts(lexemes), scope)
    try:
        return run(_RULES, Reading(text, scope.functions, scope.defined), kinds, lexemes, start)
    except Rejected as rejected:
        failure = rejected
    except Diagnostic:
        scope.forget(known)
        raise
    scope.forget(known)
    from gradcli.language.mistakes import explain_rejection

    raise explain_rejection(text, kinds, lexemes, failure, scope.functions)


def _texts(lexemes: list[Any]) -> Callable[[int], str]:
    return lambda index: lexemes[index].group()


def _assign_block_roles(kinds: list[int], lexemes: list[Any], scope: Scope) -> None:
    """Assign the roles of tokens in each statement of a block."""
    start = 0
    for index, kind in enumerate(kinds):
        if kind in (*_SEPARATORS, _END) or (kind == _OPEN and _opens_block(kinds, index)):
            part = [*kinds[start:index], _END]
            if len(part) > 2:
                assign_roles(part, _texts(lexemes[start:index]), scope)
                kinds[start:index] = part[:-1]
            start = index + 1
