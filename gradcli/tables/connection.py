"""The connection to a Dask cluster that is there, or to one that is started on this machine."""

from __future__ import annotations

import logging
from contextlib import ExitStack

from gradcli import __version__
from gradcli.processors import processors
from gradcli.tables import addresses
from gradcli.tables.problems import TableError
from gradcli.tables.sources import reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LOCAL = "local"


class Cluster:
    """A connection to a scheduler; `local` starts one here, with so many worker processes.

    Raises TableError where nobody answers, or the workers are none of ours. To be closed.
    """

    def __init__(self, address: str, workers: int | None = None) -> None:
        self.address = address
        self._stack = ExitStack()
        distributed = _distributed()
        try:
            target: Any = address
            if address == LOCAL:
                target = self._stack.enter_context(_local(distributed, workers or processors()))
            else:
                addresses.verify(address)
                if address.startswith(addresses.ENCRYPTED):
                    _verify_certificates(distributed, address)
            self.client = self._connected(distributed, target)
            self._verify()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Leave the cluster; end it if it was started here."""
        self._stack.close()

    def _connected(self, distributed: Any, target: Any) -> Any:
        try:
            client = distributed.Client(target, timeout=addresses.ANSWERS, set_as_default=False)
        except (OSError, ValueError, ImportError) as error:  # OSError comprises the time that is up
            raise TableError(f"no Dask scheduler answers at '{self.address}': {reason(error)}") from error
        self._stack.callback(client.close, timeout=addresses.ANSWERS)
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
    for name in ("distributed", *logging.Logger.manager.loggerDict):
        if name.partition(".")[0] == "distributed":  # what matters of it is said by our errors
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
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


def _local(distributed: Any, workers: int) -> Any:
    return distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        dashboard_address=":0",
        silence_logs=logging.CRITICAL + 1,
        preload=["gradcli.tables.undisturbed"],
    )
