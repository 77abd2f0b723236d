"""The connection to a Dask cluster that is there, or to one that is started on this machine."""

from __future__ import annotations

import logging
from contextlib import ExitStack, contextmanager, suppress
from functools import partial

from gradcli import __version__
from gradcli.processors import processors
from gradcli.signals import held, interrupts_for_us_alone
from gradcli.tables import addresses
from gradcli.tables.problems import TableError
from gradcli.tables.silence import silence
from gradcli.tables.sources import reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

LOCAL = "local"
STARTS = 120.0  # seconds within which a worker that is started here must be there, for Ctrl-C waits for it


class Cluster:
    """A connection to a scheduler; `local` starts one here, with so many worker processes.

    To be closed, whatever came of `connect`.
    """

    def __init__(self, address: str, workers: int | None = None) -> None:
        self.address = address
        self._workers = workers or processors()
        self._stack = ExitStack()
        self.client: Any = None

    def connect(self) -> None:
        """Start the cluster, or find it. Raises TableError where nobody answers, or workers are none of ours.

        Ctrl-C waits for the end of each step: half a cluster can be ended only with a lot of noise.
        """
        with held():
            distributed = _distributed()
        target: Any = self.address
        if self.address == LOCAL:
            with held():
                target = self._stack.enter_context(_local(distributed, self._workers))
        else:
            addresses.verify(self.address)
            if self.address.startswith(addresses.ENCRYPTED):
                _verify_certificates(distributed, self.address)
        with held():
            self.client = self._connected(distributed, target)
        self._verify()

    def cancel(self, futures: list[Any]) -> None:
        """Cancel tasks at the end of a call; a scheduler that does not answer is not waited for long."""
        cancel = partial(self.client.cancel, futures, force=True, asynchronous=True)
        with suppress(Exception):  # the scheduler may be what went wrong
            self.client.sync(cancel, callback_timeout=addresses.ANSWERS)

    def close(self) -> None:
        """Leave the cluster; end it if it was started here, in whatever state it is."""
        with held(), suppress(Exception):
            self._stack.close()

    def _connected(self, distributed: Any, target: Any) -> Any:
        try:
            client = distributed.Client(target, timeout=addresses.ANSWERS, set_as_default=False)
        except (OSError, ValueError, ImportError) as error:  # OSError comprises the time that is up
            raise TableError(f"no Dask scheduler answers at '{self.address}': {reason(error)}") from error
        self._stack.callback(lambda: client.close(timeout=addresses.ANSWERS))
        return client

    def _verify(self) -> None:
        """Raise TableError where a worker has not the gradcli that this is."""
        versions = self.client.get_versions(packages=["gradcli", "pyarrow"])["workers"]
        for worker, told in versions.items():
            packages = told["packages"] if told else {}
            for name, extra in (("gradcli", "distributed"), ("pyarrow", "data")):
                if packages.get(name) is None:
                    raise TableError(
                        f"the worker {worker} has no {name}",
                        f"install it on all of them: pip install 'gradcli[{extra}]=={__version__}'",
                    )
            if packages["gradcli"] != __version__:
                raise TableError(
                    f"the worker {worker} has gradcli {packages['gradcli']}, this is {__version__}",
                    "install the same version on all of them",
                )


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise TableError(
            "--scheduler needs dask.distributed, which is not installed",
            "install it: pip install 'gradcli[distributed]'",
        ) from error
    silence()
    return distributed


def _verify_certificates(distributed: Any, address: str) -> None:
    """Raise TableError where there is nothing to encrypt with, in which case a client waits in vain."""
    try:
        found = distributed.Security().get_connection_args("client").get("ssl_context")
    except (OSError, ValueError) as error:
        raise TableError(f"the certificates for '{address}' cannot be read: {reason(error)}", _TLS) from error
    if found is None:
        raise TableError(f"no certificates are configured for '{address}'", _TLS)


_TLS = "Dask's configuration names them: distributed.comm.tls.ca-file, .client.cert and .client.key"


@contextmanager
def _local(distributed: Any, workers: int) -> Iterator[Any]:
    """A cluster of processes that are started here, ended with the context."""
    with interrupts_for_us_alone():
        cluster = distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address=":0",
            death_timeout=STARTS,
            silence_logs=logging.CRITICAL + 1,
            preload=["gradcli.tables.undisturbed"],
        )
    try:
        yield cluster
    finally:
        cluster.shutdown_on_close = False  # tried here, not once more when Python ends
        cluster.close()
