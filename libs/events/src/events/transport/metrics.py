"""Every metric of the transport, in one place."""

from prometheus_client import Counter, Gauge, Histogram

_BATCHES = (1, 10, 100, 500, 1_000, 2_000, 5_000, 10_000)

PUBLISHED = Counter("events_published", "Facts sent to Kafka by the relay", ["topic"])
UNPUBLISHED_AGE = Gauge("outbox_oldest_unpublished_seconds", "Age of the oldest fact that waits in the outbox")
RELAY_ACTIVE = Gauge(
    "relay_active", "1 while this process is the relay that publishes: it has the lock, and Kafka's ear"
)
KAFKA_AWAY = Gauge("consumer_kafka_away", "1 while Kafka has not answered the consumer for long")
CONSUMED = Counter("events_consumed", "Facts applied", ["topic"])
PASSED_BY = Counter("events_passed_by", "Facts of known types that this service does not hear", ["topic"])
DUPLICATES = Counter("duplicates_skipped", "Records that had been applied before", ["topic"])
DEAD_LETTERS = Counter("dead_letters", "Records put aside because they could not be applied", ["topic", "cause"])
PARKED = Counter("records_parked", "Records put aside behind a dead letter of the same key", ["topic"])
FENCED = Counter("batches_fenced", "Batches dropped because another instance had moved the position")
SESSIONS_ENDED = Counter("frozen_sessions_ended", "Database sessions ended that stood still and kept others waiting")
RETRIED = Counter("batches_retried", "Batches tried again after a passing fault", ["error"])
BATCH_RECORDS = Histogram("batch_records", "Records in a batch", buckets=_BATCHES)
BATCH_SECONDS = Histogram("batch_seconds", "Seconds from taking a batch to its commit")
LAG = Gauge("consumer_lag_records", "Records between the position and the log's end", ["topic", "partition"])
BREAKER_OPEN = Gauge("breaker_open", "1 when too many records failed and the consumer stopped itself")
