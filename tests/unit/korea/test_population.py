"""The synthetic population: what the press release means and a little more, marked, servable, repeatable."""

import csv
import json
import tomllib
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
import shapely

from korea.__main__ import main
from korea.calendar import working_days
from korea.districts import boundary, place_in
from korea.population import Population, populate, write_plan_facts, write_registry_files
from korea.population.identity import SYNTHETIC, business_numbers, check_digit, uuid_of, uuids_of
from korea.provinces import PROVINCES, province_of_legal_code

ENTERPRISES = 4_000
SECTORS = ("manufacturing", "construction", "service")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def is_meant_by_the_press_release(row: dict[str, str]) -> bool:
    division = int(row["industry_code"][:2])
    if 10 <= division <= 34:
        return int(row["headcount"]) <= 10
    if 41 <= division <= 42:
        return row["contract_value_won"] != "" and int(row["contract_value_won"]) < 100_000_000
    return division >= 45 and int(row["headcount"]) <= 50


def test_exactly_the_asked_number_of_enterprises_is_meant_by_the_press_release(
    population: Population, registry: Path
) -> None:
    rows = read(registry / "enterprises.csv")
    meant = [is_meant_by_the_press_release(row) for row in rows]
    assert (sum(meant), len(rows)) == (ENTERPRISES, round(ENTERPRISES * 1.06))
    assert meant == population.enterprises["is_targeted"].tolist()


def test_the_enterprises_that_are_not_meant_are_so_for_every_kind_of_reason(registry: Path) -> None:
    others = [row for row in read(registry / "enterprises.csv") if not is_meant_by_the_press_release(row)]
    divisions = {int(row["industry_code"][:2]) for row in others}
    assert {1, 3, 7} <= divisions
    assert any(10 <= division <= 34 for division in divisions)
    assert any(division >= 45 for division in divisions)
    works = [row["contract_value_won"] for row in others if row["industry_code"][:2] in ("41", "42")]
    assert "" in works
    assert any(value and int(value) >= 100_000_000 for value in works)


def test_the_limits_themselves_are_among_the_enterprises(nation: Population) -> None:
    sector, heads = nation.enterprises["sector"], nation.enterprises["headcount"]
    for name, most in (("manufacturing", 10), ("service", 50)):
        assert {most, most + 1} <= set(heads[sector == name].tolist())
    assert {99_999_999, 100_000_000} <= set(nation.enterprises["contract_value_won"].tolist())


def test_the_truth_to_be_found_stands_in_no_file_of_the_registry(registry: Path) -> None:
    for path in registry.glob("*.csv"):
        assert {"is_targeted", "is_qualified", "is_trained"}.isdisjoint(read(path)[0])


def test_every_row_of_every_file_says_that_it_is_synthetic(registry: Path) -> None:
    paths = sorted(registry.glob("*.csv"))
    assert [path.stem for path in paths] == ["agencies", "attendance", "enterprises", "inspections", "managers"]
    assert all(row["synthetic"] == "true" for path in paths for row in read(path))
    assert all("합성" in row["name"] for path in paths for row in read(path) if "name" in row)
    assert tomllib.loads((registry / "programme.toml").read_text(encoding="utf-8"))["synthetic"] is True


def test_beside_a_real_list_only_the_rest_is_made_up_and_says_so(tmp_path: Path, population: Population) -> None:
    paths = write_registry_files(tmp_path, population, with_enterprises=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in paths)
    assert not (tmp_path / "enterprises.csv").exists()
    said = (tmp_path / "programme.toml").read_text(encoding="utf-8")
    assert "사업장은 제공된 명단에서" in said
    assert "the enterprises are from a list" in said
    assert tomllib.loads(said)["synthetic"] is True


def test_the_same_seed_gives_the_same_files_to_the_byte_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("one", 7), ("again", 7), ("other", 8)):
        write_registry_files(tmp_path / name, populate(300, seed))
    for path in sorted((tmp_path / "one").iterdir()):
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()
        assert path.read_bytes() != (tmp_path / "other" / path.name).read_bytes()


def test_ids_follow_from_seed_and_number() -> None:
    quick = uuids_of(2023, "enterprise", 20)
    assert quick.tolist() == [str(uuid_of(2023, "enterprise", number)) for number in range(1, 21)]
    assert UUID(quick[0]).version == 5
    assert UUID(quick[0]) != SYNTHETIC


def test_business_numbers_check_are_unique_and_lie_where_no_tax_office_is() -> None:
    assert check_digit(np.array([[2], [2], [0], [8], [1], [6], [2], [5], [1]])).tolist() == [
        7
    ]  # a published real number
    numbers = business_numbers(2023, 5_000).tolist()
    assert len(set(numbers)) == 5_000
    for number in numbers[:200]:
        digits = [int(digit) for digit in number if digit != "-"]
        weighted = (
            sum(w * d for w, d in zip((1, 3, 7, 1, 3, 7, 1, 3, 5), digits[:9], strict=True)) + digits[8] * 5 // 10
        )
        assert (len(digits), digits[0], (weighted + digits[9]) % 10) == (10, 0, 0)


def test_sites_lie_inside_their_district_and_their_province_is_the_districts(population: Population) -> None:
    sites = population.enterprises
    for district in set(sites["district"].tolist()):
        here = sites["district"] == district
        assert shapely.contains_xy(boundary(district), sites["longitude"][here], sites["latitude"][here]).all()
        assert set(sites["province"][here].tolist()) == {province_of_legal_code(district).code}


def test_sites_are_spread_as_the_provinces_shares_say(nation: Population) -> None:
    for province in PROVINCES:
        share = np.mean(nation.enterprises["province"] == province.code)
        assert share == pytest.approx(province.share, abs=0.003)


def test_sites_settle_in_clusters(population: Population) -> None:
    def median_to_next(places: list[tuple[float, float]]) -> float:
        points = [shapely.Point(place) for place in places]
        _, apart = shapely.STRtree(points).query_nearest(
            points, return_distance=True, exclusive=True, all_matches=False
        )
        return float(np.median(apart))

    here = population.enterprises["province"] == "KR-47"
    sites = zip(population.enterprises["latitude"][here], population.enterprises["longitude"][here], strict=True)
    even = [place_in(code, str(n)) for n, code in enumerate(population.enterprises["district"][here].tolist())]
    assert median_to_next([(float(a), float(b)) for a, b in sites]) < 0.6 * median_to_next(even)


def test_two_visits_fit_into_the_works_of_every_construction_site(nation: Population) -> None:
    programme, sites = nation.programme, nation.enterprises
    works = np.flatnonzero(sites["sector"] == "construction")
    days = np.array(working_days(programme.window_from, programme.window_until), dtype="datetime64[D]")
    opens, closes = sites["open_from"][works], sites["open_until"][works]
    first = days[np.searchsorted(days, np.maximum(opens, days[0]))]
    last = days[np.searchsorted(days, np.minimum(closes, days[-1]), side="right") - 1]
    assert (last - first).min() >= timedelta(days=2 * programme.spacing_days - 7)
    assert np.isnat(sites["open_from"][sites["sector"] != "construction"]).all()
    every_day = np.array(working_days(date(2022, 1, 1), date(2024, 12, 31)), dtype="datetime64[D]")
    lengths = np.searchsorted(every_day, closes, side="right") - np.searchsorted(every_day, opens)
    assert (lengths.min(), lengths.max()) == (40, 178)


def test_risk_is_high_for_half_of_construction_and_few_services(nation: Population) -> None:
    sites = nation.enterprises
    high = [np.mean(sites["risk"][sites["sector"] == sector] >= 6) for sector in SECTORS]
    assert high == pytest.approx([0.30, 0.50, 0.15], abs=0.02)
    assert set(sites["risk"].tolist()) == {1, 2, 3, 4, 6, 9}


def test_plan_facts_hold_who_counts_and_nobody_else(population: Population, tmp_path: Path) -> None:
    write_plan_facts(tmp_path, population, "csv")
    sizes = {name: len(read(tmp_path / f"{name}.csv")) for name in ("agencies", "managers", "enterprises")}
    assert sizes == {"agencies": 236, "managers": 872, "enterprises": ENTERPRISES}
    programme = json.loads((tmp_path / "programme.json").read_text(encoding="utf-8"))
    assert (programme["synthetic"], programme["minimum_visits"], programme["spacing_days"]) == (True, 2, 28)
    assert {row["sector"] for row in read(tmp_path / "enterprises.csv")} == set(SECTORS)


def test_the_columns_of_plan_facts_are_those_of_the_document(population: Population, tmp_path: Path) -> None:
    write_plan_facts(tmp_path, population, "csv")
    document = (Path(__file__).parents[3] / "docs" / "plan-files.md").read_text(encoding="utf-8")
    for name in ("agencies", "managers", "enterprises"):
        columns = ", ".join(read(tmp_path / f"{name}.csv")[0])  # what only a change of a plan writes stands behind them
        assert f"`{name}.csv`: `{columns}`" in document or f"`{name}.csv`: `{columns}, handed_back`" in document


def test_the_command_line_writes_either_kind_of_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--enterprises", "200", "--seed", "5", "--out", str(tmp_path / "registry")])
    main(["--enterprises", "200", "--seed", "5", "--out", str(tmp_path / "plan"), "--plan-facts", "--scaled"])
    assert sorted(path.name for path in (tmp_path / "registry").iterdir()) == [
        "agencies.csv", "attendance.csv", "enterprises.csv", "inspections.csv", "managers.csv", "programme.toml",
    ]  # fmt: skip
    assert sorted(path.suffix for path in (tmp_path / "plan").iterdir()) == [".json", *[".parquet"] * 3]
    assert "합성" in capsys.readouterr().err
