"""Texts and numbers as JSON: what never stands raw, and what stands in for numbers that JSON lacks."""

from __future__ import annotations

import json
import re
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcli.jsontext import NOT_PLAIN, dumps, number, plain, text


def test_what_no_text_holds_raw() -> None:
    every = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    raw = {character for character in every if text(character) == f'"{character}"'}
    controls = {character for character in every if unicodedata.category(character) == "Cc"}
    directions = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert set(every) - raw == controls | directions | {"\u2028", "\u2029", '"', "\\"}


def test_the_pattern_for_bytes_finds_the_same() -> None:
    pattern = re.compile(NOT_PLAIN.encode())
    for code in range(0x3000):
        character = chr(code)
        assert bool(pattern.search(character.encode())) == (text(character) != f'"{character}"'), hex(code)


@pytest.mark.parametrize(
    ("words", "written", "as_ascii"),
    [
        ("sin(x)", '"sin(x)"', '"sin(x)"'),
        ("é ∂", '"é ∂"', r'"\u00e9 \u2202"'),
        ('a"b\\', r'"a\"b\\"', r'"a\"b\\"'),
        ("\x00\t\n\x1b[31m", r'"\u0000\t\n\u001b[31m"', r'"\u0000\t\n\u001b[31m"'),
        ("\x7f\x80\x85\x9b", r'"\u007f\u0080\u0085\u009b"', r'"\u007f\u0080\u0085\u009b"'),
        ("\u202eevil\u2069", r'"\u202eevil\u2069"', r'"\u202eevil\u2069"'),
        ("\u2027\u2028\u2029\u202f", '"\u2027\\u2028\\u2029\u202f"', r'"\u2027\u2028\u2029\u202f"'),
    ],
)
def test_texts(words: str, written: str, as_ascii: str) -> None:
    assert text(words) == dumps(words) == written
    assert text(words, ascii=True) == dumps(words, ascii=True) == as_ascii


@given(st.text())
def test_every_text_is_read_back(words: str) -> None:
    assert json.loads(text(words)) == json.loads(text(words, ascii=True)) == words


@pytest.mark.parametrize(
    ("value", "written", "data"),
    [
        (0.1, "0.1", 0.1),
        (-0.0, "-0.0", -0.0),
        (1e22, "1e+22", 1e22),
        (float("inf"), '"inf"', "inf"),
        (float("-inf"), '"-inf"', "-inf"),
        (float("nan"), '"nan"', "nan"),
    ],
)
def test_numbers(value: float, written: str, data: object) -> None:
    assert number(value) == written
    assert plain(value) == data
    assert plain(np.array([[value]])) == [[data]]
    assert dumps(plain(value)) == written


def test_none_is_none() -> None:
    assert plain(None) is None
