"""Makes the containers' passwords and access keys, once, and gives each service only its own.

Runs as a one-shot container: below /secrets is one volume for each service, one for PostgreSQL and one for the key
pair that signs tokens. What is there already stays, so every later start finds the same passwords.
"""

import os
import secrets
import shutil
import sys
from pathlib import Path

from access.keys import Keys

ROOT = Path("/secrets")
POSTGRES = 999
"""User id of the server in the official image."""
ANJEON = 10001
"""User id of the services, from deploy/Dockerfile."""


def main(services: list[str]) -> None:
    """A password for the superuser and each service, the keys, and the services' copies of their own."""
    passwords = {name: _password(ROOT / "postgres" / name) for name in ("superuser", *services)}
    _make_keys(ROOT / "keys")
    for name in services:
        # libpq's password file, which asyncpg reads too: the password is in no variable that `docker inspect` shows.
        _write(ROOT / name / "pgpass", f"postgres:5432:{name}:{name}:{passwords[name]}\n", ANJEON)
        shutil.copy(ROOT / "keys" / "public.pem", ROOT / name / "public.pem")


def _password(file: Path) -> str:
    if not file.exists():
        _write(file, secrets.token_urlsafe(24), POSTGRES)
    return file.read_text("ascii")


def _make_keys(folder: Path) -> None:
    private = folder / "private.pem"
    if not private.exists():
        Keys.generate().write(private, folder / "public.pem")
        os.chown(private, ANJEON, -1)


def _write(file: Path, text: str, owner: int) -> None:
    file.touch(mode=0o600)
    file.write_text(text, "ascii")
    os.chown(file, owner, -1)


if __name__ == "__main__":
    main(sys.argv[1:])
