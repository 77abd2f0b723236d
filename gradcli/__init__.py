"""A gradient calculator for the command line, on a reverse-mode autograd engine of its own."""

__version__ = "0.1.0"
