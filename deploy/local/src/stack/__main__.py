"""The embedded stack on a terminal: up, down, status, clean, psql, run."""

import asyncio
import logging
import os
import shutil
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import click

from stack import jars, leash, ports
from stack.embedded import SERVICES, Stack
from stack.environment import environment_in
from stack.home import Home
from stack.ports import HOST
from stack.postgres import ADMIN, binaries, passwords
from stack.problems import COMMAND, USUAL, StackError, stack_command

STOP_SECONDS = 90


@click.group()
@click.option("--home", type=click.Path(path_type=Path), default=USUAL, help="folder of the data · 데이터 폴더")
@click.pass_context
def cli(context: click.Context, home: Path) -> None:
    """Kafka and PostgreSQL on this machine, without containers · 컨테이너 없는 카프카와 PostgreSQL"""
    context.obj = Home.at(home)


@cli.command()
@click.pass_obj
def up(home: Home) -> None:
    """Start both and stay until Ctrl-C · 시작하고 Ctrl-C까지 유지"""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    logging.getLogger("stack").setLevel(logging.INFO)
    asyncio.run(_until_told(home))


async def _until_told(home: Home) -> None:
    """Run the stack as a task that a signal cancels, so that it stops in order also while it is still starting."""
    staying = asyncio.create_task(_stay(home))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, staying.cancel)
    try:
        await staying
    except asyncio.CancelledError:
        click.echo("stopped · 멈췄습니다")


async def _stay(home: Home) -> None:
    began = time.monotonic()
    async with Stack.up(home.folder) as stack:
        click.echo(f"up in {time.monotonic() - began:.1f} s · 준비되었습니다. Ctrl-C: stop · 종료")
        click.echo(f"  Kafka       {stack.kafka.bootstrap}")
        prompt = stack_command(home.folder, f"psql {'|'.join(SERVICES)}")
        click.echo(f"  PostgreSQL  {HOST}:{stack.postgres.port}  ({prompt})")
        click.echo(f"  logs        {home.log}")
        await asyncio.Event().wait()


@cli.command()
@click.pass_obj
def down(home: Home) -> None:
    """Stop what runs in the folder · 실행 중인 것을 멈춤"""
    owner = home.owner()
    if owner:
        os.kill(owner, signal.SIGTERM)
        limit = time.monotonic() + STOP_SECONDS
        while home.owner() and time.monotonic() < limit:
            time.sleep(0.1)
    left = leash.sweep(home.run)
    click.echo(f"stopped · 멈췄습니다{': ' + ', '.join(left) if left else ''}")


@cli.command()
@click.pass_obj
def status(home: Home) -> None:
    """What runs, and where · 상태 보기"""
    owner = home.owner()
    click.echo(f"{home.folder}: {f'up, process {owner} · 실행 중' if owner else 'down · 꺼져 있음'}")
    numbers = ports.remembered(home.ports)
    for record in leash.records(home.run).values():
        state = "running" if record.is_alive else "ended"
        click.echo(f"  {record.name:<12} {state:<8} process {record.pid:<8} port {numbers.get(record.name, '-')}")
    sys.exit(0 if owner else 3)


@cli.command()
@click.option("--with-jars", is_flag=True, help="the downloaded jars too · 내려받은 jar도")
@click.pass_obj
def clean(home: Home, with_jars: bool) -> None:  # click passes a flag by name
    """Remove all data of the folder · 데이터 삭제"""
    owner = home.owner()
    if owner:
        down = stack_command(home.folder, "down")
        raise StackError(f"Still up (process {owner}): `{down}` first.", f"먼저 `{down}`으로 멈추십시오.")
    leash.sweep(home.run)
    for folder in (home.kafka, home.postgres, home.postgres.with_suffix(".new"), home.log, home.run):
        shutil.rmtree(folder, ignore_errors=True)
    for file in (home.ports, home.lock, home.folder / "passwords.json", home.private_key, home.public_key):
        file.unlink(missing_ok=True)
    if with_jars:
        shutil.rmtree(jars.default_folder(), ignore_errors=True)
    click.echo("removed · 지웠습니다")


@cli.command(context_settings={"ignore_unknown_options": True})
@click.argument("service", type=click.Choice([*SERVICES, ADMIN]))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def psql(home: Home, service: str, arguments: tuple[str, ...]) -> None:
    """A prompt in a service's database, as its role · 서비스 데이터베이스 열기"""
    port = ports.last_known(home.ports)["postgres"]
    where = [f"--host={HOST}", f"--port={port}", f"--username={service}", f"--dbname={service}"]
    _become([str(binaries() / "psql"), *where, *arguments], {"PGPASSWORD": passwords(home, SERVICES)[service]})


@cli.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("service", type=click.Choice(SERVICES))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def run(home: Home, service: str, arguments: tuple[str, ...]) -> None:
    """A service's own command on what runs here, as `run eligibility dead-letters list` · 서비스 명령 실행"""
    _become([sys.executable, "-m", service, *arguments], environment_in(home, service))


def _become(command: list[str], environment: Mapping[str, str]) -> NoReturn:
    """The program in place of this one: its own terminal, signals and exit status."""
    os.execve(command[0], command, {**os.environ, **environment})  # noqa: S606  # there is no shell to be misled


def main() -> None:
    """Problems a person can do something about are told without a traceback."""
    try:
        cli(prog_name=COMMAND)
    except StackError as problem:
        click.echo(str(problem), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
