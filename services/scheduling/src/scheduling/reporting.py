"""Taking reports: all rows of a request in one transaction, judged one by one in their order."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from access.caller import Caller
from events.contracts.envelope import Announcement
from events.transport.outbox import Transaction
from scheduling import policy
from scheduling.model import Programme, Report, Visit
from scheduling.policy import Verdict
from scheduling.store import picture, visits

Answer = Verdict


async def receive(
    tx: Transaction, reports: Sequence[Report], caller: Caller, now: tuple[datetime, date]
) -> list[Answer]:
    """One answer a report; `now` is the moment, and the day that it is in Seoul."""
    sheet = await _Sheet.open(tx, reports, now[1])
    answers: list[Answer] = [sheet.take(report, caller) for report in reports]
    taken = [report for report, answer in zip(reports, answers, strict=True) if answer == "accepted"]
    if taken:
        await visits.save(tx.db, [sheet.visits[name] for name in sorted(sheet.changed)])
        await visits.keep_reports(tx.db, taken, now[0], caller.subject)
        await visits.keep_last_day(tx.db, sheet.changed)
        tx.announce(Announcement(fact, version, now[0]) for fact, version in sheet.said)
    return answers


class _Sheet:
    """The visits that a request speaks of, kept true from row to row."""

    def __init__(self, found: Sequence[Visit], programmes: dict[UUID, Programme], today: date) -> None:
        self.visits = {visit.visit_id: visit for visit in found}
        self.changed: set[UUID] = set()
        self.said: list[tuple[policy.Said, int]] = []
        self._by_enterprise: dict[UUID, set[UUID]] = {}
        self._digests: dict[tuple[UUID, UUID], bytes] = {}
        self._programmes = programmes
        self._today = today
        for visit in found:
            self._by_enterprise.setdefault(visit.enterprise_id, set()).add(visit.visit_id)

    @classmethod
    async def open(cls, tx: Transaction, reports: Sequence[Report], today: date) -> "_Sheet":
        found = await visits.with_siblings(tx.db, [report.visit_id for report in reports])
        sheet = cls(found, await picture.programmes(tx.db, {visit.programme_id for visit in found}), today)
        sheet._digests = await visits.digests(tx.db, reports)
        return sheet

    def take(self, report: Report, caller: Caller) -> Answer:
        """Judge a report, and let it have its effect."""
        visit = self.visits.get(report.visit_id)
        siblings = self._siblings(visit) if visit else []
        case = policy.Case(
            visit=visit,
            is_theirs=visit is not None and policy.may_see(caller, visit),
            known_digest=self._digests.get((report.visit_id, report.report_id)),
            programme=self._programmes.get(visit.programme_id) if visit else None,
            siblings=siblings,
            today=self._today,
        )
        verdict = policy.judge(report, case)
        if verdict == "accepted" and visit and case.programme:
            self._apply(visit, report, siblings, case.programme)
        return verdict

    def _siblings(self, visit: Visit) -> list[Visit]:
        family = (self.visits[name] for name in self._by_enterprise[visit.enterprise_id] - {visit.visit_id})
        return [sibling for sibling in family if sibling.programme_id == visit.programme_id]

    def _apply(self, visit: Visit, report: Report, siblings: Sequence[Visit], programme: Programme) -> None:
        after = policy.reported(visit, report)
        moved = policy.crowded(after, siblings, programme.spacing_days) if after.state == "completed" else []
        self.visits.update({one.visit_id: one for one in (after, *moved)})
        self.changed |= {after.visit_id, *(one.visit_id for one in moved)}
        self._digests[report.visit_id, report.report_id] = report.digest
        self.said.append((policy.to_say(after, report), after.version))
