"""FastStream's own errors are among our log's lines, and its chatter is not."""

import logging

from structlog.testing import capture_logs

from events.transport.logging import FastStreamLog


def test_an_error_of_faststreams_is_told_with_its_cause() -> None:
    with capture_logs() as lines:
        FastStreamLog().log(logging.ERROR, "Kafka error occurred", exc_info=OSError("gone"), extra={"topic": "a.b.v1"})
    [line] = lines
    assert (line["event"], line["said"], line["error"]) == (
        "faststream_failed",
        "Kafka error occurred",
        "OSError('gone')",
    )
    assert (line["log_level"], line["topic"]) == ("error", "a.b.v1")


def test_what_is_no_error_is_left_out() -> None:
    with capture_logs() as lines:
        FastStreamLog().log(logging.WARNING, "Auto create topics is disabled. Make sure the topics exist.")
    assert lines == []
