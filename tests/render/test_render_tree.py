"""The backward graph as a tree: shared nodes once, nothing hidden without a word, no recursion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from gradcli.evaluation.results import Graph
from gradcli.render import plain, tree

if TYPE_CHECKING:
    from types import SimpleNamespace


def drawn(
    graph: Graph, *, depth: int | None = None, width: int = 80, guides: tree.Guides = tree.UNICODE
) -> str:
    return plain.text(tree.draw(graph, digits=4, depth=depth, width=width, guides=guides))


def test_the_design_s_tree(hand: SimpleNamespace) -> None:
    assert drawn(hand.SIN_OF_SQUARE) == (
        "SinBackward0      -0.2879   grad 1\n"
        "└── PowBackward0       16   grad -0.9577\n"
        "    ├── x               4   grad -7.661\n"
        "    └── 2\n"
    )


def test_shared_nodes_are_drawn_once_and_referred_to(hand: SimpleNamespace) -> None:
    assert drawn(hand.chain(2)) == (
        "MulBackward0           1   grad 1\n"
        "├── MulBackward0 #1    1   grad 2\n"
        "│   ├── y              1   grad 4\n"
        "│   └── ↑ y\n"
        "└── ↑ MulBackward0 #1\n"
    )


def test_depth_cuts_and_says_so(hand: SimpleNamespace) -> None:
    assert drawn(hand.chain(3), depth=2, guides=tree.ASCII) == (
        "MulBackward0           1   grad 1\n"
        "|-- MulBackward0 #1    1   grad 2\n"
        "|   `-- ...\n"
        "`-- ^ MulBackward0 #1\n"
        "... 4 more lines of the graph; --depth 4 shows all\n"
    )
    assert "more lines" not in drawn(hand.chain(3), depth=4)


@pytest.mark.parametrize(("width", "levels"), [(40, 4), (80, 10), (200, 40)])
def test_page_takes_as_many_levels_as_fit_its_width(hand: SimpleNamespace, width: int, levels: int) -> None:
    lines = drawn(hand.chain(99), width=width).splitlines()
    assert sum("grad" in line for line in lines) == levels
    assert max(map(len, lines)) <= max(width, 52)
    assert lines[-1] == f"… {199 - (2 * levels - 1)} more lines of the graph; --depth 100 shows all"


def test_wide_graph_is_cut_and_shown_in_full_on_request(hand: SimpleNamespace) -> None:
    graph = Graph(
        [
            *(hand.variable(i, f"x{i}", 1.0, 1.0) for i in range(1000)),
            hand.operation(1000, "Stack", np.ones(1000), np.ones(1000), *range(1000)),
        ]
    )
    lines = drawn(graph).splitlines()
    assert lines[0] == "StackBackward0  shape (1000,)   grad shape (1000,)"
    assert lines[-2:] == ["└── …", "… 980 more lines of the graph; --depth 2 shows all"]
    assert len(drawn(graph, depth=2).splitlines()) == 1001


def test_bushy_graph_is_cut_at_the_end_of_the_page(hand: SimpleNamespace) -> None:
    nodes = [hand.variable(i, f"x{i}", 1.0, 1.0) for i in range(256)]
    first = 0
    while len(nodes) - first > 1:
        last = len(nodes)
        nodes += [
            hand.operation(last + i, "Add", 1.0, 1.0, first + 2 * i, first + 2 * i + 1)
            for i in range((last - first) // 2)
        ]
        first = last
    lines = drawn(Graph(nodes)).splitlines()
    assert len(lines) == tree.MOST_LINES + 1
    assert lines[-1] == "… 411 more lines of the graph; --depth 9 shows all"


def test_a_graph_too_deep_for_any_page_is_offered_as_json(hand: SimpleNamespace) -> None:
    lines = drawn(hand.chain(1000)).splitlines()
    assert lines[-1] == "… 1982 more lines of the graph; --json --graph gives all"


def test_a_chain_of_a_million_is_drawn_without_recursion(hand: SimpleNamespace) -> None:
    nodes = [hand.variable(0, "x", 1.0, 1.0)]
    nodes += [hand.operation(i, "Neg", 1.0, 1.0, i - 1) for i in range(1, 1_000_001)]
    lines = drawn(Graph(nodes)).splitlines()
    assert len(lines) == 12
    assert lines[-1] == "… 999991 more lines of the graph; --json --graph gives all"


def test_names_from_outside_are_escaped_and_clipped(hand: SimpleNamespace) -> None:
    graph = Graph(
        [
            hand.variable(0, "a" * 10**6, 1.0, 1.0),
            hand.variable(1, "[red]\x1b[2J", 1.0, 1.0),
            hand.operation(2, "Add", 2.0, 1.0, 0, 1),
        ]
    )
    assert drawn(graph) == (
        "AddBackward0                          2   grad 1\n"
        "├── aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…  1   grad 1\n"
        "└── [red]\\x1b[2J                      1   grad 1\n"
    )


def test_wide_characters_take_two_columns(hand: SimpleNamespace) -> None:
    graph = Graph([hand.variable(0, "数", 1.0, 1.0), hand.operation(1, "Neg", -1.0, 1.0, 0)])
    assert drawn(graph) == "NegBackward0  -1   grad 1\n└── 数         1   grad 1\n"


def test_numbers_stand_below_their_nodes_on_a_narrow_page(hand: SimpleNamespace) -> None:
    assert drawn(hand.SIN_OF_SQUARE, width=30) == (
        "SinBackward0\n"
        "│   -0.2879   grad 1\n"
        "└── PowBackward0\n"
        "    │   16   grad -0.9577\n"
        "    ├── x\n"
        "    │       4   grad -7.661\n"
        "    └── 2\n"
    )
    assert drawn(hand.SIN_OF_SQUARE, width=40) == drawn(hand.SIN_OF_SQUARE, width=200)
