"""Whether a Dask scheduler answers at an address, found out before a client waits for it."""

from __future__ import annotations

import socket
import struct
import time

from gradcli.tables.problems import TableError

ANSWERS = 10.0  # seconds within which a scheduler must answer
_GREETING = 2**20  # bytes that what a scheduler says first is shorter than
_PROTOCOLS = ("", "tcp", "tls")
ENCRYPTED = ("tls://", "wss://")
_OTHERS = ("ws", "wss")


def verify(address: str) -> None:
    """Raise TableError where no scheduler answers at `tcp://host:8786`, or where that is no address.

    A client of Dask waits without an end for one that takes connections and says nothing, and takes the words
    of a server of another kind for a length. A scheduler speaks first: a number, and so many bytes.
    """
    protocol, separator, place = address.rpartition("://")
    host, colon, port = place.rpartition(":")
    known = protocol in (*_PROTOCOLS, *_OTHERS) and bool(protocol) == bool(separator) and "/" not in host
    numbered = port.isascii() and port.isdecimal() and 0 < int(port) < 65536
    if not (known and colon and host and numbered):
        raise TableError(f"'{address}' is no address of a Dask scheduler", _HINT)
    if protocol in _OTHERS:
        return
    try:
        _greet(host.strip("[]"), int(port), speaks=protocol != "tls")
    except (OSError, ValueError) as error:
        raise TableError(f"no Dask scheduler answers at '{address}': {_reason(error)}", _HINT) from error


_HINT = "an address is like tcp://host:8786; --scheduler local starts a cluster on this machine"


def _greet(host: str, port: int, *, speaks: bool) -> None:
    until = time.monotonic() + ANSWERS
    with socket.create_connection((host, port), timeout=ANSWERS) as connection:
        said = b""
        while speaks and len(said) < 8:
            connection.settimeout(max(until - time.monotonic(), 0.01))
            more = connection.recv(8 - len(said))
            if not more:
                raise ValueError("what listens there is none")
            said += more
        if speaks and not 0 < struct.unpack("<Q", said)[0] < _GREETING:
            raise ValueError("what listens there is none")


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"nothing was heard within {ANSWERS:.0f} seconds"
    return (isinstance(error, OSError) and error.strerror) or str(error)
