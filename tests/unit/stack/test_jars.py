"""The list of Kafka's jars, and what of it a folder has."""

import hashlib
from pathlib import Path

import pytest

from stack.coordinates import LOCK, Jar, parse
from stack.jars import lacking
from stack.problems import StackError

SHA = "a" * 64


def test_a_line_names_a_jar_and_its_digest() -> None:
    assert parse(f"# why\n\norg.slf4j:slf4j-api:1.7.36 {SHA}\n") == [Jar("org.slf4j", "slf4j-api", "1.7.36", SHA)]


def test_a_jar_has_its_artifacts_name_and_version() -> None:
    assert Jar("org.slf4j", "slf4j-api", "1.7.36", SHA).filename == "slf4j-api-1.7.36.jar"


@pytest.mark.parametrize(
    "line",
    [
        "org.slf4j:slf4j-api:1.7.36",
        f"org.slf4j:slf4j-api {SHA}",
        f"a:b:../../c {SHA}",
        f"a:b:1 {SHA[:-1]}",
        "a:b:1 md5",
    ],
)
def test_a_line_that_names_no_jar_is_refused(line: str) -> None:
    with pytest.raises(StackError, match="damaged"):
        parse(line)


def test_a_jar_named_twice_is_refused() -> None:
    with pytest.raises(StackError, match="twice"):
        parse(f"a:b:1 {SHA}\nc:b:1 {SHA}\n")


def test_the_committed_list_has_one_version_of_kafka() -> None:
    kafka = [jar for jar in parse(LOCK.read_text()) if jar.group == "org.apache.kafka"]
    assert {jar.version for jar in kafka} == {"4.1.1"}
    assert {"kafka_2.13", "kafka-clients"} <= {jar.artifact for jar in kafka}


def test_the_committed_list_names_no_address() -> None:
    assert "://" not in LOCK.read_text()


def test_a_missing_and_a_changed_jar_are_lacking(tmp_path: Path) -> None:
    good, changed, missing = (
        Jar("g", name, "1", hashlib.sha256(name.encode()).hexdigest()) for name in ("good", "changed", "missing")
    )
    (tmp_path / good.filename).write_text("good")
    (tmp_path / changed.filename).write_text("changed by somebody")
    assert lacking([good, changed, missing], tmp_path) == [changed, missing]
