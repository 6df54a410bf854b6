"""Who is calling: the roles there are, and what each of them may see."""

from dataclasses import dataclass
from typing import Literal, get_args
from uuid import UUID

Role = Literal["officer", "agency", "manager", "operator", "service"]
"""officer: the ministry's programme officer. agency: a private agency's office. manager: a safety manager.
operator: keeps the system up. service: another service of ours."""
ROLES: tuple[Role, ...] = get_args(Role)
ROLES_OF_AN_AGENCY: frozenset[Role] = frozenset({"agency", "manager"})
ROLES_FOR_THE_NATION: frozenset[Role] = frozenset({"officer", "service"})


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of one request; a safety manager's `subject` is the manager's id, no provinces means all."""

    subject: str
    roles: tuple[Role, ...]
    agency_id: str | None = None
    provinces: tuple[str, ...] = ()

    @property
    def sees_every_agency(self) -> bool:
        """Officers and services do."""
        return not ROLES_FOR_THE_NATION.isdisjoint(self.roles)

    @property
    def is_only_a_manager(self) -> bool:
        """A manager who is nothing else sees nobody but themselves."""
        return "manager" in self.roles and "agency" not in self.roles and not self.sees_every_agency

    def may_see_agency(self, agency_id: UUID | str) -> bool:
        """Officers and services see every agency, an agency's office and its managers their own, operators none."""
        if self.sees_every_agency:
            return True
        return not ROLES_OF_AN_AGENCY.isdisjoint(self.roles) and self.agency_id == str(agency_id)

    def may_see_manager(self, manager_id: UUID | str, agency_id: UUID | str) -> bool:
        """Whoever may see the agency may see its managers, except that a manager sees nobody but themselves."""
        is_themselves = self.subject == str(manager_id)
        return self.may_see_agency(agency_id) and (is_themselves or not self.is_only_a_manager)

    def may_see_province(self, province: str) -> bool:
        """Whether a province (ISO 3166-2:KR) is within the caller's; a token that names none is for all of them."""
        return not self.provinces or province in self.provinces
