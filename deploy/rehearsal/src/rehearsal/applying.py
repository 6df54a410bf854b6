"""The year's beginning: the programme is opened, agencies apply, people are trained, enterprises are registered."""

import tomllib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from korea.population import populate, write_registry_files
from rehearsal.labels import korean, label
from rehearsal.settings import Settings
from rehearsal.year import StuckError, Year
from stack.problems import disk_problems_told

CSV = "text/csv"
CHUNK = 1 << 18
REGISTERED_ON = "2023-04-12"
REFUSED = "refused.csv"
OF_ONE_RUN = ("summary.json", REFUSED, "files/enterprises.csv")
"""What a run leaves of which the next may make none: it must not be taken for the next one's."""


@dataclass(frozen=True)
class Files:
    """What goes in at the registry's door."""

    folder: Path
    enterprises: Path
    programme_id: str


def write_files(settings: Settings) -> Files:
    """Make the year's files: everything synthetic, but for the enterprises when a real list is given."""
    folder, made_up = settings.out / "files", settings.enterprises_file is None
    with disk_problems_told(folder, settings.needed_bytes):
        folder.mkdir(parents=True, exist_ok=True)
        if not settings.keep:
            for name in OF_ONE_RUN:
                (settings.out / name).unlink(missing_ok=True)
            write_registry_files(folder, populate(settings.enterprises, settings.seed), with_enterprises=made_up)
    programme = tomllib.loads((folder / "programme.toml").read_text("utf-8"))
    return Files(folder, settings.enterprises_file or folder / "enterprises.csv", programme["programme_id"])


async def agencies(year: Year, files: Files) -> None:
    """The programme is opened; agencies apply and are inspected."""
    registry = year.house.doors.registry
    await registry.post("/programmes", (files.folder / "programme.toml").read_bytes(), kind="application/toml")
    await _import(year, "agencies apply", "/agencies/import", files.folder / "agencies.csv")
    await _import(year, "agencies are inspected", "/inspections/import", files.folder / "inspections.csv")


async def training(year: Year, files: Files) -> None:
    """Managers enrol, and attend on the four days or do not."""
    await _import(year, "managers enrol", "/managers/import", files.folder / "managers.csv")
    await _import(year, "managers attend the training", "/attendance/import", files.folder / "attendance.csv")


async def enterprises(year: Year, files: Files) -> None:
    """Enterprises are imported in a stream."""
    await _import(year, "enterprises are registered", "/enterprises/import", files.enterprises, on=REGISTERED_ON)


async def _import(year: Year, what: str, path: str, file: Path, **query: str) -> None:
    task = year.progress.add_task(label(what), total=_size(file))

    async def sent() -> AsyncGenerator[bytes]:
        with file.open("rb") as source:
            while chunk := source.read(CHUNK):
                yield chunk
                year.progress.advance(task, chunk.count(b"\n"))

    answer = await year.house.doors.registry.post(path, sent(), kind=CSV, **query)
    year.progress.update(task, completed=answer["rows"], total=answer["rows"])
    if answer["refused"] and file != year.settings.enterprises_file:
        raise StuckError(
            f"{what}: {answer['refused']:,} rows of the synthetic files were refused: {answer}",
            f"{korean(what)}: 가상 자료 {answer['refused']:,}행이 거부되었습니다.",
        )
    if answer["refused"]:
        await _keep_refused(year, what, answer)


async def _keep_refused(year: Year, what: str, answer: dict[str, Any]) -> None:
    """The rows that were refused, with the reasons, where the person who has the list finds them."""
    rows = await year.house.doors.registry.text(answer["refused_csv"])
    kept = year.settings.out / REFUSED
    kept.write_text(rows, "utf-8")
    refused, of = f"{answer['refused']:,}", f"{answer['rows']:,}"
    year.progress.console.print(
        f"{what}: {refused} of {of} rows were refused; each with its reasons in {kept}.\n"
        f"{korean(what)}: {of}행 가운데 {refused}행이 거부되었습니다. 사유는 {kept}에 있습니다.",
        style="yellow",
    )


def _size(file: Path) -> int:
    """In lines, as people count."""
    with file.open("rb") as source:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: source.read(CHUNK), b""))
