"""From a stream of bytes to rows of cells: whatever the encoding, and without one bad line spoiling those after it."""

import csv
import re
from collections.abc import Iterator
from typing import NamedTuple

from registry.policy.sheets.cells import UnreadableError

SAMPLE = 65_536
"""Bytes by which the encoding is told."""
LONGEST = 65_536
"""Bytes that a line may have; what is longer is no table."""
MOST_LINES = 20
"""Lines that one row may span; a quote that opens and does not close would otherwise swallow the rest of the file."""
BOM = b"\xef\xbb\xbf"
_WHOLE = re.compile(r'(?:"(?:[^"]|"")*+"[^,]*+|[^",][^,]*+|)(?:,(?:"(?:[^"]|"")*+"[^,]*+|[^",][^,]*+|))*+')


class Line(NamedTuple):
    """A row as it stands in a file, at the line where it begins; either its cells or what is wrong with it."""

    number: int
    raw: str
    cells: list[str]
    fault: UnreadableError | None = None


class Lines:
    """Takes bytes as they come and gives rows; holds no more than a line or a sample of them."""

    def __init__(self) -> None:
        self.encoding = ""
        self._rest = b""
        self._number = 0
        self._is_skipping = False
        self._open: list[str] = []

    def feed(self, chunk: bytes) -> Iterator[Line]:
        """The rows that are whole with these bytes."""
        self._rest += chunk
        if not self.encoding and len(self._rest) < SAMPLE:
            return
        self._detect()
        whole, newline, self._rest = self._rest.rpartition(b"\n")
        if newline:
            yield from self._take(whole)
        if len(self._rest) > LONGEST:
            yield from self._too_long()

    def close(self) -> Iterator[Line]:
        """The rows that are left at the end."""
        self._detect()
        if self._rest:
            yield from self._take(self._rest)
        while self._open:
            yield from self._give_up()

    def _detect(self) -> None:
        if self.encoding:
            return
        self.encoding = encoding_of(self._rest)
        self._rest = self._rest.removeprefix(BOM)

    def _too_long(self) -> Iterator[Line]:
        if not self._is_skipping:
            yield Line(self._number + 1, "", [], UnreadableError("줄이 너무 깁니다", "the line is too long", "row"))
        self._is_skipping, self._rest = True, b""

    def _take(self, block: bytes) -> Iterator[Line]:
        if self._is_skipping:
            _, newline, block = block.partition(b"\n")
            self._is_skipping, self._number = False, self._number + 1
            if not newline:
                return
        try:
            text = block.decode(self.encoding)
        except UnicodeDecodeError:
            yield from self._line_by_line(block)
            return
        if "\0" in text:
            yield from self._line_by_line(block)
            return
        for line in text.split("\n"):
            yield from self._line(line)

    def _line_by_line(self, block: bytes) -> Iterator[Line]:
        for encoded in block.split(b"\n"):
            try:
                line = encoded.decode(self.encoding)
            except UnicodeDecodeError:
                line = "\0"
            if "\0" in line:
                self._number += 1
                raw = encoded.decode(self.encoding, "backslashreplace").replace("\0", "\\x00").rstrip("\r")
                fault = UnreadableError(
                    f"{self.encoding}로 읽을 수 없는 글자가 있습니다", f"has bytes that are not {self.encoding}", "row"
                )
                yield Line(self._number, raw, [], fault)
            else:
                yield from self._line(line)

    def _line(self, line: str) -> Iterator[Line]:
        self._number += 1
        line = line.rstrip("\r")
        if not self._open and '"' not in line:
            if line.strip(","):  # spreadsheets leave rows of empty cells behind
                yield Line(self._number, line, line.split(","))
            return
        self._open.append(line)
        row = "\n".join(self._open)
        if _WHOLE.fullmatch(row):
            number, self._open = self._number - len(self._open) + 1, []
            yield _quoted(number, row)
        elif len(self._open) >= MOST_LINES:
            yield from self._give_up()

    def _give_up(self) -> Iterator[Line]:
        """The first of the open lines is at fault; the others get another chance without it."""
        first, *others = self._open
        fault = UnreadableError("따옴표가 닫히지 않았습니다", "a quotation mark does not close", "row")
        self._number -= len(self._open) - 1
        yield Line(self._number, first, [], fault)
        self._open = []
        for line in others:
            yield from self._line(line)


def _quoted(number: int, row: str) -> Line:
    try:
        return Line(number, row, next(csv.reader(f"{line}\n" for line in row.split("\n"))))
    except csv.Error:
        fault = UnreadableError("따옴표 안팎의 글자를 읽을 수 없습니다", "its quoted cells cannot be read", "row")
        return Line(number, row, [], fault)


def encoding_of(sample: bytes) -> str:
    """utf-8 or cp949: that in which fewer of the sample's lines cannot be read."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableError("UTF-16 파일입니다. CSV UTF-8로 저장하십시오", "is UTF-16; save it as CSV UTF-8", "file")
    lines = sample.removeprefix(BOM).rpartition(b"\n")[0].split(b"\n") if b"\n" in sample else [sample]
    return min(("utf-8", "cp949"), key=lambda encoding: _undecodable(lines, encoding))


def _undecodable(lines: list[bytes], encoding: str) -> int:
    faults = 0
    for line in lines:
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            faults += 1
    return faults
