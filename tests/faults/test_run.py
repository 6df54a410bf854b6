"""`make faults` itself: a seed that breaks off costs only its own verdict, and nothing told twice goes unseen."""

import json
from pathlib import Path

import pytest

import run
from audit import Verdict
from logs import judge_letters
from scenarios import SCENARIOS
from stack import Stack
from world import World


async def breaks_at_seed_1(world: World, seed: int) -> Verdict:
    if seed == 1:
        await world.stack.kafka.kill()
        raise TimeoutError("it never came")
    return Verdict(3, 0, 0, 0)


async def loses_one(world: World, seed: int) -> Verdict:
    return Verdict(3, 1, 0, 0)


@pytest.mark.faults
async def test_a_seed_that_breaks_off_is_told_and_the_others_go_on(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SCENARIOS, "breaks", breaks_at_seed_1)
    monkeypatch.setitem(SCENARIOS, "loses", loses_one)
    rows = await run.play(stack, ["breaks", "loses"], 2, tmp_path / "summary.json")
    assert [(row["seeds"], row["events"], row["lost"], row["failed"]) for row in rows] == [(2, 3, 0, 1), (2, 6, 2, 0)]
    assert rows[0]["errors"] == ["seed 1: TimeoutError: it never came"]
    assert [run.is_sound(row) for row in rows] == [False, False]
    assert json.loads((tmp_path / "summary.json").read_text()) == rows


def test_only_a_row_without_harm_is_sound() -> None:
    def row(verdict: Verdict, error: str = "") -> run.Row:
        return run.row_of("any", [run.Outcome(1, verdict, 0, 1.0, error)])

    assert run.is_sound(row(Verdict(3, 0, 0, 0)))
    for harmed in (
        row(Verdict(3, 1, 0, 0)),
        row(Verdict(3, 0, 1, 0)),
        row(Verdict(3, 0, 0, 1)),
        row(Verdict(3, 0, 0, 0), "x"),
    ):
        assert not run.is_sound(harmed)


def test_a_dead_letter_told_twice_is_seen_and_one_not_told_too() -> None:
    places = [("word/0/7", "not_json"), ("word/3/1", "unknown_type")]
    assert judge_letters(places, places) == Verdict(2, 0, 0, 0)
    assert judge_letters(places, [*places, places[0]]) == Verdict(2, 0, 1, 0)
    assert judge_letters(places, [places[0], ("word/3/1", "handler_failed")]) == Verdict(2, 1, 0, 0)
