"""`python -m eligibility serve | migrate | dead-letters`."""

from eligibility.main import build
from events.transport.command import run

run(build)
