"""The rules of a visit: which reports count, how its state moves, and where it finds another day."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from access.caller import Caller
from events.contracts.scheduling import VisitCancelled, VisitCompleted, VisitMissed
from scheduling import policy, reasons
from scheduling.model import ManagerDays, OpenDays, Programme, Report, State, Visit, visit_id_of

PROGRAMME = Programme(
    programme_id=UUID(int=1),
    window_from=date(2023, 4, 1),
    window_until=date(2023, 12, 31),
    minimum_visits=2,
    spacing_days=28,
    visits_a_day=4,
    training_days=(date(2023, 4, 11),),
    holidays_added=(),
    workdays_added=(),
    reserve_share=0.04,
    third_visit_from_risk=None,
)
MAY, JUNE, JULY = date(2023, 5, 2), date(2023, 6, 1), date(2023, 7, 3)
TODAY = date(2024, 1, 2)
ME, COLLEAGUE, AGENCY = UUID(int=11), UUID(int=12), UUID(int=21)


def visit_of(ordinal: int = 1, on: date = MAY, state: State = "scheduled", **more: Any) -> Visit:
    enterprise = UUID(int=31)
    names = (visit_id_of(PROGRAMME.programme_id, enterprise, ordinal), PROGRAMME.programme_id, enterprise)
    return replace(Visit(*names, ordinal, AGENCY, ME, "KR-11", on, state, 1), **more)


def report_of(visit: Visit, **more: Any) -> Report:
    said: dict[str, Any] = {"report_id": uuid4(), "outcome": "completed", "on": visit.visit_on, "digest": b"one"}
    return Report(visit_id=visit.visit_id, **said | more)


def case_of(visit: Visit | None, *siblings: Visit, **more: Any) -> policy.Case:
    said: dict[str, Any] = {"is_theirs": True, "known_digest": None, "programme": PROGRAMME, "today": TODAY}
    return policy.Case(visit=visit, siblings=siblings, **said | more)


def days_of(*managers: tuple[UUID, dict[date, int]], **more: Any) -> list[ManagerDays]:
    said: dict[str, Any] = {
        "visits_a_day": 4,
        "trained_on": date(2023, 4, 11),
        "licence_until": None,
        "leave_days": frozenset(),
    }
    return [ManagerDays(manager_id=name, agency_id=AGENCY, booked=booked, **said | more) for name, booked in managers]


def search_of(*siblings: Visit, **more: Any) -> policy.Search:
    said: dict[str, Any] = {
        "enterprise": OpenDays(None, None, 0),
        "managers": days_of((ME, {}), (COLLEAGUE, {})),
        "days": [MAY + timedelta(days=n) for n in range(200)],
        "programme": PROGRAMME,
        "after": MAY,
    }
    return policy.Search(siblings=siblings, **said | more)


def test_a_report_of_a_scheduled_visit_is_accepted() -> None:
    assert policy.judge(report_of(visit_of()), case_of(visit_of())) == "accepted"


def test_a_report_of_no_known_visit_is_refused() -> None:
    assert policy.judge(report_of(visit_of()), case_of(None)) == reasons.UNKNOWN_VISIT
    assert policy.judge(report_of(visit_of()), case_of(visit_of(), programme=None)) == reasons.UNKNOWN_VISIT


def test_a_report_of_someone_elses_visit_is_refused_whatever_it_says() -> None:
    case = case_of(visit_of(), is_theirs=False, known_digest=b"one")
    assert policy.judge(report_of(visit_of()), case) == reasons.NOT_YOURS


@pytest.mark.parametrize(
    ("more", "sees"),
    [
        ({"roles": ("officer",)}, True),
        ({"roles": ("officer",), "provinces": ("KR-26",)}, False),
        ({"roles": ("agency",), "agency_id": str(AGENCY), "provinces": ("KR-11",)}, True),
        ({"roles": ("agency",), "agency_id": str(AGENCY), "provinces": ("KR-26",)}, False),
        ({"roles": ("agency",), "agency_id": str(UUID(int=22))}, False),
        ({"roles": ("manager",), "agency_id": str(AGENCY), "subject": str(COLLEAGUE)}, False),
    ],
)
def test_a_visit_is_within_a_callers_agency_person_and_provinces(more: dict[str, Any], *, sees: bool) -> None:
    said: dict[str, Any] = {"subject": str(ME)}
    assert policy.may_see(Caller(**said | more), visit_of()) is sees


def test_a_report_said_again_is_repeated_and_one_said_otherwise_is_refused() -> None:
    done = visit_of(state="completed", reported_on=MAY)
    assert policy.judge(report_of(done), case_of(done, known_digest=b"one")) == "repeated"
    assert policy.judge(report_of(done), case_of(done, known_digest=b"two")) == reasons.REPORT_ID_TAKEN


@pytest.mark.parametrize("state", ["completed", "missed", "cancelled"])
def test_only_a_scheduled_visit_is_reported(state: State) -> None:
    visit = visit_of(state=state)
    assert policy.judge(report_of(visit), case_of(visit)) == reasons.REFUSED_STATES[state]


@pytest.mark.parametrize(
    ("on", "because"),
    [
        (date(2023, 3, 31), reasons.OUTSIDE_PROGRAMME),
        (date(2024, 1, 1), reasons.OUTSIDE_PROGRAMME),
        (date(2024, 1, 3), reasons.IN_THE_FUTURE),
    ],
)
def test_days_that_cannot_be_are_refused(on: date, because: object) -> None:
    assert policy.judge(report_of(visit_of(), on=on), case_of(visit_of())) == because


@pytest.mark.parametrize("days", [-27, 0, 27])
def test_a_visit_too_near_to_another_that_took_place_is_refused(days: int) -> None:
    done = visit_of(1, JUNE, "completed", reported_on=JUNE)
    report = report_of(visit_of(2), on=JUNE + timedelta(days=days))
    assert policy.judge(report, case_of(visit_of(2), done)) == reasons.BEFORE_SPACING


@pytest.mark.parametrize("days", [-28, 28])
def test_a_visit_as_far_from_another_as_the_programme_asks_is_accepted(days: int) -> None:
    done = visit_of(1, JUNE, "completed", reported_on=JUNE)
    report = report_of(visit_of(2), on=JUNE + timedelta(days=days))
    assert policy.judge(report, case_of(visit_of(2), done)) == "accepted"


def test_missing_a_visit_needs_no_distance() -> None:
    done = visit_of(1, JUNE, "completed", reported_on=JUNE)
    report = report_of(visit_of(2), outcome="missed", on=JUNE)
    assert policy.judge(report, case_of(visit_of(2), done)) == "accepted"


def test_a_completed_visit_keeps_its_report_and_waits_for_nothing() -> None:
    done = policy.reported(visit_of(), report_of(visit_of(), on=MAY, risk_after=3))
    assert (done.state, done.version, done.reported_on, done.risk_after, done.wants_day) == (
        *("completed", 2, MAY, 3),
        False,
    )


def test_a_missed_visit_waits_for_another_day_and_leaves_no_risk_behind() -> None:
    missed = policy.reported(visit_of(), report_of(visit_of(), outcome="missed", risk_after=3))
    assert (missed.state, missed.risk_after, missed.wants_day) == ("missed", None, True)


def test_what_is_said_of_a_report_is_what_it_was() -> None:
    done = policy.to_say(visit_of(), report_of(visit_of(), risk_before=6, risk_after=2, hazards_found=4))
    missed = policy.to_say(visit_of(), report_of(visit_of(), outcome="missed", reason="weather"))
    assert isinstance(done, VisitCompleted)
    assert isinstance(missed, VisitMissed)
    assert (done.visited_on, done.risk_before, done.hazards_found) == (MAY, 6, 4)
    assert (missed.missed_on, missed.reason) == (MAY, "weather")


def test_a_visit_made_late_crowds_the_next_one_only_if_it_comes_too_near() -> None:
    late = visit_of(1, MAY, "completed", reported_on=JUNE)
    near, far = visit_of(2, JUNE + timedelta(days=27)), visit_of(3, JUNE + timedelta(days=28))
    gone, known = visit_of(4, JUNE, "cancelled"), visit_of(5, JUNE, wants_day=True)
    assert policy.crowded(late, [late, near, far, gone, known], 28) == [replace(near, wants_day=True)]


def test_only_open_visits_are_cancelled() -> None:
    all_states: tuple[State, ...] = ("scheduled", "missed", "completed", "cancelled")
    visits = [visit_of(n, state=state, wants_day=True) for n, state in enumerate(all_states, start=1)]
    gone = policy.cancelled(visits)
    assert [(visit.ordinal, visit.state, visit.version, visit.wants_day) for visit in gone] == [
        (1, "cancelled", 2, False),
        (2, "cancelled", 2, False),
    ]


def test_a_missed_visit_is_booked_on_the_next_day_with_the_same_manager() -> None:
    missed = visit_of(state="missed", wants_day=True)
    booked = policy.book(missed, search_of(missed, visit_of(2, JULY)))
    assert booked == replace(missed, state="scheduled", version=2, visit_on=MAY + timedelta(days=1), wants_day=False)


def test_a_full_manager_passes_a_visit_to_a_colleague() -> None:
    missed = visit_of(state="missed")
    full = {MAY + timedelta(days=n): 4 for n in range(200)}
    booked = policy.book(missed, search_of(managers=days_of((ME, full), (COLLEAGUE, {}))))
    assert booked
    assert (booked.manager_id, booked.visit_on) == (COLLEAGUE, MAY + timedelta(days=1))


def test_a_second_visit_is_booked_behind_the_first_at_a_distance() -> None:
    second = visit_of(2, state="missed")
    booked = policy.book(second, search_of(visit_of(1, JUNE), second))
    assert booked
    assert booked.visit_on == JUNE + timedelta(days=28)


def test_a_visit_that_finds_no_room_before_the_next_one_takes_the_first_day_all_the_same() -> None:
    first, second = visit_of(1, state="missed"), visit_of(2, MAY + timedelta(days=28))
    booked = policy.book(first, search_of(first, second))
    assert booked
    assert booked.visit_on == MAY + timedelta(days=1)
    assert policy.crowded(booked, [second], 28) == [replace(second, wants_day=True)]


def test_an_agency_visits_again_once_its_suspension_has_ended() -> None:
    managers = days_of((ME, {}), suspended_from=MAY, suspended_until=JUNE)
    booked = policy.book(visit_of(state="missed"), search_of(managers=managers))
    assert booked
    assert booked.visit_on == JUNE + timedelta(days=1)


def test_a_pinned_visit_makes_way_for_nobody() -> None:
    first, second = visit_of(1, state="missed"), visit_of(2, MAY + timedelta(days=28), is_pinned=True)
    assert policy.book(first, search_of(first, second)) is None
    room = policy.book(first, search_of(first, visit_of(2, MAY + timedelta(days=40), is_pinned=True)))
    assert room
    assert room.visit_on == MAY + timedelta(days=1)
    late = visit_of(1, MAY, "completed", reported_on=JUNE)
    assert policy.crowded(late, [visit_of(2, JUNE, is_pinned=True)], 28) == []


def test_a_visit_keeps_its_distance_from_later_ones_that_took_place() -> None:
    first = visit_of(1, state="missed")
    done = visit_of(2, JUNE, "completed", reported_on=JUNE)
    booked = policy.book(first, search_of(first, done))
    assert booked
    assert booked.visit_on == MAY + timedelta(days=1)
    assert JUNE - booked.visit_on >= timedelta(days=28)
    late = policy.book(first, search_of(first, done, after=MAY + timedelta(days=10)))
    assert late
    assert late.visit_on == JUNE + timedelta(days=28)


@pytest.mark.parametrize(
    "more",
    [
        {"days": []},
        {"managers": []},
        {"managers": days_of((ME, {}), leave_days=frozenset(MAY + timedelta(days=n) for n in range(200)))},
        {"managers": days_of((ME, {}), trained_on=date(2024, 1, 1))},
        {"managers": days_of((ME, {}), licence_until=MAY)},
        {"managers": days_of((ME, {}), visits_a_day=0)},
        {"managers": days_of((ME, {}), left_on=MAY)},
        {"managers": days_of((ME, {}), suspended_from=MAY)},
        {"managers": days_of((ME, {}), suspended_from=MAY, suspended_until=date(2024, 1, 1))},
        {"enterprise": OpenDays(None, MAY, 0)},
        {"enterprise": OpenDays(date(2024, 1, 1), None, 0)},
        {"enterprise": OpenDays(None, None, 0b1111111)},
        {"enterprise": OpenDays(None, None, 0, frozenset(MAY + timedelta(days=n) for n in range(300)))},
    ],
)
def test_where_nobody_can_come_there_is_no_day(more: dict[str, Any]) -> None:
    assert policy.book(visit_of(state="missed"), search_of(**more)) is None


def test_a_weekday_on_which_the_enterprise_is_closed_is_left_out() -> None:
    wednesday = 0b0000100
    booked = policy.book(visit_of(state="missed"), search_of(enterprise=OpenDays(MAY, JULY, wednesday)))
    assert booked
    assert booked.visit_on == MAY + timedelta(days=2)


def test_a_visit_is_named_the_same_whenever_it_is_planned() -> None:
    names = {visit_id_of(UUID(int=1), UUID(int=2), ordinal) for ordinal in (1, 2, 1)}
    assert len(names) == 2


def test_a_visit_counts_on_the_day_it_took_place() -> None:
    assert visit_of(1, MAY, "completed", reported_on=JUNE).held_on == JUNE
    assert visit_of(1, MAY).held_on == visit_of(1, MAY, "completed").held_on == MAY


def test_a_refusal_says_what_was_broken_in_both_languages() -> None:
    because = reasons.not_valid([("over_capacity", 3, ("here", "there")), ("visit_lost", 1, ())])
    for said in (because.ko, because.en):
        assert "over_capacity: 3 (here, there); visit_lost: 1" in said
    for because in (reasons.too_many_moved(12, 5), reasons.too_many_dropped(12, 5)):
        assert all("12" in said and "5" in said for said in (because.ko, because.en))


@pytest.mark.parametrize("outcome", ["completed", "missed"])
def test_a_visit_taken_back_from_what_was_said_is_the_one_that_was_reported(outcome: Any) -> None:
    visit = visit_of()
    report = report_of(visit, outcome=outcome, risk_before=6, risk_after=2 if outcome == "completed" else 0)
    after = policy.reported(visit, report)
    ended = policy.as_said(policy.to_say(after, report), after.version)
    assert ended == (visit.visit_id, outcome, after.version, after.reported_on, after.risk_after)


def test_a_visit_taken_back_as_cancelled_keeps_the_rest() -> None:
    [gone] = policy.cancelled([visit_of()])
    fact = VisitCancelled(**policy.identity(gone), cancelled_on=MAY, reason="replanned")
    assert policy.as_said(fact, gone.version) == (gone.visit_id, "cancelled", gone.version, None, None)


def test_visits_lie_on_working_days_behind_the_last_day_of_training() -> None:
    added = (date(2023, 4, 14), date(2023, 4, 16))
    april = replace(PROGRAMME, window_until=date(2023, 4, 18), holidays_added=added[:1], workdays_added=added[1:])
    assert [day.day for day in policy.days_of(april)] == [12, 13, 16, 17, 18]
    untaught = policy.days_of(replace(april, training_days=()))
    assert untaught[0] == date(2023, 4, 3)
