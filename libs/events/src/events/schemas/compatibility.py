"""What may change in a contract: within a major version optional additions, and nothing else.

The list is Confluent's lenient one (an optional addition is compatible although an open schema let such data through
before), held in both directions: a reader of either version reads what a publisher of the other one says, because the
log keeps every fact and services are deployed apart. Off-the-shelf checkers refuse even an optional addition.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from events.schemas.shapes import LEAST, NO_DEFAULT, Node, Shape, shape_of

Hit = Literal["old readers", "new readers", "both"]
"""Old readers meet new facts while services are deployed; new readers meet old facts in the log."""


@dataclass(frozen=True, slots=True)
class Break:
    """One change that somebody could not read over."""

    field: str
    """Dotted path; the first part is the field of the fact, empty for the fact as a whole."""
    what: str
    hits: Hit
    spares_others: bool = False
    """Whether those who do not read the field can still read the fact; otherwise they refuse it as a whole."""

    @property
    def top_field(self) -> str:
        """The fact's own field that the change is in."""
        return self.field.partition(".")[0].removesuffix("[]")

    def __str__(self) -> str:
        return f"{self.field or 'the fact'}: {self.what} (breaks {self.hits})"


def breaks_between(old: Node, new: Node) -> list[Break]:
    """Every change from one version of a schema to another that is not an optional addition."""
    return [*_routing(old, new), *_compare("", shape_of(_without_routing(old)), shape_of(_without_routing(new)))]


def _routing(old: Node, new: Node) -> Iterator[Break]:
    for keyword in sorted(_extensions(old) | _extensions(new)):
        if old.get(keyword) != new.get(keyword):
            name = keyword.removeprefix("x-")
            yield Break("", f"{name} changed from {old.get(keyword)} to {new.get(keyword)}", "both")


def _extensions(schema: Node) -> set[str]:
    return {keyword for keyword in schema if keyword.startswith("x-")}


def _without_routing(schema: Node) -> dict[str, Any]:
    return {keyword: schema[keyword] for keyword in schema if not keyword.startswith("x-")}


def _compare(field: str, old: Shape, new: Shape) -> Iterator[Break]:
    yield from _compare_types(field, old, new)
    yield from _compare_enums(field, old, new)
    yield from _compare_bounds(field, old, new)
    yield from _compare_properties(field, old, new)
    if old.rest != new.rest:
        yield Break(field, f"retyped from {old.rest or 'nothing'} to {new.rest or 'nothing'}", "both")
    if old.items and new.items:
        yield from _compare(f"{field}[]", old.items, new.items)
    elif old.items or new.items:
        yield Break(field, "items retyped", "both")
    if NO_DEFAULT not in (old.default, new.default) and old.default != new.default:
        yield Break(field, f"default changed from {old.default} to {new.default}", "both", spares_others=True)


def _compare_types(field: str, old: Shape, new: Shape) -> Iterator[Break]:
    gained, lost = new.types - old.types, old.types - new.types
    if (gained, lost) == ({"number"}, {"integer"}):  # every integer is a number: one direction is left
        lost = frozenset()
    elif (gained, lost) == ({"integer"}, {"number"}):
        gained = frozenset()
    if gained and lost:
        yield Break(field, f"retyped from {_names(old.types)} to {_names(new.types)}", "both")
    elif gained:
        yield Break(field, f"widened: may be {_names(gained)} now", "old readers")
    elif lost:
        yield Break(field, f"narrowed: may not be {_names(lost)} any more", "new readers")


def _compare_enums(field: str, old: Shape, new: Shape) -> Iterator[Break]:
    if old.enum is None or new.enum is None:
        if old.enum is not new.enum:
            narrowed = new.enum is not None
            what = "narrowed to a list of values" if narrowed else "widened from a list of values"
            yield Break(field, what, "new readers" if narrowed else "old readers")
        return
    if added := new.enum - old.enum:
        yield Break(field, f"value added: {_names(added)}", "old readers")
    if removed := old.enum - new.enum:
        yield Break(field, f"value removed: {_names(removed)}", "new readers")


def _compare_bounds(field: str, old: Shape, new: Shape) -> Iterator[Break]:
    for keyword in sorted(old.bounds.keys() | new.bounds.keys()):
        endless = float("-inf") if keyword in LEAST else float("inf")
        before, after = old.bounds.get(keyword, endless), new.bounds.get(keyword, endless)
        if before == after:
            continue
        narrowed = after > before if keyword in LEAST else after < before
        what = f"{'narrowed' if narrowed else 'widened'}: {keyword} from {before} to {after}"
        yield Break(field, what, "new readers" if narrowed else "old readers")


def _compare_properties(field: str, old: Shape, new: Shape) -> Iterator[Break]:
    for name in sorted(old.properties.keys() | new.properties.keys()):
        inner = f"{field}.{name}" if field else name
        if name not in new.properties:
            is_needed = name in old.required
            what = f"{'required' if is_needed else 'optional'} field removed"
            yield Break(inner, what, "old readers", spares_others=not is_needed)
        elif name not in old.properties:
            if name in new.required:
                yield Break(inner, "required field added", "new readers")
        else:
            yield from _compare_presence(inner, name in old.required, name in new.required)
            yield from _compare(inner, old.properties[name], new.properties[name])


def _compare_presence(field: str, was_required: bool, is_required: bool) -> Iterator[Break]:
    if was_required and not is_required:
        yield Break(field, "no longer required", "old readers")
    elif is_required and not was_required:
        yield Break(field, "now required", "new readers")


def _names(values: frozenset[str]) -> str:
    return ", ".join(sorted(values))
