"""`anjeon plan`: plan the nation from files, explain it, change it, compare."""

from scheduling.commands.words import plan

__all__ = ["plan"]
