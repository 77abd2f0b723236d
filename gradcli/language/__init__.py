"""Text to program: the grammar, statements with source spans, diagnostics."""

from gradcli.language.diagnostics import Diagnostic
from gradcli.language.parser import parse, parse_each, parse_expression

__all__ = ["Diagnostic", "parse", "parse_each", "parse_expression"]
