"""The planner and the verifier share no code, so a test holds their words together."""

from scheduling.planner.model import SECTORS, Reason, Stage
from scheduling.verifier import facts, visits


def test_both_know_the_same_reasons_stages_and_sectors() -> None:
    assert [reason.name.lower() for reason in Reason] == list(visits.REASONS)
    assert [stage.name.lower() for stage in Stage] == list(visits.STAGES)
    assert SECTORS == facts.SECTORS
