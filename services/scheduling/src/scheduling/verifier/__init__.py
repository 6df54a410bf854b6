"""Proves a plan valid, or names what breaks it; shares no code with the planner."""

from scheduling.verifier.findings import Report, Violation
from scheduling.verifier.folders import FactsTables, MissingFileError, PlanTables
from scheduling.verifier.sentences import RULES
from scheduling.verifier.verify import verify, verify_tables

__all__ = ["RULES", "FactsTables", "MissingFileError", "PlanTables", "Report", "Violation", "verify", "verify_tables"]
