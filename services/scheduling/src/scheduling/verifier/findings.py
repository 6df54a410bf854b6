"""What the verifier found: which rule, whose key, and the values that prove it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scheduling.verifier.cells import BadCell, as_day
from scheduling.verifier.sentences import sentence
from scheduling.verifier.visits import STAGES, Visits


@dataclass(frozen=True)
class Violation:
    """One broken rule; `key` names the visit, or the enterprise, or the manager and day."""

    rule: str
    key: str
    values: Mapping[str, object]

    def said(self, language: str) -> str:
        return sentence(self.rule, language, {"key": self.key, **self.values})

    def as_json(self) -> dict[str, object]:
        told = {"sentence_ko": self.said("ko"), "sentence_en": self.said("en")}
        return {"rule": self.rule, "key": self.key, **told, "values": dict(self.values)}


Found = Iterator[Violation]


@dataclass(frozen=True)
class Report:
    """Everything that was checked and everything that was found."""

    enterprises: int
    visits: int
    unscheduled: int
    violations: tuple[Violation, ...]
    refused_facts: tuple[BadCell, ...]

    @property
    def is_valid(self) -> bool:
        return not self.violations

    @property
    def by_rule(self) -> dict[str, int]:
        return dict(Counter(violation.rule for violation in self.violations).most_common())

    def as_json(self) -> dict[str, Any]:
        return {
            "valid": self.is_valid,
            "enterprises": self.enterprises,
            "visits": self.visits,
            "unscheduled": self.unscheduled,
            "refused_fact_rows": len({(cell.file, cell.row) for cell in self.refused_facts}),
            "by_rule": self.by_rule,
            "violations": [violation.as_json() for violation in self.violations],
        }


def visit_values(v: Visits, i: int) -> dict[str, object]:
    """The visit as the plan states it."""
    return {
        "row": int(v.row[i]),
        "enterprise_id": v.enterprise_id[i].as_py(),
        "ordinal": int(v.ordinal[i]),
        "agency_id": v.agency_id[i].as_py(),
        "manager_id": v.manager_id[i].as_py(),
        "visit_on": as_day(v.day[i]),
        "stage": STAGES[int(v.stage[i])],
    }


def about(rule: str, v: Visits, i: int, **values: object) -> Violation:
    return Violation(rule, v.visit_id[i].as_py(), {**visit_values(v, i), **values})
