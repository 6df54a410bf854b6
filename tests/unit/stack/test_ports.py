"""Ports: the usual ones if free, remembered, kept from others."""

import socket
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from stack.ports import HOST, USUAL, Ports, Reservation, remember, remembered

pytestmark = pytest.mark.enable_socket  # binding on loopback is what is tested


@pytest.fixture
def listener() -> Generator[socket.socket]:
    """A program that listens on some port."""
    with closing(socket.create_server((HOST, 0))) as made:
        yield made


def test_a_port_that_somebody_listens_on_is_not_reserved(listener: socket.socket) -> None:
    with pytest.raises(OSError, match="in use"):
        Reservation(listener.getsockname()[1])


def test_another_port_is_taken_instead_of_a_taken_one(listener: socket.socket) -> None:
    taken = listener.getsockname()[1]
    with Ports({"kafka": taken}) as ports:
        assert ports["kafka"] != taken


def test_a_reserved_port_is_refused_to_another_stack() -> None:
    kept = Reservation(0)
    try:
        with pytest.raises(OSError, match="in use"):
            Reservation(kept.port)
    finally:
        kept.release()


def test_our_server_may_listen_on_the_reserved_port() -> None:
    kept = Reservation(0)
    try:
        with closing(socket.create_server((HOST, kept.port))) as server:
            assert server.getsockname()[1] == kept.port
    finally:
        kept.release()


def test_a_released_port_can_be_had_again() -> None:
    first = Reservation(0)
    first.release()
    again = Reservation(first.port)
    again.release()
    assert again.port == first.port


def test_all_ports_differ() -> None:
    with Ports() as one, Ports() as other:
        assert len({*one.numbers.values(), *other.numbers.values()}) == 2 * len(USUAL)


def test_ports_are_remembered_for_the_next_run(tmp_path: Path) -> None:
    with Ports() as ports:
        remember(tmp_path / "ports.json", ports)
        assert remembered(tmp_path / "ports.json") == ports.numbers


@pytest.mark.parametrize("text", ["", "{", "[]", '{"kafka": "nine"}'])
def test_a_damaged_memory_is_no_memory(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ports.json"
    path.write_text(text)
    assert remembered(path) == {}
