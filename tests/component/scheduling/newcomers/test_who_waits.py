"""Operators see how many newcomers wait, what for, and since when."""

from dataclasses import replace
from typing import Any

from prometheus_client import REGISTRY

from scheduling.planning.between_plans import tell_waiting

ALL_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


async def told(newcomers: Any, **more: Any) -> dict[str, float]:
    """How many are said to wait, by what they wait for; nobody is left out."""
    await tell_waiting(newcomers.scheduling.pool, newcomers.desk(**more))
    return {awaits: sample("newcomers_waiting", awaits) for awaits in ("facts", "programme", "days", "plan")}


def longest_wait(awaits: str) -> float:
    return sample("newcomers_longest_wait_seconds", awaits)


def sample(name: str, awaits: str) -> float:
    found = REGISTRY.get_sample_value(name, {"awaits": awaits})
    assert found is not None
    return found


async def test_before_the_first_plan_and_after_the_last_day_they_wait_for_a_programme(
    newcomers: Any, scheduling: Any, nation: Any
) -> None:
    korea = nation(enterprises=6)
    await scheduling.hear_all(korea)
    assert await told(newcomers) == {"facts": 0, "programme": 6, "days": 0, "plan": 0}
    await newcomers.planned(korea)
    assert await told(newcomers) == {"facts": 0, "programme": 0, "days": 0, "plan": 0}
    await newcomers.come(korea, 8)
    assert (await told(newcomers))["days"] == 2
    assert (await told(newcomers, books_after="today"))["programme"] == 2


async def test_what_each_of_them_waits_for_is_told(newcomers: Any, scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=6)
    await newcomers.planned(korea)
    never_open, unheard, new = replace(korea, enterprises=9).registered[6:]
    await scheduling.hear(*replace(korea, enterprises=9).eligible[6:])
    await scheduling.hear(never_open.model_copy(update={"closed_weekdays": ALL_WEEK}))
    await newcomers.place()
    await scheduling.hear(new)
    assert await told(newcomers) == {"facts": 1, "programme": 0, "days": 1, "plan": 1}
    await newcomers.place()
    await scheduling.hear(unheard)
    assert await told(newcomers) == {"facts": 0, "programme": 0, "days": 1, "plan": 1}


async def test_the_longest_wait_is_told_and_ends_with_it(newcomers: Any, scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=6)
    await newcomers.planned(korea)
    await newcomers.come(korea, 8)
    first, second = replace(korea, enterprises=8).registered[6:]
    for fact, hours in ((first, 2), (second, 1)):
        await scheduling.pool.execute(
            "update newcomer set arrived_at = arrived_at - make_interval(hours => $2) where enterprise_id = $1",
            fact.enterprise_id,
            hours,
        )
    await told(newcomers)
    assert 7_200 <= longest_wait("days") < 7_800
    await newcomers.place()
    await told(newcomers)
    assert longest_wait("days") == 0


async def test_a_wait_whose_beginning_nobody_knows_is_counted_but_not_timed(
    newcomers: Any, scheduling: Any, nation: Any
) -> None:
    korea = nation(enterprises=6)
    await newcomers.planned(korea)
    await newcomers.come(korea, 7)
    await scheduling.pool.execute("update newcomer set arrived_at = '-infinity'")
    assert (await told(newcomers))["days"] == 1
    assert longest_wait("days") == 0
