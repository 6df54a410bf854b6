"""What reporting must be told from outside, and how its database sessions differ from those of the other services."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from pydantic import field_validator
from pydantic_settings import SettingsConfigDict

from events.transport.settings import TransportSettings

SESSION = {
    # A pure projection may commit without waiting for the disk: a crash of PostgreSQL takes the newest facts and the
    # positions that say they were heard, both or neither, and the log gives them again from there.
    "synchronous_commit": "off",
    # Counting takes some 100 ms; compiling such a query first takes longer than it saves.
    "jit": "off",
}


class Settings(TransportSettings):
    """Environment variables beginning with REPORTING_."""

    model_config = SettingsConfigDict(env_prefix="REPORTING_")

    @field_validator("database_url")
    @classmethod
    def _with_session_settings(cls, address: str) -> str:
        parts = urlsplit(address)
        query = "&".join(filter(None, (parts.query, urlencode(SESSION))))
        return urlunsplit(parts._replace(query=query))
