"""The command line makes keys and tokens that services accept."""

from pathlib import Path

import pytest

from access.__main__ import main
from access.caller import Caller
from access.keys import read_public_keys
from access.tokens import caller_of


def test_a_printed_token_is_accepted_by_who_holds_the_public_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["keys", "--out", str(tmp_path)])
    capsys.readouterr()
    words = ["--agency-id", "a-1", "--provinces", "KR-11,KR-41", "--subject", "office"]
    main(["token", "--role", "agency", "--key", str(tmp_path / "private.pem"), *words])
    printed = capsys.readouterr().out.strip()
    caller = caller_of(printed, read_public_keys(tmp_path / "public.pem"))
    assert caller == Caller("office", ("agency",), "a-1", ("KR-11", "KR-41"))
