#!/usr/bin/env bash
# SymPy's parse_latex: \csc^2 3x is csc(x)**23, the digit of the argument having joined the power.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet sympy==1.14.0 antlr4-python3-runtime==4.11.1
"$folder/venv/bin/python" - <<'PYTHON'
import sympy
from sympy.parsing.latex import parse_latex

print(f"sympy {sympy.__version__}")
print(r"\csc^2 3x, the square of csc(3x) to every reader, is read as a power of 23, without an error;")
print("with braces around the power it is right.")
wrong, right = parse_latex(r"\csc^2 3x"), parse_latex(r"\csc^{2} 3x")
print(r"\csc^2 3x   ->", wrong)
print(r"\csc^{2} 3x ->", right)
x = sympy.Symbol("x")
assert wrong == sympy.csc(x) ** 23
assert right == sympy.csc(3 * x) ** 2
PYTHON
