"""A change told in one line becomes a changed copy of the files of facts: only the cells that it names."""

import csv
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from scheduling.planfiles.cells import UnreadableError
from scheduling.planfiles.columns import doubled
from scheduling.planfiles.faults import damaged, unknown, without_column, without_table
from scheduling.planfiles.programme import read_programme

FILES = ("agencies", "managers", "enterprises")
_LONG_AGO = date.min.isoformat()
"""A day that no programme has."""
Write = Callable[[dict[str, str]], dict[str, str]]


@dataclass(frozen=True)
class Spell:
    """From a day to another, both included; without an end it is for good."""

    since: date
    until: date | None = None

    def __str__(self) -> str:
        return f"{self.since.isoformat()}..{(self.until or self.since).isoformat()}"

    @property
    def day_before(self) -> str:
        return (self.since - timedelta(days=1)).isoformat()


@dataclass(frozen=True)
class Amendment:
    """What changes: agencies suspended, managers away, enterprises closed or handed back, holidays, days frozen.

    `handed_back` says of an enterprise which agency does not come any more.
    """

    suspended: Sequence[str] = ()
    away: Sequence[str] = ()
    closed: Sequence[str] = ()
    spell: Spell | None = None
    holidays: Sequence[date] = ()
    frozen_until: date | None = None
    handed_back: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def is_empty(self) -> bool:
        named = (self.suspended, self.away, self.closed, self.holidays, self.frozen_until, self.handed_back)
        return not any(named)


def amend(facts: Path, target: Path, amendment: Amendment) -> None:
    """Writes the facts as they are after the amendment into another folder; an UnreadableError says what cannot be."""
    read_programme(facts)
    target.mkdir(parents=True, exist_ok=True)
    for path in [facts / "programme.json", *(_file(facts, stem) for stem in FILES)]:
        shutil.copy(path, target / path.name)
    _programme(target / "programme.json", amendment)
    back = amendment.handed_back
    _rewrite(_file(target, "enterprises"), "enterprise_id", list(back), lambda row: _handed_back(row, back))
    if amendment.spell:
        spell = amendment.spell
        _rewrite(_file(target, "agencies"), "agency_id", amendment.suspended, lambda row: _suspended(row, spell))
        _rewrite(_file(target, "managers"), "manager_id", amendment.away, lambda row: _away(row, spell))
        _rewrite(_file(target, "enterprises"), "enterprise_id", amendment.closed, lambda row: _closed(row, spell))


def _file(folder: Path, stem: str) -> Path:
    path = next((at for at in (folder / f"{stem}.parquet", folder / f"{stem}.csv") if at.exists()), None)
    if path is None:
        raise UnreadableError(*without_table(folder, stem))
    return path


def _programme(path: Path, amendment: Amendment) -> None:
    said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8-sig"))
    holidays = {*(said.get("holidays_added") or []), *(day.isoformat() for day in amendment.holidays)}
    said["holidays_added"] = sorted(holidays)
    if amendment.frozen_until:
        said["published_until"] = _frozen_until(amendment.frozen_until, said.get("published_until"))
    path.write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")


def _frozen_until(day: date, already: str | None) -> str:
    """What was told to enterprises stays told: the frozen days only grow."""
    if already and day < date.fromisoformat(already):
        raise UnreadableError(
            f"{already}까지의 방문은 이미 공표되었습니다. --freeze에 그날이나 더 늦은 날을 적으십시오.",
            f"What lies up to {already} is published already. Say that day with --freeze, or a later one.",
        )
    return day.isoformat()


def _suspended(row: dict[str, str], spell: Spell) -> dict[str, str]:
    """The files hold one suspension an agency: another that this one does not cover would be forgotten."""
    begun, ended = row.get("suspended_from") or "", row.get("suspended_until") or ""
    until = spell.until.isoformat() if spell.until else ""
    if begun and (begun < spell.since.isoformat() or (until and (not ended or ended > until))):
        agency, days = row["agency_id"], f"{begun}..{ended}"
        raise UnreadableError(
            f"기관 {agency}은(는) 이미 {days}에 업무정지입니다. agencies에서 두 기간을 하나로 고쳐 적으십시오.",
            f"{agency} is suspended {days} already: edit agencies to say both as one.",
        )
    return {"suspended_from": spell.since.isoformat(), "suspended_until": until}


def _away(row: dict[str, str], spell: Spell) -> dict[str, str]:
    """On leave for a while, or available until the day before."""
    if spell.until is None:
        return _ended(row, spell.day_before, "available")
    return {"leave": "|".join(filter(None, (row.get("leave") or "", str(spell))))}


def _closed(row: dict[str, str], spell: Spell) -> dict[str, str]:
    """Closed for good it is open until the day before; closed for a while those days are closed days."""
    if spell.until:
        return {"closed_days": "|".join(filter(None, (row.get("closed_days") or "", str(spell))))}
    return _ended(row, spell.day_before, "open")


def _ended(row: dict[str, str], last: str, what: str) -> dict[str, str]:
    """Open or available until a day; who would have begun after it never is."""
    since, until = f"{what}_from", f"{what}_until"
    if (row.get(since) or "") > last:
        return {since: _LONG_AGO, until: _LONG_AGO}
    return {until: min(last, row.get(until) or last)}


def _handed_back(row: dict[str, str], agencies: Mapping[str, str]) -> dict[str, str]:
    return {"handed_back": "|".join(filter(None, (row.get("handed_back") or "", agencies[row["enterprise_id"]])))}


def _rewrite(path: Path, key: str, wanted: Sequence[str], change: Write) -> None:
    """Changes the rows with these keys; every other cell stays as it was written, and so does a torn line."""
    if not wanted:
        return
    header, rows = _readable(path, key)
    whole = [number for number, row in enumerate(rows) if len(row) == len(header)]
    table = {name: [rows[number][at] for number in whole] for at, name in enumerate(header)}
    left = set(wanted)
    for place in [place for place, name in enumerate(table[key]) if name in left]:
        left.discard(table[key][place])
        for name, cell in change({column: cells[place] for column, cells in table.items()}).items():
            table.setdefault(name, [""] * len(whole))[place] = cell
    if left:
        raise UnreadableError(*unknown(key.removesuffix("_id"), sorted(left)))
    for number, row in zip(whole, zip(*table.values(), strict=True), strict=True):
        rows[number] = list(row)
    _write(path, list(table), rows)


def _readable(path: Path, key: str) -> tuple[list[str], list[list[str]]]:
    try:
        header, rows = _cells(path)
    except (pa.ArrowException, ValueError, OSError) as fault:
        raise UnreadableError(*damaged(path.name, fault)) from fault
    twice = doubled(header)
    if twice:
        raise UnreadableError(*twice.of(path.name))
    if key not in header:
        raise UnreadableError(*without_column(path.name, key))
    return header, rows


def _cells(path: Path) -> tuple[list[str], list[list[str]]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as lines:
            header, *rows = csv.reader(lines)
        return header, rows
    table = parquet.read_table(path)
    columns = [table.column(name).cast(pa.string()).fill_null("").to_pylist() for name in table.column_names]
    return list(table.column_names), [list(row) for row in zip(*columns, strict=True)]


def _write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as lines:
            csv.writer(lines, lineterminator="\n").writerows([header, *rows])
        return
    columns = zip(*rows, strict=True) if rows else ((),) * len(header)
    parquet.write_table(pa.table([pa.array(cells, pa.string()) for cells in columns], header), path)
