"""What eligibility must be told from outside."""

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from events.transport.settings import TransportSettings


class Settings(TransportSettings):
    """From environment variables `ELIGIBILITY_…`."""

    model_config = SettingsConfigDict(env_prefix="ELIGIBILITY_")

    rules_file: Path | None = None
    """Rule sets to use instead of those that ship with the service."""
