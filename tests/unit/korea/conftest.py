"""Populations to look at, made once."""

from pathlib import Path

import pytest

from korea.population import Population, populate, write_registry_files


@pytest.fixture(scope="session")
def population() -> Population:
    return populate(4_000)


@pytest.fixture(scope="session")
def nation() -> Population:
    return populate(200_000)


@pytest.fixture(scope="session")
def registry(population: Population, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registry")
    write_registry_files(folder, population)
    return folder
