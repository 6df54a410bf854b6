"""What the scheduling service must be told from outside."""

from typing import Literal

from pydantic_settings import SettingsConfigDict

from events.transport.settings import TransportSettings


class Settings(TransportSettings):
    """Environment variables named SCHEDULING_…."""

    model_config = SettingsConfigDict(env_prefix="SCHEDULING_")

    http_port: int = 8103
    planner: Literal["plain", "national"] = "national"
    """Which planner computes plans; `plain` needs a tenth of the time and drives three times as far."""
    books_after: Literal["today", "reports"] = "today"
    """New days lie after today; or, where a past year is played again, after the last day that a report spoke of."""
    lease_seconds: float = 30
    """A plan whose planner has not been heard of for so long is taken again."""
    gather_seconds: float = 10
    """Enterprises that come after a plan wait so long for others before they are given their days."""
    replan_hours: float = 6
    """Where they found none, a plan is asked for after so long."""
    freeze_days: int = 0
    """So many days behind today (or the last report) get no new visits from a plan."""
