"""What is wrong with a file as a whole or with a name that was said, and what to do about it."""

from collections.abc import Iterable
from pathlib import Path

from scheduling.both import Both

_KINDS = {"agency": "기관", "manager": "관리자", "enterprise": "사업장"}


def without_table(folder: Path, stem: str) -> Both:
    """A folder lacks one of its files."""
    return Both(
        f"{folder}에 {stem}.csv도 {stem}.parquet도 없습니다. 그 파일이 있는 폴더를 지정하십시오.",
        f"{folder} has neither {stem}.csv nor {stem}.parquet. Name the folder that has them.",
    )


def without_column(file: object, names: str) -> Both:
    """A file lacks columns without which nothing can be made of it."""
    return Both(
        f"{file}에 다음 열이 없습니다: {names}. 머리글과 모든 행에 넣으십시오.",
        f"{file} has no column {names}. Add it to the header and every row.",
    )


def in_another_code(file: object, reason: str) -> Both:
    """A file holds letters that are not UTF-8."""
    return Both(
        f"{file} 파일이 UTF-8이 아닙니다({reason}). UTF-8로 저장하십시오.",
        f"{file} is not UTF-8 ({reason}). Save it as UTF-8.",
    )


def damaged(file: object, fault: Exception) -> Both:
    """A file is none of a table, or none that can be opened."""
    reason = str(fault).partition("\n")[0]
    return Both(
        f"{file} 파일을 읽을 수 없습니다({reason}). 머리글이 있는 UTF-8 CSV나 Parquet으로 저장하십시오.",
        f"{file} cannot be read ({reason}). Save it as CSV in UTF-8 or as Parquet, with a header.",
    )


def unknown(kind: str, names: Iterable[str]) -> Both:
    """Somebody is named whom the facts do not know."""
    named = ", ".join(names)
    return Both(f"등록된 자료에 없는 {_KINDS[kind]}입니다: {named}.", f"The facts know no {kind} {named}.")
