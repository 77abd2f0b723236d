"""The graph and the passes over it: sharing, freeing, targets, depth, changes in place, grad mode."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from typing import Any

import pytest

import gradcli.autograd as torch
from gradcli.engine import errors
from gradcli.rules.rulebook import RULES


def leaf(value: Any) -> torch.Tensor:
    return torch.tensor(value, requires_grad=True)


def test_a_shared_node_is_run_once() -> None:
    x = leaf(1.0)
    y = x
    for _ in range(64):  # 2**64 ways, 64 nodes
        y = y * y
    y.backward()
    assert x.grad.item() == 2.0**64


def test_a_second_backward_adds_and_keeps_no_state_on_nodes() -> None:
    x = leaf(3.0)
    y = x * x
    z = y * 1.0
    z.backward(retain_graph=True)
    z.backward()
    assert x.grad.item() == 12.0


@pytest.mark.parametrize(("name", "make", "twice"), [
    ("add", lambda x: x + 1, True), ("sub", lambda x: 1 - x, True), ("neg", lambda x: -x, True),
    ("sum", lambda x: x.sum(), True), ("mean", lambda x: x.mean(), True),
    ("clone", lambda x: x.clone(), True),
    ("mul", lambda x: x * 2, False), ("div", lambda x: x / 2, False), ("pow", lambda x: x**2, False),
    ("exp", lambda x: x.exp(), False), ("abs", lambda x: x.abs(), False), ("1/x", lambda x: 1 / x, False),
])
def test_a_second_backward_where_values_were_saved_is_refused(name: str, make: Any, twice: bool) -> None:
    x = leaf(2.0)
    y = make(x)
    y.backward()
    if twice:
        y.backward()
    else:
        with pytest.raises(RuntimeError) as error:
            y.backward()
        assert str(error.value) == errors.FREED


def test_freeing_leaves_alone_what_other_graphs_saved() -> None:
    x = leaf(2.0)
    y = x**2
    a, b = y * 3, y * 5
    assert torch.grad(a, y)[0].item() == 3.0
    assert torch.grad(b, y)[0].item() == 5.0
    torch.grad(y, x)
    with pytest.raises(RuntimeError, match="second time"):
        torch.grad(y, x)


def test_payloads_are_released_after_backward() -> None:
    x = leaf(2.0)
    y = x.sin().exp()
    node = y.grad_fn
    y.backward()
    assert (node.saved, node.out) == (None, None)
    assert node.next_functions[0][0].name() == "SinBackward0"


def test_gradients_of_targets_only() -> None:
    x, w = leaf(2.0), leaf(3.0)
    y = x * w
    z = y * y
    assert [g.item() for g in torch.grad(z, [y, x], retain_graph=True)] == [12.0, 36.0]
    z.backward(inputs=[w])
    assert (x.grad, w.grad.item()) == (None, 24.0)


def test_what_began_to_require_a_gradient_later_is_constant_to_a_graph() -> None:
    x, c = leaf(2.0), torch.tensor(5.0)
    y = x * c
    c.requires_grad_()
    y.backward()
    assert (x.grad.item(), c.grad) == (5.0, None)
    (x * c).backward()
    assert c.grad.item() == 2.0


def test_cotangents_of_every_node_touch_no_grad() -> None:
    x = leaf(4.0)
    y = x**2
    z = torch.sin(y)
    nodes, leaves = torch.cotangents(z, 2.0)
    by_name = {node.name(): round(g, 6) for node, g in nodes.items()}
    assert by_name == {"SinBackward0": 2.0, "PowBackward0": -1.915319}
    assert round(leaves[x], 6) == -15.322552
    assert x.grad is None
    assert torch.cotangents(z) == torch.cotangents(z)
    assert torch.cotangents(x)[1] == {x: 1.0}


def test_every_order_of_derivative() -> None:
    x = leaf(0.7)
    y = torch.exp(2 * x)
    for order in range(1, 6):
        (y,) = torch.grad(y, x, create_graph=True)
        assert y.item() == pytest.approx(2.0**order * 4.0551999668446745, rel=1e-13)


def test_unbroadcasting_is_differentiable() -> None:
    a, b = leaf([[1.0], [2.0]]), leaf([3.0, 4.0, 5.0])
    (g,) = torch.grad((a**2 * b).sum(), a, create_graph=True)
    assert g.tolist() == [[24.0], [48.0]]
    g.sum().backward()
    assert (a.grad.tolist(), b.grad.tolist()) == ([[24.0], [24.0]], [6.0, 6.0, 6.0])


def test_retained_gradients_of_results() -> None:
    x = leaf(3.0)
    y = x**2
    y.retain_grad()
    assert y.retains_grad
    (y * 5).backward()
    assert (y.grad.item(), x.grad.item()) == (5.0, 30.0)


def test_the_gradient_of_a_result_warns() -> None:
    y = leaf(3.0) * 2
    with pytest.warns(UserWarning, match="attribute of a Tensor that is not a leaf Tensor is being accessed"):
        assert y.grad is None


# --- depth ---

N = 1_000_000


@pytest.mark.parametrize("step", [lambda y, x: y * 1.0, lambda y, x: y + x, lambda y, x: torch.sin(y)])
def test_a_million_operations_forward_backward_and_deleted(step: Any) -> None:
    x = leaf(1.0)
    y = x
    for _ in range(N):
        y = step(y, x)
    y.backward()
    del y
    assert x.grad.item() > 0


def test_a_deep_graph_is_deleted_without_having_been_run() -> None:
    x = leaf([1.0])
    y = x
    for _ in range(200_000):
        y = y + x
    del y


def test_the_collector_is_left_as_it_was() -> None:
    usual = gc.get_threshold()
    gc.set_threshold(701, 11, 12)
    x = leaf(1.0)
    y = x
    for _ in range(30_000):
        y = y * 1.0
    y.backward()
    del y
    garbage = [[] for _ in range(100_000)]
    for item in garbage:
        item.append(item)
    assert gc.isenabled()
    assert gc.get_threshold() == (701, 11, 12)
    gc.set_threshold(*usual)


def test_graphs_have_no_cycles() -> None:
    gc.collect()
    x = leaf(2.0)
    y = torch.exp(x) * x
    y.retain_grad()
    y.backward(create_graph=False)
    del x, y
    assert gc.collect() == 0


# --- grad mode ---


def test_grad_mode_is_of_the_thread() -> None:
    seen: list[bool] = []
    with torch.no_grad():
        thread = threading.Thread(target=lambda: seen.append((leaf(1.0) * 2).requires_grad))
        thread.start()
        thread.join()
        assert not (leaf(1.0) * 2).requires_grad
    assert seen == [True]
    assert (leaf(1.0) * 2).requires_grad


def test_grad_mode_nests_and_decorates() -> None:
    @torch.no_grad()
    def without(x: torch.Tensor) -> torch.Tensor:
        return x * 2

    x = leaf(1.0)
    assert not without(x).requires_grad
    with torch.no_grad(), torch.enable_grad():
        assert (x * 2).requires_grad
    switch = torch.set_grad_enabled(False)
    assert not torch.is_grad_enabled()
    with switch:
        pass
    assert torch.is_grad_enabled()
    with pytest.raises(ZeroDivisionError), torch.no_grad():
        _ = 1 / 0
    assert torch.is_grad_enabled()


# --- changes in place ---


def test_changes_in_place_are_recorded() -> None:
    x = leaf([1.0, 2.0])
    y = x * 3
    y.mul_(x)
    y += 1
    y[0] = 10.0
    y.sum().backward()
    assert (y.tolist(), x.grad.tolist()) == ([10.0, 13.0], [0.0, 12.0])


def test_views_show_changes_of_each_other() -> None:
    x = torch.zeros(4)
    x[1:3].fill_(7.0)
    x.view(2, 2)[0].add_(1.0)
    d = x.detach()
    d.mul_(2)
    assert x.tolist() == [2.0, 16.0, 14.0, 0.0]
    s = torch.tensor(2.0, requires_grad=True)
    s.detach().add_(1)
    s.data.sub_(5)
    assert s.item() == -2.0


def test_a_step_of_gradient_descent() -> None:
    w = leaf(4.0)
    for _ in range(3):
        ((w - 1) ** 2).backward()
        with torch.no_grad():
            w -= 0.25 * w.grad
        w.grad.zero_()
    assert (w.item(), w.is_leaf, w.requires_grad) == (1.375, True, True)


def modify_operand() -> None:
    x = leaf([1.0])
    y = x * 1
    z = y * y
    y.add_(1)
    z.backward()


def modify_result() -> None:
    x = leaf([1.0])
    y = torch.exp(x)
    y.add_(1)
    y.mul_(1)
    y.backward()


def modify_constant() -> None:
    x, c = leaf([1.0]), torch.ones(1)
    y = x * c
    c.add_(1)
    y.backward()


@pytest.mark.parametrize(("run", "what"), [
    (modify_operand, "[1]], which is output 0 of Add, is at version 1; expected version 0"),
    (modify_result, "[1]], which is output 0 of Exp, is at version 2; expected version 0"),
    (modify_constant, "[1]] is at version 1; expected version 0"),
])
def test_a_changed_value_that_is_needed_is_an_error(run: Any, what: str) -> None:
    with pytest.raises(RuntimeError) as error:
        run()
    assert str(error.value).startswith(
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"[torch.DoubleTensor {what} instead."
    )


def test_a_changed_value_that_is_not_needed_is_none() -> None:
    x = leaf([1.0])
    y = x + 1
    y.add_(1)
    c = torch.ones(1)
    z = y + c
    c.add_(1)
    z.backward()
    assert x.grad.tolist() == [1.0]


# --- what is imported ---


def test_scalar_work_imports_no_numpy() -> None:
    code = (
        "import sys, gradcli.autograd as T\n"
        "x = T.tensor(2.0, requires_grad=True)\n"
        "y = T.sin(x**2) / x - T.clamp(x, 0, 1) + T.where(x > 1, x, -x)\n"
        "g, = T.grad(y, x, create_graph=True); g.backward()\n"
        "repr(y); f'{x.grad:.3f} {x}'; float(x.detach()); bool(x > 1); x.grad.zero_(); x.data.add_(1)\n"
        "T.functional.hessian(lambda t: t**3, T.tensor(2.0)); T.cotangents(x * x)\n"
        "print([m for m in ('numpy', 'scipy', 'mpmath', 'inspect', 'typing') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_apply_takes_tensors_and_numbers() -> None:
    x = leaf(3.0)
    y = torch.apply(RULES["mul"], 2.0, x)
    assert (y.item(), y.grad_fn.inputs, y.grad_fn.saved) == (6.0, (2.0, x), (2.0, 3.0))


def test_no_result_shares_memory_with_an_operand_unless_it_is_a_view() -> None:
    import numpy

    x = leaf([[0.3, 0.6], [0.9, 0.2]])
    for result in (
        x.flip(0), x.clone(), x.expand(3, 2, 2), x.clamp(0, 1), x.diag(), x.repeat(1, 1), x.relu()
    ):  # fmt: skip
        assert not numpy.may_share_memory(result._value, x._value)


def test_the_views_of_many_rows_take_linear_time() -> None:
    x = torch.zeros(20_000, 2)
    rows = list(x)  # kept, each a member of one storage
    rows[-1].add_(1)
    assert x[-1].tolist() == [1.0, 1.0]
    assert len(rows) == 20_000


def test_random_words_and_pairs_of_them() -> None:
    torch.manual_seed(1)
    assert torch.randint(0, 2**28 - 1, (3,)).tolist() == [180483115, 256344314, 140980119]
    torch.manual_seed(1)
    assert torch.randint(0, 2**40, (3,)).tolist() == [163196666091, 605300724808, 1095766950793]
