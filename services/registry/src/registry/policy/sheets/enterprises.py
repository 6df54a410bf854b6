"""The sheets of enterprises that are understood, and what each has to say."""

from registry.model.enterprises import Reading
from registry.policy.sheets.columns import Bound
from registry.policy.sheets.pension import PENSION, SAYS
from registry.policy.sheets.template import TEMPLATE

SHEETS = (TEMPLATE, PENSION)


def says_of(bound: Bound[Reading]) -> frozenset[str]:
    """The fields of an enterprise that a sheet with this header decides about."""
    if bound.sheet is PENSION:
        return SAYS
    return bound.says | {"is_placed"} if "latitude" in bound.says else bound.says
