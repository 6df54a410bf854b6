"""Taking the rows of a file of enterprises: by thousands, and so that the same file again changes nothing."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime
from uuid import UUID

from access.caller import Caller
from events.transport.outbox import Transaction
from korea.districts import place_in, places_in
from registry.api.intake import Numbered, Verdict
from registry.api.sheets import verdict_of
from registry.model.enterprises import Reading
from registry.policy import enterprises as policy
from registry.policy.enterprises import Place, Source, Step
from registry.policy.sheets.cells import UnreadableError
from registry.policy.sheets.columns import Bound
from registry.policy.sheets.enterprises import SHEETS, says_of
from registry.store import enterprises as store
from registry.store import turns


class EnterpriseTaker:
    """Takes the rows of one file; its sender's provinces bound what it may change.

    Closings wait until all rows are read: where a file has an enterprise as open and as closed, it is open, whichever
    row comes first.
    """

    kind = "enterprises"
    sheets = SHEETS

    def __init__(self, on: date, caller: Caller) -> None:
        self._on = on
        self._caller = caller
        self._lines: dict[int, int] = {}
        self._closings: list[Numbered[Reading]] = []
        self._is_closing = False

    def begin(self, bound: Bound[Reading]) -> None:
        """The header tells which source this is, and what it can say."""
        self._bound = bound
        self._source = Source("pension" if bound.sheet.form == "pension" else "template", says_of(bound), self._on)

    def put_off(self) -> Sequence[Numbered[Reading]]:
        """The closings; from now on they are taken."""
        self._is_closing = True
        return self._closings

    async def take(self, tx: Transaction, rows: Sequence[Numbered[Reading]]) -> list[Verdict]:
        """Register, change or close, and announce it; a row that says what was said before changes nothing."""
        await turns.take(tx.db, "enterprises")
        outside = await self._outside(tx, rows)
        inside = [row for row in rows if row.line.number not in outside]
        verdicts = iter(await (self._close(tx, inside) if self._is_closing else self._take(tx, inside)))
        return [verdict_of("not_your_province") if row.line.number in outside else next(verdicts) for row in rows]

    async def _outside(self, tx: Transaction, rows: Sequence[Numbered[Reading]]) -> AbstractSet[int]:
        """The lines of enterprises that lie outside the caller's provinces, as they are said or as they are held."""
        if not self._caller.provinces:
            return frozenset()
        held = await store.provinces(tx.db, [row.said.enterprise_id for row in rows])
        places = ((row, row.said.enterprise.province) for row in rows)
        return {
            row.line.number
            for row, province in places
            if not all(map(self._caller.may_see_province, (province, held.get(row.said.enterprise_id, province))))
        }

    async def _take(self, tx: Transaction, rows: Sequence[Numbered[Reading]]) -> list[Verdict]:
        taken: dict[UUID, Reading] = {}
        verdicts = [self._sorted(row, taken) for row in rows]
        steps = await self._decide(tx, list(taken.values()))
        await _keep(tx, steps)
        outcomes = {step.enterprise_id: step.outcome for step in steps}
        return [
            outcomes.get(row.said.enterprise_id, "unchanged") if verdict is None else verdict
            for row, verdict in zip(rows, verdicts, strict=True)
        ]

    def _sorted(self, row: Numbered[Reading], taken: dict[UUID, Reading]) -> Verdict | None:
        """Put aside what is not to be taken now; None for what is."""
        reading = row.said
        if reading.is_closed:
            self._closings.append(row)
            return ""
        number = row.line.number
        # The hash of the id, because half a million ids would take 50 MB more.
        first = self._lines.setdefault(hash(reading.enterprise_id.bytes), number)
        if first != number:
            return UnreadableError(
                f"{first}행과 같은 사업장입니다", f"is the same enterprise as line {first}", "name|business_number"
            )
        taken[reading.enterprise_id] = reading._replace(digest=self._bound.digest(row.line.cells))
        return None

    async def _decide(self, tx: Transaction, readings: Sequence[Reading]) -> list[Step]:
        known = await store.known(tx.db, [reading.enterprise_id for reading in readings])
        form = self._source.form
        news = [one for one in readings if not policy.is_the_same_again(one, known.get(one.enterprise_id), form)]
        before = await store.states(tx.db, [one.enterprise_id for one in news if one.enterprise_id in known])
        stored = {enterprise_id: (known[enterprise_id], state) for enterprise_id, state in before.items()}
        now, place = datetime.now(UTC), _placing(news)
        return [policy.decide(one, stored.get(one.enterprise_id), self._source, now, place) for one in news]

    async def _close(self, tx: Transaction, rows: Sequence[Numbered[Reading]]) -> list[Verdict]:
        known = await store.known(tx.db, [row.said.enterprise_id for row in rows])
        now = datetime.now(UTC)
        steps: list[Step] = []
        for row in rows:
            enterprise_id = row.said.enterprise_id
            if hash(enterprise_id.bytes) in self._lines:
                steps.append(Step(enterprise_id, "unchanged", policy.NEVER_SEEN))
                continue
            closed_on = row.said.closed_on or self._on
            steps.append(policy.close(enterprise_id, known.get(enterprise_id), closed_on, now))
            known[enterprise_id] = steps[-1].known
        await store.close(tx.db, [(step.enterprise_id, step.known.version) for step in steps if step.announcement])
        tx.announce(step.announcement for step in steps if step.announcement)
        return [step.outcome for step in steps]


def _placing(readings: Sequence[Reading]) -> Place:
    """Finds at once the places that readings without coordinates will ask for: one by one takes five times longer."""
    asked = [(one.enterprise.district, str(one.enterprise_id)) for one in readings if one.enterprise.latitude is None]
    found = dict(zip(asked, places_in(asked), strict=True))

    def place(district: str, key: str) -> tuple[float, float]:
        return found.get((district, key)) or place_in(district, key)

    return place


async def _keep(tx: Transaction, steps: Sequence[Step]) -> None:
    kept = [(step, (step.enterprise_id, step.known, step.enterprise)) for step in steps if step.enterprise]
    await store.add(tx.db, [row for step, row in kept if step.outcome == "registered"])
    await store.replace(tx.db, [row for step, row in kept if step.outcome != "registered"])
    tx.announce(step.announcement for step in steps if step.announcement)
