"""What the terminal says of a plan, and with which exit code."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.csv
import pyarrow.parquet
from click.testing import CliRunner

from scheduling.commands.words import verify

Case = dict[str, Any]
Write = Callable[[Case, str], Path]
Name = Callable[[str], str]


def test_a_valid_plan_is_said_to_be_valid_and_exits_0(case: Case, write: Write) -> None:
    folder = str(write(case, "now"))

    answer = CliRunner().invoke(verify, [folder, folder])

    assert answer.exit_code == 0
    assert "유효합니다. 어긴 규칙이 없습니다.\nValid: no hard rule is broken.\n" in answer.output


def test_an_invalid_plan_is_told_as_json_and_exits_1(case: Case, write: Write) -> None:
    case["visits"][6]["visit_on"] = "2023-05-12"
    case["enterprises"][3]["closed_weekdays"] = "fri"
    case["visits"][7]["visit_on"] = "2023-06-12"
    folder = str(write(case, "now"))

    answer = CliRunner().invoke(verify, [folder, folder, "--json"])

    assert answer.exit_code == 1
    told = json.loads(answer.output)
    assert told["by_rule"] == {"closed_weekday": 1}
    assert "금요일마다 쉬므로" in told["violations"][0]["sentence_ko"]


def test_released_visits_are_read_from_a_file(case: Case, write: Write, visit_id: Name, tmp_path: Path) -> None:
    case["visits"][6]["stage"] = "published"
    before = str(write(case, "before"))
    case["visits"][6]["visit_on"] = "2023-05-03"
    folder, released = str(write(case, "now")), tmp_path / "released.csv"
    released.write_text(f"visit_id\n{visit_id('foundry-1')}\n", encoding="utf-8")

    refused = CliRunner().invoke(verify, [folder, folder, "--against", before])
    allowed = CliRunner().invoke(verify, [folder, folder, "--against", before, "--released", str(released)])

    assert (refused.exit_code, allowed.exit_code) == (1, 0)
    assert "published_moved" in refused.output


def test_parquet_is_read_as_csv_is(case: Case, write: Write) -> None:
    folder = write(case, "now")
    for name in ("enterprises", "visits"):
        table = pyarrow.csv.read_csv(folder / f"{name}.csv")
        pyarrow.parquet.write_table(table, folder / f"{name}.parquet")
        (folder / f"{name}.csv").unlink()

    assert CliRunner().invoke(verify, [str(folder), str(folder)]).exit_code == 0


def test_a_torn_line_is_named_and_the_rest_is_checked(case: Case, write: Write) -> None:
    folder = write(case, "now")
    visits = (folder / "visits.csv").read_text(encoding="utf-8").splitlines()
    visits.insert(3, "scaffold-1,scaffold")
    (folder / "visits.csv").write_text("\n".join(visits) + "\n", encoding="utf-8")

    answer = json.loads(CliRunner().invoke(verify, [str(folder), str(folder), "--json"]).output)

    assert answer["by_rule"] == {"unreadable_row": 1}
    (found,) = answer["violations"]
    assert found["values"]["row"] == 4
    assert "읽을 수 없는 값입니다(비어 있음)" in found["sentence_ko"]
    assert "cannot be read (empty)" in found["sentence_en"]


def test_a_missing_file_is_named(case: Case, write: Write) -> None:
    folder = write(case, "now")
    (folder / "managers.csv").unlink()

    answer = CliRunner().invoke(verify, [str(folder), str(folder)])

    assert answer.exit_code == 2
    korean, english = answer.output.splitlines()
    assert korean.startswith("오류: ")
    assert english.startswith("Error: ")
    assert "managers.csv" in korean
    assert "managers.csv" in english


def test_proving_a_plan_loads_neither_planner_nor_kafka(case: Case, write: Write) -> None:
    folder = str(write(case, "now"))
    proving = f"plan(['verify', {folder!r}, {folder!r}])"
    said = f"import sys\nfrom scheduling.commands import plan\ntry: {proving}\nfinally: print(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout.split()

    assert "scheduling.verifier.verify" in loaded
    assert not {"numba", "ortools", "scheduling.planner", "aiokafka", "pydantic"} & set(loaded)
