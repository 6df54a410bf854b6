"""What eligibility hears, one function each: whatever the register says of an enterprise may change its decision."""

from collections.abc import Sequence
from functools import partial

from eligibility import store
from eligibility.model import RuleBook
from eligibility.policy import AnyFound, AnyOfThem, revise, taken_back
from events.contracts.eligibility import EnterpriseFoundEligible, EnterpriseFoundIneligible
from events.contracts.envelope import Received
from events.contracts.registry import EnterpriseChanged, EnterpriseClosed, EnterpriseRegistered
from events.transport.batch import Hears
from events.transport.outbox import Transaction


def hears(rules: RuleBook) -> Hears:
    """The facts that this service hears, decided by these rules."""
    return {
        EnterpriseRegistered: partial(on_enterprise_registered, rules),
        EnterpriseChanged: partial(on_enterprise_changed, rules),
        EnterpriseClosed: partial(on_enterprise_closed, rules),
    }


async def on_enterprise_registered(
    rules: RuleBook, tx: Transaction, batch: Sequence[Received[EnterpriseRegistered]]
) -> None:
    """A new enterprise is decided; one that had closed is open again."""
    await _decide(rules, tx, batch)


async def on_enterprise_changed(rules: RuleBook, tx: Transaction, batch: Sequence[Received[EnterpriseChanged]]) -> None:
    """A changed enterprise is decided again; one that had closed is open again."""
    await _decide(rules, tx, batch)


async def on_enterprise_closed(rules: RuleBook, tx: Transaction, batch: Sequence[Received[EnterpriseClosed]]) -> None:
    """A closed enterprise is no target any more."""
    await _decide(rules, tx, batch)


async def _decide(rules: RuleBook, tx: Transaction, batch: Sequence[Received[AnyOfThem]]) -> None:
    standings = await store.standings(tx.db, [received.fact.enterprise_id for received in batch])
    revision = revise(rules, standings, batch)
    await store.remember(tx.db, revision.standings)
    tx.announce(revision.announcements)


async def take_back(tx: Transaction, batch: Sequence[Received[AnyFound]]) -> None:
    """Its own decisions, said after the state that its database was restored to."""
    standings = await store.standings(tx.db, [received.fact.enterprise_id for received in batch])
    await store.remember(tx.db, taken_back(standings, batch))


RECALLS: Hears = {EnterpriseFoundEligible: take_back, EnterpriseFoundIneligible: take_back}
