"""What the registry must be told from outside."""

from pydantic_settings import SettingsConfigDict

from events.transport.settings import TransportSettings


class Settings(TransportSettings):
    """Environment variables beginning with REGISTRY_."""

    model_config = SettingsConfigDict(env_prefix="REGISTRY_")
