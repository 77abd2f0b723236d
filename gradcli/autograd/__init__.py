"""A reverse-mode autograd engine under torch's names: `import gradcli.autograd as torch`."""

from __future__ import annotations

import sys
from math import e, inf, nan, pi

from gradcli.autograd import inplace as inplace
from gradcli.autograd import products as products
from gradcli.autograd import reductions as reductions
from gradcli.autograd import shaping as shaping
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
from gradcli.autograd.functions import TORCH
from gradcli.autograd.shaping import Device as device  # noqa: N813  torch's name
from gradcli.autograd.shaping import as_tensor, from_numpy
from gradcli.engine import conversions as conversions  # these give Tensor its methods
from gradcli.engine import printing as printing
from gradcli.engine.apply import apply
from gradcli.engine.backward import cotangents
from gradcli.engine.dtypes import bool_ as bool
from gradcli.engine.dtypes import dtype, float32, float64, get_default_dtype, int64, set_default_dtype
from gradcli.engine.grad_mode import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from gradcli.engine.gradients import backward, grad
from gradcli.engine.tensor import Size, Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    import builtins
    from typing import Any

    from gradcli.autograd import functional as functional
    from gradcli.autograd import nn as nn
    from gradcli.autograd.checking import GradcheckError, gradcheck, gradgradcheck
    from gradcli.autograd.nn import linalg
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

autograd = sys.modules[__name__]
"""So that `torch.autograd.grad` is found where `torch` is this package."""

float, double, long = float32, float64, int64

_ELSEWHERE = {
    **dict.fromkeys(("gradcheck", "gradgradcheck", "GradcheckError"), "checking"),
    **dict.fromkeys(("Generator", "initial_seed", "manual_seed", "normal", "rand", "rand_like"), "random"),
    **dict.fromkeys(("randint", "randn", "randn_like", "randperm"), "random"),
    **dict.fromkeys(("functional", "nn"), ""),
    "linalg": "nn",
}
"""Where to find what a one-liner does not need; imported when it is asked for."""


def __getattr__(name: str) -> Any:
    if name not in _ELSEWHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    home = _ELSEWHERE[name]
    module = import_module(f"{__name__}.{home or name}")
    return getattr(module, name) if home else module


globals().update(TORCH)

__all__ = [
    "Generator",
    "GradcheckError",
    "Size",
    "Tensor",
    "apply",
    "arange",
    "as_tensor",
    "autograd",
    "backward",
    "bool",
    "cotangents",
    "device",
    "double",
    "dtype",
    "e",
    "empty",
    "enable_grad",
    "eye",
    "float",
    "float32",
    "float64",
    "from_numpy",
    "full",
    "full_like",
    "functional",
    "get_default_dtype",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "inf",
    "initial_seed",
    "int64",
    "is_grad_enabled",
    "is_tensor",
    "linalg",
    "linspace",
    "long",
    "manual_seed",
    "nan",
    "nn",
    "no_grad",
    "normal",
    "ones",
    "ones_like",
    "pi",
    "rand",
    "rand_like",
    "randint",
    "randn",
    "randn_like",
    "randperm",
    "set_default_dtype",
    "set_grad_enabled",
    "tensor",
    "zeros",
    "zeros_like",
]
__all__ += sorted(TORCH)


def is_tensor(obj: object) -> builtins.bool:
    """Whether `obj` is a Tensor."""
    return isinstance(obj, Tensor)
