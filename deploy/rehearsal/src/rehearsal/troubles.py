"""What can go wrong in mid-run, each told in a sentence instead of a traceback."""

import shutil

import asyncpg
import httpx
from aiokafka.errors import KafkaError

from rehearsal.settings import Settings
from stack import StackError
from stack.problems import DiskFullError

TROUBLES = (StackError, OSError, httpx.HTTPError, asyncpg.PostgresError, asyncpg.InterfaceError, KafkaError)
FULL_BYTES = 32 << 20
"""With less than this left, whatever else is said, the disk is what is wrong."""


def told(error: Exception, settings: Settings) -> str:
    """The sentence for a trouble."""
    folder = settings.home if settings.home.exists() else settings.home.absolute().parent
    free = shutil.disk_usage(folder).free
    if free < FULL_BYTES:
        return str(DiskFullError(folder, free, settings.needed_bytes))
    if isinstance(error, StackError):
        return str(error)
    logs = settings.home / "log"
    return (
        f"The run broke off: {type(error).__name__}: {error}. What the programs say of it stands in {logs}.\n"
        f"실행이 중단되었습니다. {logs}의 로그를 보십시오."
    )
