"""`anjeon plan`: plan the nation from files, explain it, change it, compare."""

import click

from scheduling.commands.replan import replan
from scheduling.commands.run import diff, explain, run
from scheduling.commands.what_if import what_if
from scheduling.pvrp.command import pvrp
from scheduling.verifier.command import verify


@click.group()
def plan() -> None:
    """Plan visits from files of facts, prove, explain and change the plan."""


for command in (run, verify, explain, replan, diff, what_if, pvrp):
    plan.add_command(command)
