"""Formulas in the manner of the one who wrote F: e**x or exp(x), ln or log."""

from __future__ import annotations

from gradcli.numbers.expression import Expression, name, number, postorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_LOGARITHMS = ("log", "ln")


class Manner:
    """How the natural logarithm is called in some expressions, and whether they have e**x and no exp."""

    __slots__ = ("based", "spelled")

    def __init__(self, written: Iterable[Expression]) -> None:
        seen: set[int] = set()
        parts = [part for root in written for part in postorder(root, seen)]
        called = {part.value for part in parts if part.op == "call"}
        bases = [part.args[0] for part in parts if part.op == "pow"]
        self.based = "exp" not in called and any(b.op == "name" and b.value == "e" for b in bases)
        self.spelled = "ln" if "ln" in called and "log" not in called else "log"

    def like(self, expression: Expression) -> Expression:
        """A formula with its exponentials and logarithms in this manner, and powers of powers as one."""
        made: dict[int, Expression] = {}
        for part in postorder(expression):
            args = tuple(made[id(arg)] if isinstance(arg, Expression) else arg for arg in part.args)
            keywords = tuple((k, made[id(v)] if isinstance(v, Expression) else v) for k, v in part.keywords)
            made[id(part)] = self._written(part, args, keywords)
        return made[id(expression)]

    def _written(
        self, part: Expression, args: tuple[Expression, ...], keywords: tuple[tuple[str, Expression], ...]
    ) -> Expression:
        function = part.value if part.op == "call" else part.op
        if function == "exp" and self.based and len(args) == 1:
            return Expression("pow", (name("e"), args[0]))
        if function in _LOGARITHMS and len(args) == 1:
            return Expression("call", args, self.spelled)
        if part.op == "pow" and len(args) == 2:
            return power(*args)
        return Expression(part.op, args, part.value, part.span, part.text, keywords)


def power(base: Expression, exponent: Expression) -> Expression:
    """A power, that of a power as one where both exponents are whole numbers: (x**2)**2 is x**4."""
    if exponent.op == "number" and base.op == "pow" and base.args[1].op == "number":
        exponents = (base.args[1].value, exponent.value)
        if all(float(n).is_integer() and n > 0 for n in exponents):
            return Expression("pow", (base.args[0], number(exponents[0] * exponents[1])))
    return Expression("pow", (base, exponent))
