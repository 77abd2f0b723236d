"""The page of a function, whole, from a rule made by hand."""

from __future__ import annotations

import json

from gradcli.render import functions, plain
from gradcli.rules.rulebook import Rule

HUBER = Rule(
    "huber",
    "p, y, delta=1",
    value=lambda xp, p, y, delta: p,
    vjps=[lambda xp, g, out, p, y, delta: g] * 3,
    backward="HuberLossBackward0",
    summary="the mean of squared errors, beyond delta of errors",
    derivative="clamp(p - y, -delta, delta)/n; clamp(y - p, -delta, delta)/n",
    domain="delta > 0",
    example="huber(p, y) at p=2, y=0",
    spellings=("smooth",),
)
PAGE = HUBER.page


def test_everything_on_a_function() -> None:
    assert plain.text(functions.details([HUBER], 60)) == (
        "huber(p, y, delta=1)\n"
        "  computes    the mean of squared errors, beyond delta of\n"
        "              errors\n"
        "  derivative  clamp(p - y, -delta, delta)/n; clamp(y - p,\n"
        "              -delta, delta)/n\n"
        "  domain      delta > 0\n"
        "  also        smooth\n"
        "  backward    HuberLossBackward0\n"
        "  example     gradcli eval 'huber(p, y) at p=2, y=0'\n"
    )


def test_overview() -> None:
    assert plain.text(functions.overview([HUBER], 80)) == (
        f"{PAGE}\n"
        "  huber(p, y, delta=1)  the mean of squared errors, beyond delta of errors (also\n"
        "                        smooth)\n"
        "                        derivative clamp(p - y, -delta, delta)/n; clamp(y - p,\n"
        "                        -delta, delta)/n\n"
        "\n"
        "gradcli functions NAME tells all of one function, --long of every one\n"
    )


def test_overview_on_a_narrow_page() -> None:
    assert plain.text(functions.overview([HUBER], 40)) == (
        f"{PAGE}\n"
        "  huber(p, y, delta=1)\n"
        "      the mean of squared errors, beyond\n"
        "      delta of errors (also smooth)\n"
        "      derivative clamp(p - y, -delta,\n"
        "      delta)/n; clamp(y - p, -delta,\n"
        "      delta)/n\n"
        "\n"
        "gradcli functions NAME tells all of one\n"
        "function, --long of every one\n"
    )


def test_json() -> None:
    assert json.loads(functions.as_json(HUBER)) == {
        "name": "huber",
        "spellings": ["smooth"],
        "call": "huber(p, y, delta=1)",
        "computes": "the mean of squared errors, beyond delta of errors",
        "derivative": "clamp(p - y, -delta, delta)/n; clamp(y - p, -delta, delta)/n",
        "domain": "delta > 0",
        "backward": "HuberLossBackward0",
        "example": "huber(p, y) at p=2, y=0",
        "page": PAGE,
    }
