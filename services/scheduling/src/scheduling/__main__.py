"""`python -m scheduling serve|migrate|dead-letters`."""

from events.transport.command import run
from scheduling.main import build

if __name__ == "__main__":
    run(build)
