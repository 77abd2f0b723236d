"""The kind of number a session computes in: what its literals, its constants and its leaves are."""

from __future__ import annotations

from math import isinf

from gradcli.engine.tensor import Tensor, wrap
from gradcli.evaluation.environment import CONSTANTS
from gradcli.numbers import check_allocation, kind_of_arrays, shape_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gradcli.evaluation.options import Options
    from gradcli.numbers.expression import Expression


class Kind:
    """Numbers as float64: plain Python floats, computed with directly while no tensor is near."""

    __slots__ = ()

    plain = True
    dtype = "float64"
    digits = 16  # about so many are right

    def literal(self, expression: Expression) -> Any:
        """The operand that a number in the text stands for."""
        return expression.value

    def constant(self, name: str) -> Any:
        """The operand that a constant of nature stands for."""
        return CONSTANTS[name]

    def payload(self, value: Any) -> Any:
        """A number or nested lists of them, from Python, as a payload; raises ValueError or TypeError."""
        if isinstance(value, Tensor):
            value = value._value
        if isinstance(value, float | int):
            return float(value)
        import numpy

        array = numpy.asarray(value, dtype="float64")
        return array.copy() if array.ndim else float(array)

    def cast(self, payload: Any) -> Any:
        """A payload that a rule made of nothing (`zeros(3)`), in this kind of number."""
        return payload

    def lifted(self, operands: list[Any]) -> list[Any]:
        """The operands of an operation, with at least one that is more than a float under a precision."""
        return operands

    def stack(self, payloads: list[Any]) -> Any:
        """The operand that constants of one shape make as the rows of an array."""
        xp = kind_of_arrays(*payloads)
        check_allocation((len(payloads), *shape_of(payloads[0])))
        return wrap(self.cast(xp.stack(payloads, 0)))

    def array(self, values: list[Any]) -> Any:
        """The operand that a row of plain numbers makes."""
        import numpy

        check_allocation((len(values),))
        return wrap(self.cast(numpy.array(values, dtype="float64")))


class Single(Kind):
    """Numbers as float32. Literals stay Python floats, which take the type of what they meet."""

    __slots__ = ()

    dtype = "float32"
    digits = 7

    def payload(self, value: Any) -> Any:
        return self.cast(super().payload(value))

    def cast(self, payload: Any) -> Any:
        import numpy

        with numpy.errstate(over="ignore"):
            return numpy.asarray(payload, dtype="float32")


class Decimal(Kind):
    """Numbers with so many decimal digits, as mpmath computes them; literals are the decimals as written.

    The precision belongs to the numbers themselves: see `numbers.contexts`.
    """

    __slots__ = ("context", "digits")

    plain = False

    def __init__(self, digits: int) -> None:
        from gradcli.numbers import precise

        self.digits = digits
        self.context = precise.context(digits)

    @property
    def dtype(self) -> str:  # type: ignore[override]
        return f"decimal{self.digits}"

    def literal(self, expression: Expression) -> Any:
        exact = self._number(expression.text or expression.value)
        # A float where it is the same number: x**2 is then a power by a number, as it is elsewhere.
        return expression.value if exact == expression.value else wrap(exact)

    def lifted(self, operands: list[Any]) -> list[Any]:
        if all(type(operand) is float for operand in operands):
            return [wrap(self._number(operand)) for operand in operands]
        return operands

    def constant(self, name: str) -> Any:
        exact = _EXACT.get(name)
        return wrap(self._number(CONSTANTS[name]) if exact is None else exact(self.context))

    def payload(self, value: Any) -> Any:
        if isinstance(value, Tensor):
            value = value._value
        if isinstance(value, float | int | str) or hasattr(value, "_mpf_"):
            return self._number(value)
        return self.cast(super().payload(value))

    def cast(self, payload: Any) -> Any:
        if type(payload).__module__ != "numpy":
            return self._number(payload)
        if payload.dtype == object:
            return payload
        import numpy

        lifted = numpy.empty(payload.shape, dtype=object)
        for position, value in enumerate(payload.flat):
            lifted.flat[position] = self._number(float(value))
        return lifted

    def array(self, values: list[Any]) -> Any:
        return wrap(self.cast(super().array(values)._value))

    def _number(self, value: Any) -> Any:
        from gradcli.numbers import precise

        return precise.number(value, self.context)


class Exact(Decimal):
    """The numbers of a session of floats, computed with more digits: all that is given are floats still."""

    __slots__ = ("single",)

    def __init__(self, digits: int, *, single: bool = False) -> None:
        super().__init__(digits)
        self.single = single  # they are float32

    def literal(self, expression: Expression) -> Any:
        return self._given(expression.value)

    def constant(self, name: str) -> Any:
        return self._given(CONSTANTS[name])

    def _given(self, value: float) -> Any:
        exact = self._number(float(Single().cast(value)) if self.single else value)
        # Beside others a float would stand for the decimal that it is written as, which may be the same.
        return value if exact == self._number(repr(value)) else wrap(exact)


class Symbolic(Kind):
    """Numbers as expressions, of names that have no value; constants are folded exactly."""

    __slots__ = ()

    plain = False
    dtype = "expression"

    def literal(self, expression: Expression) -> Any:
        from gradcli.numbers.constants import EXACT

        # A float where it is whole: x**2 is then a power by a number, as it is elsewhere. Any other is the
        # decimal that was written: 1.1 - 1 is 0.1.
        value = expression.value
        return value if isinf(value) or (value % 1.0 == 0.0 and value < EXACT) else wrap(expression)

    def lifted(self, operands: list[Any]) -> list[Any]:
        if all(type(operand) is float for operand in operands):
            return [wrap(self.cast(operand)) for operand in operands]
        return operands

    def constant(self, name: str) -> Any:
        from gradcli.numbers.expression import name as named

        value = CONSTANTS[name]
        return wrap(named(_SPELLED.get(name, name))) if value - value == 0.0 else value

    def payload(self, value: Any) -> Any:
        return self.cast(super().payload(value))

    def cast(self, payload: Any) -> Any:
        from gradcli.numbers import expressions

        if type(payload).__module__ != "numpy":
            return expressions.number(payload)
        if payload.dtype == object:
            return payload
        import numpy

        lifted = numpy.empty(payload.shape, dtype=object)
        for position, value in enumerate(payload.flat):
            lifted.flat[position] = expressions.number(float(value))
        return lifted

    def array(self, values: list[Any]) -> Any:
        return wrap(self.cast(super().array(values)._value))


_SPELLED = {"π": "pi", "τ": "tau"}


_EXACT: dict[str, Callable[[Any], Any]] = {
    "pi": lambda context: +context.pi,
    "π": lambda context: +context.pi,
    "tau": lambda context: 2 * +context.pi,
    "τ": lambda context: 2 * +context.pi,
    "e": lambda context: +context.e,
}
"""The constants with every digit, of mpmath's context."""


def kind_of(options: Options) -> Kind:
    """The kind of number that the options ask for."""
    if options.precision is not None:
        return Decimal(options.precision)
    return Single() if options.dtype == "float32" else Kind()


def payload_of(operand: Any) -> Any:
    """What an operand of the machine holds."""
    return operand._value if type(operand) is Tensor else operand


def tensor_of(operand: Any) -> Tensor:
    """An operand of the machine as a tensor."""
    return operand if type(operand) is Tensor else wrap(operand)
