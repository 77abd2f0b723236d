"""The texts of PyTorch's errors that more than one place raises, and how it warns."""

from __future__ import annotations

import warnings

FREED = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have "
    "already "
    "been freed). Saved intermediate values of the graph are freed when you call .backward() or "
    "autograd.grad(). "
    "Specify retain_graph=True if you need to backward through the graph a second time or if you need to "
    "access "
    "saved tensors after calling backward."
)
NO_GRAD_FN = "element {} of tensors does not require grad and does not have a grad_fn"
SCALAR_ONLY = "grad can be implicitly created only for scalar outputs"
MODIFIED = (
    "one of the variables needed for gradient computation has been modified by an inplace operation: {} is "
    "at "
    "version {}; expected version {} instead. Hint: enable anomaly detection to find the operation that "
    "failed to "
    "compute its gradient, with torch.autograd.set_detect_anomaly(True, check_nan=False)."
)
LEAF_IN_PLACE = "a leaf Variable that requires grad is being used in an in-place operation."
LEAF_VIEW_IN_PLACE = "a view of a leaf Variable that requires grad is being used in an in-place operation."
FLOATING_ONLY = "{} Tensors of floating point and complex dtype can require gradients"
REQUIRES_GRAD_OF_RESULT = (
    "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a "
    "subgraph that doesn't require differentiation use var_no_grad = var.detach()."
)


def size(shape: tuple[int, ...]) -> str:
    """A shape as PyTorch's messages write it, `[2, 3]`."""
    return str(list(shape))


_warned: set[str] = set()


def warn_once(text: str) -> None:
    """PyTorch gives this warning once in a process."""
    if text not in _warned:
        _warned.add(text)
        warnings.warn(text, UserWarning, stacklevel=4)
