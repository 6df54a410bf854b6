"""The year's beginning: the programme is opened, agencies apply, people are trained, enterprises are registered."""

import tomllib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from korea.population import populate, write_registry_files
from rehearsal.settings import Settings
from rehearsal.year import StuckError, Year

CSV = "text/csv"
CHUNK = 1 << 18
REGISTERED_ON = "2023-04-12"


@dataclass(frozen=True)
class Files:
    """What goes in at the registry's door."""

    folder: Path
    enterprises: Path
    programme_id: str


def write_files(settings: Settings) -> Files:
    """Make the year's files: everything synthetic, but for the enterprises when a real list is given."""
    folder = settings.out / "files"
    folder.mkdir(parents=True, exist_ok=True)
    if not settings.keep:
        write_registry_files(folder, populate(settings.enterprises, settings.seed))
    programme = tomllib.loads((folder / "programme.toml").read_text("utf-8"))
    return Files(folder, settings.enterprises_file or folder / "enterprises.csv", programme["programme_id"])


async def agencies(year: Year) -> None:
    """The programme is opened; agencies apply and are inspected."""
    registry = year.house.doors.registry
    await registry.post("/programmes", (year.files / "programme.toml").read_bytes(), kind="application/toml")
    await _import(year, "agencies apply", "/agencies/import", year.files / "agencies.csv")
    await _import(year, "agencies are inspected", "/inspections/import", year.files / "inspections.csv")


async def training(year: Year) -> None:
    """Managers enrol, and attend on the four days or do not."""
    await _import(year, "managers enrol", "/managers/import", year.files / "managers.csv")
    await _import(year, "managers attend the training", "/attendance/import", year.files / "attendance.csv")


async def enterprises(year: Year, files: Files) -> None:
    """Enterprises are imported in a stream."""
    await _import(year, "enterprises are registered", "/enterprises/import", files.enterprises, on=REGISTERED_ON)


async def _import(year: Year, what: str, path: str, file: Path, **query: str) -> None:
    task = year.progress.add_task(what, total=_size(file))

    async def sent() -> AsyncGenerator[bytes]:
        with file.open("rb") as source:
            while chunk := source.read(CHUNK):
                yield chunk
                year.progress.advance(task, len(chunk))

    answer = await year.house.doors.registry.post(path, sent(), kind=CSV, **query)
    _note_refusals(year, what, answer)


def _note_refusals(year: Year, what: str, answer: dict[str, Any]) -> None:
    refused = answer["refused"]
    if refused and year.settings.enterprises_file is None:
        raise StuckError(f"{what}: {refused} rows of the synthetic files were refused: {answer}")
    if refused:
        year.progress.console.print(
            f"{what}: {refused:,} rows were refused; see {answer['refused_csv']} of the registry"
        )


def _size(file: Path) -> int:
    return file.stat().st_size
