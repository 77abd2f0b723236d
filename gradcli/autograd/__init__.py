"""A reverse-mode autograd engine under torch's names: `import gradcli.autograd as torch`."""

from __future__ import annotations

import sys
from math import e, inf, nan, pi

from gradcli.autograd import conversions, operators
from gradcli.autograd.backward import cotangents
from gradcli.autograd.creation import full, full_like, ones, ones_like, tensor, zeros, zeros_like
from gradcli.autograd.dtypes import bool_ as bool
from gradcli.autograd.dtypes import dtype, float32, float64, get_default_dtype, int64, set_default_dtype
from gradcli.autograd.engine import apply
from gradcli.autograd.grad_mode import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from gradcli.autograd.gradients import backward, grad
from gradcli.autograd.tensor import Size, Tensor

autograd = sys.modules[__name__]
"""So that `torch.autograd.grad` is found where `torch` is this package."""
