"""The read model in PostgreSQL: what is remembered of facts, and what is counted of it."""
