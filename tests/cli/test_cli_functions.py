"""`gradcli functions`: the rulebook as a person and as a program read it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gradcli.render import functions as page

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def rules() -> list[object]:
    """What the language can write, in the order in which it is listed."""
    from gradcli.rules import PAGES
    from gradcli.rules.rulebook import RULES

    written = [rule for rule in RULES.values() if rule.written]
    return [rule for page in PAGES for rule in written if rule.value.__module__ == page.__name__]


def test_everything_that_a_text_can_call_is_listed(rules: list) -> None:
    from gradcli.rules.rulebook import NAMES

    assert {rule.name for rule in NAMES.values()} <= {rule.name for rule in rules}


def test_one_function(gradcli: Callable) -> None:
    status, out, err = gradcli("functions", "sin")
    assert (status, err) == (0, "")
    assert out.startswith("sin(x)\n  computes    ")
    assert "\n  derivative  cos(x)\n  domain      all x\n" in out
    assert "\n  backward    SinBackward0\n  example     gradcli eval 'sin(" in out


def test_other_names_of_a_function(gradcli: Callable) -> None:
    sin = gradcli("functions", "sin").out
    assert gradcli("functions", "sen").out == sin
    assert gradcli("functions", "SinBackward0").out == sin


def test_overview_has_every_function_in_a_few_lines(gradcli: Callable, rules: list) -> None:
    status, out, err = gradcli("functions")
    assert (status, err) == (0, "")
    assert out.startswith(rules[0].page + "\n")
    assert all(f"\n  {rule.written}" in out for rule in rules)
    assert all(f"\n{name}\n" in f"\n{out}" for name in page.pages(rules))


def test_long_has_all_of_every_function(gradcli: Callable, rules: list) -> None:
    out = gradcli("functions", "--long", width=200).out
    for rule in rules:
        assert f"{rule.written}\n" in out
        assert f"  backward    {rule.backward}\n" in out


def test_json_has_a_line_a_function(gradcli: Callable, rules: list) -> None:
    lines = [json.loads(line) for line in gradcli("functions", "--json").out.splitlines()]
    assert [line["name"] for line in lines] == [rule.name for rule in rules]
    assert {tuple(line) for line in lines} == {
        ("name", "spellings", "call", "computes", "derivative", "domain", "backward", "example", "page")
    }
    assert [json.loads(gradcli("functions", "sin", "--json").out)] == [x for x in lines if x["name"] == "sin"]


@pytest.mark.parametrize("width", [40, 60, 80, 200])
@pytest.mark.parametrize("long", [[], ["--long"]])
def test_the_page_fits_its_width(gradcli: Callable, width: int, long: list[str]) -> None:
    lines = gradcli("functions", *long, width=width).out.splitlines()
    # A call itself is never broken.
    assert [line for line in lines if len(line) > width and "(" not in line] == []
    assert sum(len(line) > width for line in lines) < 5
