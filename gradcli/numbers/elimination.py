"""Determinant, inverse and solution of matrices of any kind of number, by that kind's own arithmetic.

Numbers are eliminated with the largest pivot first. Formulas are expanded in minors up to MINORS rows, which
divides by the determinant alone: a pivot that is zero for some values of the variables would spoil the
formula there.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.numbers import namespace_of, shapes
from gradcli.numbers.errors import SingularMatrix
from gradcli.numbers.expression import Expression

if TYPE_CHECKING:
    from gradcli.numbers.namespace import Namespace, Payload

MINORS = 8


def determinant(matrix: Any, like: Payload) -> Payload:
    """The determinant of one square matrix of objects; `like` is an element of its kind."""
    if _in_minors(matrix, like):
        return _by_minors(matrix, like)
    zero = namespace_of(like).number(0.0, like)
    rows = [list(row) for row in matrix]
    value = namespace_of(like).number(1.0, like)
    for i in range(len(rows)):
        swapped = _pivot(rows, i)
        if swapped is None:
            return zero
        value = (-value if swapped else value) * rows[i][i]
        _clear(rows, i, range(i + 1, len(rows)), like)
    return value


def inverse(matrix: Any, like: Payload) -> Any:
    """The inverse of one square matrix of objects; raises SingularMatrix."""
    n = len(matrix)
    if _in_minors(matrix, like):
        xp = namespace_of(like)
        det = _by_minors(matrix, like)
        if _is_zero(det):
            raise SingularMatrix(shapes.singular(n, None))
        out = np.empty((n, n), object)
        for i in range(n):
            for j in range(n):
                cofactor = _by_minors(np.delete(np.delete(matrix, j, 0), i, 1), like)
                out[i, j] = xp.div(-cofactor if (i + j) % 2 else cofactor, det)
        return out
    from gradcli.numbers import lifted

    return _eliminated(matrix, lifted.eye(n, like), like, "linalg.inv")


def solution(matrix: Any, right: Any, like: Payload) -> Any:
    """The matrix x with matrix @ x = right; raises SingularMatrix."""
    if _in_minors(matrix, like):
        try:
            return inverse(matrix, like) @ right
        except SingularMatrix:
            raise SingularMatrix(shapes.UNSOLVABLE) from None
    return _eliminated(matrix, right, like, "linalg.solve")


def _eliminated(matrix: Any, right: Any, like: Payload, function: str) -> Any:
    """By Gauss and Jordan on the matrix with the right-hand side beside it."""
    n = len(matrix)
    rows = [[*row, *beside] for row, beside in zip(matrix, right, strict=True)]
    for i in range(n):
        if _pivot(rows, i) is None:
            text = shapes.singular(i + 1, None) if function == "linalg.inv" else shapes.UNSOLVABLE
            raise SingularMatrix(text)
        _clear(rows, i, (k for k in range(n) if k != i), like)
    out = np.empty((n, len(rows[0]) - n if rows else 0), object)
    for i, row in enumerate(rows):
        for j, value in enumerate(row[n:]):
            out[i, j] = namespace_of(value, row[i]).div(value, row[i])
    return out


def _pivot(rows: list[list[Any]], i: int) -> bool | None:
    """Bring the best pivot of column i into its row; whether rows were exchanged, None where all are zero."""
    candidates = [k for k in range(i, len(rows)) if not _is_zero(rows[k][i])]
    if not candidates:
        return None
    # Of formulas, which have no size, the first that is not plainly zero.
    best = candidates[0] if isinstance(rows[candidates[0]][i], Expression) else (
        max(candidates, key=lambda k: abs(rows[k][i])))
    rows[i], rows[best] = rows[best], rows[i]
    return best != i


def _clear(rows: list[list[Any]], i: int, others: Any, like: Payload) -> None:
    """Subtract row i from the others so that column i of theirs vanishes."""
    xp: Namespace = namespace_of(like)
    for k in others:
        if not _is_zero(rows[k][i]):
            factor = xp.div(rows[k][i], rows[i][i])
            rows[k] = [b if j < i else b - factor * a
                       for j, (a, b) in enumerate(zip(rows[i], rows[k], strict=True))]


def _is_zero(x: Any) -> bool:
    return x.op == "number" and x.value == 0 if isinstance(x, Expression) else bool(x == 0)


def _in_minors(matrix: Any, like: Payload) -> bool:
    return isinstance(like, Expression) and len(matrix) <= MINORS


def _by_minors(matrix: Any, like: Payload) -> Payload:
    """The determinant without a division: of the first k rows and every k columns, from those of k - 1."""
    n = len(matrix)
    minors: dict[tuple[int, ...], Any] = {(): namespace_of(like).number(1.0, like)}
    for k in range(1, n + 1):
        larger = {}
        for columns in combinations(range(n), k):
            total: Any = 0.0
            for place, column in enumerate(columns):
                term = matrix[k - 1][column] * minors[columns[:place] + columns[place + 1:]]
                total = total + (-term if (k - 1 + place) % 2 else term)
            larger[columns] = total
        minors = larger
    return minors[tuple(range(n))]
