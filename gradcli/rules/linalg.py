"""Rules of vectors and matrices; formulas from Giles, Collected matrix derivative results (2008)."""

from __future__ import annotations

from gradcli.rules.rulebook import Convention, operator, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

_INF = float("inf")
_VECTOR = [0.7, -1.3]
_OTHER = [0.4, 1.6]
_SQUARE = [[2.1, 0.4], [-0.7, 1.3]]
_TALL = [[0.7, -1.3], [0.4, 1.6], [0.9, -0.2]]


def swapped(xp: Any, x: Any) -> Any:
    """`x` with its last two axes exchanged: the transpose of each matrix."""
    rank = len(xp.shape(x))
    return xp.transpose(x, (*range(rank - 2), rank - 1, rank - 2))


def _as_matrices(xp: Any, a: Any, b: Any, g: Any) -> tuple[Any, Any, Any]:
    """Operands and cotangent of a @ b, a vector on the left as a row, one on the right as a column."""
    row, column = len(xp.shape(a)) == 1, len(xp.shape(b)) == 1
    g_shape = xp.shape(g)
    if row:
        a = xp.reshape(a, (1, *xp.shape(a)))
        g_shape = (*g_shape[:-1], 1, g_shape[-1]) if not column else (*g_shape, 1)
    if column:
        b = xp.reshape(b, (*xp.shape(b), 1))
        g_shape = (*g_shape, 1)
    return a, b, xp.reshape(g, g_shape)


def _left_vjp(xp: Any, g: Any, out: Any, a: Any, b: Any) -> Any:
    if len(xp.shape(a)) == len(xp.shape(b)) == 1:
        return g * b
    _, matrix, g = _as_matrices(xp, a, b, g)
    return xp.matmul(g, swapped(xp, matrix))


def _right_vjp(xp: Any, g: Any, out: Any, a: Any, b: Any) -> Any:
    if len(xp.shape(a)) == len(xp.shape(b)) == 1:
        return g * a
    matrix, _, g = _as_matrices(xp, a, b, g)
    cotangent = xp.matmul(swapped(xp, matrix), g)
    return cotangent if len(xp.shape(b)) > 1 else xp.reshape(cotangent, xp.shape(cotangent)[:-1])


def _matmul_backward(operands: Sequence[Any], _: Mapping[str, Any]) -> str:
    """PyTorch's names, which depend on the ranks: a product of batches ends in a view of bmm's result."""
    a, b = (len(getattr(operand, "shape", ())) for operand in operands)
    if max(a, b) > 2:
        return "UnsafeViewBackward0"
    if a == 2:
        return "MmBackward0" if b == 2 else "MvBackward0"
    return "SqueezeBackward4" if b == 2 else "DotBackward0"


operator(
    "matmul", "a, b", written="a @ b",
    value=lambda xp, a, b: xp.matmul(a, b),
    vjps=[_left_vjp, _right_vjp],
    backward="MmBackward0", variant=_matmul_backward,
    summary="the matrix product, of vectors the scalar product",
    derivative="g @ b.T; a.T @ g", domain="as many columns in a as rows in b",
    example="A @ x at A=[[1, 2], [3, 4]], x=[1, 1]",
    samples=[
        (_TALL, _SQUARE), (_SQUARE, _VECTOR), (_VECTOR, _SQUARE), (_VECTOR, _OTHER),
        ([_SQUARE, _SQUARE], _SQUARE), ([_SQUARE, _SQUARE], _VECTOR), (_VECTOR, [_SQUARE, _SQUARE]),
        (_SQUARE, [_SQUARE, _SQUARE]),
    ],
)
rule(
    "dot", "a, b",
    value=lambda xp, a, b: xp.matmul(a, b) if xp.shape(a) or xp.shape(b) else a * b,
    vjps=[
        lambda xp, g, out, a, b: _left_vjp(xp, g, out, a, b) if xp.shape(a) else g * b,
        lambda xp, g, out, a, b: _right_vjp(xp, g, out, a, b) if xp.shape(a) else g * a,
    ],
    backward="DotBackward0", variant=lambda operands, static: (
        _matmul_backward(operands, static) if getattr(operands[0], "shape", ()) else "DotBackward0"
    ),
    summary="the scalar product of two vectors; of matrices what a @ b is", derivative="g*b; g*a",
    domain="vectors of one length", example="dot(x, y) at x=[1, 2], y=[3, 4]", samples=[(_VECTOR, _OTHER)],
)
rule(
    "outer", "a, b",
    value=lambda xp, a, b: xp.outer(a, b),
    vjps=[
        lambda xp, g, out, a, b: xp.matmul(g, b),
        lambda xp, g, out, a, b: xp.matmul(a, g),
    ],
    # PyTorch multiplies a column by a row and calls the result so.
    backward="MulBackward0", summary="the matrix of the products of two vectors' elements",
    derivative="g @ b; a @ g",
    domain="vectors", example="outer(x, y) at x=[1, 2], y=[3, 4]", samples=[(_VECTOR, [0.3, 0.8, -0.5])],
)


def _part(xp: Any, x: Any, i: int) -> Any:
    """Component `i` of three, counted around, along the last axis."""
    return xp.getitem(x, (Ellipsis, i % 3))


def _cross(xp: Any, a: Any, b: Any) -> Any:
    if xp.shape(a)[-1:] != (3,) or xp.shape(b)[-1:] != (3,):
        from gradcli.numbers.errors import ShapeError

        raise ShapeError("cross needs vectors of three elements", xp.shape(a), xp.shape(b))
    return xp.stack(
        [
            _part(xp, a, i + 1) * _part(xp, b, i + 2) - _part(xp, a, i + 2) * _part(xp, b, i + 1)
            for i in range(3)
        ],
        -1,
    )


rule(
    "cross", "a, b",
    value=_cross,
    vjps=[lambda xp, g, out, a, b: _cross(xp, b, g), lambda xp, g, out, a, b: _cross(xp, g, a)],
    backward="LinalgCrossBackward0", summary="the vector product of two vectors of three elements",
    derivative="cross(b, g); cross(g, a)", domain="three elements each",
    example="cross(x, y) at x=[1, 0, 0], y=[0, 1, 0]",
    samples=[([0.7, -1.3, 0.4], [1.6, 0.9, -0.2]), ([[0.7, -1.3, 0.4]] * 2, [1.6, 0.9, -0.2])],
)


def _rows(xp: Any, x: Any, function: str) -> int:
    """How many rows a square matrix has; raises ShapeError for another array."""
    shape = xp.shape(x)
    if len(shape) == 2 and shape[0] == shape[1]:
        return int(shape[0])
    from gradcli.numbers.errors import ShapeError

    raise ShapeError(f"{function} needs a square matrix, not an array of shape {list(shape)}", shape)


rule(
    "trace", "x",
    value=lambda xp, x: xp.sum(xp.diag(x)) if _rows(xp, x, "trace") else xp.sum(x),
    vjps=[lambda xp, g, out, x: g * xp.eye(xp.shape(x)[0], x)],
    backward="TraceBackward0", summary="the sum of a square matrix' diagonal", derivative="g*eye(n)",
    domain="square matrices", example="trace(A) at A=[[1, 2], [3, 4]]", linear=True, samples=[(_SQUARE,)],
)


def _without(xp: Any, x: Any, i: int, axis: int) -> Any:
    """`x` without row (axis 0) or column (axis 1) `i`."""
    whole = (slice(None),) * axis
    before, after = xp.getitem(x, (*whole, slice(None, i))), xp.getitem(x, (*whole, slice(i + 1, None)))
    return xp.concat([before, after], axis)


def _cofactors(xp: Any, x: Any) -> Any:
    """The matrix of cofactors, by the determinants of the minors: the gradient of det also where it is 0."""
    n = xp.shape(x)[0]
    if n == 1:
        return xp.ones_like(x)
    rows = []
    for i in range(n):
        rest = _without(xp, x, i, 0)
        minors = [xp.det(_without(xp, rest, j, 1)) for j in range(n)]
        rows.append(xp.stack([-minor if (i + j) % 2 else minor for j, minor in enumerate(minors)], 0))
    return xp.stack(rows, 0)


def _det_vjp(xp: Any, g: Any, out: Any, x: Any) -> Any:
    # An Expression is true: a determinant in symbols is taken by cofactors, which divide by nothing.
    if xp.eq(out, 0.0):
        return g * _cofactors(xp, x)
    return (g * out) * xp.transpose(xp.inv(x), (1, 0))


rule(
    "det", "x",
    value=lambda xp, x: xp.det(x) if _rows(xp, x, "det") else xp.number(1.0, x),
    vjps=[_det_vjp],
    backward="LinalgDetBackward0", summary="the determinant", derivative="g*det(x)*inv(x).T",
    domain="square matrices",
    example="det(A) at A=[[1, 2], [3, 4]]",
    samples=[
        (_SQUARE,), ([[1.0, 2.0], [2.0, 4.0]],), ([[2.1, 0.4, 0.3], [-0.7, 1.3, 0.9], [0.2, 0.5, -1.1]],),
    ],
)


def _logdet_vjp(xp: Any, g: Any, out: Any, x: Any) -> Any:
    # An Expression is true: a determinant in symbols is divided by, which one that underflows cannot be.
    if xp.eq(out, -_INF):
        return xp.div(g * _cofactors(xp, x), xp.det(x))
    return xp.where(xp.isnan(out), 0.0, g * xp.transpose(xp.inv(x), (1, 0)))


rule(
    "logdet", "x",
    value=lambda xp, x: xp.logdet(x) if _rows(xp, x, "logdet") else xp.number(0.0, x),
    vjps=[_logdet_vjp],
    # PyTorch takes the sign of the determinant apart, and calls the result so.
    backward="WhereBackward0", summary="log(det(x)), also where the determinant itself is out of range",
    derivative="g*inv(x).T", domain="square matrices with det(x) > 0",
    example="logdet(A) at A=[[2, 1], [3, 4]]", samples=[(_SQUARE,), ([[3.0]],)],
    conventions=[
        Convention(
            lambda xp, x: xp.isnan(xp.logdet(x)),
            "a determinant below 0 has no logarithm: the gradient 0 is used, as PyTorch does",
        ),
        Convention(
            lambda xp, x: xp.eq(xp.logdet(x), -_INF),
            "a singular matrix: the determinant is 0, and the derivative of its logarithm infinite",
        ),
    ],
)


def _inv_vjp(xp: Any, g: Any, out: Any, x: Any) -> Any:
    inverse = swapped(xp, out)
    return -xp.matmul(xp.matmul(inverse, g), inverse)


rule(
    "inv", "x",
    value=lambda xp, x: xp.inv(x) if _rows(xp, x, "inv") else x,
    vjps=[_inv_vjp],
    backward="LinalgInvExBackward0", summary="the inverse of a matrix", derivative="-inv(x).T @ g @ inv(x).T",
    domain="matrices with det(x) != 0", example="inv(A) at A=[[1, 2], [3, 4]]", samples=[(_SQUARE,)],
)


def _solve_vjp(xp: Any, g: Any, out: Any, a: Any, b: Any) -> Any:
    w = xp.solve(swapped(xp, a), g)
    if len(xp.shape(out)) == 1:
        return -xp.outer(w, out)
    return -xp.matmul(w, swapped(xp, out))


rule(
    "solve", "a, b",
    value=lambda xp, a, b: xp.solve(a, b) if _rows(xp, a, "solve") else b,
    vjps=[_solve_vjp, lambda xp, g, out, a, b: xp.solve(swapped(xp, a), g)],
    backward="LinalgSolveExBackward0", summary="the x for which a @ x is b",
    derivative="-outer(solve(a.T, g), solve(a, b)); solve(a.T, g)", domain="matrices with det(a) != 0",
    example="solve(A, y) at A=[[1, 2], [3, 4]], y=[5, 6]",
    samples=[(_SQUARE, _VECTOR), (_SQUARE, [[0.7, 0.2], [0.1, 0.9]])],
)
rule(
    "diag", "x",
    value=lambda xp, x: xp.diag(x),
    vjps=[lambda xp, g, out, x: xp.diag(g) if _fits(xp, x) else _padded(xp, g, xp.shape(x))],
    backward="DiagEmbedBackward0", summary="a matrix with x as its diagonal; of a matrix, its diagonal",
    derivative="diag(g)", domain="vectors and matrices", example="diag(x) at x=[1, 2]", linear=True,
    samples=[(_VECTOR,), (_SQUARE,), (_TALL,)],
    variant=lambda operands, static: (
        "DiagonalBackward0_copy" if len(getattr(operands[0], "shape", ())) == 2 else "DiagEmbedBackward0"
    ),
)


def _fits(xp: Any, x: Any) -> bool:
    """Whether the diag of its diag has the shape of `x`: a vector, or a square matrix."""
    shape = xp.shape(x)
    return len(shape) == 1 or shape[0] == shape[1]


def _padded(xp: Any, diagonal: Any, shape: tuple[int, int]) -> Any:
    """A matrix of this shape with this diagonal and zeros beside it."""
    n = min(shape)
    return xp.scatter(xp.diag(diagonal), (slice(n), slice(n)), shape)
