"""What the servers are told, and that a missing wheel is said clearly."""

from pathlib import Path

import pytest

from stack.kafka import java
from stack.postgres import binaries
from stack.problems import NoJavaError, NoPostgresError
from stack.settings import broker_properties, postgres_clients, postgres_conf


def test_the_broker_listens_on_loopback_only() -> None:
    lines = dict(line.split("=", 1) for line in broker_properties(Path("/t"), 1, 2).splitlines() if "=" in line)
    assert lines["listeners"] == "PLAINTEXT://127.0.0.1:1,CONTROLLER://127.0.0.1:2"
    assert lines["advertised.listeners"] == lines["listeners"]
    assert lines["auto.create.topics.enable"] == "false"


def test_the_database_server_listens_on_loopback_only() -> None:
    conf = postgres_conf(5432)
    assert "listen_addresses = '127.0.0.1'" in conf
    assert "unix_socket_directories = ''" in conf


def test_nobody_comes_in_without_a_password() -> None:
    rules = [line.split() for line in postgres_clients().splitlines() if not line.startswith("#")]
    assert {(rule[3], rule[4]) for rule in rules} == {("127.0.0.1/32", "scram-sha-256")}


def test_a_platform_without_a_java_wheel_is_told_so() -> None:
    with pytest.raises(NoJavaError, match="No Java runtime for"):
        java("a_wheel_that_is_not_there")


def test_a_wheel_without_a_runtime_in_it_is_told_so() -> None:
    with pytest.raises(NoJavaError, match="No Java runtime for"):
        java("stack")


def test_a_platform_without_a_postgres_wheel_is_told_so() -> None:
    with pytest.raises(NoPostgresError, match="No PostgreSQL for"):
        binaries("a_wheel_that_is_not_there")
