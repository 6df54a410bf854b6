"""`make faults` itself: a seed that breaks off costs only its own verdict, and nothing told twice goes unseen."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

import run
from audit import Verdict
from scenario import Scenario
from scenarios import SCENARIOS
from stack import Stack
from world import KEPT, World, world


async def breaks_at_seed_1(world: World, seed: int) -> Verdict:
    if seed == 1:
        await world.stack.kafka.kill()
        raise TimeoutError("it never came")
    return Verdict(3)


async def loses_one(world: World, seed: int) -> Verdict:
    return Verdict(3, lost=1)


async def says_nothing(world: World, seed: int) -> Verdict:
    return Verdict()


async def does_no_harm(world: World, seed: int) -> Verdict:
    return Verdict(3)


@pytest.mark.faults
async def test_a_seed_that_breaks_off_is_told_and_the_others_go_on(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kills, play in enumerate((breaks_at_seed_1, loses_one, says_nothing, does_no_harm)):
        monkeypatch.setitem(SCENARIOS, play.__name__, Scenario(play, kills // 3))
    rows = await run.play_all(stack, ["breaks_at_seed_1", "loses_one"], 2, tmp_path / "summary.json")
    assert [(row["seeds"], row["events"], row["lost"], row["failed"]) for row in rows] == [(2, 3, 0, 1), (2, 6, 2, 0)]
    assert rows[0]["errors"] == ["seed 1: TimeoutError: it never came"]
    assert [run.is_sound(row) for row in rows] == [False, False]
    assert json.loads((tmp_path / "summary.json").read_text()) == rows
    idle = await run.play_all(stack, ["says_nothing", "does_no_harm"], 1, tmp_path / "summary.json")
    assert [row["errors"] for row in idle] == [
        ["seed 1: AssertionError: nothing was said"],
        ["seed 1: AssertionError: 0 were killed or stopped, not 1"],
    ]
    assert [run.is_sound(row) for row in idle] == [False, False]


@pytest.mark.faults
async def test_who_had_ended_before_was_not_killed_and_the_logs_are_of_this_run(stack: Stack) -> None:
    old = KEPT / "ended/log/consume-7.log"
    old.parent.mkdir(parents=True, exist_ok=True)
    old.touch()
    async with world(stack, "ended") as made:
        process = await made.start("no such program", on="source")
        await process.wait()
        with pytest.raises(RuntimeError, match="ended with 1, not -9"):
            await made.kill(process)
        assert made.killed == 0
        assert [file.name for file in made.logs.iterdir()] == [process.log.name]
    assert "no such program" in process.log.read_text()


def test_only_a_row_with_facts_and_without_harm_is_sound() -> None:
    def row(verdict: Verdict, error: str = "") -> run.Row:
        return run.row_of("any", [run.Outcome(1, verdict, 0, 1.0, error)])

    assert run.is_sound(row(Verdict(3)))
    assert not run.is_sound(row(Verdict()))
    assert not run.is_sound(row(Verdict(3), "x"))
    for harm in ("lost", "doubled", "misordered", "invented"):
        assert not run.is_sound(row(replace(Verdict(3), **{harm: 1})))
