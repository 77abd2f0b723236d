#!/usr/bin/env bash
# PyTorch: a list of lists as an index is a tuple of indices, four versions after its warning said it would not be.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy
"$folder/venv/bin/python" - <<'PYTHON'
import warnings

import numpy as np
import torch

t = torch.arange(25.0).reshape(5, 5)
index = [[0, 4], [2, 2]]
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    picked = t[index]
print(f"torch {torch.__version__}, numpy {np.__version__}")
print("t[[[0, 4], [2, 2]]] picks t[0, 2] and t[4, 2], as t[[0, 4], [2, 2]] does; NumPy picks rows, by an")
print("array of shape (2, 2). PyTorch's own warning says that this ends with version 2.9.")
print("torch:", picked.tolist())
print("numpy:", t.numpy()[index].shape)
print("warning:", str(caught[0].message)[:120])
assert picked.tolist() == [2.0, 22.0]
assert t.numpy()[index].shape == (2, 2, 5)
assert "pytorch 2.9" in str(caught[0].message)
PYTHON
