"""Keys and tokens on the command line: `keys --out DIR`, `token --role officer --key FILE`."""

import argparse
import sys
from pathlib import Path

from access.caller import ROLES
from access.keys import Keys


def main(words: list[str] | None = None) -> None:
    """Writes a new key pair, or prints a token."""
    said = _parser().parse_args(words)
    if said.command == "keys":
        said.out.mkdir(parents=True, exist_ok=True)
        Keys.generate().write(said.out / "private.pem", said.out / "public.pem")
        sys.stdout.write(f"{said.out / 'private.pem'} {said.out / 'public.pem'}\n")
        return
    keys, provinces = Keys.read(said.key), tuple(filter(None, said.provinces.split(",")))
    token = keys.token(
        said.role, subject=said.subject or said.role, agency_id=said.agency_id, provinces=provinces, hours=said.hours
    )
    sys.stdout.write(f"{token}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="access", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    keys = commands.add_parser("keys", help="write private.pem (mode 0600) and public.pem")
    keys.add_argument("--out", type=Path, required=True)
    token = commands.add_parser("token", help="print a signed token")
    token.add_argument("--role", choices=ROLES, required=True)
    token.add_argument("--key", type=Path, required=True, help="private.pem")
    token.add_argument("--subject", help="who calls; for a manager the manager's id (default: the role)")
    token.add_argument("--agency-id", help="needed for the roles agency and manager")
    token.add_argument("--provinces", default="", help="KR-11,KR-26 (default: all)")
    token.add_argument("--hours", type=float, default=12)
    return parser


if __name__ == "__main__":
    main()
