"""The embedded stack: real Kafka and PostgreSQL on one machine, and the four services on them."""
