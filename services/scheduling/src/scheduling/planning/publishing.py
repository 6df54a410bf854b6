"""Publishing a plan: its visits, what is said of them, and the plan itself, in one transaction or not at all."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from time import perf_counter
from typing import Any
from uuid import UUID

import numpy as np

from events.contracts.envelope import Announcement
from events.contracts.scheduling import CancelledReason, PlanPublished, VisitCancelled, VisitScheduled
from events.transport.db import Pool
from events.transport.outbox import Transaction, transaction
from scheduling import reasons
from scheduling.model import SEOUL, PlanOutcome, PlanRow, Visit, WishAnswer, visit_id_of
from scheduling.planning.freeing import is_suspended
from scheduling.planning.picture import FAR_AHEAD, NOBODY, PROVINCE_CODES, REASONS, Ints, Picture, Proposal
from scheduling.policy import identity
from scheduling.store import plans, publication, wishes


class LostPlanError(Exception):
    """Another planner has taken the plan over: this one publishes nothing."""


@dataclass(frozen=True)
class Finished:
    """A plan that was computed and found valid; `started` is its `perf_counter`, `is_awaited` as of its draft."""

    plan: PlanRow
    picture: Picture
    proposal: Proposal
    difference: Mapping[str, Any]
    answers: Sequence[WishAnswer]
    started: float
    is_awaited: bool = False


async def publish(pool: Pool, finished: Finished) -> None:
    """Raises `LostPlanError`, with nothing written, when the plan is not this attempt's any more."""
    plan, now = finished.plan, datetime.now(UTC)
    async with transaction(pool) as tx:
        await plans.take_time(tx.db)
        is_new = finished.picture.needs.version[finished.proposal.placed] == 0
        again = list(visits_of(finished.picture, finished.proposal, finished.proposal.placed[~is_new]))
        taken = await publication.schedule_again(tx.db, plan.plan_id, again)
        lost = {visit.visit_id for visit in again} - taken
        await _cancel(tx, finished, now)
        await answer_wishes(tx, plan, [_as_it_went(answer, lost) for answer in finished.answers], now)
        new = visits_of(finished.picture, finished.proposal, finished.proposal.placed[is_new])
        await publication.insert_visits(tx.db, plan.plan_id, new)
        await publication.insert_unscheduled(tx.db, plan.plan_id, _unscheduled(finished))
        tx.announce_stream(_facts(finished, lost, now))
        await tx.flush()
        # The plan's own row comes last: until then its lease can be prolonged beside this transaction.
        outcome = _outcome(finished, len(lost))
        await _finish(tx, plan, outcome, now)
        if finished.is_awaited:
            await plans.request_again(tx.db, plan.programme_id, now, f"plan {plan.plan_id}")
        tx.announce([Announcement(_published(plan, outcome, now.astimezone(SEOUL).date()), 1, now)])


async def answer_wishes(tx: Transaction, plan: PlanRow, answers: Sequence[WishAnswer], now: datetime) -> None:
    """Keeps what became of wishes, and which agencies do not get which sites again."""
    await wishes.answer(tx.db, plan.plan_id, answers, now)
    done = [answer.wish for answer in answers if not answer.because]
    await wishes.remember_handed_back(tx.db, [wish for wish in done if wish.kind == "hand_back"])


def _as_it_went(answer: WishAnswer, lost: Set[UUID]) -> WishAnswer:
    """A visit that was reported or cancelled meanwhile has not moved."""
    moved = tuple(visit for visit in answer.visits if visit["visit_id"] not in lost)
    if answer.because or moved:
        return replace(answer, visits=moved)
    return WishAnswer(answer.wish, because=reasons.NOTHING_SCHEDULED)


async def show(pool: Pool, finished: Finished) -> None:
    """Keeps what a preview comes to, and publishes nothing."""
    async with transaction(pool) as tx:
        await publication.insert_unscheduled(tx.db, finished.plan.plan_id, _unscheduled(finished))
        await _finish(tx, finished.plan, _outcome(finished, 0), datetime.now(UTC))


async def _finish(tx: Transaction, plan: PlanRow, outcome: PlanOutcome, now: datetime) -> None:
    if not await plans.finish(tx.db, plan, outcome, now):
        raise LostPlanError(f"{plan.plan_id} is no longer attempt {plan.attempt}'s")


async def _cancel(tx: Transaction, finished: Finished, now: datetime) -> None:
    """Cancels what cannot stay and has no other day, and says why."""
    because = dict(_to_cancel(finished))
    gone = await publication.cancel(tx.db, list(because))
    for visit in sorted(gone, key=lambda visit: visit.visit_id):
        fact = VisitCancelled(
            **identity(visit),
            cancelled_on=now.astimezone(SEOUL).date(),
            reason=because[visit.visit_id, visit.version - 1],
        )
        tx.announce([Announcement(fact, visit.version, now)])


def _to_cancel(finished: Finished) -> Iterator[tuple[tuple[UUID, int], CancelledReason]]:
    """Visits by their name and version, with the reason that lies nearest."""
    picture, needs, dropped = finished.picture, finished.picture.needs, finished.picture.dropped
    rows = np.flatnonzero(needs.is_freed & (finished.proposal.manager == NOBODY))
    left = np.array([*picture.managers.left_on, FAR_AHEAD])
    has_left = needs.day[rows] >= left[needs.manager[rows]]
    known = needs.agency[rows] != NOBODY
    suspended = np.zeros(len(rows), np.bool_)
    suspended[known] = is_suspended(picture.agencies, needs.agency[rows[known]], needs.day[rows[known]])
    for row, is_off, is_gone in zip(rows.tolist(), suspended.tolist(), has_left.tolist(), strict=True):
        name = _name(picture, int(needs.site[row]), int(needs.ordinal[row]))
        yield (name, int(needs.version[row])), _reason(is_off, is_gone)
    for site, ordinal, version in zip(dropped.site, dropped.ordinal, dropped.version, strict=True):
        yield (_name(picture, int(site), int(ordinal)), int(version)), "replanned"


def _reason(is_suspended: bool, is_gone: bool) -> CancelledReason:
    if is_suspended:
        return "agency_suspended"
    return "manager_left" if is_gone else "replanned"


def _name(picture: Picture, site: int, ordinal: int) -> UUID:
    return visit_id_of(picture.programme.programme_id, UUID(bytes=picture.sites.ids[site].tobytes()), ordinal)


def visits_of(picture: Picture, proposal: Proposal, placed: Ints) -> Iterator[Visit]:
    """Needs that got a day, as visits made one by one: a nation of them does not stand in memory."""
    programme_id = picture.programme.programme_id
    needs, sites, managers = picture.needs, picture.sites, picture.managers
    site = needs.site[placed]
    columns = (site, needs.ordinal[placed], needs.version[placed], proposal.manager[placed], proposal.day[placed])
    for place, ordinal, version, manager, day in zip(*(column.tolist() for column in columns), strict=True):
        enterprise_id = UUID(bytes=sites.ids[place].tobytes())
        yield Visit(
            visit_id=visit_id_of(programme_id, enterprise_id, ordinal),
            programme_id=programme_id,
            enterprise_id=enterprise_id,
            ordinal=ordinal,
            agency_id=picture.agencies.ids[managers.agency[manager]],
            manager_id=managers.ids[manager],
            province=PROVINCE_CODES[sites.province[place]],
            visit_on=date.fromordinal(day),
            state="scheduled",
            version=version + 1,
        )


def _facts(finished: Finished, lost: Set[UUID], now: datetime) -> Iterator[Announcement]:
    for visit in visits_of(finished.picture, finished.proposal, finished.proposal.placed):
        if visit.visit_id not in lost:
            yield scheduled(visit, now)


def scheduled(visit: Visit, now: datetime) -> Announcement:
    """What is said of a visit that has got a day."""
    return Announcement(VisitScheduled(**identity(visit), visit_on=visit.visit_on), visit.version, now)


def _unscheduled(finished: Finished) -> Iterator[tuple[UUID, int, str]]:
    proposal, needs = finished.proposal, finished.picture.needs
    for need in np.flatnonzero(proposal.manager < 0).tolist():
        enterprise_id = UUID(bytes=finished.picture.sites.ids[needs.site[need]].tobytes())
        yield enterprise_id, int(needs.ordinal[need]), REASONS[proposal.reason[need]]


def _outcome(finished: Finished, lost: int) -> PlanOutcome:
    placed = finished.proposal.placed
    enterprises = len(np.unique(finished.picture.needs.site[placed]))
    unscheduled, seconds = len(finished.picture.needs) - len(placed), perf_counter() - finished.started
    return PlanOutcome(enterprises, len(placed) - lost, unscheduled, seconds, finished.difference)


def _published(plan: PlanRow, outcome: PlanOutcome, on: date) -> PlanPublished:
    return PlanPublished(
        plan_id=plan.plan_id,
        programme_id=plan.programme_id,
        enterprises=outcome.enterprises,
        visits=outcome.visits,
        unscheduled=outcome.unscheduled,
        published_on=on,
    )
