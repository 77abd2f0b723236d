"""The pages of the rulebook; importing this package fills the table."""

from gradcli.autograd.rules import elementwise, operators

__all__ = ["elementwise", "operators"]
