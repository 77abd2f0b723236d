"""Names and behaviour of torch: tables of what an expression displays, here and in PyTorch."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

import gradcli.autograd as engine

SETUP = """
x = torch.tensor([1., 2., 3.], requires_grad=True)
i = torch.tensor([1, 2])
b = torch.tensor([True, False])
f = torch.tensor([1., 2.])
d = torch.tensor([1., 2.], dtype=torch.float64)
s = torch.tensor(2., dtype=torch.float64)
m = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)
"""

# --- float32 is the default dtype in this table ---
DISPLAYS = {
    "i * 2.5": "tensor([2.5000, 5.0000])",
    "i * s": "tensor([2., 4.], dtype=torch.float64)",
    "i / 2": "tensor([0.5000, 1.0000])",
    "b + b": "tensor([ True, False])",
    "b * 2": "tensor([2, 0])",
    "f * s": "tensor([2., 4.])",
    "s * torch.tensor(1.)": "tensor(2., dtype=torch.float64)",
    "f * d": "tensor([1., 4.], dtype=torch.float64)",
    "2 ** i": "tensor([2, 4])",
    "-7 // torch.tensor(2)": "tensor(-4)",
    "torch.sin(i)": "tensor([0.8415, 0.9093])",
    "x.double()": "tensor([1., 2., 3.], dtype=torch.float64, grad_fn=<ToCopyBackward0>)",
    "x.float() is x": "True",
    "1 / x": "tensor([1.0000, 0.5000, 0.3333], grad_fn=<MulBackward0>)",
    "2 - x": "tensor([ 1.,  0., -1.], grad_fn=<RsubBackward1>)",
    "2 ** x": "tensor([2., 4., 8.], grad_fn=<PowBackward2>)",
    "x ** x.detach()": "tensor([ 1.,  4., 27.], grad_fn=<PowBackward1>)",
    "x % 2": "tensor([1., 0., 1.], grad_fn=<RemainderBackward0>)",
    "x // 2": "tensor([0., 1., 1.], grad_fn=<NotImplemented>)",
    "x[None]": "tensor([[1., 2., 3.]], grad_fn=<UnsqueezeBackward0>)",
    "x[1:]": "tensor([2., 3.], grad_fn=<SliceBackward0>)",
    "x[[0, 2]]": "tensor([1., 3.], grad_fn=<IndexBackward0>)",
    "x[..., 0]": "tensor(1., grad_fn=<SelectBackward0>)",
    "m.t()": "tensor([[1., 3.],\n        [2., 4.]], grad_fn=<TBackward0>)",
    "m.mean(dim=1, keepdim=True)": "tensor([[1.5000],\n        [3.5000]], grad_fn=<MeanBackward1>)",
    "m.max(1)": "torch.return_types.max(\nvalues=tensor([2., 4.], "
    "grad_fn=<MaxBackward0>),\nindices=tensor([1, 1]))",
    "m.inverse()": "tensor([[-2.0000,  1.0000],\n        [ 1.5000, -0.5000]], "
    "grad_fn=<LinalgInvExBackward0>)",
    "x.expand(2, 3)": "tensor([[1., 2., 3.],\n        [1., 2., 3.]], grad_fn=<ExpandBackward0>)",
    "x.norm()": "tensor(3.7417, grad_fn=<LinalgVectorNormBackward0>)",
    "x.clamp(min=2)": "tensor([2., 2., 3.], grad_fn=<ClampBackward1>)",
    "x.softmax(0)": "tensor([0.0900, 0.2447, 0.6652], grad_fn=<SoftmaxBackward0>)",
    "torch.sinc(x / 4)": "tensor([0.9003, 0.6366, 0.3001], grad_fn=<SincBackward0>)",
    "torch.sinc(torch.tensor(0))": "tensor(1.)",
    "torch.xlogy(x, 2)": "tensor([0.6931, 1.3863, 2.0794], grad_fn=<XlogyBackward2>)",
    "torch.xlogy(2, x)": "tensor([0.0000, 1.3863, 2.1972], grad_fn=<XlogyBackward1>)",
    "x.xlogy(x)": "tensor([0.0000, 1.3863, 3.2958], grad_fn=<XlogyBackward0>)",
    "torch.xlogy(torch.tensor([0, 1]), torch.tensor([0, 2]))": "tensor([0.0000, 0.6931])",
    "torch.fmod(-x, 2)": "tensor([-1., -0., -1.], grad_fn=<FmodBackward0>)",
    "torch.fmod(x, s)": "tensor([1., 0., 1.], grad_fn=<FmodBackward1>)",
    "torch.fmod(-i, 2), torch.fmod(i, 1.5)": "(tensor([-1,  0]), tensor([1.0000, 0.5000]))",
    "torch.cumprod(x, 0), i.cumprod(0)": "(tensor([1., 2., 6.], grad_fn=<CumprodBackward0>), "
    "tensor([1, 2]))",
    "b.cumprod(0), m.cumprod(1)": "(tensor([1, 0]), tensor([[ 1.,  2.],\n        [ 3., 12.]], "
    "grad_fn=<CumprodBackward0>))",
    "torch.logdet(m.T @ m)": "tensor(1.3863, grad_fn=<WhereBackward0>)",
    "m.logdet()": "tensor(nan, grad_fn=<WhereBackward0>)",
    "torch.softmax(torch.tensor([torch.inf, 0.]), 0)": "tensor([nan, nan])",
    "torch.log_softmax(torch.tensor([torch.inf, 0.]), 0)": "tensor([nan, nan])",
    "torch.cat([x, x])": "tensor([1., 2., 3., 1., 2., 3.], grad_fn=<CatBackward0>)",
    "torch.nn.functional.mse_loss(x, x)": "tensor(0., grad_fn=<MseLossBackward0>)",
    "x.argmax(), x.numel(), x.size(-1), x.dim()": "(tensor(2), 3, 3, 1)",
    "torch.allclose(x, x), torch.equal(x, i)": "(True, False)",
    "np.asarray(f)": "array([1., 2.], dtype=float32)",
    "np.sin(f)": "tensor([0.8415, 0.9093])",
    "f * np.ones(2)": "tensor([1., 2.], dtype=torch.float64)",
    "np.float64(2) * f": "tensor([2., 4.])",
    "torch.tensor(np.float32(2)), torch.tensor(np.arange(3))": "(tensor(2.), tensor([0, 1, 2]))",
    "torch.from_numpy(np.ones(2))": "tensor([1., 1.], dtype=torch.float64)",
    "torch.Tensor([1, 2])": "tensor([1., 2.])",
    "type(x), type(x.shape)": "(<class 'torch.Tensor'>, <class 'torch.Size'>)",
    "~b, b & b, i & 1": "(tensor([False,  True]), tensor([ True, False]), tensor([1, 0]))",
    "x == None, x in [x], hash(x) == hash(x)": "(False, True, True)",
    "torch.autograd.gradcheck(torch.sin, d.requires_grad_())": "True",
    "torch.autograd.gradgradcheck(torch.sin, d.requires_grad_())": "True",
}

FAILS = {
    "x + torch.ones(2)": "RuntimeError: The size of tensor a (3) must match the size of tensor b (2) at "
    "non-singleton "
    "dimension 0",
    "x.item()": "RuntimeError: a Tensor with 3 elements cannot be converted to Scalar",
    "len(s)": "TypeError: len() of a 0-d tensor",
    "list(s)": "TypeError: iteration over a 0-d tensor",
    "x.numpy()": "RuntimeError: Can't call numpy() on Tensor that requires grad. Use "
    "tensor.detach().numpy() instead.",
    "[1][f]": "TypeError: only integer tensors of a single element can be converted to an index",
    "f'{x:.2f}'": "TypeError: unsupported format string passed to Tensor.__format__",
    "torch.tensor([[1, 2], [3]])": "ValueError: expected sequence of length 2 at dim 1 (got 1)",
    "torch.tensor(None)": "RuntimeError: Could not infer dtype of NoneType",
    "(x * 2).backward(torch.ones(2))": "RuntimeError: Mismatch in shape: grad_output[0] has a shape of "
    "torch.Size([2]) and output[0] has a shape of torch.Size([3]).",
    "setattr(x, 'grad', 1.0)": "TypeError: assigned grad expected to be a Tensor or None but got grad of "
    "type float",
    "setattr(x, 'grad', torch.ones(2))": "RuntimeError: attempting to assign a gradient of size '[2]' to a "
    "tensor of "
    "size '[3]'. Please ensure that the gradient and the tensor are the same size",
    "s.retain_grad()": "RuntimeError: can't retain_grad on Tensor that has requires_grad=False",
    "x.__setitem__(0, 1.0)": "RuntimeError: a view of a leaf Variable that requires grad is being used in "
    "an in-place "
    "operation.",
    "torch.autograd.grad(x.sum(), s)": "RuntimeError: One of the differentiated Tensors does not require "
    "grad",
    "(x // 2).sum().backward()": "RuntimeError: derivative for aten::floor_divide is not implemented",
    "x[5]": "IndexError: index 5 is out of bounds for dimension 0 with size 3",
    "x.reshape(2)": "RuntimeError: shape '[2]' is invalid for input of size 3",
    "x.sum(1)": "IndexError: Dimension out of range (expected to be in range of [-1, 0], but got 1)",
    "m @ x": "RuntimeError: size mismatch, got input (2), mat (2x2), vec (3)",
    "torch.sin([1.])": "TypeError: sin(): argument 'input' (position 1) must be Tensor, not list",
    "x + 'a'": "TypeError: unsupported operand type(s) for +: 'Tensor' and 'str'",
    "i // 0": "RuntimeError: ZeroDivisionError",
    "torch.fmod(i, 0)": "RuntimeError: ZeroDivisionError",
    "torch.cumprod(x)": "TypeError: cumprod() missing 1 required positional arguments: \"dim\"",
    "torch.sinc(2.)": "TypeError: sinc(): argument 'input' (position 1) must be Tensor, not float",
    "torch.logdet(x)": "RuntimeError: logdet: The input tensor A must have at least 2 dimensions.",
    "torch.logdet(m[:1])": "RuntimeError: logdet: A must be batches of square matrices, but they are 1 by 2 "
    "matrices",
    "torch.logdet(torch.tensor([[1]]))": "RuntimeError: logdet: Expected a floating point or complex tensor "
    "as input. Got Long",
    "torch.det(torch.tensor([[1]]))": "RuntimeError: linalg.det: Expected a floating point or complex tensor "
    "as input. Got Long",
    "i ** -1": "RuntimeError: Integers to negative integer powers are not allowed.",
    "i.mean()": "RuntimeError: mean(): could not infer output dtype. Input dtype must be either a floating "
    "point or "
    "complex dtype. Got: Long",
    "b - b": "RuntimeError: Subtraction, the `-` operator, with two bool tensors is not supported. Use the "
    "`^` or "
    "`logical_xor()` operator instead.",
    "torch.set_default_dtype(torch.int64)": "TypeError: only floating-point types are supported as the "
    "default type",
    "torch.autograd.functional.vjp(lambda t: t, x)": "RuntimeError: The vector v can only be None if the "
    "user-provided "
    "function returns a single Tensor with a single element.",
    "torch.autograd.functional.hessian(lambda t: t, x)": "RuntimeError: The Tensor returned by the function "
    "given to "
    "hessian should contain a single element",
    "torch.autograd.functional.jacobian(lambda t: f, x, strict=True)": "RuntimeError: Output 0 of the "
    "user-provided "
    "function does not require gradients. The outputs must be computed in a differentiable manner from the "
    "input when "
    "running in strict mode.",
    "torch.autograd.gradcheck(torch.sin, f)": "ValueError: gradcheck expects at least one input tensor to "
    "require "
    "gradient, but none of them have requires_grad=True.",
}


def display(torch: Any, expression: str) -> str:
    import numpy as np

    names = {"torch": torch, "np": np}
    exec(SETUP, names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return repr(eval(expression, names))
        except Exception as error:
            kind = next(k for k in type(error).__mro__ if k.__module__ == "builtins")
            return f"{kind.__name__}: {error}"


@pytest.fixture
def single() -> Any:
    before = engine.get_default_dtype()
    engine.set_default_dtype(engine.float32)
    yield engine
    engine.set_default_dtype(before)


@pytest.mark.parametrize(("expression", "shown"), [*DISPLAYS.items(), *FAILS.items()])
def test_an_expression_displays(expression: str, shown: str, single: Any) -> None:
    assert display(single, expression) == shown


@pytest.mark.parametrize(("expression", "shown"), [*DISPLAYS.items(), *FAILS.items()])
def test_an_expression_displays_in_pytorch(expression: str, shown: str) -> None:
    torch = pytest.importorskip("torch")
    assert display(torch, expression) == shown


def test_gradcheck_names_the_element_that_is_wrong() -> None:
    def wrong(t: Any) -> Any:
        return t * engine.tensor([1.0, 2.0]) + (t.detach() * engine.tensor([0.0, 1.0]))

    with pytest.raises(engine.GradcheckError) as error:
        engine.gradcheck(wrong, engine.tensor([1.0, 1.0], requires_grad=True))
    assert str(error.value).startswith(
        "Jacobian mismatch for output 0 with respect to input 0,\n"
        "numerical:tensor([[1.0000, 0.0000],\n        [0.0000, 3.0000]])\n"
        "analytical:tensor([[1., 0.],\n        [0., 2.]])\n"
        "(the furthest is input element 1, output element 1: numerical 2.99999"
    )
    assert not engine.gradcheck(wrong, engine.tensor([1.0, 1.0], requires_grad=True), raise_exception=False)


def test_functional_of_several_inputs_and_outputs() -> None:
    a, b = engine.tensor([1.0, 2.0]), engine.tensor(3.0)
    jacobian = engine.functional.jacobian(lambda a, b: (a * b, a.sum()), (a, b))
    assert [[j.tolist() for j in row] for row in jacobian] == [
        [[[3.0, 0.0], [0.0, 3.0]], [1.0, 2.0]],
        [[1.0, 1.0], 0.0],
    ]
    blocks = engine.functional.hessian(lambda a, b: (a**2).sum() * b, (a, b))
    assert [[j.tolist() for j in row] for row in blocks] == [
        [[[6.0, 0.0], [0.0, 6.0]], [2.0, 4.0]],
        [[2.0, 4.0], 0.0],
    ]
    value, product = engine.functional.vhp(lambda a: (a**3).sum(), a, engine.tensor([1.0, 1.0]))
    assert (value.item(), product.tolist()) == (9.0, [6.0, 12.0])
