"""Topics: provisioned from the file, never changed in place, and no service starts on others than the file says."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from click.testing import CliRunner

from events.transport.topics import Topics, TopicsDifferError, apply, verify
from ops.main import main as anjeon
from rehearsal.log import TOPICS
from stack import StartError

pytestmark = pytest.mark.timeout(400)
Written = Callable[..., Path]


@pytest.fixture
def file(tmp_path: Path) -> Written:
    """`file("a.b.v1", partitions=…)`: the project's topics and these, as a file."""

    def write(*names: str, partitions: int = 12) -> Path:
        wanted = yaml.safe_load(TOPICS.read_text("utf-8")) | {"partitions": partitions}
        wanted["topics"] |= {name: {"says": "eligibility", "hears": []} for name in names}
        path = tmp_path / "topics.yaml"
        path.write_text(yaml.safe_dump(wanted), encoding="utf-8")
        return path

    return write


@pytest.fixture
def named() -> Callable[[], str]:
    """Names for topics that nobody else has."""
    return lambda: f"eligibility.trial{uuid4().hex[:8]}.v1"


async def make(bootstrap: str, name: str, partitions: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(name, partitions, 1, topic_configs=Topics.read(TOPICS).config)])
    await admin.close()


async def remove(bootstrap: str, *names: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.delete_topics(list(names))
    await admin.close()


async def test_the_projects_own_topics_are_as_the_file_says(system: Any) -> None:
    wanted = Topics.read(TOPICS)
    await verify(system.bootstrap, wanted, set(wanted.topics))
    assert (await apply(system.bootstrap, wanted)).created == []


async def test_every_difference_is_named(system: Any, file: Written, named: Callable[[], str]) -> None:
    missing, absent, narrow = named(), named(), named()
    await make(system.bootstrap, narrow, 3)
    wanted = Topics.read(file(missing, absent, narrow))
    with pytest.raises(TopicsDifferError) as differ:
        await verify(system.bootstrap, wanted, set(wanted.topics))
    for fault in (
        f"{missing} does not exist",
        f"{absent} does not exist",
        f"{narrow} has 3 partitions, the file says 12",
    ):
        assert fault in str(differ.value)
    assert "Run `anjeon topics apply`" in str(differ.value)
    await remove(system.bootstrap, narrow)


async def test_provisioning_makes_what_is_missing_and_changes_nothing(
    system: Any, file: Written, named: Callable[[], str]
) -> None:
    missing, narrow = named(), named()
    await make(system.bootstrap, narrow, 3)
    wanted = Topics.read(file(missing, narrow))
    assert (await apply(system.bootstrap, wanted, dry_run=True)).created == [missing]
    assert (await apply(system.bootstrap, wanted)).created == [missing]
    assert (await apply(system.bootstrap, wanted)).created == []
    with pytest.raises(TopicsDifferError) as differ:
        await verify(system.bootstrap, wanted, set(wanted.topics))
    assert str(differ.value).startswith(f"{narrow} has 3 partitions, the file says 12.")
    await remove(system.bootstrap, missing, narrow)


@pytest.mark.parametrize("fault", ["missing", "narrow"])
async def test_a_service_does_not_start_on_topics_that_differ_and_says_how(
    fault: str, system: Any, file: Written, named: Callable[[], str], free_port: int
) -> None:
    name = named()
    if fault == "narrow":
        await make(system.bootstrap, name, 3)
    with pytest.raises(StartError) as refused:
        await system.start_another("eligibility", free_port, TOPICS_FILE=str(file(name)))
    how = {"missing": "does not exist", "narrow": "has 3 partitions, the file says 12"}[fault]
    assert "it ended with status 1" in str(refused.value)
    said = f"eligibility: {name} {how}. Run `anjeon topics apply`, or mend the cluster by hand."
    assert said in str(refused.value)
    if fault == "narrow":
        await remove(system.bootstrap, name)


async def test_a_service_is_not_kept_by_topics_that_do_not_concern_it(
    system: Any, file: Written, free_port: int
) -> None:
    path = file()
    wanted = yaml.safe_load(path.read_text("utf-8"))
    wanted["topics"]["registry.unheard.v1"] = {"says": "registry", "hears": ["reporting"]}
    path.write_text(yaml.safe_dump(wanted), encoding="utf-8")
    with pytest.raises(TopicsDifferError, match=r"registry\.unheard\.v1 does not exist"):
        await verify(system.bootstrap, Topics.read(path), {"registry.unheard.v1"})
    another = await system.start_another("eligibility", free_port, TOPICS_FILE=str(path))
    await another.stop()


async def test_the_operators_command_says_what_differs(system: Any, file: Written, named: Callable[[], str]) -> None:
    missing = named()
    call = ["topics", "verify", "--file", str(file(missing)), "--bootstrap", system.bootstrap]
    outcome = await asyncio.to_thread(CliRunner().invoke, anjeon, call)
    assert outcome.exit_code == 1
    assert f"Error: {missing} does not exist." in outcome.output
