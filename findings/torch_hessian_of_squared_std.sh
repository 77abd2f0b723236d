#!/usr/bin/env bash
# PyTorch: the Hessian of std(v)**2 where all elements are equal is 0, while var(v), the same function, has another.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy
"$folder/venv/bin/python" - <<'PYTHON'
import torch
from torch.autograd.functional import hessian

v = torch.tensor([3.0, 3.0, 3.0], dtype=torch.float64)
of_std = hessian(lambda v: v.std() ** 2, v)
of_var = hessian(lambda v: v.var(), v)
print(f"torch {torch.__version__}")
print("std(v)**2 and var(v) are one function; where all elements of v are equal, their Hessians are")
print("not: std masks its derivative there, and the chain rule makes 0 of it without a word.")
print("std(v)**2:", of_std.tolist())
print("var(v):   ", [[round(x, 6) for x in row] for row in of_var.tolist()])
assert not of_std.any()
assert torch.allclose(of_var, torch.eye(3, dtype=torch.float64) - 1 / 3)
PYTHON
