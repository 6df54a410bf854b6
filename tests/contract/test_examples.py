"""The golden examples: there is one of each fact, it parses, it fits every version of its schema, it never changes."""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from events.contracts.envelope import CATALOGUE, Announcement, Fact
from events.schemas.generate import schema_of, versions_of
from events.transport.wire import decode

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "libs/events/examples").glob("*.json"))
EVERY_FILE = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def read(file: Path) -> tuple[type[Fact], dict[str, Any]]:
    example = json.loads(file.read_text("utf-8"))
    return CATALOGUE[example["headers"]["ce_type"]], example


def test_a_minor_version_that_added_something_has_an_example_of_it() -> None:
    said: dict[type[Fact], set[str]] = {}
    for contract, example in map(read, FILES):
        said.setdefault(contract, set()).update(example["data"])
    assert {contract.__name__: sorted(contract.model_fields.keys() - said[contract]) for contract in said} == {
        contract.__name__: [] for contract in said
    }


def test_no_example_is_of_a_fact_that_nobody_knows(examples: list[Any]) -> None:
    assert {example.type for example in examples} == set(CATALOGUE)


def test_every_example_is_decoded_from_the_wire(examples: list[Any]) -> None:
    for offset, example in enumerate(examples):
        received = decode(example.record(offset))
        assert json.loads(received.fact.model_dump_json(exclude_unset=True)) == example.content, example.name
        assert received.envelope.sequence == int(example.headers["ce_sequence"])


def test_an_example_with_fields_that_nobody_knows_yet_is_decoded_too(examples: list[Any]) -> None:
    for offset, example in enumerate(examples):
        newer = decode(example.record(offset, a_field_of_next_year={"deep": [1, 2]}))
        assert newer.fact == decode(example.record(offset)).fact


@EVERY_FILE
def test_an_example_travels_as_its_contract_says(file: Path) -> None:
    contract, example = read(file)
    headers, fact = example["headers"], contract.model_validate(example["data"])
    assert headers["ce_type"] == contract.type
    assert (headers["ce_partitionkey"], headers["ce_subject"], headers["ce_source"]) == (
        *(fact.key, fact.subject, fact.source),
    )
    when = datetime.fromisoformat(headers["ce_time"])
    assert headers["ce_id"] == str(Announcement(fact, int(headers["ce_sequence"]), when).id)


@EVERY_FILE
def test_an_example_fits_every_minor_version_of_its_schema(file: Path) -> None:
    contract, example = read(file)
    versions = versions_of(ROOT / "libs/events/schemas", contract)
    assert versions
    for schema in (*(version.schema for version in versions), schema_of(contract)):
        jsonschema.Draft202012Validator.check_schema(dict(schema))
        checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
        jsonschema.Draft202012Validator(dict(schema), format_checker=checker).validate(example["data"])


def test_a_golden_example_is_never_edited() -> None:
    sums = (ROOT / "libs/events/examples/SHA256SUMS").read_text("ascii").splitlines()
    kept = {name: digest for digest, name in (line.split("  ") for line in sums)}
    files = {file.name: file for file in FILES}
    assert files.keys() == kept.keys(), "add a new example's sum to SHA256SUMS"
    for name, file in files.items():
        assert hashlib.sha256(file.read_bytes()).hexdigest() == kept[name], (
            f"{name} was edited; add another one instead"
        )
