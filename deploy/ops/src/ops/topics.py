"""`anjeon topics`: Kafka topics, as deploy/topics.yaml says they must be."""

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import TypeVar

import click
from aiokafka.errors import KafkaError

from events.transport import topics as kafka_topics

Answer = TypeVar("Answer")
_FILE = click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=Path("deploy/topics.yaml")
)
_BOOTSTRAP = click.option("--bootstrap", required=True, envvar="KAFKA_BOOTSTRAP", help="HOST:PORT of a broker")


@click.group()
def topics() -> None:
    """Kafka topics, as deploy/topics.yaml says they must be."""


@topics.command("apply")
@_FILE
@_BOOTSTRAP
@click.option("--replication", default=1, show_default=True, help="3 on a cluster of three brokers")
@click.option("--dry-run", is_flag=True, help="Say what would be created, create nothing.")
@click.option("--json", "as_json", is_flag=True)
def apply(file: Path, bootstrap: str, replication: int, dry_run: bool, as_json: bool) -> None:
    """Create the topics that are missing; one that is there is never changed."""
    wanted = _read(file)
    applied = _asked(kafka_topics.apply(bootstrap, wanted, replication=replication, dry_run=dry_run))
    if as_json:
        click.echo(json.dumps({"created": applied.created, "present": applied.present, "dry_run": dry_run}))
        return
    verb = "would create" if dry_run else "created"
    for name in applied.created:
        click.echo(f"{verb} {name}")
    click.echo(f"{len(applied.present)} topics were there already")


@topics.command("verify")
@_FILE
@_BOOTSTRAP
def verify(file: Path, bootstrap: str) -> None:
    """Exit with 1 and name each difference unless the cluster has every topic as the file says."""
    wanted = _read(file)
    try:
        _asked(kafka_topics.verify(bootstrap, wanted, set(wanted.topics)))
    except kafka_topics.TopicsDifferError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{len(wanted.topics)} topics are as they should be")


def _read(file: Path) -> kafka_topics.Topics:
    try:
        return kafka_topics.Topics.read(file)
    except kafka_topics.TopicsFileError as error:
        raise click.UsageError(str(error)) from None


def _asked(answer: Coroutine[None, None, Answer]) -> Answer:
    try:
        return asyncio.run(answer)
    except (KafkaError, OSError) as error:
        raise click.ClickException(f"Kafka does not answer: {error}") from None
