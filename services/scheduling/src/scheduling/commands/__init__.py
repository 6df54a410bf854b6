"""`anjeon plan`: plan the nation from files, explain it, change it, compare."""

from importlib import import_module

import click

_COMMANDS = {
    "run": "scheduling.commands.run:run",
    "verify": "scheduling.verifier.command:verify",
    "explain": "scheduling.commands.run:explain",
    "replan": "scheduling.commands.replan:replan",
    "diff": "scheduling.commands.run:diff",
    "what-if": "scheduling.commands.what_if:what_if",
    "pvrp": "scheduling.pvrp.command:pvrp",
}


class _Commands(click.Group):
    """Each command is imported when it is called: the planner takes seconds to load, and proving a plan needs none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All of them, in the order in which they are met."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        return getattr(import_module(module), name)


plan = _Commands("plan", help="Plan visits from files of facts, prove, explain and change the plan.")
