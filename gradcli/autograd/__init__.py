"""Reverse-mode automatic differentiation with the names and the behaviour of torch."""
