"""The embedded stack: real Kafka and PostgreSQL on one machine, and the four services on them."""

from stack.embedded import SERVICES, Stack
from stack.environment import environment_of
from stack.kafka import Kafka
from stack.postgres import Postgres
from stack.problems import StackError, StartError
from stack.processes import Process, Processes, Program

__all__ = [
    "SERVICES",
    "Kafka",
    "Postgres",
    "Process",
    "Processes",
    "Program",
    "Stack",
    "StackError",
    "StartError",
    "environment_of",
]
