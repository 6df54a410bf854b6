"""What every service must be told from outside: where Kafka, its database and its door are."""

from pathlib import Path

from pydantic_settings import BaseSettings


class TransportSettings(BaseSettings):
    """Each service derives its own, with its own prefix of environment variables."""

    kafka_bootstrap: str = "127.0.0.1:9092"
    database_url: str
    http_host: str = "127.0.0.1"
    http_port: int
    access_keys: Path
    """PEM file with the public key(s) that callers' tokens are checked against."""
    topics_file: Path | None = None
    """`deploy/topics.yaml`; when given, start-up verifies the topics against it."""
    batch_records: int = 5_000
    """Most records a consumer takes into one transaction."""
    session_timeout_ms: int = 10_000
    """A consumer silent for so long loses its partitions to another."""
    breaker_in_a_row: int = 20
    breaker_share: float = 0.05
