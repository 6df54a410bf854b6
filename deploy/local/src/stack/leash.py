"""The leash: whatever is started on it stops with who started it, however that one ends.

Two roles, both run as a bare script (`python -I -S leash.py …`), so only the standard library is imported here:
`run` writes a record of itself (process id and start time), then becomes the program;
`guard` waits for its owner to end and then stops all that the owner's records name.
"""

import ctypes
import json
import os
import pwd
import select
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

CAP_DAC_OVERRIDE = 1
PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 8, 47, 2
CAPABILITY_VERSION_3 = 0x20080522


@dataclass(frozen=True)
class Record:
    """A started program, and who started it; start times tell a process from a later one with the same number."""

    name: str
    pid: int
    started: int
    owner: int
    owner_started: int
    stop_signal: int
    stop_seconds: float

    @property
    def is_alive(self) -> bool:
        return started(self.pid) == self.started

    @property
    def is_owned(self) -> bool:
        return started(self.owner) == self.owner_started


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name: state, parent, group …; none if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def started(pid: int) -> int:
    """When a process started, in clock ticks since boot; 0 if it has ended (waiting to be reaped counts as ended)."""
    fields = _stat(pid)
    return int(fields[19]) if fields and fields[0] not in "ZX" else 0


def descendants(pid: int) -> list[int]:
    """All processes below this one: a server's or a service's workers, whatever group they have put themselves in."""
    children: dict[int, list[int]] = {}
    for other in (int(entry) for entry in os.listdir("/proc") if entry.isdigit()):
        if fields := _stat(other):
            children.setdefault(int(fields[1]), []).append(other)
    found, open_ends = list[int](), [pid]
    while open_ends:
        below = children.get(open_ends.pop(), [])
        found += below
        open_ends += below
    return found


def record_path(run: Path, name: str, owner: int) -> Path:
    """Where the record of a program stands; the owner is in its name, for several may share a folder."""
    return run / f"{name}.{owner}.json"


def records(run: Path) -> dict[Path, Record]:
    """All records of the folder; what cannot be read was never finished, so nothing was started by it."""
    found: dict[Path, Record] = {}
    for path in run.glob("*.*.json"):
        with suppress(OSError, ValueError, TypeError):
            found[path] = Record(**json.loads(path.read_text()))
    return found


def kill(pids: Iterable[int]) -> None:
    """SIGKILL; what is gone already is no matter."""
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def kill_tree(record: Record) -> None:
    """SIGKILL the program, everything below it and what is left of its group, and wait until they are gone."""
    pids = [record.pid, *descendants(record.pid)] if record.is_alive else []
    family = [(pid, started(pid)) for pid in pids]
    kill(pid for pid, _ in family)
    # Its number is its group's too, and stays taken while the group has members: a stranger cannot be hit.
    if record.is_alive or not started(record.pid):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(record.pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while any(since and started(pid) == since for pid, since in family) and time.monotonic() < deadline:
        time.sleep(0.01)


def sweep(run: Path, owner: int = 0) -> list[str]:
    """Stop what this owner (or, without one, any owner that is gone) has left running; the names of what was alive."""
    left = {path: record for path, record in records(run).items() if _is_left(record, owner)}
    alive = [record for record in left.values() if record.is_alive]
    for record in alive:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(record.pid, record.stop_signal)
            os.kill(record.pid, signal.SIGCONT)  # a stopped process would never see the first
    began = time.monotonic()
    for path, record in sorted(left.items(), key=lambda item: item[1].stop_seconds):
        while record.is_alive and time.monotonic() < began + record.stop_seconds:
            time.sleep(0.02)
        kill_tree(record)
        path.unlink(missing_ok=True)
    return [record.name for record in alive]


def _is_left(record: Record, owner: int) -> bool:
    return record.owner == owner if owner else not record.is_owned


def guard(run: Path, owner: int) -> None:
    """Wait until the owner has ended, then sweep. A pipe tells at once; looking is for pipes that a fork kept open."""
    since = started(owner)
    while since and started(owner) == since:
        if select.select([sys.stdin], [], [], 1.0)[0]:
            if os.read(0, 1):
                return  # the owner has stopped all itself
            break
    sweep(run, owner)


def drop_root(user: str) -> None:
    """Become an unprivileged user, keeping only the right to pass folders: ours may lie in root's own home."""
    account = pwd.getpwnam(user)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(account.pw_gid, account.pw_gid, account.pw_gid)
    os.setresuid(account.pw_uid, account.pw_uid, account.pw_uid)
    only = 1 << CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(only, only, only, 0, 0, 0)
    # A container may forbid it: then the folders must be open to that user, and the program itself says so if not.
    if libc.capset(header, sets) == 0:
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def run(terms: dict[str, str | int | float], command: list[str]) -> None:
    """Lead a group of its own (Ctrl-C goes to the owner alone), leave the record, become the program."""
    folder, user = Path(str(terms.pop("run"))), str(terms.pop("user"))
    os.setsid()
    record = Record(pid=os.getpid(), started=started(os.getpid()), **terms)  # type: ignore[arg-type]  # checked by tests
    path = record_path(folder, record.name, record.owner)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(asdict(record)))
    part.rename(path)
    if not record.is_owned:
        sys.exit("the owner has ended before the program could start")
    if user:
        drop_root(user)
    os.execvp(command[0], command)  # noqa: S606  # replacing itself without a shell is the point


if __name__ == "__main__":
    if sys.argv[1] == "guard":
        guard(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        run(json.loads(sys.argv[2]), sys.argv[3:])
