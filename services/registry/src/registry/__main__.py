"""`python -m registry serve | migrate`."""

from events.transport.command import run
from registry.main import build

if __name__ == "__main__":
    run(build)
