"""Topics: provisioned from one file, and verified at every start, because Kafka would forgive what loses order."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code
from pydantic import BaseModel

RETENTION = "retention.ms"


class TopicsFileError(ValueError):
    """The file cannot be used; says why in one sentence."""


class TopicsDifferError(Exception):
    """The cluster's topics are not what the file says; the text names each difference."""


class Topic(BaseModel):
    """One topic of the file."""

    says: str
    hears: list[str]
    config: dict[str, str] = {}


class Topics(BaseModel):
    """The whole file: `deploy/topics.yaml`."""

    partitions: int
    config: dict[str, str]
    topics: dict[str, Topic]

    @classmethod
    def read(cls, file: Path) -> "Topics":
        """Read the file; raises `TopicsFileError` saying what is wrong with it."""
        try:
            return cls.model_validate(yaml.safe_load(file.read_text("utf-8")))
        except OSError as error:
            raise TopicsFileError(f"the topics file {file} cannot be read: {error.strerror}") from None
        except (yaml.YAMLError, ValueError) as error:
            raise TopicsFileError(f"the topics file {file} says no topics: {' '.join(str(error).split())}") from None

    def config_of(self, name: str, replication: int = 1) -> dict[str, str]:
        """A topic's configuration: what all have, what it has of its own, and what three brokers make possible."""
        config = self.config | self.topics[name].config
        return config | {"min.insync.replicas": "2"} if replication >= 3 else config

    @property
    def fleeting(self) -> frozenset[str]:
        """The topics whose facts are not kept for ever."""
        return frozenset(name for name in self.topics if self.config_of(name).get(RETENTION) != "-1")


@dataclass
class Applied:
    """What provisioning did."""

    created: list[str] = field(default_factory=list[str])
    present: list[str] = field(default_factory=list[str])


async def apply(bootstrap: str, topics: Topics, *, replication: int = 1, dry_run: bool = False) -> Applied:
    """Create the topics that are missing; never changes one that is there (`verify` says how it differs)."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        there = set(await admin.list_topics())
        wanted = [_new(name, topics, replication) for name in topics.topics if name not in there]
        if wanted and not dry_run:
            answer = await admin.create_topics(wanted)
            for name, code, *_ in answer.topic_errors:  # pyright: ignore[reportAttributeAccessIssue] - set at run time, per API version
                if code and code != 36:  # 36: another instance was faster
                    raise for_code(code)(f"could not create {name}")
            while {topic.name for topic in wanted} - set(await admin.list_topics()):  # noqa: ASYNC110 - Kafka calls nobody
                await asyncio.sleep(0.1)  # a broker hears of new topics a little later
    finally:
        await admin.close()
    return Applied([topic.name for topic in wanted], sorted(there & set(topics.topics)))


async def verify(bootstrap: str, topics: Topics, names: set[str]) -> None:
    """Raise `TopicsDifferError` unless these topics exist with the partitions and the configuration of the file."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        there = set(await admin.list_topics())
        described = await admin.describe_topics(sorted(names & there))
        configs = await _configs(admin, {name: topics.config_of(name) for name in sorted(names & there)})
    finally:
        await admin.close()
    faults = [f"{name} does not exist" for name in sorted(names - there)]
    for topic in described:
        faults += _faults(topic, topics, configs[topic["topic"]])
    if faults:
        raise TopicsDifferError("; ".join(faults) + ". Run `anjeon topics apply`, or mend the cluster by hand.")


def _faults(described: dict[str, Any], topics: Topics, config: dict[str, str]) -> list[str]:
    """How a topic of the cluster differs: retention or compaction would remove facts that models are rebuilt from."""
    name, partitions = described["topic"], described["partitions"]
    few = [f"{len(partitions)} partitions, the file says {topics.partitions}"]
    wanted = topics.config_of(name, len(partitions[0]["replicas"]))
    other = [
        f"{key}={config.get(key)}, the file says {value}" for key, value in wanted.items() if config.get(key) != value
    ]
    return [f"{name} has {fault}" for fault in (few if len(partitions) != topics.partitions else []) + other]


async def _configs(admin: AIOKafkaAdminClient, wanted: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """What the cluster says of the keys that are wanted, topic by topic."""
    asked = [ConfigResource(ConfigResourceType.TOPIC, name, dict(config)) for name, config in wanted.items() if config]
    answers: list[Any] = await admin.describe_configs(asked) if asked else []
    found = [resource for answer in answers for resource in answer.resources]
    said = {name: {key: value for key, value, *_ in entries} for _, _, _, name, entries in found}
    return {name: said.get(name, {}) for name in wanted}


def _new(name: str, topics: Topics, replication: int) -> NewTopic:
    return NewTopic(name, topics.partitions, replication, topic_configs=topics.config_of(name, replication))
