"""Colour and width, as the terminal, the variables and the call decide them."""

from __future__ import annotations

import io

import pytest

from gradcli.cli.environment import Environment, OutputError


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("terminal", "color", "variables", "colored"),
    [
        (True, "auto", {}, True),
        (False, "auto", {}, False),
        (True, "auto", {"NO_COLOR": "1"}, False),
        (True, "auto", {"NO_COLOR": ""}, True),
        (True, "auto", {"TERM": "dumb"}, False),
        (False, "auto", {"FORCE_COLOR": "1"}, True),
        (False, "auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (True, "never", {"FORCE_COLOR": "1"}, False),
        (False, "always", {"NO_COLOR": "1"}, True),
    ],
)
def test_color(terminal: bool, color: str, variables: dict[str, str], colored: bool) -> None:
    out = Terminal() if terminal else io.StringIO()
    environment = Environment(stdin=None, stdout=out, stderr=out, variables=variables, color=color)
    assert environment.colored(out) is colored


@pytest.mark.parametrize(
    ("columns", "width"), [("", 80), ("100", 100), ("0", 80), ("wide", 80), ("5", 20), ("²", 80)]
)
def test_width(columns: str, width: int) -> None:
    out = io.StringIO()
    environment = Environment(stdin=None, stdout=out, stderr=out, variables={"COLUMNS": columns})
    assert environment.width == width


def test_no_stdout_is_an_error_no_stderr_is_none() -> None:
    environment = Environment(stdin=None, stdout=None, stderr=None, variables={})
    environment.say([[("nobody hears", "")]])
    with pytest.raises(OutputError):
        environment.write("x")
