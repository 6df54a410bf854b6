"""The command line makes keys and tokens that services accept."""

from collections.abc import Callable
from pathlib import Path

import pytest

from access.__main__ import main
from access.caller import Caller
from access.keys import read_public_keys
from access.tokens import caller_of

Printed = Callable[..., Caller]


@pytest.fixture
def printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Printed:
    """`printed("agency", "--agency-id", "a-1")`: whom a printed token speaks for."""
    main(["keys", "--out", str(tmp_path)])
    capsys.readouterr()

    def caller(role: str, *words: str) -> Caller:
        main(["token", "--role", role, "--key", str(tmp_path / "private.pem"), *words])
        return caller_of(capsys.readouterr().out.strip(), read_public_keys(tmp_path / "public.pem"))

    return caller


def test_a_printed_token_is_accepted_by_who_holds_the_public_key(printed: Printed) -> None:
    caller = printed("agency", "--agency-id", "a-1", "--provinces", "KR-11, KR-41,KR-11", "--subject", "office")
    assert caller == Caller("office", ("agency",), "a-1", ("KR-11", "KR-41"))


def test_callers_who_are_bound_to_something_else_bear_another_name(printed: Printed) -> None:
    callers = [
        printed("officer"),
        *(printed("officer", "--provinces", codes) for codes in ("KR-11", "KR-11,KR-41")),
        *(printed("agency", "--agency-id", name) for name in ("a-1", "a-2")),
        printed("agency", "--agency-id", "a-1", "--provinces", "KR-11"),
    ]
    assert callers[0] == Caller("officer", ("officer",))
    assert len({caller.subject for caller in callers}) == len(callers)


@pytest.mark.parametrize(
    ("said", "advice"), [("", "leave the option away"), (" ,", "leave"), ("KR-11,KR-12", "KR-12;")]
)
def test_provinces_that_are_none_make_no_token(
    printed: Printed, capsys: pytest.CaptureFixture[str], said: str, advice: str
) -> None:
    with pytest.raises(SystemExit):
        printed("officer", "--provinces", said)
    told = capsys.readouterr()
    assert (told.out, advice in told.err) == ("", True)
