"""What people read, in both languages: labels side by side, sentences in a line each."""

from typing import NamedTuple


class Both(NamedTuple):
    """A word or a sentence in Korean and in English."""

    ko: str
    en: str

    @property
    def label(self) -> str:
        return f"{self.en} · {self.ko}"

    @property
    def stacked(self) -> str:
        """A label above figures, which are narrow."""
        return f"{self.en}\n{self.ko}"

    @property
    def lines(self) -> str:
        return f"{self.ko}\n{self.en}"

    @property
    def error(self) -> str:
        """As a command says why it cannot do what it was asked."""
        return f"오류: {self.ko}\nError: {self.en}"

    def of(self, what: object) -> "Both":
        """The same, said of a file, a word or a place."""
        return Both(f"{what}: {self.ko}", f"{what}: {self.en}")


class ToldError(ValueError):
    """Something that people gave cannot be used: why, and what to do."""

    def __init__(self, ko: str, en: str) -> None:
        self.told = Both(ko, en)
        super().__init__(self.told.lines)
