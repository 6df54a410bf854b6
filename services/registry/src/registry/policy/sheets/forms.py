"""Sheets whose rows are nouns that can be sent one by one too: a column for each field, checked just the same."""

from pydantic import BaseModel, ValidationError

from registry.policy.sentences import named, of_fault
from registry.policy.sheets.cells import UnreadableError
from registry.policy.sheets.columns import Column, Row, Sheet, Values


def sheet_of(noun: type[Row], form: str) -> Sheet[Row]:
    """The sheet for a noun."""
    if not issubclass(noun, BaseModel):
        raise TypeError(f"{noun.__name__} has no fields")
    fields = noun.model_fields
    columns = tuple(Column(name, str.strip, is_needed=field.is_required()) for name, field in fields.items())

    def make(values: Values) -> Row:
        said = {name: value for name, value in zip(fields, values, strict=True) if value}
        try:
            return noun.model_validate(said)
        except ValidationError as error:
            raise _unreadable(error) from None

    return Sheet(form, columns, make)


def _unreadable(error: ValidationError) -> UnreadableError:
    found = [(named(fault["loc"]), *of_fault(fault)) for fault in error.errors()]
    return UnreadableError(
        "; ".join(f"{name}: {korean}" for name, korean, _ in found),
        "; ".join(f"{name}: {english}" for name, _, english in found),
        "|".join(name for name, _, _ in found),
    )
