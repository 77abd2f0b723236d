"""`gradcli map` on a Dask cluster: what is different there, and what is left for another run."""

from __future__ import annotations

from gradcli.cli.mapping import Work
from gradcli.tables.cluster import Run
from gradcli.tables.connection import Cluster
from gradcli.tables.parts import Folder
from gradcli.tables.tasks import description

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.cli.environment import Environment
    from gradcli.tables.asked import Asked
    from gradcli.tables.formats import Format
    from gradcli.tables.sources import Table


class Distributed(Work):
    """A table on its way through the workers of a cluster, whose parts are joined here."""

    def __init__(
        self,
        environment: Environment,
        text: str,
        table: Table,
        prepared: Any,
        asked: Asked,
        format: Format | None,
    ) -> None:
        super().__init__(environment, table, prepared, asked)
        assert asked.scheduler is not None
        self.text = text
        self.format = format
        self.folder = None if asked.output is None else Folder(asked.output)
        self.cluster: Cluster | None = None
        self.begun = False
        self.total = 0  # parts

    def close(self) -> None:
        """Cancel what is under way, leave the cluster, and keep for another run the parts that are whole."""
        super().close()
        if self.cluster is not None:
            self.cluster.close()
        if self.folder is not None and self.begun:
            self.begun = False
            whole = self.folder.leave()
            if whole:
                self._note(f"{whole} of {self.total} parts are done; --resume computes only the others")

    def _pieces(self) -> Run:
        """The parts, computed by the workers."""
        asked = self.asked
        assert asked.scheduler is not None
        self.cluster = Cluster(asked.scheduler, asked.workers)
        self.cluster.connect()
        job = description(self.text, asked, self.format)
        run = Run(self.cluster, self.table, job, self.job.wanted, self.folder, self._note)
        self.total = len(run.parts)
        done = run.begin(resume=asked.resume, force=asked.force)
        self.begun = True
        if done:
            self._note(f"{done} of {self.total} parts are there already")
        return run

    def _file(self, path: str, format: Format) -> None:
        super()._file(path, format)
        if self.folder is not None:
            self.begun = False
            others = self.folder.remove()
            if others:
                self._note(f"{self.folder.name} stays, for what is none of ours: {', '.join(others)}")

    def _note(self, text: str) -> None:
        from gradcli.render import map as render

        self.environment.say(render.notes([text]))
