"""From bytes to rows: encodings, quotes, and bad lines between good ones."""

import csv
import io
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.policy.sheets.cells import UnreadableError
from registry.policy.sheets.lines import LONGEST, SAMPLE, Line, Lines, encoding_of

CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=("Cs",)), max_size=12)


def lines_of(chunks: Iterable[bytes]) -> list[Line]:
    lines = Lines()
    found = [line for chunk in chunks for line in lines.feed(chunk)]
    return found + list(lines.close())


def good(lines: list[Line]) -> list[list[str]]:
    return [line.cells for line in lines if line.fault is None]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_korean_is_read_in_every_encoding_that_circulates(encoding: str) -> None:
    text = "사업장명,주소\r\n(주))현대개발,대구광역시  동구\r\n"
    assert good(lines_of([text.encode(encoding)])) == [["사업장명", "주소"], ["(주))현대개발", "대구광역시  동구"]]


def test_utf_16_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnreadableError, match="UTF-8"):
        lines_of(["이름".encode("utf-16")])


def test_one_broken_byte_does_not_turn_a_utf_8_file_into_another() -> None:
    assert encoding_of("이름\n가람\n나래\n".encode() + b"\xff\n") == "utf-8"


def test_the_encoding_is_told_by_a_sample_and_held_to() -> None:
    header = "이름,주소\n"
    body = "가람정밀,서울\n".encode("cp949") * (SAMPLE // 10)
    lines = Lines()
    assert list(lines.feed(header.encode("cp949"))) == []
    found = [*lines.feed(body), *lines.feed("나래,부산\n".encode("cp949")), *lines.close()]
    assert lines.encoding == "cp949"
    assert found[-1].cells == ["나래", "부산"]


def test_a_line_that_cannot_be_decoded_is_refused_alone() -> None:
    found = lines_of(["a,b\n가,1\n".encode() + b"\xff\xfe,2\n" + "나,3\n".encode()])
    assert [line.number for line in found if line.fault] == [3]
    assert found[2].raw == "\\xff\\xfe,2"
    assert good(found) == [["a", "b"], ["가", "1"], ["나", "3"]]


def test_a_line_with_a_nul_is_refused_alone() -> None:
    found = lines_of([b"a,b\n1,\0\n2,3\n"])
    assert [(line.number, line.raw) for line in found if line.fault] == [(2, "1,\\x00")]
    assert good(found)[-1] == ["2", "3"]


def test_a_quoted_cell_may_hold_commas_quotes_and_line_ends() -> None:
    found = lines_of([b'a,b\n"x, ""y""\nz",1\n2,3\n'])
    assert [(line.number, line.cells) for line in found] == [(1, ["a", "b"]), (2, ['x, "y"\nz', "1"]), (4, ["2", "3"])]


def test_a_quote_inside_a_cell_is_a_letter() -> None:
    assert good(lines_of([b'a,b\n5" pipe,1\n2,3\n'])) == [["a", "b"], ['5" pipe', "1"], ["2", "3"]]


@pytest.mark.parametrize("rows_after", [1, 50])
def test_a_quote_that_never_closes_spoils_its_own_row_only(rows_after: int) -> None:
    after = b"".join(b"%d,x\n" % number for number in range(rows_after))
    found = lines_of([b'a,b\n"open,1\n' + after])
    assert [line.number for line in found if line.fault] == [2]
    assert len(good(found)) == 1 + rows_after
    assert found[-1].number == 2 + rows_after


def test_a_quoted_cell_with_a_lone_carriage_return_outside_is_refused() -> None:
    found = lines_of([b'a,b\n"x",y\rz\n2,3\n'])
    assert [line.number for line in found if line.fault] == [2]


@pytest.mark.parametrize("end", [b"\n1,2\n", b"\n1,2", b"", b"y\n"])
def test_a_line_longer_than_any_row_is_refused_and_not_kept(end: bytes) -> None:
    chunks = [b"a,b\n", b"x" * (LONGEST + 1), b"x" * (LONGEST + 1), end]
    found = lines_of(chunks)
    assert [line.number for line in found if line.fault] == [2]
    assert good(found) == [["a", "b"], *([["1", "2"]] if b"1" in end else [])]


def test_empty_lines_and_rows_of_empty_cells_are_passed_over_but_counted() -> None:
    found = lines_of([b"a,b\n\n,\n1,2\n\n"])
    assert [(line.number, line.cells) for line in found] == [(1, ["a", "b"]), (4, ["1", "2"])]


def test_nothing_comes_of_nothing() -> None:
    assert lines_of([b""]) == []


@settings(deadline=None)
@given(rows=st.lists(st.lists(CELL, min_size=2, max_size=3), max_size=8), size=st.integers(1, 40))
def test_what_was_written_is_read_however_it_is_cut(rows: list[list[str]], size: int) -> None:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    content = written.getvalue().encode()
    chunks = [content[at : at + size] for at in range(0, len(content), size)]
    assert good(lines_of(chunks)) == [row for row in rows if any(row)]
