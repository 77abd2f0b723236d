"""Identities between functions of one operand, of sums and of products, that hold wherever both sides do."""

from __future__ import annotations

from gradcli.algebra.domains import forms_below
from gradcli.algebra.nodes import FUNCTION, PRODUCT, SUM, Node, is_whole, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.algebra.forms import Forms
    from gradcli.algebra.nodes import Rational
    from gradcli.algebra.products import Collected


def merged_squares(forms: Forms, collected: dict[Node, Rational]) -> None:
    """sin(x)**2 + cos(x)**2 as 1, and its kin, with whatever stands before both."""
    found: dict[tuple[str, int, Node, Node], Node] = {}
    for term in collected:
        for base, exponent in term.parts if term.kind == PRODUCT else ():
            if base.kind == FUNCTION and base.head in _SQUARED and exponent in (2, -2):
                rest = forms.product(term.head, [factor for factor in term.parts if factor[0] is not base])
                found[base.head, exponent, base.parts[0], rest] = term
    for (name, exponent, x, rest), term in found.items():
        for partner, power, sign in _ONES.get((name, exponent), ()):
            other = found.get((partner, power, x, rest))
            coefficient = collected.get(term)
            if coefficient and other is not None and collected.get(other) == sign * coefficient:
                del collected[term], collected[other]
                for part, node in forms.terms(rest):
                    collected[node] = collected.get(node, 0) + coefficient * part


_ONES = {
    ("cos", 2): [("sin", 2, 1)],
    ("cosh", 2): [("sinh", 2, -1)],
    ("cosh", -2): [("tanh", 2, 1)],
    ("cos", -2): [("tan", 2, -1)],
    ("sin", -2): [("tan", -2, -1)],
}
"""Squares that are 1 together: of a function and its power, another one and its power and sign."""

_SQUARED = frozenset(("sin", "cos", "tan", "sinh", "cosh", "tanh"))


def with_complements(forms: Forms, root: Node) -> Node:
    """1 - sigmoid(x) as sigmoid(-x), which loses no digits, where sigmoid(x) stands nowhere else."""
    if "sigmoid" in forms.named:
        return root
    users: dict[Node, list[Node]] = {}
    for node in forms_below([root]):
        for part in parts_of(node):
            if part.kind == FUNCTION and part.head == "sigmoid":
                users.setdefault(part, []).append(node)
    known: dict[Node, Node] = {}
    for curve, nodes in users.items():
        sizes = [_complement_of(forms, node, curve) for node in nodes]
        opposite = forms.opaque("sigmoid", (forms.negative(curve.parts[0]),))
        if None not in sizes:
            known |= {node: forms.scaled(size, opposite) for node, size in zip(nodes, sizes, strict=True)}
    return forms.replaced(root, known) if known else root


def _complement_of(forms: Forms, node: Node, curve: Node) -> Rational | None:
    """How often a sum is 1 minus a function; None of all else."""
    if node.kind != SUM or len(node.parts) != 2:
        return None
    coefficients = {term: coefficient for coefficient, term in node.parts}
    size = coefficients.get(forms.one)
    return size if size is not None and coefficients.get(curve) == -size else None


def merged_factors(product: Collected) -> bool:
    """Merge powers of functions of one operand; whether anything changed."""
    powers = product.powers
    named: dict[tuple[str, Node], Node] = {}
    for base, exponent in powers.items():
        if base.kind == FUNCTION and is_whole(exponent) and base.head in _MERGED:
            named[base.head, base.parts[0]] = base
    changed = False
    for (name, x), base in named.items():
        exponent = powers.get(base, 0)
        if name == "abs":
            changed = _merge_abs(product, base) or changed
        elif name == "sign":
            changed = _merge_sign(product, base, named.get(("abs", x))) or changed
        elif name == "cbrt" and exponent % 3 == 0 and exponent:
            del powers[base]
            product.put_all([(x, exponent // 3)])
            changed = True
        elif name in ("tanh", "sinh"):
            changed = _merge_hyperbolic(product, name, base, named.get(("cosh", x))) or changed
        elif name == "tan":
            changed = _merge_tangent(product, base, named.get(("cos", x))) or changed
            changed = _merge_sine(product, base, named.get(("sin", x))) or changed
        elif name == "sin":
            cosine = named.get(("cos", x))
            if cosine is not None and exponent > 0 and powers.get(cosine, 0) == -exponent:
                del powers[base], powers[cosine]
                product.put_all([(product.forms.function("tan", x), exponent)])
                changed = True
    return changed


_MERGED = frozenset(("abs", "sign", "cbrt", "tanh", "sinh", "cosh", "sin", "cos", "tan"))


def _merge_abs(product: Collected, base: Node) -> bool:
    """abs(x)**2 is x**2; of a norm, which has a slope of 0 at 0, x/abs(x) is sign(x)."""
    exponent = product.powers.get(base, 0)
    if exponent == -1 and "norm" in product.forms.named and product.powers.get(base.parts[0]) == 1:
        x = base.parts[0]
        product.put_all([(base, 1), (x, -1), (product.forms.function("sign", x), 1)])
        return True
    if not exponent or exponent % 2:
        return False
    del product.powers[base]
    product.put_all([(base.parts[0], exponent)])
    return True


def _merge_sign(product: Collected, base: Node, size: Node | None) -> bool:
    """abs(x)*sign(x) is x, x*sign(x) is abs(x) and sign(x)/abs(x) is 1/x, at 0 too."""
    powers = product.powers
    x = base.parts[0]
    if powers.get(base, 0) <= 0:
        return False
    of_size = powers.get(size, 0) if size is not None else 0
    if size is not None and of_size % 2:
        product.put_all([(base, -1), (size, -of_size), (x, of_size)])
        return True
    of_x = powers.get(x, 0)
    if is_whole(of_x) and of_x > 0:
        product.put_all([(base, -1), (x, -1), (product.forms.function("abs", x), 1)])
        return True
    return False


def _merge_tangent(product: Collected, base: Node, cosine: Node | None) -> bool:
    """tan*cos is sin, and 1/(tan*cos) is 1/sin."""
    a = product.powers.get(base, 0)
    b = product.powers.get(cosine, 0) if cosine is not None else 0
    if cosine is None or not is_whole(b) or a * b <= 0:
        return False
    k = max(a, b) if a < 0 else min(a, b)
    product.put_all([(base, -k), (cosine, -k), (product.forms.function("sin", base.parts[0]), k)])
    return True


def _merge_sine(product: Collected, base: Node, sine: Node | None) -> bool:
    """tan/sin is 1/cos."""
    a = product.powers.get(base, 0)
    b = product.powers.get(sine, 0) if sine is not None else 0
    if sine is None or a <= 0 or b >= 0:
        return False
    k = min(a, -b)
    product.put_all([(base, -k), (sine, k), (product.forms.function("cos", base.parts[0]), -k)])
    return True


def _merge_hyperbolic(product: Collected, name: str, base: Node, cosh: Node | None) -> bool:
    """1/(tanh*cosh) is 1/sinh, sinh/cosh is tanh; cosh is never 0, so that nothing is lost."""
    powers = product.powers
    if cosh is None:
        return False
    a, b = powers.get(base, 0), powers.get(cosh, 0)
    x = base.parts[0]
    if name == "tanh" and a < 0 and b < 0:
        k = max(a, b)
        product.put_all([(base, -k), (cosh, -k), (product.forms.function("sinh", x), k)])
        return True
    if name == "sinh" and a and a == -b:
        product.put_all([(base, -a), (cosh, a), (product.forms.function("tanh", x), a)])
        return True
    return False
