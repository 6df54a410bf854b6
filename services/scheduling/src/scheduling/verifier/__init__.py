"""Proves a plan valid, or names what breaks it; shares no code with the planner."""

from scheduling.verifier.findings import Report, Violation
from scheduling.verifier.folders import FactsTables, PlanTables, UnreadableFileError
from scheduling.verifier.sentences import RULES
from scheduling.verifier.verify import verify, verify_tables

__all__ = [
    "RULES",
    "FactsTables",
    "PlanTables",
    "Report",
    "UnreadableFileError",
    "Violation",
    "verify",
    "verify_tables",
]
