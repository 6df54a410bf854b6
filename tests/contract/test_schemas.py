"""The checked-in schemas and docs/events.md are what the contracts say today, and only ever grew."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from events.contracts.envelope import CATALOGUE, Fact
from events.schemas.__main__ import main
from events.schemas.compatibility import breaks_between
from events.schemas.generate import versions_of

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "libs/events/schemas"
CONTRACTS = sorted(CATALOGUE.values(), key=lambda contract: contract.type)


def test_nothing_is_stale() -> None:
    result = CliRunner().invoke(main, ["--check", "--root", str(ROOT)])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.__name__)
def test_every_minor_version_is_additive_to_all_before_it(contract: type[Fact]) -> None:
    versions = versions_of(FOLDER, contract)
    for number, later in enumerate(versions):
        for earlier in versions[:number]:
            assert breaks_between(earlier.schema, later.schema) == [], f"{contract.type}: {earlier} to {later}"


def test_no_schema_is_of_a_fact_that_nobody_knows() -> None:
    assert {folder.name for folder in FOLDER.iterdir()} == set(CATALOGUE)
