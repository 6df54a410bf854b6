"""Keys and tokens on the command line: `keys --out DIR`, `token --role officer --key FILE`."""

import argparse
import sys
from pathlib import Path

from access.caller import ROLES
from access.keys import Keys
from korea.provinces import PROVINCES

_CODES = tuple(province.code for province in PROVINCES)


def main(words: list[str] | None = None) -> None:
    """Writes a new key pair, or prints a token."""
    said = _parser().parse_args(words)
    if said.command == "keys":
        said.out.mkdir(parents=True, exist_ok=True)
        Keys.generate().write(said.out / "private.pem", said.out / "public.pem")
        sys.stdout.write(f"{said.out / 'private.pem'} {said.out / 'public.pem'}\n")
        return
    # Two who are bound to something else are two, or each would pass for the sender of the other's imports.
    subject = said.subject or "-".join(filter(None, (said.role, said.agency_id, *said.provinces)))
    scope = {"agency_id": said.agency_id, "provinces": said.provinces}
    sys.stdout.write(f"{Keys.read(said.key).token(said.role, subject=subject, hours=said.hours, **scope)}\n")


def _provinces(said: str) -> tuple[str, ...]:
    codes = tuple(sorted({code.strip() for code in said.split(",")} - {""}))
    if not codes:
        raise argparse.ArgumentTypeError("names no province; leave the option away for the whole nation")
    unknown = [code for code in codes if code not in _CODES]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"no province has the code {', '.join(unknown)}; there are {', '.join(_CODES)}"
        )
    return codes


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="access", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    keys = commands.add_parser("keys", help="write private.pem (mode 0600) and public.pem")
    keys.add_argument("--out", type=Path, required=True)
    token = commands.add_parser("token", help="print a signed token")
    token.add_argument("--role", choices=ROLES, required=True)
    token.add_argument("--key", type=Path, required=True, help="private.pem")
    token.add_argument("--subject", help="who calls; for a manager the manager's id (default: role and scope)")
    token.add_argument("--agency-id", help="needed for the roles agency and manager")
    token.add_argument("--provinces", type=_provinces, default=(), help="KR-11,KR-26 (default: the whole nation)")
    token.add_argument("--hours", type=float, default=12)
    return parser


if __name__ == "__main__":
    main()
