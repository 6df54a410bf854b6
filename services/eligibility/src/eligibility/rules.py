"""Reads the dated rule sets from their file; a file with a mistake in it stops the start, and says where."""

import tomllib
from importlib.resources import files
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError

from eligibility.model import RuleBook, RuleBookError, RuleSet

_RULE_SETS = TypeAdapter(tuple[RuleSet, ...], config=ConfigDict(extra="forbid"))


def read_rules(file: Path | None = None) -> RuleBook:
    """The rule book in a file, or the one that ships with the service.

    Raises `RuleBookError`, naming what is wrong.
    """
    text = file.read_text("utf-8") if file else (files("eligibility") / "rules.toml").read_text("utf-8")
    try:
        return RuleBook(_RULE_SETS.validate_python(tomllib.loads(text).get("rule_set", ())))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise RuleBookError(f"{file or 'rules.toml'} cannot be used: {error}") from error
