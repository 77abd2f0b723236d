"""The part that a token plays beside others: which names call a function, which bars open."""

from __future__ import annotations

import re

from gradcli.language.lalr import KIND, LOGARITHMS
from gradcli.language.names import is_logarithm, normal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from gradcli.language.names import Functions

    Written = Callable[[int], str]

_END = KIND["$END"]
_NAME = KIND["NAME"]
_BARE = KIND["BARE"]
_RAISED_BARE = KIND["RAISED_BARE"]
_CALLED = KIND["CALLED"]
_DEFINED = KIND["DEFINED"]
_FUNCTION = KIND["FUNCTION"]
_RAISED = KIND["RAISED"]
_NUMBERS = (KIND["NUMBER"], KIND["FRACTION"])
_SIGNS = (KIND["PLUS"], KIND["MINUS"])
_POWER = KIND["POWER"]
_SUPERSCRIPT = KIND["SUPERSCRIPT"]
_MODULO = KIND["MODULO"]
_OPEN = KIND["LPAR"]
_CLOSE = KIND["RPAR"]
_BRACKET = KIND["LSQB"]
_SQUARE = KIND["SQUARE"]
_BAR = KIND["VBAR"]
_CLOSING = KIND["CLOSING"]
_EQUAL = KIND["EQUAL"]
_CONST = KIND["CONST"]
_AT = KIND["AT"]
_UNKNOWN = KIND["UNKNOWN"]

_OPENERS = frozenset((_OPEN, _BRACKET, _SQUARE, KIND["LBRACE"]))
_CLOSERS = frozenset((_CLOSE, KIND["RSQB"], KIND["RBRACE"]))
_ENDS = frozenset(
    (_NAME, *_NUMBERS, _SUPERSCRIPT, KIND["TRANSPOSE"], *_CLOSERS, _CLOSING, _CALLED, _FUNCTION, _RAISED)
)
_BEGINS = frozenset(
    (_NAME, *_NUMBERS, _CALLED, _FUNCTION, _RAISED, _BARE, _RAISED_BARE, KIND["ROOT"], *_OPENERS)
)
_PARTED = frozenset((KIND["COMMA"], KIND["COMPARISON"], *map(KIND.__getitem__, ("IF", "ELSE", "AND", "OR"))))
# Among the kinds of a text, as bytes: those names that may be something else for what stands behind them.
_NAME_BEFORE = re.compile(
    b"[%b](?=[%b])"
    % tuple(
        b"".join(re.escape(bytes((kind,))) for kind in kinds)
        for kinds in ((_NAME, _BARE), (_OPEN, _POWER, _SUPERSCRIPT))
    )
)


_BARE_BEFORE = bytes((_BARE, _OPEN))


class Scope:
    """What the names of a text mean before it is read: its functions, and which of them are variables.

    A name in `functions`, or defined in the text before, is a function before a parenthesis; one of the
    textbook is a variable where it is `bound`, or has been by the text.
    """

    __slots__ = ("assigned", "bound", "defined", "functions")

    def __init__(self, functions: Functions, bound: Container[str]) -> None:
        self.functions = functions
        self.bound = bound
        self.defined: dict[str, None] = {}
        self.assigned: dict[str, None] = {}  # of the names in question only

    def is_function(self, name: str) -> bool:
        """Whether the name calls a function."""
        return name in self.functions or name in self.defined

    def mark(self) -> tuple[int, int]:
        """How much is known, for `forget`."""
        return len(self.defined), len(self.assigned)

    def forget(self, mark: tuple[int, int]) -> None:
        """Know no more than at an earlier time."""
        for names, known in zip((self.defined, self.assigned), mark, strict=True):
            while len(names) > known:
                names.popitem()


def assign_roles(kinds: list[int], written: Written, scope: Scope) -> None:
    """Tell the tokens of one statement apart by what stands beside them, in `kinds`; a few passes.

    `written` gives the text of a token by its number. What the statement defines and binds is known to the
    scope from then on.
    """
    if kinds[0] in (_NAME, _BARE) and kinds[1] == _OPEN and _defines(kinds):
        kinds[0] = _DEFINED
        scope.defined[normal(written(0))] = None
    packed = bytes(kinds)
    told = packed.count(_BARE) > packed.count(_BARE_BEFORE)
    if told:
        _tell_variables(kinds, written, scope)
        packed = bytes(kinds)
    if _BRACKET in packed:
        for at, kind in enumerate(kinds):
            if kind == _BRACKET and kinds[at - 1] in _NUMBERS and at:
                kinds[at] = _SQUARE
    exponents: set[int] = set()
    if not _assign_calls(kinds, packed, written, scope, exponents, told=told):
        _tell_variables(kinds, written, scope)
        _assign_calls(kinds, bytes(kinds), written, scope, exponents, told=True)
    if _BAR in packed:
        _Bars(kinds, exponents).assign()


def _assign_calls(
    kinds: list[int], packed: bytes, written: Written, scope: Scope, exponents: set[int], *, told: bool
) -> bool:
    """Tell the names before parentheses and powers apart; adds the ends of powers of functions.

    Stops, and says False, at a BARE name before a parenthesis that is no function of this spelling, unless
    the variables are `told` apart.
    """
    partners: dict[int, int] | None = None
    functions, defined = scope.functions, scope.defined
    for found in _NAME_BEFORE.finditer(packed):
        at, behind = found.span()
        name = normal(written(at))
        is_function = name in functions or name in defined
        if not is_function and packed[at] == _BARE:
            if not told:
                return False
            is_function = True
        if kinds[behind] == _OPEN:
            if at not in exponents:
                kinds[at] = _FUNCTION if is_function else _CALLED
        elif is_function:
            if partners is None:
                partners = _partners(kinds)
            end = _after_exponent(kinds, behind, partners)
            if kinds[end] == _OPEN:
                kinds[at] = _RAISED
            elif kinds[at] == _BARE:
                kinds[at] = _RAISED_BARE
            else:
                continue
            exponents.add(end - 1)
    return True


def _after_exponent(kinds: list[int], power: int, partners: dict[int, int]) -> int:
    """The token behind the exponent in sin^2(x), sin^(n-1)(x), sin²(x); -1 where there is none."""
    index = power + 1
    if kinds[power] == _SUPERSCRIPT:
        return index
    while kinds[index] in _SIGNS:
        index += 1
    if kinds[index] in _NUMBERS or kinds[index] == _NAME:
        return index + 1
    return partners.get(index, -2) + 1


def _partners(kinds: list[int]) -> dict[int, int]:
    opened: list[int] = []
    partners = {}
    for index, kind in enumerate(kinds):
        if kind in _OPENERS:
            opened.append(index)
        elif kind in _CLOSERS and opened:
            partners[opened.pop()] = index
    return partners


def _defines(kinds: list[int]) -> bool:
    """Whether a statement that begins with `f(` goes on as in `f(x, y) = ...`."""
    if _EQUAL not in kinds:
        return False
    depth = 0
    for index, kind in enumerate(kinds):
        if kind == _OPEN:
            depth += 1
        elif kind == _CLOSE:
            depth -= 1
            if depth == 0:
                return kinds[index + 1] == _EQUAL
    return False


# --------------------------------------------------------------------------------------------------
# Names of textbook functions, and mod
# --------------------------------------------------------------------------------------------------


def _tell_variables(kinds: list[int], written: Written, scope: Scope) -> None:
    """Make plain names of those BARE ones that have a value, and a sign of the mod between two operands."""
    own = _bound_here(kinds, written)
    for at, kind in enumerate(kinds):
        if kind != _BARE:
            continue
        name = normal(written(at))
        if kinds[at + 1] == _EQUAL or name in own or name in scope.bound or name in scope.assigned:
            kinds[at] = _NAME
        elif name == "mod":
            between = at > 0 and (kinds[at - 1] in _ENDS or kinds[at - 1] == _BAR)
            begins = kinds[at + 1] in _BEGINS or kinds[at + 1] in _SIGNS or kinds[at + 1] == _BAR
            kinds[at] = _MODULO if between and begins else _NAME
        elif name not in scope.functions.textbook and (
            scope.is_function(name) or (name.startswith(LOGARITHMS) and not is_logarithm(name))
        ):
            kinds[at] = _NAME
    target = 1 if kinds[0] == _CONST else 0
    if kinds[target : target + 2] == [_NAME, _EQUAL]:
        scope.assigned[normal(written(target))] = None


def _bound_here(kinds: list[int], written: Written) -> set[str]:
    """The names that the statement itself gives values: parameters, and those behind `at`."""
    names: set[str] = set()
    if kinds[0] == _DEFINED:
        names.update(normal(written(at)) for at in range(2, kinds.index(_CLOSE)))
    if _AT in kinds:
        start = kinds.index(_AT) + 1
        names.update(normal(written(at)) for at in range(start, len(kinds) - 1) if kinds[at + 1] == _EQUAL)
    return names


# --------------------------------------------------------------------------------------------------
# Bars
# --------------------------------------------------------------------------------------------------


class _Bars:
    """Tells the bars that open from those that close; one that could be either is UNKNOWN."""

    __slots__ = ("bars", "exponents", "kinds", "opened", "parted")

    def __init__(self, kinds: list[int], exponents: Container[int]) -> None:
        self.kinds = kinds
        self.exponents = exponents  # the ends of the powers of functions, with which no operand ends
        self.opened: list[int] = []  # the brackets and bars that are open
        self.bars = 0  # how many of them are bars
        self.parted = [True]  # in each bracket, whether no bar has closed with an operand right behind it

    def assign(self) -> None:
        """Look at each token once."""
        before = _END
        for at, kind in enumerate(self.kinds):
            if before == _CLOSING and kind in _BEGINS:
                self.parted[-1] = False
            if kind == _BAR:
                self._bar(at, before in _ENDS and at - 1 not in self.exponents)
            elif kind in _OPENERS:
                self.opened.append(at)
                self.parted.append(True)
            elif kind in _CLOSERS or kind == _END:
                self._close(kind == _END)
            elif kind in _PARTED:
                self.parted[-1] = True
            before = self.kinds[at]

    def _bar(self, at: int, behind: bool) -> None:
        """A bar closes what a bar opened, behind an operand; it opens where none is open in its bracket."""
        if behind and self.opened and self.kinds[self.opened[-1]] == _BAR:
            self.opened.pop()
            self.bars -= 1
            self.kinds[at] = _CLOSING
            return
        self.opened.append(at)
        self.bars += 1
        if behind and not self.parted[-1] and self.kinds[at + 1 : at + 2] != [_END]:
            self.kinds[at] = _UNKNOWN

    def _close(self, everything: bool) -> None:
        """A bracket closes, or the statement ends: a bar left open was meant to close one further out."""
        while self.opened:
            at = self.opened.pop()
            if self.kinds[at] in _OPENERS:
                self.parted.pop()
                if not everything:
                    return
                continue
            self.bars -= 1
            if self.kinds[at] == _BAR and self._closes_outer(at):
                self.kinds[at] = _CLOSING

    def _closes_outer(self, at: int) -> bool:
        """Whether a bar stands behind an operand in a bracket, outside of which another bar is open."""
        return (
            at > 0
            and self.kinds[at - 1] in _ENDS
            and self.bars > 0
            and self.kinds[self.opened[-1]] in _OPENERS
        )
