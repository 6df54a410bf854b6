"""The folder of one stack: what lies where, who has it now, and whether the disk has room."""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from stack import leash
from stack.problems import AlreadyRunningError, DiskFullError, StackError

NEEDED_BYTES = 1 << 30  # write-ahead log up to its usual size, Kafka's segments of a small run, the jars and logs


@dataclass(frozen=True)
class Home:
    """Paths below one folder; two stacks in two folders have nothing in common."""

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> Self:
        """The home in this folder, wherever a program's own working folder is."""
        return cls(folder.absolute())

    @classmethod
    @contextmanager
    def taken(cls, folder: Path, needed: int = NEEDED_BYTES) -> Generator[Self]:
        """The home in this folder, prepared and had for oneself until the context ends."""
        made = cls.at(folder)
        made.prepare(needed)
        with made.held():
            yield made

    @property
    def kafka(self) -> Path:
        return self.folder / "kafka"

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def run(self) -> Path:
        return self.folder / "run"

    @property
    def ports(self) -> Path:
        return self.folder / "ports.json"

    @property
    def lock(self) -> Path:
        return self.folder / "lock"

    @property
    def private_key(self) -> Path:
        return self.folder / "access.private.pem"

    @property
    def public_key(self) -> Path:
        return self.folder / "access.public.pem"

    def prepare(self, needed: int = NEEDED_BYTES) -> None:
        """Make the folders; say so if the disk is full or the folder belongs to somebody else."""
        try:
            for folder in (self.folder, self.kafka, self.log, self.run):
                folder.mkdir(parents=True, exist_ok=True)
        except PermissionError as error:
            raise _not_ours(self.folder) from error
        if not os.access(self.folder, os.W_OK):
            raise _not_ours(self.folder)
        free = shutil.disk_usage(self.folder).free
        if free < needed:
            raise DiskFullError(self.folder, free, needed)

    def owner(self) -> int:
        """The process that has the folder now; 0 if nobody has."""
        try:
            pid, since = (int(word) for word in self.lock.read_text().split())
        except (OSError, ValueError):
            return 0
        return pid if leash.started(pid) == since else 0

    @contextmanager
    def held(self) -> Generator[None]:
        """Have the folder for oneself; the system lets go of it when we end, however that happens."""
        with self.lock.open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunningError(self.folder, self.owner()) from None
            file.truncate(0)
            file.write(f"{os.getpid()} {leash.started(os.getpid())}\n")
            file.flush()
            leash.sweep(self.run)
            try:
                yield
            finally:
                file.truncate(0)

    def passwords(self, names: tuple[str, ...]) -> dict[str, str]:
        """A password for each name, made once and readable by the owner alone."""
        path = self.folder / "passwords.json"
        kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        missing = [name for name in names if name not in kept]
        if missing:
            kept |= {name: secrets.token_urlsafe(24) for name in missing}
            part = path.with_suffix(".part")
            part.unlink(missing_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(kept, file, indent=2)
            part.rename(path)
        return kept


def _not_ours(folder: Path) -> StackError:
    return StackError(
        f"{folder} cannot be written: it belongs to another user. Remove it, or use another folder (--home).",
        f"{folder}에 쓸 수 없습니다: 다른 사용자의 폴더입니다. 지우거나 다른 폴더(--home)를 쓰십시오.",
    )
