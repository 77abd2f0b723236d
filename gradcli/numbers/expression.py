"""The one node class of expressions, which the parser makes with spans and the symbolic kind computes."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Final

    Span = tuple[int, int]


class Expression:
    """An operation with its operands, a number or a name; immutable, and equal to itself alone.

    `op` is "number" (`value` the float, `text` the literal as written, if it was written), "name" (`value`
    the name in NFKC), the name of a rule ("add", "sin", ...), or a form that only the syntax knows ("call",
    "array", "index", "if", ...: `value` and `keywords` as the parser says). `span` is the pair of character
    offsets into the statement's text, or None for what was computed.

    Expressions share their parts freely. Nothing here walks them by recursion, and a chain of a million nodes
    is built, copied, hashed and dropped like one of three.
    """

    __slots__ = ("args", "keywords", "op", "span", "text", "value")

    def __init__(
        self,
        op: str,
        args: tuple[Any, ...] = (),
        value: Any = None,
        span: Span | None = None,
        text: str | None = None,
        keywords: tuple[tuple[str, Any], ...] = (),
    ) -> None:
        self.op: Final = op
        self.args: Final = args
        self.value: Final = value
        self.span: Final = span
        self.text: Final = text
        self.keywords: Final = keywords

    def __repr__(self) -> str:
        if self.op in ("number", "name"):
            return f"<Expression {self.op} {self.text or self.value}>"
        return f"<Expression {self.op} of {len(self.args)}>"

    def __float__(self) -> float:
        from gradcli.numbers.constants import exact_value

        value = exact_value(self)
        if value is None:
            raise TypeError("an expression with names in it is no number")
        return float(value)

    def __copy__(self) -> Expression:
        return self

    def __deepcopy__(self, memo: Any) -> Expression:
        return self

    def __add__(self, other: Any) -> Any:
        return _symbolic("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return _symbolic("add", other, self)

    def __sub__(self, other: Any) -> Any:
        return _symbolic("sub", self, other)

    def __rsub__(self, other: Any) -> Any:
        return _symbolic("sub", other, self)

    def __mul__(self, other: Any) -> Any:
        return _symbolic("mul", self, other)

    def __rmul__(self, other: Any) -> Any:
        return _symbolic("mul", other, self)

    def __neg__(self) -> Any:
        return _symbolic("neg", self)


def number(value: float, text: str | None = None, span: Span | None = None) -> Expression:
    """The number `value`, as the literal `text` wrote it."""
    return Expression("number", (), value, span, text)


def name(text: str, span: Span | None = None) -> Expression:
    """The variable or constant called `text` (in NFKC)."""
    return Expression("name", (), text, span)


def parts(expression: Expression) -> Iterator[Expression]:
    """The operands of a node and the values of its keywords, as far as they are expressions."""
    for part in expression.args:
        if isinstance(part, Expression):
            yield part
    for _, part in expression.keywords:
        if isinstance(part, Expression):
            yield part


def postorder(root: Expression, seen: set[int] | None = None) -> Iterator[Expression]:
    """Every node below and including `root`, once each, operands before what uses them.

    Those whose id is in `seen` are left out, and all others are put into it.
    """
    seen = set() if seen is None else seen
    stack: list[Expression | None] = [root]  # a None above a node whose operands are done
    while stack:
        node = stack.pop()
        if node is None:
            ready = stack.pop()
            if ready is not None:
                yield ready
        elif id(node) not in seen:
            seen.add(id(node))
            operands = [*parts(node)] if node.keywords else node.args
            if not operands:
                yield node
                continue
            stack += (node, None)
            for part in reversed(operands):
                if type(part) is Expression and id(part) not in seen:
                    stack.append(part)


def same(first: Expression, second: Expression) -> bool:
    """Whether two expressions have the same form and numbers, wherever they were written."""
    seen: set[tuple[int, int]] = set()
    stack: list[tuple[Any, Any]] = [(first, second)]
    while stack:
        a, b = stack.pop()
        if a is b or (id(a), id(b)) in seen:
            continue
        if not (isinstance(a, Expression) and isinstance(b, Expression)):
            if isinstance(a, Expression) or isinstance(b, Expression) or a != b:
                return False
            continue
        if not _alike(a, b):
            return False
        seen.add((id(a), id(b)))
        stack.extend(zip(a.args, b.args, strict=True))
        stack.extend((x, y) for (_, x), (_, y) in zip(a.keywords, b.keywords, strict=True))
    return True


def _alike(a: Expression, b: Expression) -> bool:
    """Whether two nodes agree in all but their operands; a nan agrees with a nan."""
    if a.op != b.op or len(a.args) != len(b.args):
        return False
    if a.value != b.value and (a.value == a.value or b.value == b.value):
        return False
    return [key for key, _ in a.keywords] == [key for key, _ in b.keywords]


def _symbolic(operation: str, *operands: Any) -> Any:
    # Here and not above: the symbolic kind builds on this class, and reading a text does not need it.
    from gradcli.numbers import expressions

    if any(type(operand).__module__ == "numpy" for operand in operands):
        return NotImplemented  # an array applies the operation to each of its elements
    return getattr(expressions, operation)(*operands)
