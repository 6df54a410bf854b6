"""What is checked in more than one noun: business numbers, provinces, coordinates, lists in a cell."""

from datetime import date
from operator import mul
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from korea.provinces import PROVINCES

CHECK_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)
_PROVINCES = frozenset(one.code for one in PROVINCES)


def is_business_number(digits: str) -> bool:
    """Whether ten digits are a business registration number: the last one checks the others."""
    if len(digits) != 10 or not digits.isascii() or not digits.isdecimal():
        return False
    return (sum(map(mul, CHECK_WEIGHTS, map(int, digits))) + int(digits[8]) * 5 // 10 + int(digits[9])) % 10 == 0


def listed(cell: object) -> object:
    return [part.strip() for part in cell.split("|") if part.strip()] if isinstance(cell, str) else cell


def _checked(number: str) -> str:
    digits = number.replace("-", "").strip()
    if not is_business_number(digits):
        raise ValueError("business_number")
    return digits


def _province(code: str) -> str:
    if code not in _PROVINCES:
        raise ValueError("province")
    return code


Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]  # PostgreSQL keeps no NUL
Name = Annotated[Text, Field(min_length=1)]
BusinessNumber = Annotated[str, AfterValidator(_checked)]
Province = Annotated[str, AfterValidator(_province)]
Latitude = Annotated[float, Field(ge=32, le=39.5)]
Longitude = Annotated[float, Field(ge=124, le=132.5)]
Days = Annotated[tuple[date, ...], BeforeValidator(listed)]


class Said(BaseModel):
    """Something that people send in; what they say besides is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)
