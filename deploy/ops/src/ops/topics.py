"""`anjeon topics`: Kafka topics, as deploy/topics.yaml says they must be; Kafka's client is loaded by a call only."""
# ruff: noqa: PLC0415 - see above

from pathlib import Path

import click

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
    from ops import cluster

    cluster.apply(file, bootstrap, replication, dry_run, as_json)


@topics.command("verify")
@_FILE
@_BOOTSTRAP
def verify(file: Path, bootstrap: str) -> None:
    """Exit with 1 and name each difference unless the cluster has every topic as the file says."""
    from ops import cluster

    cluster.verify(file, bootstrap)
