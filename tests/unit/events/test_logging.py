"""What libraries log is among our lines, once where they say it a thousand times; FastStream's chatter is left out."""

import logging

from structlog.testing import capture_logs

from events.transport.logging import SPARING_SECONDS, FastStreamLog, LibrariesLog


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


def test_what_a_library_says_again_and_again_is_told_now_and_then_with_how_often() -> None:
    now = 0.0
    log = logging.Logger("a_library")  # nobody's child: other tests may have given the root a handler like ours
    log.addHandler(LibrariesLog(lambda: now))
    with capture_logs() as lines:
        for n in range(1_000):
            log.error("no node %s", n)
        log.error("another thing")
        now = SPARING_SECONDS
        log.error("no node %s", 1_000, exc_info=OSError("gone"))
    assert [(line["library"], line["said"], line["times"]) for line in lines] == [
        ("a_library", "no node 0", 1),
        ("a_library", "another thing", 1),
        ("a_library", "no node 1000", 1_000),
    ]
    assert lines[-1]["error"] == "OSError('gone')"


def test_what_is_no_error_is_left_out() -> None:
    with capture_logs() as lines:
        FastStreamLog().log(logging.WARNING, "Auto create topics is disabled. Make sure the topics exist.")
    assert lines == []
