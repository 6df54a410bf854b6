"""Settings: the database's sessions are those of a projection, whatever address was given."""

import pytest

from reporting.settings import Settings


@pytest.mark.parametrize("address", ["postgresql://u:p@db/reporting", "postgresql://u@/reporting?host=/run/pg"])
def test_the_sessions_of_a_projection_do_not_wait_for_the_disk(address: str) -> None:
    settings = Settings.model_validate({"database_url": address, "http_port": 1, "access_keys": "unused"})
    assert settings.database_url.startswith(address)
    assert "synchronous_commit=off" in settings.database_url.partition("?")[2]
