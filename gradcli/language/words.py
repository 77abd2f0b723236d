"""A text of one line as words without their places, and what other actions than the parser's make of it."""

from __future__ import annotations

from functools import lru_cache

from gradcli.language.lalr import KIND, kind_of, run, word_finder
from gradcli.language.roles import Scope, assign_roles
from gradcli.language.skeletons import GAP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.language.names import Functions

_END = KIND["$END"]
_NUMBER = KIND["NUMBER"]

MOST_WORDS = 5000
"""Of so many words the kinds are remembered, numbers apart, for a stream may go on forever."""


class _Kinds(dict[str, int]):
    """The kinds of words, found as asked for; `textbook` as in `tokenize`."""

    def __init__(self, textbook: frozenset[str]) -> None:
        super().__init__()
        self.textbook = textbook

    def __missing__(self, word: str) -> int:
        kind = _NUMBER if word == GAP else kind_of(word, self.textbook)
        if len(self) < MOST_WORDS and (kind != _NUMBER or word == GAP):
            self[word] = kind
        return kind


_find = word_finder()
_kinds = lru_cache(maxsize=8)(_Kinds)


def words_of(text: str, textbook: frozenset[str] = frozenset()) -> tuple[list[int], list[str]]:
    """The tokens of an ASCII text of one line without comments, as kinds and words.

    A gap for a number is a NUMBER, and what is no token is UNKNOWN; `textbook` as in `tokenize`.
    """
    words = _find(text)
    return [*map(_kinds(textbook).__getitem__, words)], words


def holds(kinds: list[int], gaps: int) -> bool:
    """Whether the tokens of a text with so many gaps are those of the text without, but for the gaps.

    Where a number was left in, it may have been cut in two: `.5e+3` gives `.5e+` and a gap.
    """
    return kinds.count(_NUMBER) == gaps


def read(
    kinds: list[int], words: list[str], rules: list[Any], context: Any, functions: Functions, start: str
) -> Any:
    """What the actions in `rules` make of tokens that are a `start`, an expression or bindings.

    An action has words in the place of the matches that the parser's own are given. Raises Rejected.
    """
    kinds.append(_END)
    assign_roles(kinds, words.__getitem__, Scope(functions, ()))
    return run(rules, context, kinds, words, start)
