"""Whatever command a document tells to type is one: read by the program's own parser, and not carried out."""

import argparse
import re
import runpy
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/*/README.md"), ROOT / "deploy/README.md")
CODE = re.compile(r"^```\w*\n(?P<block>.*?)^```|^ {4}(?P<line>.*)$|`(?P<span>[^`\n]+)`", re.MULTILINE | re.DOTALL)
PROGRAM = re.compile(
    r"^(?:\w+=\$\()?(?:(?:\.venv/bin/)?python -m (?P<module>[\w.]+)|(?:\.venv/bin/)?(?P<name>anjeon)(?!\S)"
    r"|(?P<service>SERVICE|registry|eligibility|scheduling|reporting)(?= (?:serve|migrate|dead-letters)))(?P<words>.*)"
)
COMMENT = re.compile(r"(?<=\S)(?: {2,}|\s+#).*")
NOTATION = re.compile(r"[\[\]()]|\|\S*")
ELIDED = {"replan …": "replan FACTS PLAN --out NEW"}
MEANT = {"N": "1", "S": "1", "K": "1", "DAY": "2023-07-03", "…": "--help"}
FOLDERS = ("FACTS", "PLAN", "NEW/facts", "BEFORE", "AFTER", "EARLIER", "deploy")
FILES = ("FILE", "NEW/released.csv", "deploy/topics.yaml")
MODULES = {"anjeon": "ops.main"}
WITHOUT_WORDS = ("rehearsal", "scheduling.planning.worker")
TARGETS = set(re.findall(r"^(\w+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
PARSE, INVOKE = argparse.ArgumentParser.parse_args, click.Command.invoke


class Understood(BaseException):
    """The words were understood, and what they ask for would come next."""


def typed(document: Path) -> Iterator[str]:
    """Every piece of code of a document, line by line."""
    for found in CODE.finditer(document.read_text("utf-8")):
        yield from next(filter(None, found.groups()), "").splitlines()


def commands() -> dict[str, tuple[str, list[str]]]:
    """Our own programs as the documents call them, and with which words."""
    found = dict[str, tuple[str, list[str]]]()
    for document in DOCUMENTS:
        for line in typed(document):
            if match := PROGRAM.match(COMMENT.sub("", line.strip())):
                program = match["module"] or match["name"] or match["service"].replace("SERVICE", "eligibility")
                found[f"{document.name}: {match[0]}"] = (program, list(words_of(match["words"])))
    return found


def words_of(text: str) -> Iterator[str]:
    """The words with every option that is offered and the first of every choice; a bare name asks what it can do."""
    for short, whole in ELIDED.items():
        text = text.replace(short, whole)
    words = NOTATION.sub(" ", text).split()
    return (MEANT.get(word, word) for word in (words if len(words) > 1 else [*words, "--help"]))


def parse_only(parser: argparse.ArgumentParser, *words: Any) -> None:
    PARSE(parser, *words)
    raise Understood


def invoke_groups_only(command: click.Command, context: click.Context) -> Any:
    if isinstance(command, click.Group):
        return INVOKE(command, context)
    raise Understood


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the documents' names stand for is there."""
    for folder in FOLDERS:
        (tmp_path / folder).mkdir(parents=True)
    for file in FILES:
        (tmp_path / file).touch()
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def only_understand(named: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, list[str]], None]:
    """A program is called, and does no more than understand its words."""
    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse_only)
    monkeypatch.setattr(click.Command, "invoke", invoke_groups_only)

    def called(program: str, words: list[str]) -> None:
        monkeypatch.setattr(sys, "argv", [program, *words])
        with warnings.catch_warnings(action="ignore"):  # another test may have imported it
            started = runpy.run_module(MODULES.get(program, program), run_name="__main__")
        if program in MODULES:
            started["main"]()

    return called


COMMANDS = commands()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_documented_command_is_understood(
    name: str, only_understand: Callable[[str, list[str]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    program, words = COMMANDS[name]
    if program in WITHOUT_WORDS:
        assert find_spec(program)
        return
    with pytest.raises((Understood, SystemExit)) as end:
        only_understand(program, words)
    assert isinstance(end.value, Understood) or not end.value.code, capsys.readouterr().err


def test_commands_are_found_and_wrong_ones_refused(only_understand: Callable[[str, list[str]], None]) -> None:
    assert {program for program, _ in COMMANDS.values()} >= {"anjeon", "stack", "access", "korea", "eligibility"}
    for program, words in (("anjeon", ["topics", "verify"]), ("access", ["token"]), ("stack", ["--hom", "x", "up"])):
        with pytest.raises(SystemExit) as end:
            only_understand(program, words)
        assert end.value.code == 2


@pytest.mark.parametrize("document", DOCUMENTS, ids=[str(path.relative_to(ROOT)) for path in DOCUMENTS])
def test_what_a_document_tells_make_to_make_is_a_target(document: Path) -> None:
    orders = [COMMENT.sub("", line).split()[1:] for line in typed(document) if re.match(r"make [a-z]", line)]
    asked = {word for words in orders for word in words if "=" not in word}
    assert asked - TARGETS == set()
