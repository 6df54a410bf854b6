"""`anjeon plan run`, `explain` and `diff`: plan from files, say why, compare two plans."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from scheduling.bar import progress
from scheduling.commands.asked import expected
from scheduling.commands.proving import Grounds, write_proved
from scheduling.commands.terminal import BadInput, answers, place_of, read, read_planned, say
from scheduling.planfiles import explaining, telling
from scheduling.planfiles.plans import write_plan, write_refusals
from scheduling.planfiles.shortages import certificate, certificate_as_json
from scheduling.planner import pipeline
from scheduling.planner.difference import difference
from scheduling.planner.events import live
from scheduling.planner.measures import measure
from scheduling.planner.model import Reason
from scheduling.planner.reasons import SENTENCES
from scheduling.planner.shortfall import certify
from scheduling.planner.why import why


def run(facts: Path, wish: dict[str, Any]) -> None:
    """Plans the facts, and draws the plan where a picture is wished for."""
    reading = read(facts)
    with progress() as tell:
        made = pipeline.plan(reading.facts, tell, forecast=expected(reading.facts, wish))

    def write(folder: Path) -> None:
        write_plan(folder, reading.names, made, wish["form"])
        write_refusals(folder, reading.refusals)

    write_proved(wish["out"], Grounds(facts), write)
    figures, proof = measure(reading.facts, made), certify(reading.facts)
    if wish["picture"]:
        from scheduling.planfiles.picture import draw  # noqa: PLC0415 - drawing loads slowly and is seldom wanted

        draw(wish["picture"], reading, made)
    if wish["as_json"]:
        refused = [asdict(one) for one in reading.refusals]
        said = telling.measures_as_json(figures, made)
        say(said | {"certificate": certificate_as_json(proof), "refused": refused})
        return
    console = answers()
    telling.summary(console, figures, made.seconds)
    telling.reasons(console, made)
    certificate(console, proof, len(made.unscheduled.site))


def explain(facts: Path, planned: Path, enterprise: str, ordinal: int, as_json: bool) -> None:
    """Says why a visit is where it is, or why it has no date."""
    reading = read(facts)
    made = read_planned(planned, reading).plan
    site = place_of(enterprise, reading.names.enterprises, "enterprise")
    missing = (made.unscheduled.site == site) & (made.unscheduled.ordinal == ordinal)
    if missing.any():
        _say_reason(Reason(int(made.unscheduled.reason[missing][0])), as_json)
        return
    if not ((made.visits.site == site) & (made.visits.ordinal == ordinal) & (made.visits.day >= 0)).any():
        raise BadInput(
            f"이 계획에 사업장 {enterprise}의 {ordinal}차 방문이 없습니다.",
            f"The plan has no visit {ordinal} of {enterprise}.",
        )
    found = why(live(reading.facts, made.visits), site, ordinal)
    if as_json:
        choices = {
            kind: [explaining.choice_as_json(reading.names, reading.facts, one) for one in some]
            for kind, some in explaining.choices_of(found).items()
        }
        say({"ko": found.sentence[0], "en": found.sentence[1]} | choices)
    else:
        explaining.explanation(answers(), reading.names, reading.facts, found)


def _say_reason(reason: Reason, as_json: bool) -> None:
    korean, english = SENTENCES[reason]
    if as_json:
        say({"reason": reason.name.lower(), "ko": korean, "en": english})
    else:
        click.echo(f"{reason.name.lower()}: {korean} / {english}")


def diff(facts: Path, before: Path, after: Path, as_json: bool) -> None:
    """Compares two plans of the same facts."""
    reading = read(facts)
    one, other = (read_planned(folder, reading).all_visits for folder in (before, after))
    change, plans = difference(reading.facts, one, other), telling.Two(reading, one, other)
    if as_json:
        say(telling.changes(change) | {"moves": telling.moves(change, plans)})
    else:
        telling.difference(answers(), change, plans)
