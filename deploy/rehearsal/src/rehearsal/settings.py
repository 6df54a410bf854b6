"""What `make run` may be told: how many enterprises, whose list, and whether to stay."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings

from stack.home import NEEDED_BYTES

MOST_ENTERPRISES = 400_000
BYTES_AN_ENTERPRISE = 30_000
"""On the disk; measured: 5.8 GB after 200,000, of them up to 4 GB PostgreSQL's write-ahead log."""
MEMORY_BYTES, MEMORY_AN_ENTERPRISE = 1_000_000_000, 8_000


class Settings(BaseSettings):
    """Environment variables of the same names, in capitals: `make run ENTERPRISES=200000 ONCE=1`."""

    enterprises: int = Field(default=10_000, ge=1, le=MOST_ENTERPRISES)
    """How many enterprises the programme targets; 200,000 is the nation. Unless said, a list's rows are counted."""
    enterprises_file: Path | None = None
    """A real list (the registry's template, or the pension service's file) instead of the synthetic one."""
    seed: int = Field(default=2023, ge=0)
    once: bool = False
    """End with the summary instead of keeping the page up."""
    keep: bool = False
    """Play nothing; show what the last run left."""
    planner: Literal["national", "plain"] = "national"
    """`plain` for the plain planner."""
    home: Path = Field(default=Path(".local"), validation_alias="ANJEON_HOME")
    out: Path = Field(default=Path("build/run"), validation_alias="ANJEON_OUT")

    @property
    def is_large(self) -> bool:
        """Whether a run takes so much that one should be told before."""
        return not self.keep and self.enterprises > 50_000

    @property
    def what_it_takes(self) -> str:
        """What a run of this size takes, in two languages."""
        disk, memory = self.needed_bytes / 1e9, MEMORY_BYTES + self.enterprises * MEMORY_AN_ENTERPRISE
        return (
            f"ENTERPRISES={self.enterprises} takes about {disk:.0f} GB of disk and {memory / 1e9:.0f} GB of memory. · "
            f"디스크 약 {disk:.0f}GB, 메모리 약 {memory / 1e9:.0f}GB가 필요합니다."
        )

    @property
    def needed_bytes(self) -> int:
        """The room that a run of this size takes on the disk."""
        return NEEDED_BYTES + self.enterprises * BYTES_AN_ENTERPRISE
