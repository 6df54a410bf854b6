"""`anjeon`: the operators' command line; other packages add groups to it by the entry point `anjeon.commands`."""

from importlib.metadata import EntryPoint, entry_points

import click

_GROUP = "anjeon.commands"
_OWN = EntryPoint("topics", "ops.topics:topics", _GROUP)


class _Commands(click.Group):
    """Groups say their words only, and load their work when called: neither numba to list topics, nor Kafka to plan."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Our own commands and those of the installed packages."""
        return sorted(_found())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        entry = _found().get(cmd_name)
        return entry.load() if entry else None


def _found() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in (_OWN, *entry_points(group=_GROUP))}


main = _Commands("anjeon", help="Keep Anjeon up, and plan with it.")
