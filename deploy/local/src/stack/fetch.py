"""Fetching jars from a Maven repository: several at a time, resumable, and nothing unverified gets a jar's name."""

import os
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import requests
from jgo.maven import MavenContext, PythonResolver
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn

from stack.coordinates import Jar, digest
from stack.problems import CorruptJarError, NoNetworkError, disk_problems_told

TRIES, AT_ONCE = 3, 8
NEEDED_BYTES = 64 << 20


def fetch(jars: Sequence[Jar], folder: Path) -> None:
    """Bring these jars into the folder; what is there when it fails stays, and the next try goes on from it."""
    with disk_problems_told(folder, NEEDED_BYTES), _progress(len(jars)) as tick:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder, prefix=".incoming-") as incoming:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                tasks = [pool.submit(_bring, jar, folder, Path(incoming), tick) for jar in jars]
            failed = [error for task in tasks if (error := task.exception())]
    for error in failed:
        if isinstance(error, requests.RequestException | RuntimeError):
            raise NoNetworkError(len(failed), error) from error
        raise error


def _bring(jar: Jar, folder: Path, incoming: Path, tick: Callable[[int], None]) -> None:
    for attempt in range(TRIES):
        try:
            _download(jar, folder, incoming / f"{jar.filename}.{attempt}", tick)
            return
        except (requests.RequestException, RuntimeError, CorruptJarError):
            if attempt == TRIES - 1:
                raise
            time.sleep(0.5 * 2**attempt)


def _download(jar: Jar, folder: Path, cache: Path, tick: Callable[[int], None]) -> None:
    """Fetch with the Maven client into a folder of its own, verify, and only then rename."""
    mirror = os.environ.get("ANJEON_MAVEN")  # else the client's own default, the public repository
    context = MavenContext(
        resolver=PythonResolver(progress_callback=lambda _name, _size: _counted(tick)),
        repo_cache=cache,
        remote_repos={"mirror": mirror} if mirror else None,
        timeout=30,
    )
    path = context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
    found = digest(path)
    if found != jar.sha256:
        raise CorruptJarError(jar.coordinate, jar.sha256, found)
    path.replace(folder / jar.filename)


@contextmanager
def _counted(tick: Callable[[int], None]) -> Generator[Callable[[int], None]]:
    yield tick


@contextmanager
def _progress(count: int) -> Generator[Callable[[int], None]]:
    """A bar on a terminal, one line elsewhere; the function given counts bytes."""
    console = Console(stderr=True)
    title = f"Apache Kafka: {count} jars · 내려받는 중"
    if not console.is_terminal:
        console.print(title)
        yield lambda _bytes: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task: TaskID = bar.add_task(title, total=None)
        yield lambda size: bar.advance(task, size)
