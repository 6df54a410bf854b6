"""Whatever file a document names is there: links, and paths in backticks, as a reader would look for them."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    path
    for path in (
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *ROOT.glob("*/*/README.md"),
        ROOT / "deploy/README.md",
    )
)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
NAMED = re.compile(r"`([\w./-]+/[\w.-]+\.(?:py|md|toml|yaml|yml|sh|lock|sql|ts))`")
PLACES = ("", "services/*/src", "libs/*/src", "libs/*/src/*", "deploy/*/src", "services/*/src/*")
"""Where a path may begin: the document's own folder, the root, or a package, which is how the code names it."""


def is_there(document: Path, path: str) -> bool:
    places = (document.parent.glob(path), *(ROOT.glob(f"{place}/{path}".lstrip("/")) for place in PLACES))
    return (document.parent / path).exists() or any(True for found in places for _ in found)


@pytest.mark.parametrize("document", DOCUMENTS, ids=[str(path.relative_to(ROOT)) for path in DOCUMENTS])
def test_a_document_names_only_files_that_are_there(document: Path) -> None:
    text = document.read_text("utf-8")
    named = {*LINK.findall(text), *NAMED.findall(text)}
    assert [path for path in sorted(named) if not is_there(document, path)] == []
