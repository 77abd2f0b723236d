"""A reverse-mode autograd engine under torch's names: `import gradcli.autograd as torch`."""

from __future__ import annotations

import sys
from math import e, inf, nan, pi

from gradcli.autograd import conversions, inplace, printing, reductions, shaping
from gradcli.autograd import functional as functional
from gradcli.autograd import nn as nn
from gradcli.autograd.backward import cotangents
from gradcli.autograd.checking import GradcheckError, gradcheck, gradgradcheck
from gradcli.autograd.creation import (
    arange,
    empty,
    eye,
    full,
    full_like,
    linspace,
    ones,
    ones_like,
    tensor,
    zeros,
    zeros_like,
)
from gradcli.autograd.dtypes import bool_ as bool
from gradcli.autograd.dtypes import dtype, float32, float64, get_default_dtype, int64, set_default_dtype
from gradcli.autograd.engine import apply
from gradcli.autograd.functions import TORCH
from gradcli.autograd.grad_mode import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from gradcli.autograd.gradients import backward, grad
from gradcli.autograd.random import (
    Generator,
    initial_seed,
    manual_seed,
    normal,
    rand,
    rand_like,
    randint,
    randn,
    randn_like,
    randperm,
)
from gradcli.autograd.shaping import Device as device
from gradcli.autograd.shaping import as_tensor, from_numpy
from gradcli.autograd.tensor import Size, Tensor

autograd = sys.modules[__name__]
"""So that `torch.autograd.grad` is found where `torch` is this package."""

float, double, long = float32, float64, int64
linalg = nn.linalg

globals().update(TORCH)


def is_tensor(obj: object) -> bool:
    """Whether `obj` is a Tensor."""
    return isinstance(obj, Tensor)
