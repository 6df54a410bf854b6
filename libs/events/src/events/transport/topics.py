"""Topics: provisioned from one file, and verified at every start, because Kafka would forgive what loses order."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code
from pydantic import BaseModel

POLICY = "cleanup.policy"


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

    def config_of(self, name: str) -> dict[str, str]:
        """A topic's configuration: what all have, and what it has of its own."""
        return self.config | self.topics[name].config


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
    finally:
        await admin.close()
    return Applied([topic.name for topic in wanted], sorted(there & set(topics.topics)))


async def verify(bootstrap: str, topics: Topics, names: set[str]) -> None:
    """Raise `TopicsDifferError` unless these topics exist as the file says: so many partitions, and kept alike."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        there = set(await admin.list_topics())
        described = await admin.describe_topics(sorted(names & there))
        policies = await _policies(admin, sorted(names & there))
    finally:
        await admin.close()
    faults = [f"{name} does not exist" for name in sorted(names - there)]
    for topic in described:
        count = len(topic["partitions"])
        if count != topics.partitions:
            faults.append(f"{topic['topic']} has {count} partitions, the file says {topics.partitions}")
        wanted, policy = topics.config_of(topic["topic"]).get(POLICY), policies.get(topic["topic"])
        if wanted and policy != wanted:
            faults.append(f"{topic['topic']} has {POLICY}={policy}, the file says {wanted}")
    if faults:
        raise TopicsDifferError("; ".join(faults) + ". Run `anjeon topics apply`, or mend the cluster by hand.")


async def _policies(admin: AIOKafkaAdminClient, names: list[str]) -> dict[str, str]:
    """How each topic is kept: compaction would remove facts that read models are rebuilt from."""
    if not names:
        return {}
    asked = [ConfigResource(ConfigResourceType.TOPIC, name, {POLICY: ""}) for name in names]
    answers: list[Any] = await admin.describe_configs(asked)
    found = [resource for answer in answers for resource in answer.resources]
    return {name: value for _, _, _, name, entries in found for key, value, *_ in entries if key == POLICY}


def _new(name: str, topics: Topics, replication: int) -> NewTopic:
    config = topics.config_of(name)
    if replication >= 3:
        config = config | {"min.insync.replicas": "2"}
    return NewTopic(name, topics.partitions, replication, topic_configs=config)
