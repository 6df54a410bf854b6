"""What a service is told of the stack that it runs on, as environment variables with its own prefix."""

from collections.abc import Mapping
from pathlib import Path

from stack import ports
from stack.home import Home
from stack.postgres import address, passwords
from stack.problems import StackError, run_command, stack_command


def environment_of(service: str, *, bootstrap: str, dsn: str, port: int, keys: Path) -> dict[str, str]:
    """Where its Kafka, database and door are, and the public keys of its callers."""
    told = {"KAFKA_BOOTSTRAP": bootstrap, "DATABASE_URL": dsn, "HTTP_PORT": str(port), "ACCESS_KEYS": str(keys)}
    return {f"{service.upper()}_{variable}": value for variable, value in told.items()}


def environment_in(home: Home, service: str) -> Mapping[str, str]:
    """The same for a stack that another process holds up in this folder."""
    if not home.owner():
        run, up = run_command(home.folder), stack_command(home.folder, "up")
        raise StackError(
            f"Nothing runs in {home.folder}: `{run}` or `{up}` first.",
            f"{home.folder}에서 실행 중인 것이 없습니다. 먼저 `{run}`이나 `{up}`을 실행하십시오.",
        )
    numbers = ports.last_known(home.ports)
    return environment_of(
        service,
        bootstrap=f"{ports.HOST}:{numbers['kafka']}",
        dsn=address(service, passwords(home, (service,))[service], numbers["postgres"]),
        port=numbers[service],
        keys=home.public_key,
    )
