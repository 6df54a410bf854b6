"""How a topic is kept: what the file says of all, what it says of one, and what the number of brokers adds."""

from pathlib import Path

from events.transport.topics import Topics

TOPICS = Topics.read(Path("deploy/topics.yaml"))


def test_a_topics_own_configuration_goes_before_that_of_all() -> None:
    assert TOPICS.config_of("eligibility.dlq") == TOPICS.config | {"max.message.bytes": "4194304"}


def test_three_brokers_keep_each_fact_twice_before_it_is_acknowledged() -> None:
    name = "registry.enterprise.v1"
    said = [TOPICS.config_of(name, replication)["min.insync.replicas"] for replication in (1, 2, 3)]
    assert said == ["1", "1", "2"]


def test_a_topic_is_fleeting_unless_it_is_kept_for_ever() -> None:
    assert TOPICS.fleeting == frozenset()
    own = TOPICS.topics["eligibility.dlq"].model_copy(update={"config": {"retention.ms": "604800000"}})
    changed = TOPICS.model_copy(update={"topics": TOPICS.topics | {"eligibility.dlq": own}})
    assert changed.fleeting == {"eligibility.dlq"}
    assert TOPICS.model_copy(update={"config": {}}).fleeting == set(TOPICS.topics)
