"""The planner: pure functions from facts to a plan, and from an event to the few visits that it changes."""

from scheduling.planner.model import Facts, Plan
from scheduling.planner.pipeline import plan

__all__ = ["Facts", "Plan", "plan"]
