"""structlog, set up once: JSON outside a terminal, with the service bound to every line.

A batch is of thousands of facts, so no line names one by itself; where a single fact is at fault, its line does.
"""

import logging
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import structlog

SPARING_SECONDS = 10.0


def configure(service: str) -> None:
    """Log facts in snake_case to standard error; call once, before anything logs."""
    logging.basicConfig(handlers=[LibrariesLog()], level=logging.WARNING)
    for chatty in ("aiokafka", "faststream"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    renderer = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    structlog.contextvars.bind_contextvars(service=service)


class LibrariesLog(logging.Handler):
    """What libraries log, among our lines; a line said again and again is told every ten seconds, with how often.

    While a broker is away aiokafka says so two thousand times a second.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._told_at: dict[tuple[str, str], float] = {}
        self._times = Counter[tuple[str, str]]()

    def emit(self, record: logging.LogRecord) -> None:
        """Called by `logging`."""
        line, now = (record.name, str(record.msg)), self._clock()
        self._times[line] += 1
        if now - self._told_at.get(line, -SPARING_SECONDS) < SPARING_SECONDS:
            return
        self._told_at[line] = now
        error = {"error": repr(record.exc_info[1])} if record.exc_info else {}
        said, times = record.getMessage(), self._times.pop(line)
        structlog.get_logger(__name__).log(
            record.levelno, "library_said", library=record.name, said=said, times=times, **error
        )


class FastStreamLog:
    """FastStream's own errors (a fetch that failed, a handler that raised) among ours; its chatter is left out."""

    def log(self, level: int, msg: Any, /, **more: Any) -> None:
        """As `logging.Logger.log`."""
        if level >= logging.ERROR:
            topic = (more.get("extra") or {}).get("topic", "")
            error = repr(more.get("exc_info"))
            structlog.get_logger(__name__).error("faststream_failed", said=str(msg), error=error, topic=topic)
