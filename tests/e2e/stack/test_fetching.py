"""Fetching jars from a repository, here one of our own on loopback, that may be away or lie."""

import hashlib
import threading
from collections.abc import Generator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from stack import jars
from stack.coordinates import Jar, parse
from stack.ports import HOST
from stack.problems import CorruptJarError, NoNetworkError

NAMES = ("broker", "clients", "metrics")


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without writing to the terminal."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Path]:
    """A Maven repository with three small jars; the stack is told to use it."""
    folder = tmp_path / "repository"
    for name in NAMES:
        where = folder / "org" / "example" / name / "1.0"
        where.mkdir(parents=True)
        (where / f"{name}-1.0.jar").write_bytes(name.encode() * 1000)
    with ThreadingHTTPServer((HOST, 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("ANJEON_MAVEN", f"http://{HOST}:{server.server_port}")
        yield folder
        server.shutdown()
        thread.join()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """The list of these jars."""
    digests = {name: hashlib.sha256(name.encode() * 1000).hexdigest() for name in NAMES}
    path = tmp_path / "jars.lock"
    path.write_text("".join(f"org.example:{name}:1.0 {digest}\n" for name, digest in digests.items()))
    return path


def test_all_jars_are_fetched_and_verified(repository: Path, lock: Path, tmp_path: Path) -> None:
    paths = jars.ensured(tmp_path / "cache", lock)
    assert [path.name for path in paths] == [f"{name}-1.0.jar" for name in NAMES]
    assert jars.lacking(parse(lock.read_text()), tmp_path / "cache") == []


def test_a_jar_damaged_on_the_disk_is_refused_and_fetched_again(repository: Path, lock: Path, tmp_path: Path) -> None:
    first, *_ = jars.ensured(tmp_path / "cache", lock)
    whole = first.read_bytes()
    first.write_bytes(whole[:-1] + b"?")
    jars.ensured(tmp_path / "cache", lock)
    assert first.read_bytes() == whole


def test_what_the_repository_sends_wrongly_never_gets_a_jars_name(repository: Path, lock: Path, tmp_path: Path) -> None:
    (repository / "org/example/clients/1.0/clients-1.0.jar").write_bytes(b"something else")
    with pytest.raises(CorruptJarError, match=r"org\.example:clients:1\.0 was refused"):
        jars.ensured(tmp_path / "cache", lock)
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == ["broker-1.0.jar", "metrics-1.0.jar"]


def test_only_what_is_missing_is_fetched(repository: Path, lock: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    jars.ensured(cache, lock)
    for name in ("broker", "clients"):  # the repository has them no more
        (repository / f"org/example/{name}/1.0/{name}-1.0.jar").unlink()
    (cache / "metrics-1.0.jar").unlink()
    assert len(jars.ensured(cache, lock)) == len(NAMES)


@pytest.mark.usefixtures("repository")
def test_a_repository_that_cannot_be_reached_is_said(
    lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANJEON_MAVEN", f"http://{HOST}:9")
    with pytest.raises(NoNetworkError, match="3 of Kafka's jars are missing"):
        jars.ensured(tmp_path / "cache", lock)


def test_nothing_is_asked_of_the_network_when_all_is_there(
    lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANJEON_MAVEN", f"http://{HOST}:9")
    cache = tmp_path / "cache"
    cache.mkdir()
    for jar in parse(lock.read_text()):
        (cache / jar.filename).write_bytes(jar.artifact.encode() * 1000)
    assert len(jars.ensured(cache, lock)) == len(NAMES)


def test_a_coordinate_says_which_jar_it_is() -> None:
    assert Jar("org.example", "clients", "1.0", "").coordinate == "org.example:clients:1.0"
