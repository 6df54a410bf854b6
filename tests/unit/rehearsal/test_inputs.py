"""Whatever `make run` was told and cannot be is refused before anything is touched."""

import pytest

from rehearsal.inputs import WrongInputError, read_settings


@pytest.mark.parametrize(("name", "said"), [("PLANNER", "typo"), ("ENTERPRISES", "many"), ("ENTERPRISES", "0")])
def test_what_cannot_be_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, name: str, said: str) -> None:
    monkeypatch.setenv(name, said)
    with pytest.raises(WrongInputError, match=f"{name}={said}"):
        read_settings()
