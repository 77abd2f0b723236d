"""Keeps what a build prints, byte for byte, and says what another build prints otherwise.

`python tests/golden.py record FOLDER` with the Python that has the one build, `compare FOLDER` with that of
the other: README's sessions, the examples, streams of mixed lines, the homework corpora through check, diff
and explain, and a table through map in all formats. The record takes some megabytes and stays outside the
repository.
"""

from __future__ import annotations

import argparse
import csv
import difflib
import hashlib
import io
import os
import random
import re
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from gradcli.cli.environment import Environment
from gradcli.cli.main import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Case = tuple[str, Sequence[str], str]  # a name, the words of a call, and what stands on its stdin

PROJECT = Path(__file__).parent.parent
CORPORA = sorted((PROJECT / "tests" / "homework" / "corpus").glob("*.csv"))
README = (PROJECT / "README.md").read_text(encoding="utf-8")
POINT = "".join(f"{name} = {0.3 + 0.17 * i:.2f}\n" for i, name in enumerate("abcdfgkmnpqrstuvwxyz"))
SHOWN = 20  # lines of a difference

FUNCTIONS = [
    "sin", "cos", "tan", "exp", "log", "sqrt", "abs", "tanh", "sigmoid", "relu", "gamma", "erf", "asin",
    "sinh", "floor", "softplus",
]  # fmt: skip
OPERATORS = ["+", "-", "*", "/", "**", "^", "%", "//", " "]


def mixed(count: int, seed: int = 0) -> str:
    """Lines with values, notes and errors among them, the same for the same seed."""
    draw = random.Random(seed)

    def expression(depth: int) -> str:
        kind = draw.random()
        if depth == 0 or kind < 0.15:
            return draw.choice(["x", "y", "x", "2", "0.5", "0", "pi", "w", f"{draw.uniform(-3, 3):.2f}"])
        if kind < 0.45:
            return f"{draw.choice(FUNCTIONS)}({expression(depth - 1)})"
        if kind < 0.9:
            return f"({expression(depth - 1)}{draw.choice(OPERATORS)}{expression(depth - 1)})"
        if kind < 0.95:
            return f"({expression(depth - 1)} if x > {draw.randint(-1, 1)} else {expression(depth - 1)})"
        return f"sum([{expression(depth - 1)}, {expression(depth - 1)}])"

    def line() -> str:
        kind = draw.random()
        text = expression(draw.randint(1, 4))
        if kind < 0.04:
            return f"y = {text}"
        if kind < 0.06:
            return f"f(t) = t*{draw.choice(FUNCTIONS)}(t)"
        if kind < 0.09:
            return text[: draw.randint(1, len(text))]  # which is seldom an expression
        if kind < 0.12:
            return f"norm([x, y, 1])*{text} at x=[1, 2], y=0"
        if kind < 0.2:
            return text.replace("*", " ").replace("(x)", " x")
        return f"{text} at x={draw.choice([0, 1, -1, 2.5, 1e-4, 800])}, y={draw.uniform(-2, 2):.3f}, w=1"

    return "x = 1\ny = 2\nw = 3\n" + "".join(line() + "\n" for _ in range(count))


def functions_of(corpus: Path) -> str:
    """The functions that a corpus asks about, a line each."""
    with corpus.open(encoding="utf-8", newline="") as file:
        found = dict.fromkeys(row["f"] for row in csv.DictReader(file))
    return "".join(f"{text}\n" for text in found if "\n" not in text)


def cases() -> Iterator[Case]:
    """All calls but README's and those of map."""
    for name in sorted(path.stem for path in (PROJECT / "examples").glob("*.grad")):
        yield f"example {name}", ["eval", "-f", f"examples/{name}.grad"], ""
        yield f"example json {name}", ["eval", "--json", "--graph", "-f", f"examples/{name}.grad"], ""
    yield "stream json", ["eval", "--json"], mixed(10_000)
    yield "stream page", ["eval"], mixed(2000, 1)
    yield "stream order 2", ["eval", "--json", "--order", "2"], mixed(1000, 2)
    yield "stream verify", ["eval", "--verify"], mixed(500, 3)
    yield "stream verify order 2", ["eval", "--verify", "--order", "2", "--json"], mixed(200, 4)
    yield "stream precision", ["eval", "--precision", "30", "--json"], mixed(300, 5)
    yield "stream float32", ["eval", "--dtype", "float32", "--json"], mixed(1000, 6)
    yield "stream diff", ["diff"], mixed(500, 7)
    yield "stream explain", ["explain"], mixed(500, 8)
    for corpus in CORPORA:
        name, texts = corpus.stem, functions_of(corpus)
        yield f"check json {name}", ["check", "--file", str(corpus), "--json", "--jobs", "1"], ""
        yield f"check csv {name}", ["check", "--file", str(corpus), "--hint", "--jobs", "1"], ""
        for options in ([], ["--latex"], ["--json"], ["--order", "2"]):
            yield f"diff {name} {' '.join(options)}", ["diff", *options], texts
        for options in ([], ["--markdown"], ["--json"]):
            yield f"explain {name} {' '.join(options)}", ["explain", *options], POINT + texts


TABLE = "x,y,e,name\n" + "".join(
    f"{(i % 41 - 20) / 4},{i % 17 - 8},{(i % 5) / 50},n{i % 3}\n" for i in range(3000)
)
MAPPED = ["sin(x*y) + exp(w*x)", "abs(x)*y + max(x, y)", "bce(sigmoid(w*x), 0.3)", "x/y", "diff(w*x**2, x)"]


def maps(folder: Path) -> Iterator[tuple[str, Sequence[str], Path | None]]:
    """Calls of map, and the files that they write."""
    (folder / "t.csv").write_text(TABLE, encoding="utf-8")
    for number, text in enumerate(MAPPED):
        call = ["map", text, "t.csv", *(["w=0.5"] if "w" in text else [])]
        for ending in ("csv", "tsv", "jsonl", "parquet", "arrow"):
            out = folder / f"{number}.{ending}"
            yield f"map {number} {ending}", [*call, "-o", out.name], out
        yield f"map {number} sum", [*call, "--reduce", "sum"], None
        yield f"map {number} mean json", [*call, "--reduce", "mean", "--json"], None
        yield f"map {number} uncertainty", [*call, "--uncertainty", "x=e,y=2%"], None
    out = folder / "local.csv"
    yield "map local", ["map", MAPPED[0], "t.csv", "w=0.5", "-o", out.name, "--scheduler", "local"], out


def printed(words: Sequence[str], stdin: str) -> str:
    """What a call in this process writes: status, stdout, stderr."""
    out, err = io.StringIO(), io.StringIO()
    environment = Environment(
        stdin=io.BytesIO(stdin.encode()), stdout=out, stderr=err, variables={}, width=80
    )
    status = run(words, environment)
    return f"status {status}\n--- stdout\n{out.getvalue()}--- stderr\n{err.getvalue()}"


def of_process(command: Sequence[str], folder: Path) -> str:
    """The same of a command."""
    scripts = sysconfig.get_path("scripts")
    environment = {**os.environ, "PATH": f"{scripts}:{os.environ['PATH']}", "COLUMNS": "80", "NO_COLOR": "1"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return f"status {done.returncode}\n--- stdout\n{done.stdout}--- stderr\n{done.stderr}"


def all_printed() -> Iterator[tuple[str, str]]:
    """The name of every case, and what comes of it."""
    sessions = "".join(re.findall(r"^```console\n(.*?)^```$", README, re.MULTILINE | re.DOTALL))
    for number, command in enumerate(re.findall(r"^\$ (.*)$", sessions, re.MULTILINE)):
        yield f"readme {number}", of_process(["bash", "-c", command], PROJECT)
    for name, words, stdin in cases():
        yield name, printed(words, stdin)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for case, words, out in maps(folder):
            text = of_process([sys.executable, "-m", "gradcli", *words], folder)
            if out is not None and out.exists():
                text += f"--- file {hashlib.sha256(out.read_bytes()).hexdigest()}\n"
            yield case, text


def main() -> int:
    """Record or compare; the exit status says whether all is the same."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=["record", "compare"])
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    asked.folder = asked.folder.absolute()
    asked.folder.mkdir(parents=True, exist_ok=True)
    os.chdir(PROJECT)  # the names of the examples stand in what they print
    differing = 0
    for name, text in all_printed():
        path = asked.folder / f"{name.strip().replace(' ', '-')}.txt"
        if asked.what == "record":
            path.write_bytes(text.encode("utf-8", "surrogateescape"))
            continue
        before = path.read_bytes().decode("utf-8", "surrogateescape")
        if before != text:
            differing += 1
            lines = before.splitlines(), text.splitlines()
            print(*list(difflib.unified_diff(*lines, name, name, "before", "now", 0))[:SHOWN], sep="\n")
    print(f"{differing} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
