"""Publishing a plan: its visits, what is said of them, and the plan itself, in one transaction or not at all."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime
from time import perf_counter
from uuid import UUID

import numpy as np

from events.contracts.envelope import Announcement
from events.contracts.scheduling import PlanPublished, VisitScheduled
from events.transport.db import Pool
from events.transport.outbox import transaction
from scheduling.model import SEOUL, PlanRow, Visit, visit_id_of
from scheduling.planning.picture import PROVINCE_CODES, REASONS, Ints, Picture, Proposal
from scheduling.policy import identity
from scheduling.store import plans, publication


class LostPlanError(Exception):
    """Another planner has taken the plan over: this one publishes nothing."""


@dataclass(frozen=True)
class Finished:
    """A plan that was computed and found valid; `started` is its `perf_counter`."""

    plan: PlanRow
    picture: Picture
    proposal: Proposal
    started: float


async def publish(pool: Pool, finished: Finished) -> None:
    """Raises `LostPlanError`, with nothing written, when the plan is not this attempt's any more."""
    plan, now = finished.plan, datetime.now(UTC)
    async with transaction(pool) as tx:
        await plans.take_time(tx.db)
        is_new = finished.picture.needs.version[finished.proposal.placed] == 0
        again = list(visits_of(finished, finished.proposal.placed[~is_new]))
        taken = await publication.schedule_again(tx.db, plan.plan_id, again)
        lost = {visit.visit_id for visit in again} - taken
        await publication.insert_visits(tx.db, plan.plan_id, visits_of(finished, finished.proposal.placed[is_new]))
        await publication.insert_unscheduled(tx.db, plan.plan_id, _unscheduled(finished))
        tx.announce_stream(_facts(finished, lost, now))
        await tx.flush()
        # The plan's own row comes last: until then its lease can be prolonged beside this transaction.
        counts = _counts(finished, len(lost))
        if not await plans.publish(tx.db, plan, counts, now, perf_counter() - finished.started):
            raise LostPlanError(f"{plan.plan_id} is no longer attempt {plan.attempt}'s")
        tx.announce([Announcement(_published(plan, counts, now.astimezone(SEOUL).date()), 1, now)])


def visits_of(finished: Finished, placed: Ints) -> Iterator[Visit]:
    """Needs that got a day, as visits made one by one: a nation of them does not stand in memory."""
    picture, proposal = finished.picture, finished.proposal
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
    for visit in visits_of(finished, finished.proposal.placed):
        if visit.visit_id not in lost:
            yield Announcement(VisitScheduled(**identity(visit), visit_on=visit.visit_on), visit.version, now)


def _unscheduled(finished: Finished) -> Iterator[tuple[UUID, int, str]]:
    proposal, needs = finished.proposal, finished.picture.needs
    for need in np.flatnonzero(proposal.manager < 0).tolist():
        enterprise_id = UUID(bytes=finished.picture.sites.ids[needs.site[need]].tobytes())
        yield enterprise_id, int(needs.ordinal[need]), REASONS[proposal.reason[need]]


def _counts(finished: Finished, lost: int) -> tuple[int, int, int]:
    placed = finished.proposal.placed
    enterprises = len(np.unique(finished.picture.needs.site[placed]))
    return enterprises, len(placed) - lost, len(finished.picture.needs) - len(placed)


def _published(plan: PlanRow, counts: tuple[int, int, int], on: date) -> PlanPublished:
    enterprises, visits, unscheduled = counts
    return PlanPublished(
        plan_id=plan.plan_id,
        programme_id=plan.programme_id,
        enterprises=enterprises,
        visits=visits,
        unscheduled=unscheduled,
        published_on=on,
    )
