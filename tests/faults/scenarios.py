"""All scenarios: each does one kind of harm under load and leaves the world to be audited."""

import consumers
import logs
import relays
import servers
from scenario import SCENARIOS, play

ROOMS = (consumers, relays, servers, logs)
__all__ = ["ROOMS", "SCENARIOS", "play"]
