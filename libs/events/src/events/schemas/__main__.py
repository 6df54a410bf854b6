"""`python -m events.schemas --write | --check`: brings schemas and docs/events.md up to date, or says what is stale."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from events.contracts.envelope import CATALOGUE
from events.schemas.generate import Change, changes, write
from events.schemas.page import page
from events.schemas.readers import Reads, read_declarations, whom
from events.transport.topics import Topics


@dataclass(frozen=True)
class House:
    """Where the files are, from the top of the work tree."""

    root: Path

    @property
    def schemas(self) -> Path:
        """One folder a type, one file a minor version."""
        return self.root / "libs/events/schemas"

    @property
    def page(self) -> Path:
        """The page for people."""
        return self.root / "docs/events.md"

    def reads(self) -> Reads:
        """What each service declares to read."""
        return read_declarations(self.root / "libs/events/reads")

    def topics(self) -> Topics:
        """The topics there are."""
        return Topics.read(self.root / "deploy/topics.yaml")


@click.command()
@click.option("--write/--check", "is_writing", required=True, help="Write what is stale, or only say so.")
@click.option("--root", type=click.Path(path_type=Path, exists=True), default=Path(), help="Top of the work tree.")
def main(is_writing: bool, root: Path) -> None:
    """Schemas and docs/events.md from the contracts; a change that breaks somebody is refused and named."""
    house = House(root)
    found = changes(house.schemas, CATALOGUE.values())
    refusals = list(_refusals(found, house.reads()))
    if refusals:
        sys.exit("\n".join(refusals))
    text = page(house.topics(), house.reads())
    stale = [f"libs/events/schemas/{change.type}/{change.version}.json" for change in found]
    stale += ["docs/events.md"] if _differs(house.page, text) else []
    if is_writing:
        for change in found:
            write(house.schemas, change)
        house.page.write_text(text, "utf-8")
    elif stale:
        sys.exit("stale, run `make contracts`: " + ", ".join(stale))
    click.echo("\n".join(stale) if is_writing and stale else f"{len(CATALOGUE)} contracts up to date")


def _refusals(found: list[Change], reads: Reads) -> Iterator[str]:
    for change in found:
        for since, broken in change.breaks:
            hit = "; ".join(whom(reads, change.type, broken)) or "nobody declares to read it"
            yield f"{change.type} since {since}: {broken} -> {hit}"
    if any(change.breaks for change in found):
        yield "Within a major version only optional fields are added. Anything else is a new class on the next version."


def _differs(file: Path, text: str) -> bool:
    return not file.exists() or file.read_text("utf-8") != text


if __name__ == "__main__":
    main()
