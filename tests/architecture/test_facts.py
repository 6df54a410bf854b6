"""Every fact has an example, a schema, a topic with its publisher, and a reader or a stated reason for having none."""

from pathlib import Path

import pytest

from events.contracts.envelope import CATALOGUE, Fact
from events.schemas.generate import versions_of
from events.schemas.readers import hearers_of, read_declarations
from events.transport.topics import Topics

ROOT = Path(__file__).parents[2]
TOPICS = Topics.read(ROOT / "deploy/topics.yaml").topics
READS = read_declarations(ROOT / "libs/events/reads")
UNHEARD: dict[str, str] = {}
"""Facts that no service reads, by type, and why they are said all the same."""
NAMES = sorted(CATALOGUE)
CONTRACTS = pytest.mark.parametrize("contract", [CATALOGUE[name] for name in NAMES], ids=NAMES)


@CONTRACTS
def test_a_fact_has_an_example_and_a_schema(contract: type[Fact]) -> None:
    major = contract.type.rpartition(".")[2]
    assert (ROOT / f"libs/events/examples/{contract.__name__}.{major}.json").exists()
    assert versions_of(ROOT / "libs/events/schemas", contract)


@CONTRACTS
def test_a_fact_has_a_topic_and_one_publisher(contract: type[Fact]) -> None:
    publisher = contract.type.partition(".")[0]
    assert TOPICS[contract.topic].says == publisher
    assert contract.__module__ == f"events.contracts.{publisher}"


@CONTRACTS
def test_a_fact_is_told_in_a_sentence_and_in_the_past_tense(contract: type[Fact]) -> None:
    assert (contract.__doc__ or "").endswith(".")
    happened = contract.type.split(".")[2]
    assert contract.__name__.lower().endswith(happened)
    assert happened.endswith("ed") or happened in {"left", "eligible", "ineligible"}  # "found eligible"


@CONTRACTS
def test_a_fact_has_a_reader_or_a_reason_for_having_none(contract: type[Fact]) -> None:
    assert bool(hearers_of(READS, contract.type)) != (contract.type in UNHEARD)


@CONTRACTS
def test_a_fact_never_carries_what_belongs_to_people(contract: type[Fact]) -> None:
    personal = {"name", "phone", "mail", "email", "address", "birth", "registration_number"}
    assert not {field for field in contract.model_fields if personal & set(field.split("_"))}


def test_every_topic_that_is_heard_carries_facts_and_every_declared_hearer_is_one() -> None:
    carried = {contract.topic for contract in CATALOGUE.values()}
    assert {topic for topic in TOPICS if not topic.endswith(".dlq")} == carried
    for service, heard in READS.items():
        assert {CATALOGUE[kind].topic for kind in heard} == {
            topic for topic, about in TOPICS.items() if service in about.hears
        }


def test_whoever_hears_has_a_topic_for_what_it_cannot_apply() -> None:
    assert {f"{service}.dlq" for service in READS} == {topic for topic in TOPICS if topic.endswith(".dlq")}
