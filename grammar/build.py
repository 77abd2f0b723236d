"""The step of the build that compiles the grammar into the tables that the parser loads."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class GrammarHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs for the wheel and for the editable install, before hatchling collects the files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Write gradcli/language/tables.json; the package cannot be imported yet, so tables.py runs alone."""
        language = Path(self.root, "gradcli", "language")
        tables = runpy.run_path(str(language / "tables.py"))
        grammar = Path(self.root, "grammar", "gradcli.lark").read_text(encoding="utf-8")
        tables["write"](tables["compile_grammar"](grammar), str(language / "tables.json"))
