"""A plan is written only when the verifier, which knows nothing of how it was made, finds nothing against it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

from scheduling.bar import progress
from scheduling.commands.terminal import CONSOLE, Refused
from scheduling.planfiles.plans import RELEASED
from scheduling.verifier import verify
from scheduling.verifier.command import names_in, tell

STALE = ("visits.csv", "visits.parquet", "unscheduled.csv", "unscheduled.parquet", "refused.csv", RELEASED)


@dataclass(frozen=True)
class Grounds:
    """What a plan is judged by: the facts, and the plan that held before it."""

    facts: Path
    before: Path | None = None


def write_proved(out: Path, grounds: Grounds, write: Callable[[Path], None]) -> None:
    """Writes the files of a plan, once they are proved valid; otherwise tells what they break and writes nothing."""
    with TemporaryDirectory() as room:
        made = Path(room)
        write(made)
        released = made / RELEASED
        free = names_in(released) if released.exists() else ()
        with progress() as tell_step:
            report = verify(grounds.facts, made, grounds.before, free, tell_step)
        if not report.is_valid:
            tell(report, CONSOLE)
            raise Refused(
                "새 계획이 위 규칙에 어긋나 거부했습니다. 아무것도 쓰지 않았습니다.",
                "Refused: the new plan breaks the rules above. Nothing was written.",
            )
        out.mkdir(parents=True, exist_ok=True)
        for name in STALE:
            (out / name).unlink(missing_ok=True)
        copytree(made, out, dirs_exist_ok=True)
