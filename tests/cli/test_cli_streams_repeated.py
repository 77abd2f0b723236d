"""Streams of lines that are much alike: read once, answered as each is by itself, by many processes."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest

from gradcli.cli import crew
from gradcli.evaluation import Session, repeats, session
from gradcli.language import skeletons
from gradcli.language.parser import parse_each

if TYPE_CHECKING:
    from collections.abc import Callable

LINES = [
    "sin({a}*x**2) at x={b}", "-(y*log(x) + (1-y)*log(1-x)) at x={c}, y={d}", "x - x at x={a}",
    " ( x + {a} )  at  x = {b} ", "x + {a} at y={b}, x={a}", "x*y at y={a}, x={b}", "2x at x={a}",
    "x² + {a} at x={b}", ".5*x + 1e3 at x={a}", "1_000*x at x={a}", "log2(x1) at x1={a}", "x*pi at x={a}",
    "x at x=-{a}", "x*y at x=pi/{a}, y=1/{b}", "x**y at x={a}, y={b}", "x**{n} at x=0", "0**x at x={n}",
    "sqrt(x - {a}) at x={a}", "abs(x) at x=0", "x/y at x={n}, y=0", "x*1e308 at x={a}", "log(x) at x=-{a}",
    "max(x, {a}) at x={a}", "floor(x) at x={a}", "x if x > {a} else -x at x={b}", "mean([x, {a}]) at x={b}",
    "diff(x**2, x) at x={a}", "detach(x)*x at x={a}", "x < {a} at x={b}", "log(x, {a}) at x={b}",
    "1/x at x={n}",
    "x at x={a}, y={b}", "x + z at x={a}", "x at x={a}, x={b}", "x + at x={a}", "x at x=", "{a} at x={b}",
    "e*x at e={a}, x={b}", "x # at x={a}", "x; y at x={a}, y={b}", "x at x={a} # y", "1e400*x at x=1",
    "x at x=inf", "foo(x) at x={a}", "x(y) at x={a}, y={b}", "x(2) at x={a}", "sin^-{n}(x) at x={c}",
    "x at x=[1, {a}]", "x.T at x={a}", "x^{a} at x=2e", "(x)+{a} at x=½",
    "|x| + sqrt() at x={a}", "atan2(|x|, sqrt(), {b}) at x={a}",
    "x\0**2 at x={a}", "θ*{a} at θ={b}", "x·{a} at x={b}",
    "sin x at x={a}", "sin x at sin={a}, x={b}", "sin*x at x={a}", "sin*x at sin={a}, x={b}",
    "ln 2x + {a} at x={b}", "sin^2 x at x={a}", "{a} sin x cos x at x={b}", "sin x/{a} at x={b}",
    "ln|x| at x={a}", "{a}|x| at x={b}",
    "Sin x at x={a}", "Sin*x at Sin={a}, x={b}", "x mod {a} at x={b}", "x mod {a} at x={b}, mod={c}",
    "log_2(x) at x={a}", "log_b x at x={a}, b={b}", "log_2*x at log_2={a}, x={b}", "x at x=ln {a}",
    "{a}% + x at x={b}", "ln*x + ln(x) at ln={a}, x={b}", "ln = {a}", "ln x at x={b}", "ln(x) at x={b}",
    "log_b = {a}",
    "a at a={a} at b=1", "\0*x at x={a}", "{a}*x at x={b}", "x at x=\0", ".5e+{n}*x at x={a}",
    "x = {a}", "const c = {a}", "c*x at x={b}", "c*x at x={b}, c={d}", "y = c*x", "y*z at z={a}",
    "y*x at x={b}",
    "f(t) = {a}*t**2", "f(x) at x={b}", "cos(t) = t", "cos(x) at x={a}", "no_grad {{ x*{a} }}", "pi = 3",
    "backward y retain_graph", "print x.grad", "q({a}) at q={b}", "q(t) = t", "no_grad {{", "x at x=1", "}}",
]  # fmt: skip


def stream(count: int, seed: int) -> list[str]:
    """Lines of all kinds in any order."""
    draw = random.Random(seed)
    lines = []
    for _ in range(count):
        numbers = {name: round(draw.uniform(0.1, 5), draw.choice((1, 3))) for name in "abcd"}
        numbers["c"] = round(draw.random(), 3)
        lines.append(draw.choice(LINES).format(**numbers, n=draw.randint(0, 3)))
    return lines


def fed(gradcli: Callable, lines: list[str], *options: str) -> tuple[int, str, str]:
    status, out, err = gradcli("eval", "--json", *options, stdin="\n".join(lines).encode())
    return status, out, err


@pytest.mark.parametrize("seed", range(4))
def test_lines_are_answered_as_the_machine_does(
    gradcli: Callable, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    lines = stream(600, seed)
    quick = fed(gradcli, lines)
    monkeypatch.setattr(repeats, "suits", lambda _: False)
    assert quick == fed(gradcli, lines)


@pytest.mark.parametrize("options", [(), ("--fail-fast",), ("--const", "x,nothing"), ("a=2", "unused=3")])
def test_processes_give_the_same(
    gradcli: Callable, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    monkeypatch.setattr(crew, "SIZE", 7)
    monkeypatch.setattr(crew, "SMALL", 2)
    lines = [f"a*x at x={n}" for n in range(30)] if "a=2" in options else []
    lines += stream(400, 7)
    assert fed(gradcli, lines, *options, "--jobs", "3") == fed(gradcli, lines, *options)


def test_more_state_than_is_shipped_is_kept_here(gradcli: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "SIZE", 3)
    monkeypatch.setattr(crew, "SMALL", 1)
    monkeypatch.setattr(crew, "MOST_STATE", 4)
    lines = [line for n in range(12) for line in (f"k = {n}", *(f"k*x at x={m}" for m in range(5)))]
    assert fed(gradcli, lines, "--jobs", "2") == fed(gradcli, lines)


def test_jobs_need_json(gradcli: Callable) -> None:
    status, _, err = gradcli("eval", "x at x=1", "--jobs", "2")
    assert (status, err.splitlines()[0]) == (2, "error: --jobs is for streams of JSON: add --json")


def test_a_text_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    for name in ("read_program", "read_bindings"):
        of_repeats = getattr(repeats, name)

        def counted(text: str, *arguments: object, reader: Callable = of_repeats) -> object:
            read.append(text)
            return reader(text, *arguments)

        monkeypatch.setattr(repeats, name, counted)
    run = Session().run
    for n in range(50):
        (result,) = run(f"sin({n}*x)/y at x={n / 7}, y=-2")
        assert result.variables[0].value == n / 7
    assert read == ["sin(1*x)/y", "x=0.14285714285714285, y=-2"]


def test_the_expression_of_a_line_for_the_machine_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []

    def counted(text: str, **options: object) -> object:
        read.append(text)
        return parse_each(text, **options)

    monkeypatch.setattr(session, "parse_each", counted)
    run = Session().run
    [*run("1")]
    for n in range(3):
        (result,) = run(f"sum(x*[1, 2]) at x=[{n}, 1]")
        assert result.value == n + 2
    assert read == ["1", "sum(x*[1, 2]) at x=[0, 1]"]


def test_what_is_remembered_does_not_grow() -> None:
    memory = skeletons.Recent()
    for n in range(10 * skeletons.MOST):
        memory.keep(str(n), n)
        assert memory.get(str(n)) == n
    kept = [n for n in range(10 * skeletons.MOST) if memory.get(str(n)) is not None]
    assert skeletons.MOST <= len(kept) <= 2 * skeletons.MOST


def test_the_graph_of_a_repeated_line_is_that_of_the_line(gradcli: Callable) -> None:
    lines = [f"x*sin(y) at x={n}, y=2" for n in (1, 3)]
    _, out, _ = fed(gradcli, lines, "--graph")
    first, second = map(json.loads, out.splitlines())
    assert [node["name"] for node in first["graph"]] == [node["name"] for node in second["graph"]]
    assert second["graph"][0]["value"] == 3.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2*x", ("\0*x", ["2"])),
        ("2x + 1.5e-3", ("2x + \0", ["1.5e-3"])),
        ("log2(x1) - .5", ("log2(x1) - .5", [])),
        ("1e5x/2.", ("1e5x/\0", ["2."])),
        ("1_000*1.T", ("1_000*1.T", [])),
        ("θ1*2", ("θ1*2", [])),
    ],
)
def test_numbers_are_split_off(text: str, expected: tuple[str, list[str]]) -> None:
    assert skeletons.split(text) == expected
