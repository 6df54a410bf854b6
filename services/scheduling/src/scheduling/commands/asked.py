"""What the words of `anjeon plan replan` ask for: a change of the facts, and of single visits."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scheduling.both import Both
from scheduling.commands.terminal import BadInput, as_date, place_of
from scheduling.planfiles.amend import Amendment, Spell, amend
from scheduling.planfiles.cells import UnreadableError, spans
from scheduling.planfiles.facts import Reading
from scheduling.planfiles.plans import visits_named
from scheduling.planner.forecast import forecast, in_proportion
from scheduling.planner.model import Facts, Flags, Sites, Stage, Visits
from scheduling.planner.wishes import Change, Named, Wishes

_NO_DAY = Both(
    "날짜가 없습니다. VISIT=2023-07-03..2023-07-14|2023-08-01과 같이 적으십시오.",
    "no day is named. Say VISIT=2023-07-03..2023-07-14|2023-08-01.",
)


def amended(facts: Path, target: Path, wish: dict[str, Any]) -> Path:
    """The folder of facts to plan with: the one given, or a copy with the changes in it."""
    asked = Amendment(
        suspended=wish["suspend"],
        away=wish["away"],
        closed=wish["close"],
        spell=_spell(wish),
        holidays=[said.date() for said in wish["holiday"]],
        frozen_until=as_date(wish["freeze"]),
    )
    return facts if asked.is_empty else write_amended(facts, target, asked)


def write_amended(facts: Path, target: Path, asked: Amendment) -> Path:
    """A copy of the facts with an amendment in it."""
    try:
        amend(facts, target, asked)
    except UnreadableError as fault:
        raise BadInput(*fault.told) from fault
    except OSError as fault:
        raise BadInput(f"자료를 옮겨 쓸 수 없습니다({fault}).", f"The facts cannot be copied ({fault}).") from fault
    return target


def _spell(wish: dict[str, Any]) -> Spell | None:
    since, until = as_date(wish["since"]), as_date(wish["until"])
    named = wish["suspend"] or wish["away"] or wish["close"]
    if named and not since:
        raise BadInput("언제부터입니까? --from에 날짜를 적으십시오.", "Since when? Say --from DAY.")
    if (since or until) and not named:
        raise BadInput(
            "그날부터 누구에게 적용할지 적지 않았습니다. "
            "--suspend에 기관, --away에 관리자 또는 --close에 사업장을 적으십시오.",
            "Who from that day on? Say --suspend AGENCY, --away MANAGER or --close ENTERPRISE.",
        )
    if since and until and until < since:
        raise BadInput(
            f"--until {until}이(가) --from {since}보다 빠릅니다. 더 늦은 날을 --until에 적으십시오.",
            f"--until {until} lies before --from {since}. Say the later day last.",
        )
    return Spell(since, until) if since else None


def change_of(reading: Reading, planned: Path, before: Visits, wish: dict[str, Any]) -> Change:
    """What is asked of single visits, which are to be pinned or let go, whether drafts may move, who is expected."""
    other_days = [text.partition("=") for text in wish["another_day"]]
    days_asked = [(name, _days(reading, name, cell)) for name, _, cell in other_days]
    asked = [*wish["missed"], *wish["pin"], *wish["unpin"], *(name for name, _ in days_asked)]
    known = visits_named(planned, reading.names, asked)
    for name in asked:
        _check(before, name, known.get(name))
    handed_back = [place_of(name, reading.names.enterprises, "enterprise") for name in wish["hand_back"]]
    _check_apart(asked, [known[name] for name, _ in days_asked], handed_back)
    wishes = Wishes(
        [known[name] for name in wish["missed"]],
        list(dict.fromkeys(handed_back)),
        [(known[name], days) for name, days in days_asked],
    )
    return Change(
        wishes,
        pins=[known[name] for name in wish["pin"]],
        unpins=[known[name] for name in wish["unpin"]],
        publishes=bool(wish["freeze"]),
        moves_drafts=wish["move_drafts"],
        expected=expected(reading.facts, wish),
    )


def expected(facts: Facts, wish: dict[str, Any]) -> Sites | None:
    """Those who are still to come, if the command is to leave room for any."""
    if wish["expect"] is None:
        return None
    return forecast(facts, in_proportion(facts.sites, wish["expect"]), wish["seed"])


def _days(reading: Reading, name: str, cell: str) -> Flags:
    """The days that somebody asks for, among those on which anybody works."""
    dates = reading.facts.calendar.dates
    try:
        found = [(dates >= first) & (dates <= last) for first, last in spans(cell)]
    except UnreadableError as fault:
        raise BadInput(*fault.told.of(f"--another-day {name}")) from fault
    if not found:
        raise BadInput(*_NO_DAY.of(f"--another-day {name}"))
    return np.asarray(np.any(found, axis=0), np.bool_)


def _check(before: Visits, name: str, named: Named | None) -> None:
    """Only a visit that stands and is still to come can be asked to move or to stay."""
    stands = (before.stage == Stage.DRAFT) | (before.stage == Stage.PUBLISHED)
    if named is None or not (stands & (before.site == named[0]) & (before.ordinal == named[1])).any():
        raise BadInput(
            f"이 계획에 앞으로 할 방문 {name}이(가) 없습니다.", f"The plan has no visit {name} that is still to come."
        )


def _check_apart(asked: Sequence[str], days: list[Named], handed_back: list[int]) -> None:
    """What asks for two things at once takes two steps: the second follows from what the first has made of it."""
    twice = [name for name, count in Counter(asked).items() if count > 1]
    if twice:
        raise BadInput(
            f"방문 {twice[0]}을(를) 두 번 적었습니다. 한 가지를 먼저 요청하고, 나머지는 그 뒤의 계획에 요청하십시오.",
            f"Visit {twice[0]} is named twice. Ask for one thing, and for the other of the plan after it.",
        )
    if {site for site, _ in days} & set(handed_back):
        raise BadInput(
            "한 사업장을 반납하면서 다른 날도 요청했습니다. 먼저 반납하고, 그 뒤의 계획에 다른 날을 요청하십시오.",
            "One enterprise is handed back and asks for another day. Hand it back, then ask of that plan.",
        )
