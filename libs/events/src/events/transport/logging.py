"""structlog, set up once: JSON outside a terminal, with the service bound to every line.

A batch is of thousands of facts, so no line names one by itself; where a single fact is at fault, its line does.
"""

import logging
import sys
from typing import Any

import structlog


def configure(service: str) -> None:
    """Log facts in snake_case to standard error; call once, before anything logs."""
    logging.basicConfig(format="%(message)s", stream=sys.stderr, level=logging.WARNING)
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


class FastStreamLog:
    """FastStream's own errors (a fetch that failed, a handler that raised) among ours; its chatter is left out."""

    def log(self, level: int, msg: Any, /, **more: Any) -> None:
        """As `logging.Logger.log`."""
        if level >= logging.ERROR:
            topic = (more.get("extra") or {}).get("topic", "")
            error = repr(more.get("exc_info"))
            structlog.get_logger(__name__).error("faststream_failed", said=str(msg), error=error, topic=topic)
