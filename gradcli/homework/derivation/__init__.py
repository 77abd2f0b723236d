"""Formulas for a reader: derivatives of whole programs and streams, with their worth at a point."""
