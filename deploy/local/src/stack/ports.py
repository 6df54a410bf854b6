"""Ports on loopback: the usual ones where they are free, remembered from run to run, and kept while the stack lives."""

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"
USUAL: Mapping[str, int] = {
    "kafka": 9092,
    "controller": 9093,
    "postgres": 5432,
    "registry": 8001,
    "eligibility": 8002,
    "scheduling": 8003,
    "reporting": 8004,
}


class Reservation:
    """A port kept for one of our servers, whether it runs just now or not."""

    def __init__(self, port: int) -> None:
        """Keep this port (0: any free one); OSError if another program, or another stack, has it."""
        self._bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._mark = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            # Bound for re-use and not listening: our server may listen beside it, and no client is given the number.
            self._bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._bound.bind((HOST, port))
            self.port = int(self._bound.getsockname()[1])
            # Another stack could bind beside it in the same way: a name in the abstract namespace excludes that.
            self._mark.bind(f"\0anjeon-port-{self.port}")
        except OSError:
            self.release()
            raise

    def release(self) -> None:
        """Give the port back."""
        self._bound.close()
        self._mark.close()


class Ports:
    """One reserved port a server, by its name."""

    def __init__(self, wanted: Mapping[str, int] | None = None) -> None:
        """Reserve for each the wanted port, else its usual one, else any that is free."""
        self._kept = {name: _first_free(((wanted or {}).get(name, usual), usual, 0)) for name, usual in USUAL.items()}

    def __getitem__(self, name: str) -> int:
        return self._kept[name].port

    @property
    def numbers(self) -> dict[str, int]:
        """The port of each server."""
        return {name: kept.port for name, kept in self._kept.items()}

    def release(self) -> None:
        """Give all ports back."""
        for kept in self._kept.values():
            kept.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()


def _first_free(candidates: tuple[int, ...]) -> Reservation:
    for port in candidates[:-1]:
        try:
            return Reservation(port)
        except OSError:
            continue
    return Reservation(candidates[-1])


def remembered(path: Path) -> dict[str, int]:
    """The ports of the last run; nothing if there was none or the file is not what we wrote."""
    try:
        found = json.loads(path.read_text())
        return {name: int(found[name]) for name in USUAL if name in found}
    except (OSError, ValueError, TypeError):
        return {}


def last_known(path: Path) -> dict[str, int]:
    """The ports of a stack that runs: as remembered, else the usual ones."""
    return {**USUAL, **remembered(path)}


def remember(path: Path, ports: Ports) -> None:
    """Write the ports down for the next run."""
    path.write_text(json.dumps(ports.numbers, indent=2) + "\n")
