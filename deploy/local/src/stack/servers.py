"""What the two servers have in common: started, stopped, killed and started again on the same port and data."""

import re
from abc import ABC, abstractmethod

from stack.home import NEEDED_BYTES, Home
from stack.ports import Ports
from stack.problems import DiskFullError, PortTakenError, StartError
from stack.processes import Process, Processes, Program

PORT_TAKEN = re.compile(r"Address already in use|could not bind|BindException")


class Server(ABC):
    """One server of the stack; its port and its folder stay the same over its restarts."""

    name: str

    def __init__(self, home: Home, ports: Ports, processes: Processes) -> None:
        self.home = home
        self._ports = ports
        self._processes = processes
        self._process: Process | None = None

    @property
    def port(self) -> int:
        return self._ports[self.name]

    @property
    def process(self) -> Process:
        """The running server, or the last that ran."""
        if self._process is None:
            raise RuntimeError(f"{self.name} has not been started")
        return self._process

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.is_running

    async def start(self) -> None:
        """Start it and wait until it answers; it may have been stopped or killed before."""
        if self.is_running:
            return
        await self._run(self._program())

    async def _run(self, program: Program) -> None:
        process = self._process = self._processes.launch(program)
        try:
            await self._answering(process)
        except StartError as error:
            await process.stop()
            raise self._cause(process) or error from error
        except BaseException:
            await process.stop()
            raise

    async def stop(self) -> None:
        """Stop it in an orderly way."""
        await self.process.stop()

    async def kill(self) -> None:
        """SIGKILL to all its processes at once, as when the power fails."""
        await self.process.kill()

    async def restart(self) -> None:
        """Stop and start."""
        await self.stop()
        await self.start()

    def _cause(self, process: Process) -> Exception | None:
        if PORT_TAKEN.search(process.tail):
            return PortTakenError(self.name, self.port)
        if "No space left on device" in process.tail:
            return DiskFullError(self.home.folder, 0, NEEDED_BYTES)
        return None

    @abstractmethod
    def _program(self) -> Program: ...

    @abstractmethod
    async def _answering(self, process: Process) -> None:
        """Return once it serves; raise StartError as soon as it will not."""
