"""What `anjeon topics` does: asks Kafka for its topics, and has the missing ones made."""

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import TypeVar

import click
from aiokafka.errors import KafkaError

from events.transport import topics as kafka_topics

Answer = TypeVar("Answer")


def apply(file: Path, bootstrap: str, replication: int, dry_run: bool, as_json: bool) -> None:
    """Creates what is missing, or says what it would create."""
    wanted = _read(file)
    applied = _asked(kafka_topics.apply(bootstrap, wanted, replication=replication, dry_run=dry_run))
    if as_json:
        click.echo(json.dumps({"created": applied.created, "present": applied.present, "dry_run": dry_run}))
        return
    verb = "would create" if dry_run else "created"
    for name in applied.created:
        click.echo(f"{verb} {name}")
    click.echo(f"{len(applied.present)} topics were there already")


def verify(file: Path, bootstrap: str) -> None:
    """Exit 1 where the cluster differs from the file."""
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
