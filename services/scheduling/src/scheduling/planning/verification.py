"""The proof before publication: picture and proposal as tables, given to the verifier, whose rules are its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scheduling.planning.picture import NOBODY, REASONS, Ints, Picture, Proposal
from scheduling.planning.tables import Column, Names, dates, facts_tables, is_owed_one_more
from scheduling.verifier import PlanTables, Violation, verify_tables

_KEYS = 3


@dataclass(frozen=True)
class Broken:
    """A broken rule: how often, and the first few things that break it."""

    rule: str
    count: int
    keys: tuple[str, ...]


def broken_rules(picture: Picture, proposal: Proposal) -> list[Broken]:
    """Every rule that the proposal breaks; empty when it may be published."""
    if not len(proposal.manager) == len(proposal.day) == len(proposal.reason) == len(picture.needs):
        return [Broken("visit_lost", len(picture.needs), ())]
    names = Names(picture)
    released = [_visit_name(names.sites[site].as_py(), ordinal) for site, ordinal in picture.released.tolist()]
    report = verify_tables(
        facts_tables(picture, names), _plan(picture, names, proposal), _published(picture, names), released
    )
    return list(_by_rule(report.violations))


def _by_rule(violations: Sequence[Violation]) -> Iterator[Broken]:
    for rule in dict.fromkeys(violation.rule for violation in violations):
        keys = [violation.key for violation in violations if violation.rule == rule]
        yield Broken(rule, len(keys), tuple(keys[:_KEYS]))


def _plan(picture: Picture, names: Names, proposal: Proposal) -> PlanTables:
    """The plan as it would be: what stands, and what is proposed beside it."""
    kept, placed = picture.kept, proposal.placed
    needs, managers = picture.needs, proposal.manager[placed]
    rows = _Rows(
        np.append(kept.site, needs.site[placed]),
        np.append(kept.ordinal, needs.ordinal[placed]),
        np.append(kept.agency, picture.managers.agency[managers]),
        np.append(kept.manager, managers),
        np.append(kept.day, proposal.day[placed]),
        np.append(_stages(picture), np.full(len(placed), _STAGES.index("draft"))),
        np.append(kept.is_pinned, np.zeros(len(placed), np.int64)),
    )
    left = np.flatnonzero(proposal.manager == NOBODY)
    return PlanTables(_visits(names, rows), _unscheduled(picture, names, left, proposal.reason[left]))


def _published(picture: Picture, names: Names) -> PlanTables:
    """What sites have been told of the days that can still be planned, freed and dropped visits included."""
    kept, needs, dropped = picture.kept, picture.needs, picture.dropped
    told = kept.take(_stages(picture) == _STAGES.index("published"))
    freed = np.flatnonzero(needs.is_freed)
    columns = {
        name: np.concatenate([getattr(told, name), getattr(needs, name)[freed], getattr(dropped, name)])
        for name in ("site", "ordinal", "agency", "manager", "day")
    }
    pinned = np.concatenate([told.is_pinned, np.zeros(len(freed), np.int64), dropped.is_pinned])
    rows = _Rows(**columns, stage=np.full(len(pinned), _STAGES.index("published")), is_pinned=pinned)
    nothing = np.empty(0, np.int64)
    return PlanTables(_visits(names, rows), _unscheduled(picture, names, nothing, nothing))


@dataclass(frozen=True)
class _Rows:
    """Visits of a table, column by column."""

    site: Ints
    ordinal: Ints
    agency: Ints
    manager: Ints
    day: Ints
    stage: Ints
    is_pinned: Ints


_STAGES = ("draft", "published", "done", "missed")


def _stages(picture: Picture) -> Ints:
    """Of the visits that stand: what lies in the past is beyond any plan, whether it has been reported or not."""
    kept = picture.kept
    past = (kept.is_done == 1) | (kept.day <= picture.today)
    owed = picture.programme.minimum_visits + is_owed_one_more(picture)[kept.site]
    # Done when the programme asked for more visits: it is remembered, and counts for nothing.
    return np.where(past, np.where(kept.ordinal > owed, 3, 2), 1).astype(np.int64)


def _visits(names: Names, rows: _Rows) -> Column:
    sites = names.sites.take(pa.array(rows.site))
    return pa.table({
        "visit_id": _visit_names(sites, rows.ordinal),
        "enterprise_id": sites,
        "ordinal": pa.array(rows.ordinal),
        "agency_id": _named(names.agencies, rows.agency),
        "manager_id": _named(names.managers, rows.manager),
        "visit_on": dates(rows.day),
        "stage": pa.array(_STAGES).take(pa.array(rows.stage)),
        "pinned": pa.array(("false", "true")).take(pa.array(rows.is_pinned)),
    })  # fmt: skip


def _visit_name(site: str, ordinal: int) -> str:
    return f"{site}:{ordinal}"


def _visit_names(sites: Column, ordinal: Ints) -> Column:
    return pc.call_function("binary_join_element_wise", [sites, pa.array(ordinal).cast(pa.string()), ":"])


def _named(names: Column, places: Ints) -> Column:
    return names.take(pa.array(np.where(places == NOBODY, len(names) - 1, places)))


def _unscheduled(picture: Picture, names: Names, rows: Ints, reason: Ints) -> Column:
    codes = pa.array((*REASONS, "none"), pa.string())
    known = np.where((reason >= 0) & (reason < len(REASONS)), reason, len(REASONS))
    return pa.table({
        "enterprise_id": names.sites.take(pa.array(picture.needs.site[rows])),
        "ordinal": pa.array(picture.needs.ordinal[rows]),
        "reason": codes.take(pa.array(known)),
    })  # fmt: skip
