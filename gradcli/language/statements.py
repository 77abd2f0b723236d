"""The statements of a program; expressions are nodes of gradcli.numbers, for they are computed with, too."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.numbers.expression import Expression, Span


ATTRIBUTES = ("grad", "grad_fn", "requires_grad", "is_leaf", "shape")
"""What `print` shows of a name: `print x.grad`."""


class Statement:
    """What a program is a list of. `span` is the pair of offsets into the text that was parsed."""

    __slots__ = ("span",)

    def __init__(self, span: Span) -> None:
        self.span = span

    def __repr__(self) -> str:
        fields = (f"{name}={getattr(self, name)!r}" for name in type(self).__slots__)
        return f"{type(self).__name__}({', '.join(fields)})"


class Evaluate(Statement):
    """`EXPR`, `EXPR at x=1`: report value, gradients and graph, under bindings for this statement only.

    `reinterpreted` says that the expression was read in another form than it was written (an implicit
    product, a superscript, bars, a symbol), so that the answer is headed by the form that was read.
    """

    __slots__ = ("bindings", "expression", "reinterpreted")

    def __init__(
        self,
        expression: Expression,
        bindings: tuple[Binding, ...],
        span: Span,
        reinterpreted: bool = False,
    ) -> None:
        super().__init__(span)
        self.expression = expression
        self.bindings = bindings
        self.reinterpreted = reinterpreted


class Binding:
    """`x=pi/4`, behind `at`; `span` is the name's."""

    __slots__ = ("expression", "name", "span")

    def __init__(self, name: str, expression: Expression, span: Span) -> None:
        self.name = name
        self.expression = expression
        self.span = span

    def __repr__(self) -> str:
        return f"Binding(name={self.name!r}, expression={self.expression!r})"


class Bind(Statement):
    """`x = EXPR`, `const x = EXPR`; `name_span` is the name's."""

    __slots__ = ("const", "expression", "name", "name_span")

    def __init__(self, name: str, expression: Expression, const: bool, span: Span, name_span: Span) -> None:
        super().__init__(span)
        self.name = name
        self.expression = expression
        self.const = const
        self.name_span = name_span


class Define(Statement):
    """`f(x, y) = EXPR`; `name_span` is the function's name's."""

    __slots__ = ("body", "name", "name_span", "parameters")

    def __init__(
        self, name: str, parameters: tuple[str, ...], body: Expression, span: Span, name_span: Span
    ) -> None:
        super().__init__(span)
        self.name = name
        self.parameters = parameters
        self.body = body
        self.name_span = name_span


class Backward(Statement):
    """`backward EXPR`, `backward EXPR with EXPR`, `backward EXPR retain_graph`; mostly EXPR is a name."""

    __slots__ = ("expression", "gradient", "retain_graph")

    def __init__(
        self, expression: Expression, gradient: Expression | None, retain_graph: bool, span: Span
    ) -> None:
        super().__init__(span)
        self.expression = expression
        self.gradient = gradient
        self.retain_graph = retain_graph


class ZeroGrad(Statement):
    """`zero_grad x`; of every leaf where `name` is None. `name_span` is the name's, if there is one."""

    __slots__ = ("name", "name_span")

    def __init__(self, name: str | None, span: Span, name_span: Span | None = None) -> None:
        super().__init__(span)
        self.name = name
        self.name_span = name_span


class RequiresGrad(Statement):
    """`requires_grad x on`, `requires_grad x off`."""

    __slots__ = ("name", "name_span", "on")

    def __init__(self, name: str, on: bool, span: Span, name_span: Span) -> None:
        super().__init__(span)
        self.name = name
        self.on = on
        self.name_span = name_span


class NoGrad(Statement):
    """`no_grad { ... }`; blocks within the block are part of it, so that no program is deeper than one."""

    __slots__ = ("statements",)

    def __init__(self, statements: tuple[Statement, ...], span: Span) -> None:
        super().__init__(span)
        self.statements = statements


class Print(Statement):
    """`print EXPR`; `print x.grad`, where `expression` is the name and `attribute` "grad".

    `attribute_span` is that of the attribute and its dot.
    """

    __slots__ = ("attribute", "attribute_span", "expression")

    def __init__(
        self, expression: Expression, attribute: str | None, span: Span, attribute_span: Span | None = None
    ) -> None:
        super().__init__(span)
        self.expression = expression
        self.attribute = attribute
        self.attribute_span = attribute_span
