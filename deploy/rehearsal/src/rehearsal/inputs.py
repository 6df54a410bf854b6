"""Looks at everything that `make run` was told before anything is started, made or removed."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from registry.policy.sheets.cells import UnreadableError
from registry.policy.sheets.columns import bind
from registry.policy.sheets.enterprises import SHEETS
from registry.policy.sheets.lines import Line, Lines
from rehearsal.settings import MOST_ENTERPRISES, Settings
from stack import StackError

CHUNK = 1 << 18


class WrongInputError(StackError):
    """Something that `make run` was told cannot be; nothing has been touched yet."""


def read_settings() -> Settings:
    """The settings, each of which can be; raises `WrongInputError` for the first that cannot."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise _cannot_be(error) from None
    if settings.keep:
        _refuse_keeping_nothing(settings)
    elif settings.enterprises_file is not None:
        _refuse_unknown_list(settings.enterprises_file)
        return _as_large_as_its_list(settings, settings.enterprises_file)
    return settings


def _as_large_as_its_list(settings: Settings, file: Path) -> Settings:
    """What is asked of the disk, and what the programme targets, follows the list unless somebody says how many."""
    if "enterprises" in settings.model_fields_set:
        return settings
    rows = sum(line.fault is None for line in _lines(file)) - 1  # the first names the columns
    return settings.model_copy(update={"enterprises": max(rows, 1)})


def _cannot_be(error: ValidationError) -> WrongInputError:
    fault = error.errors()[0]
    name, said = str(fault["loc"][0]).upper(), fault["input"]
    if name == "ENTERPRISES":
        return WrongInputError(
            f"ENTERPRISES={said} cannot be: it is a whole number from 1 to {MOST_ENTERPRISES:,}, as ENTERPRISES=10000.",
            f"ENTERPRISES={said}: 1부터 {MOST_ENTERPRISES:,}까지의 정수여야 합니다. 예: ENTERPRISES=10000",
        )
    return WrongInputError(
        f"{name}={said} cannot be: {fault['msg']}.", f"{name}={said}: 쓸 수 없는 값입니다. README를 보십시오."
    )


def _refuse_keeping_nothing(settings: Settings) -> None:
    if not (settings.home / "postgres").is_dir() or not (settings.out / "files" / "programme.toml").is_file():
        raise WrongInputError(
            f"KEEP=1 shows what the last run left, and {settings.home} holds none: `make run` without KEEP first.",
            f"KEEP=1로 볼 지난 실행이 {settings.home}에 없습니다. 먼저 KEEP 없이 `make run`을 실행하십시오.",
        )


def _refuse_unknown_list(file: Path) -> None:
    try:
        lines = list(islice(_lines(file), 2))
        if len(lines) < 2:
            raise UnreadableError("사업장이 한 줄도 없습니다", "it has no row of an enterprise")
        if lines[0].fault:
            raise lines[0].fault
        bind(SHEETS, lines[0].cells)
    except OSError as error:
        raise _not_a_list(file, error.strerror or str(error), "파일을 읽을 수 없습니다") from None
    except UnreadableError as fault:
        raise _not_a_list(file, fault.english, fault.korean) from None


def _lines(file: Path) -> Iterator[Line]:
    """The lines as the registry will read them."""
    lines = Lines()
    with file.open("rb") as source:
        while chunk := source.read(CHUNK):
            yield from lines.feed(chunk)
    yield from lines.close()


def _not_a_list(file: Path, english: str, korean: str) -> WrongInputError:
    return WrongInputError(
        f"ENTERPRISES_FILE={file} cannot be taken: {english}. Name a CSV file in our template"
        " (services/registry/README.md) or the National Pension Service's list as it is downloaded.",
        f"ENTERPRISES_FILE={file}: {korean}. 양식(services/registry/README.md)이나 국민연금공단 CSV를 쓰십시오.",
    )
