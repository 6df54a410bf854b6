"""The short set: every scenario once, with fewer facts; `make faults` runs five seeds of each."""

import pytest

from audit import Verdict
from scenarios import SCENARIOS, play
from stack import Stack
from world import world

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(240),
    # The harness's own connections die with the servers that it kills; what they leave is not the product's.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.mark.parametrize("name", SCENARIOS)
async def test_nothing_is_lost_doubled_swapped_or_invented_when(name: str, stack: Stack) -> None:
    async with world(stack, f"t{name.replace('_', '')[:24]}", events=1_500) as made:
        verdict = await play(name, made, 1)
    assert verdict == Verdict(verdict.events)
