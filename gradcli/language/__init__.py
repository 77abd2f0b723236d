"""Text to program: the grammar, statements with source spans, diagnostics."""
