"""Amended facts: the cells that a change names differ, and every other row reads as it did."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from scheduling.planfiles.amend import Amendment, Spell, amend
from scheduling.planfiles.facts import read_facts
from scheduling.planfiles.programme import read_programme

Change = Callable[[Spell], Amendment]
CHANGES: dict[str, tuple[str, Change]] = {
    "a manager on leave": ("managers", lambda spell: Amendment(away=["m1"], spell=spell)),
    "an agency suspended": ("agencies", lambda spell: Amendment(suspended=["a1"], spell=spell)),
    "an enterprise closed": ("enterprises", lambda spell: Amendment(closed=["e1"], spell=spell)),
}
OPTIONAL = {
    "leave", "available_from", "available_until", "suspended_from", "suspended_until", "closed_days", "open_from",
    "open_until", "licence_until", "known_on", "closed_weekdays", "preferred_weekdays", "residual_risk",
}  # fmt: skip


def narrow(folder: Path) -> Path:
    """The same facts without their optional columns."""
    for stem in ("agencies", "managers", "enterprises"):
        rows = list(csv.DictReader((folder / f"{stem}.csv").read_text(encoding="utf-8").splitlines()))
        header = [name for name in rows[0] if name not in OPTIONAL]
        with (folder / f"{stem}.csv").open("w", encoding="utf-8", newline="") as lines:
            table = csv.DictWriter(lines, header, extrasaction="ignore", lineterminator="\n")
            table.writeheader()
            table.writerows(rows)
    return folder


@pytest.mark.parametrize("until", [None, date(2023, 6, 30)])
@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_column_that_was_not_there_is_added_to_every_row(
    folder: Callable[..., Path], tmp_path: Path, change: str, ending: str, until: date | None
) -> None:
    facts, (stem, named) = narrow(folder()), CHANGES[change]
    if ending == "parquet":
        parquet.write_table(arrow_csv.read_csv(facts / f"{stem}.csv"), facts / f"{stem}.parquet")
        (facts / f"{stem}.csv").unlink()
    amend(facts, tmp_path / "then", named(Spell(date(2023, 6, 1), until)))
    reading = read_facts(tmp_path / "then")
    assert reading.refusals == []
    assert reading.names.managers == ["m1", "m2"]
    assert reading.names.agencies == ["a1", "a2"]
    assert reading.names.enterprises == ["e1", "e2", "e3"]


def harmed(facts: Path, file: str, old: str, new: str) -> Path:
    (facts / file).write_text((facts / file).read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return facts


def test_a_manager_who_leaves_before_the_first_day_is_never_available(
    folder: Callable[..., Path], tmp_path: Path
) -> None:
    facts = harmed(folder(), "managers.csv", "2023-04-20,,,", "2023-04-20,2023-07-01,,")
    amend(facts, tmp_path / "then", Amendment(away=["m2"], spell=Spell(date(2023, 6, 1))))
    reading = read_facts(tmp_path / "then")
    assert (reading.refusals, reading.names.managers) == ([], ["m1", "m2"])
    assert not reading.facts.managers.open_days[1].any()


def test_frozen_days_only_grow(folder: Callable[..., Path], tmp_path: Path) -> None:
    facts = harmed(folder(), "programme.json", '"published_until": null', '"published_until": "2023-06-30"')
    with pytest.raises(ValueError, match="2023-06-30 is published already"):
        amend(facts, tmp_path / "then", Amendment(frozen_until=date(2023, 6, 29)))
    for day in (date(2023, 6, 30), date(2023, 7, 14)):
        amend(facts, tmp_path / "then", Amendment(frozen_until=day))
        assert read_programme(tmp_path / "then")["published_until"] == day


def test_a_torn_line_stays_as_it_was(folder: Callable[..., Path], tmp_path: Path) -> None:
    amend(folder("e9,service"), tmp_path / "then", CHANGES["an enterprise closed"][1](Spell(date(2023, 6, 1))))
    assert [one.reason for one in read_facts(tmp_path / "then").refusals] == ["has 2 cells, expected 14"]
