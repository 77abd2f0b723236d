"""What a call of a rule may look like: its parameters, how arguments are bound to them, what is refused."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    Parameters = tuple[tuple[str, Any], ...]
    Keywords = Mapping[str, Any] | Iterable[tuple[str, Any]]

REQUIRED = object()
"""The default of a parameter that has none."""

UNLIMITED = 10**9

WHOLE = frozenset({"axis", "axes", "keepdim", "index", "shape", "steps", "n", "m", "order"})
"""Static parameters that are whole numbers, or lists of them."""

LISTS = frozenset({"axes"})
"""Static parameters that are always lists."""


class CallError(TypeError):
    """A call that a rule's parameters do not allow: too few, too many or unknown arguments."""


class ValueRefused(ValueError):  # noqa: N818 - it says what happened, as CallError would not
    """An argument of a value that its parameter cannot have, such as an axis of 0.5; `parameter` names it."""

    def __init__(self, message: str, parameter: str) -> None:
        super().__init__(message)
        self.parameter = parameter


class Signature:
    """The parameters of a rule, in the order of a call; binds arguments to them."""

    __slots__ = (
        "folds", "keyword_only", "names", "operands", "parameters", "positional", "static", "trailing",
        "variadic",
    )

    def __init__(
        self,
        operands: Parameters,
        static: Parameters,
        order: Sequence[str] | None = None,
        *,
        variadic: bool = False,
        trailing: bool = False,
        keyword_only: bool = False,
        folds: bool = False,
    ) -> None:
        self.operands = operands
        self.static = static
        self.variadic = variadic  # the one operand takes every argument
        self.trailing = trailing  # the last parameter takes what is left, as the sizes of reshape(x, 2, 3)
        self.folds = folds
        self.keyword_only = keyword_only
        found = dict((*operands, *static))
        self.parameters = {name: found[name] for name in order or found}
        self.names = tuple(self.parameters)
        self.positional = len(operands) if keyword_only else len(self.names)

    def __str__(self) -> str:
        shown = [_shown(name, default) for name, default in self.parameters.items()]
        if self.variadic:
            shown[0] = f"*{shown[0]}"
        elif self.trailing:
            shown[-1] = f"*{shown[-1]}"
        elif self.folds:
            shown.append("...")
        elif self.keyword_only:
            shown.insert(self.positional, "*")
        return ", ".join(shown)

    @property
    def counts(self) -> tuple[int, int]:
        """The least and the most arguments that may be given by position."""
        required = sum(default is REQUIRED for default in self.parameters.values())
        if self.variadic:
            return 1, UNLIMITED
        return required, UNLIMITED if self.folds or self.trailing else self.positional

    def fits(self, given: int, keywords: Keywords) -> bool:
        """Whether a call with so many arguments and these keywords binds."""
        named = [name for name, _ in _pairs(keywords)]
        if given > self.counts[1] or len(set(named)) < len(named):
            return False
        free = self.names[1:] if self.variadic else self.names[given:]
        taken = 1 if self.variadic and given else given
        missing = [n for n in self.names[taken:] if self.parameters[n] is REQUIRED and n not in named]
        return not missing and all(name in free for name in named)

    def bind(
        self, function: str, args: Sequence[Any], keywords: Keywords, others: Sequence[Signature] = ()
    ) -> tuple[list[Any], dict[str, Any]]:
        """Operands and static arguments of a call; `others` are what else the function takes, for errors."""
        pairs = _pairs(keywords)
        self._check_keywords(function, args, pairs, others)
        if not self.fits(len(args), pairs):
            raise CallError(_miscounted(function, [self, *others], args, pairs))
        named = dict(pairs)
        if self.variadic:
            values = {self.names[0]: list(args), **named}
        else:
            values = {**dict(zip(self.names, args, strict=False)), **named}
            if self.trailing and len(args) > len(self.names):
                values[self.names[-1]] = list(args[len(self.names) - 1 :])
        static = {}
        for name, default in self.static:
            static[name] = static_value(function, name, values[name]) if name in values else default
            if name in LISTS and isinstance(static[name], int):
                static[name] = (static[name],)
        if self.trailing and not isinstance(static[self.names[-1]], tuple):
            static[self.names[-1]] = (static[self.names[-1]],)
        if self.variadic and self.operands:
            return list(args), static
        operands = [values.get(name, default) for name, default in self.operands]
        return operands + list(args[len(operands):] if self.folds else ()), static

    def _check_keywords(
        self, function: str, args: Sequence[Any], pairs: list[tuple[str, Any]], others: Sequence[Signature]
    ) -> None:
        known = [name for signature in (self, *others) for name in signature.names]
        given = set(self.names[: len(args)]) if not self.variadic else set()
        for name, _ in pairs:
            if name not in known:
                raise CallError(f"{function}() has no argument {name!r}{_nearest(name, known)}")
            if name in given:
                raise CallError(f"{function}() was given {name!r} twice")
            given.add(name)


def signature_of(text: str, order: Sequence[str] | None, folds: bool) -> Signature:
    """The signature that `text` writes, as `"x; *, axis=None"`; see `Rule`."""
    operands, _, static = text.partition(";")
    static = static.strip()
    keyword_only = static.startswith("*,") or operands.startswith("*")
    reals = tuple((name, float(d) if type(d) is int else d) for name, d in _parse(operands))
    return Signature(
        reals, _parse(static), order,
        folds=folds, keyword_only=keyword_only, variadic=operands.startswith("*"),
        trailing=static.startswith("*") and not static.startswith("*,"),
    )


def _parse(text: str) -> Parameters:
    parameters: list[tuple[str, Any]] = []
    for part in filter(None, (p.strip().lstrip("*") for p in text.split(","))):
        name, equals, default = part.partition("=")
        parameters.append((name, _default(default) if equals else REQUIRED))
    return tuple(parameters)


def _default(text: str) -> Any:
    return None if text == "None" else int(text) if text.lstrip("-").isdigit() else float(text)


def _shown(name: str, default: Any) -> str:
    if default is REQUIRED:
        return name
    return f"{name}={default:g}" if isinstance(default, float) else f"{name}={default}"


def _pairs(keywords: Keywords) -> list[tuple[str, Any]]:
    return list(keywords.items() if hasattr(keywords, "items") else keywords)


def _nearest(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches  # of errors alone

    near = get_close_matches(name.lower(), known, n=1)
    return f": did you mean {near[0]!r}?" if near else f"; it takes {', '.join(dict.fromkeys(known))}"


def _miscounted(
    function: str, signatures: Sequence[Signature], args: Sequence[Any], pairs: Sequence[tuple[str, Any]]
) -> str:
    least = min(signature.counts[0] for signature in signatures)
    most = max(signature.counts[1] for signature in signatures)
    named = {name for name, _ in pairs}
    if pairs and len(args) <= most:
        own = signatures[0]
        missing = [n for n in own.names[len(args):] if own.parameters[n] is REQUIRED and n not in named]
        if missing:
            return f"{function}() needs {' and '.join(repr(name) for name in missing)}: {function}({own})"
    noun = "argument" if most == 1 else "arguments"
    many = (
        "no" if most == 0 else str(least) if least == most
        else f"{least} or more" if most == UNLIMITED
        else f"{least} or {most}" if most == least + 1
        else f"{least} to {most}"
    )
    shown = " or ".join(dict.fromkeys(filter(None, map(str, signatures))))
    given = len(args)
    return f"{function}() takes {many} {noun}{f' ({shown})' if shown else ''}, " \
           f"{given or 'none'} {'was' if given < 2 else 'were'} given"


def static_value(function: str, name: str, value: Any) -> Any:
    """A static argument as a rule takes it: None, a number, a whole number or a tuple of them.

    Raises ValueRefused where it is another.
    """
    if value is None or isinstance(value, (int, slice, str)):
        return value
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return tuple(static_value(function, name, item) for item in value)
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueRefused(f"{name} of {function}() must be a number", name) from None
    if name not in WHOLE:
        return number
    if number % 1.0 != 0.0:  # a nan and the infinities, too, are no whole numbers
        raise ValueRefused(f"{name} of {function}() must be a whole number, not {number:g}", name)
    return int(number) if name != "keepdim" else int(number != 0.0)
