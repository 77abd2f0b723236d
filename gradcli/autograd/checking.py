"""`gradcheck` and `gradgradcheck`: gradients against central differences, as in torch.autograd.gradcheck."""

from __future__ import annotations

import warnings

from gradcli.autograd.creation import zeros
from gradcli.autograd.random import rand
from gradcli.engine.dtypes import cast, float64, is_array
from gradcli.engine.gradients import grad
from gradcli.engine.tensor import Tensor, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Tensors = tuple[Any, ...]

NOTHING_TO_CHECK = (
    "gradcheck expects at least one input tensor to require gradient, but none of them have "
    "requires_grad=True."
)
NOT_DOUBLE = (
    "Input #{} requires gradient and is not a double precision floating point or complex. This check will "
    "likely fail "
    "if all the inputs are not of double precision floating point or complex. "
)


class GradcheckError(RuntimeError):
    """A gradient that is not what central differences say."""


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Whether the gradients of `func` agree with central differences of step `eps` within `atol +
    rtol*|numerical|`.

    Checked for every output and every one of `inputs` that requires a gradient. A mismatch raises
    GradcheckError, which names output, input and element, or returns False without `raise_exception`.
    ValueError where no input requires a gradient. The last eight parameters are there to be called as
    PyTorch's is, and change nothing.
    """
    given = _as_tuple(inputs)
    _check_inputs(given)
    try:
        _check(func, given, eps, atol, rtol)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """Whether the gradients of the gradients of `func` agree with central differences; parameters as
    `gradcheck`.

    `grad_outputs` are the cotangents of the outputs, random ones where they are left out.
    """
    given = _as_tuple(inputs)
    if grad_outputs is None:
        outputs = _differentiable(func(*given))
        cotangents = tuple(_random(out) for out in outputs)
    else:
        cotangents = _as_tuple(grad_outputs)
    wanted = [i for i, x in enumerate(given) if _requires(x)]

    def gradient(*args: Any) -> Tensors:
        points, vectors = args[: len(given)], args[len(given) :]
        found = grad(
            _differentiable(func(*points)),
            [points[i] for i in wanted],
            vectors,
            create_graph=True,
            allow_unused=True,
        )
        return tuple(g for g in found if g is not None)

    return gradcheck(
        gradient, given + cotangents, eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception
    )


def _random(out: Tensor) -> Tensor:
    value = (rand(tuple(out.shape), dtype=out.dtype) * 2 - 1)._value
    return wrap(value, requires_grad=True)


def _as_tuple(given: Any) -> Tensors:
    return tuple(given) if isinstance(given, (tuple, list)) else (given,)


def _requires(x: Any) -> bool:
    return isinstance(x, Tensor) and x.requires_grad


def _differentiable(outputs: Any) -> Tensors:
    return tuple(out for out in _as_tuple(outputs) if _requires(out))


def _check_inputs(given: Tensors) -> None:
    for i, x in enumerate(given):
        if _requires(x) and x.dtype is not float64:
            warnings.warn(NOT_DOUBLE.format(i), UserWarning, stacklevel=3)
    if not any(map(_requires, given)):
        raise ValueError(NOTHING_TO_CHECK)


def _check(func: Callable[..., Any], given: Tensors, eps: float, atol: float, rtol: float) -> None:
    outputs = _as_tuple(func(*given))
    wanted = [i for i, x in enumerate(given) if _requires(x)]
    numerical = [_numerical(func, given, i, eps, outputs) for i in wanted]
    checked = [k for k, out in enumerate(outputs) if _requires(out)]
    if not checked:
        if any(bool(matrix._value.any()) for matrices in numerical for matrix in matrices):
            raise GradcheckError("Numerical gradient for function expected to be zero")
        return
    for position, k in enumerate(checked):
        analytical = _analytical(outputs[k], [given[i] for i in wanted])
        for which, (a, matrices) in enumerate(zip(analytical, numerical, strict=True)):
            _compare(a, matrices[k], position, which, atol, rtol)


def _compare(
    analytical: Tensor, numerical: Tensor, output: int, which: int, atol: float, rtol: float
) -> None:
    import numpy

    a, n = numpy.asarray(analytical._value), numpy.asarray(numerical._value)
    close = numpy.isclose(a, n, rtol=rtol, atol=atol)
    if close.all():
        return
    # PyTorch's text, and below it the worst element, which in a large Jacobian one would have to look for.
    distance = numpy.where(close, -1.0, numpy.nan_to_num(numpy.abs(a - n), nan=numpy.inf))
    row, column = (int(i) for i in numpy.unravel_index(int(distance.argmax()), a.shape))
    raise GradcheckError(
        f"Jacobian mismatch for output {output} with respect to input {which},\n"
        f"numerical:{numerical}\nanalytical:{analytical}\n"
        f"(the furthest is input element {row}, output element {column}: "
        f"numerical {float(n[row, column])!r}, analytical {float(a[row, column])!r})\n"
    )


def _analytical(out: Tensor, inputs: list[Tensor]) -> list[Tensor]:
    """For each input the matrix of derivatives, a row for each of its elements, a column for each of the
    output's."""
    import numpy

    n = out.shape.numel()
    matrices = [numpy.zeros((x.shape.numel(), n)) for x in inputs]
    for column in range(n):
        unit = numpy.zeros(n)
        unit[column] = 1.0
        vector = wrap(cast(unit.reshape(tuple(out.shape)), out.dtype))
        found = grad(out, inputs, vector, retain_graph=True, allow_unused=True)
        for matrix, g in zip(matrices, found, strict=True):
            if g is not None:
                matrix[:, column] = numpy.ravel(g._value)
    return [wrap(cast(matrix, x.dtype)) for matrix, x in zip(matrices, inputs, strict=True)]


def _numerical(
    func: Callable[..., Any], given: Tensors, which: int, eps: float, outputs: Tensors
) -> list[Tensor]:
    """The matrices of derivatives of every output in one input, by central differences."""
    import numpy

    point = given[which]
    values = numpy.array(point._value, dtype=float).ravel()
    matrices = [zeros(len(values), out.shape.numel(), dtype=point.dtype)._value for out in outputs]
    for row, value in enumerate(values):
        sides = []
        for step in (-eps, eps):
            values[row] = value + step
            sides.append(_outputs_at(func, given, which, values))
        values[row] = value
        for matrix, below, above in zip(matrices, *sides, strict=True):
            matrix[row] = (above - below) / (2 * eps)
    return [wrap(matrix) for matrix in matrices]


def _outputs_at(func: Callable[..., Any], given: Tensors, which: int, values: Any) -> list[Any]:
    import numpy

    point = given[which]
    moved = values.reshape(tuple(point.shape)).copy()
    place = wrap(cast(moved if is_array(point._value) else float(values[0]), point.dtype), requires_grad=True)
    args = (*given[:which], place, *given[which + 1 :])
    return [numpy.ravel(numpy.asarray(out._value)).copy() for out in _as_tuple(func(*args))]
