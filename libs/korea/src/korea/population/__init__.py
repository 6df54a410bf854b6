"""A synthetic Korea to try everything on: `populate`, and the writers of its files. None of it is real."""

from korea.population.files import write_plan_facts, write_registry_files
from korea.population.generation import populate
from korea.population.model import Population, Programme

__all__ = ["Population", "Programme", "populate", "write_plan_facts", "write_registry_files"]
