"""`python -m reporting serve | migrate | dead-letters`."""

from events.transport.command import run
from reporting.main import build

if __name__ == "__main__":
    run(build)
