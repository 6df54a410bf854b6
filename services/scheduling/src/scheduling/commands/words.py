"""The words of `anjeon plan`: what each command is asked, and where its work is done.

The work is imported when a command is called: the planner takes seconds to load, and telling the words needs none.
"""
# ruff: noqa: PLC0415 - see above

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Say it as JSON on the standard output.")
OUT = click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the (new) plan."
)
FORM = click.option("--format", "form", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
_FACTS_CHANGED = (
    click.option("--suspend", multiple=True, metavar="AGENCY", help="Suspend an agency, --from a day, --until a day."),
    click.option("--away", multiple=True, metavar="MANAGER", help="A manager is on leave --from --until, or leaves."),
    click.option("--close", multiple=True, metavar="ENTERPRISE", help="An enterprise closes, --from a day."),
    click.option("--from", "since", type=DAY, help="The first day of what is suspended, away or closed."),
    click.option("--until", type=DAY, help="Its last day; without one it is for good."),
    click.option("--holiday", multiple=True, type=DAY, help="Nobody visits on this day after all."),
    click.option("--freeze", type=DAY, help="Publish what lies up to this day; nothing new is placed there any more."),
)
_VISITS_CHANGED = (
    click.option("--missed", multiple=True, metavar="VISIT", help="A visit could not be made: it gets another day."),
    click.option("--hand-back", multiple=True, metavar="ENTERPRISE", help="Its agency gives it back: another comes."),
    click.option("--another-day", multiple=True, metavar="VISIT=DAYS",
                 help="An enterprise asks for other days, such as 2023-07-03..2023-07-14|2023-08-01."),
    click.option("--pin", multiple=True, metavar="VISIT", help="A visit stays where it is, whatever is planned anew."),
    click.option("--unpin", multiple=True, metavar="VISIT", help="A pinned visit is one like any other again."),
)  # fmt: skip
_STILL_TO_COME = (
    click.option("--expect", type=click.IntRange(min=0), metavar="N",
                 help="Leave room for N more enterprises, like those known; they are in no plan."),
    click.option("--seed", default=0, show_default=True, help="Draws those of --expect; a plan itself draws nothing."),
)  # fmt: skip
_LIMITS = (
    click.option("--move-drafts", is_flag=True, help="Plan all unpinned drafts anew, not only what the facts forbid."),
    click.option("--most-moved", type=click.IntRange(min=0), help="Refuse the new plan if it moves more visits."),
    click.option("--most-dropped", type=click.IntRange(min=0),
                 help="Refuse it if more visits of PLANNED have no date in it."),
)  # fmt: skip


class _InOrder(click.Group):
    """Its commands are told in the order in which they are met."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All of them."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each with its whole sentence: two languages are too long for one line."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.get_short_help_str(limit=500)) for name, one in self.commands.items()])


@click.group(cls=_InOrder)
def plan() -> None:
    """자료 파일로 방문 계획을 세우고 검증하고 설명하고 바꿉니다 /
    Plan visits from files of facts, prove, explain and change the plan.
    """


def _with(options: tuple[Callable[[Command], Command], ...]) -> Callable[[Command], Command]:
    def decorated(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorated


@plan.command()
@click.argument("facts", type=FOLDER)
@OUT
@_with(_STILL_TO_COME)
@click.option("--picture", type=click.Path(dir_okay=False, path_type=Path), help="Draw the plan into this file.")
@FORM
@AS_JSON
def run(facts: Path, **wish: Any) -> None:
    """모든 방문의 날짜를 정합니다 / Plan FACTS: a date for every visit that can have one."""
    from scheduling.commands import run as work

    work.run(facts, wish)


@plan.command()
@click.argument("facts", type=FOLDER)
@click.argument("planned", metavar="PLAN", type=FOLDER)
@click.option("--against", type=FOLDER, help="An earlier plan: what it published or pinned must stand.")
@click.option(
    "--released",
    type=FILE,
    help="A file with a column visit_id: visits whose own site, manager or agency asked to move.",
)
@click.option("--json", "as_json", is_flag=True, help="Every violation, as JSON.")
def verify(facts: Path, planned: Path, against: Path | None, released: Path | None, as_json: bool) -> None:
    """계획이 규칙에 맞는지 검증합니다 /
    Check PLAN against FACTS, rule by rule; exit 1 if it breaks any, 2 if a file cannot be read.
    """
    from scheduling.verifier import command as work

    work.verify(facts, planned, against, released, as_json)


@plan.command()
@click.argument("facts", type=FOLDER)
@click.argument("planned", type=FOLDER)
@click.argument("enterprise")
@click.option("--ordinal", default=1, show_default=True, help="Which visit of the enterprise.")
@AS_JSON
def explain(facts: Path, planned: Path, enterprise: str, ordinal: int, as_json: bool) -> None:
    """방문 날짜의 까닭을 설명합니다 / Say why a visit of ENTERPRISE is where it is, or why it has no date."""
    from scheduling.commands import run as work

    work.explain(facts, planned, enterprise, ordinal, as_json)


@plan.command()
@click.argument("facts", type=FOLDER)
@click.argument("planned", type=FOLDER)
@OUT
@_with(_FACTS_CHANGED)
@_with(_VISITS_CHANGED)
@_with(_LIMITS)
@_with(_STILL_TO_COME)
@FORM
@AS_JSON
def replan(facts: Path, planned: Path, **wish: Any) -> None:
    """계획을 필요한 만큼만 바꿉니다 /
    Change PLANNED as little as a change of FACTS or a wish demands; exit 1 if the new plan is refused.

    With changes named here, the facts as they are then go to OUT/facts, and what was free to move to OUT/released.csv:
    `anjeon plan verify OUT/facts OUT --against PLANNED --released OUT/released.csv`.
    """
    from scheduling.commands import replan as work

    work.replan(facts, planned, wish)


@plan.command()
@click.argument("facts", type=FOLDER)
@click.argument("before", type=FOLDER)
@click.argument("after", type=FOLDER)
@AS_JSON
def diff(facts: Path, before: Path, after: Path, as_json: bool) -> None:
    """두 계획을 비교합니다 / Compare two plans of the same FACTS."""
    from scheduling.commands import run as work

    work.diff(facts, before, after, as_json)


@plan.command("what-if")
@click.argument("facts", type=FOLDER)
@click.argument("planned", type=FOLDER, required=False)
@click.option("--province", help="Only this province, such as KR-41: a second, the largest one several.")
@click.option(
    "--managers",
    type=click.FloatRange(min=-1),
    default=0.0,
    help="So many more managers: 0.1 is a tenth more, -0.15 fifteen per cent fewer.",
)
@click.option("--visits-a-day", default=0, help="So many visits a day more, or fewer, for every manager.")
@click.option("--from", "since", type=DAY, help="Another first day of the programme, or the first of the suspension.")
@click.option("--until", type=DAY, help="Another last day of the programme.")
@click.option("--suspend", help="An agency's id: suspended for good, --from a day or from the beginning.")
@click.option("--risk-weight", type=float, help="How much the riskiest count: 1 as now, 0 not at all.")
@AS_JSON
def what_if(facts: Path, planned: Path | None, **wish: Any) -> None:
    """조건이 바뀌면 어떻게 되는지 비교합니다 / Say what would become of FACTS, or of their plan PLANNED, and compare.

    With PLANNED, a question that only takes away (a suspension, fewer managers, a shorter window) leaves every visit
    where it is that may stay; others leave what is done, published or pinned, and plan the drafts from nothing. Both
    sides are planned so.
    """
    from scheduling.commands import what_if as work

    work.what_if(facts, planned, wish)


@plan.command()
@click.argument("file", type=FILE)
@click.option("--iterations", type=click.IntRange(min=1), default=100_000, show_default=True)
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="Search so long instead.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Cost, routes of each day and violations, as JSON.")
def pvrp(file: Path, iterations: int, seconds: float | None, seed: int, as_json: bool) -> None:
    """주기적 경로 문제를 풉니다 /
    Solve a periodic routing instance in Cordeau's format; exit 1 if a limit is broken.
    """
    from scheduling.pvrp import command as work

    work.pvrp(file, iterations, seconds, seed, as_json)
