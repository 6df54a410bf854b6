"""What `make run` may be told: how many enterprises, whose list, and whether to stay."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """Environment variables of the same names, in capitals: `make run ENTERPRISES=200000 ONCE=1`."""

    enterprises: int = Field(default=10_000, ge=1, le=400_000)
    """How many targeted enterprises the synthetic population has; 200,000 is the nation."""
    enterprises_file: Path | None = None
    """A real list (the registry's template, or the pension service's file) instead of the synthetic one."""
    seed: int = 2023
    once: bool = False
    """End with the summary instead of keeping the page up."""
    keep: bool = False
    """Play nothing; show what the last run left."""
    planner: str = "national"
    """`plain` for the plain planner."""
    home: Path = Field(default=Path(".local"), validation_alias="ANJEON_HOME")
    out: Path = Field(default=Path("build/run"), validation_alias="ANJEON_OUT")
