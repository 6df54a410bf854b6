"""The books: what the log tells, and what is equal."""

from types import SimpleNamespace
from typing import Any

import pytest

from rehearsal.books import Line
from rehearsal.log import Said
from rehearsal.summary import Summary


def said_of(visit: str, *outcomes: str) -> list[Any]:
    """What the log has of a visit."""
    return [
        SimpleNamespace(
            headers=[
                ("ce_type", f"scheduling.visit.{outcome}.v1".encode()),
                ("ce_subject", visit.encode()),
                ("ce_partitionkey", b"bakery"),
            ]
        )
        for outcome in outcomes
    ]


def test_only_visits_that_were_made_after_all_count_as_made_up_for() -> None:
    log = Said()
    for record in [
        *said_of("found at once", "scheduled", "completed"),
        *said_of("given another day", "scheduled", "missed", "scheduled", "completed"),
        *said_of("given none", "scheduled", "missed"),
        *said_of("missed once more", "scheduled", "missed", "scheduled", "missed"),
    ]:
        log.take(record)
    assert log.made_up_for() == 1


@pytest.mark.parametrize("counts", [(2, 3, 3), (3, 2, 3), (3, 3, 2)])
def test_books_agree_only_when_every_number_does_three_ways(counts: tuple[int, int, int]) -> None:
    agreed = Line("eligible", 7, 7, 7)
    assert Summary(True, reconciliation=[agreed]).is_reconciled
    assert not Summary(True, reconciliation=[agreed, Line("ineligible", *counts)]).is_reconciled
    assert not Summary(True).is_reconciled


@pytest.mark.parametrize("made_up", [True, False])
def test_only_the_enterprises_may_be_real(made_up: bool) -> None:
    others = {"agencies": True, "managers": True, "visit_reports": True}
    assert Summary(made_up).synthetic == {"enterprises": made_up, **others}
