"""Tokens: who gets in, and every known way of forging one."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from access.caller import Caller
from access.keys import AUDIENCE, ISSUER, KeyFileError, Keys, PublicKeys, read_public_keys
from access.problems import EXPIRED, NOT_OURS, Problem, RefusedError
from access.tokens import caller_of

KEYS = Keys.generate()
(KEY_ID,) = KEYS.public
AGENCY = "0b8f3d1e-5a2c-5c3f-9a55-6f0c1f4b7d20"


def claims(**changed: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    usual = {
        "sub": "kim",
        "roles": ["officer"],
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + timedelta(hours=1),
    }
    return {name: value for name, value in (usual | changed).items() if value is not None}


def signed(said: dict[str, Any], keys: Keys = KEYS, key_id: str = KEY_ID) -> str:
    return jwt.encode(said, keys.private, algorithm="EdDSA", headers={"kid": key_id})


def unsigned(header: dict[str, str], said: dict[str, Any]) -> str:
    parts = (json.dumps(part, default=lambda instant: int(instant.timestamp())).encode() for part in (header, said))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def refusal_of(token: str, keys: PublicKeys = KEYS.public) -> Problem:
    with pytest.raises(RefusedError) as refused:
        caller_of(token, keys)
    return refused.value.problem


def test_a_token_says_who_calls_and_for_whom() -> None:
    token = KEYS.token("agency", subject="office", agency_id=AGENCY, provinces=("KR-11",))
    assert caller_of(token, KEYS.public) == Caller("office", ("agency",), AGENCY, ("KR-11",))


def test_an_expired_token_is_refused_as_expired() -> None:
    assert refusal_of(KEYS.token("officer", subject="kim", hours=-0.1)) is EXPIRED


def test_a_clock_a_few_seconds_off_does_no_harm() -> None:
    just_over = datetime.now(UTC) - timedelta(seconds=3)
    assert caller_of(signed(claims(exp=just_over)), KEYS.public).subject == "kim"


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another-system"},
        {"iss": "somebody"},
        {"iat": 4_000_000_000, "exp": 4_000_000_060},
        {"exp": None},
        {"iat": None},
        {"aud": None},
        {"iss": None},
        {"sub": None},
        {"roles": None},
        {"roles": []},
        {"roles": ["king"]},
        {"roles": "officer"},
        {"roles": ["agency"]},
        {"roles": ["manager"]},
        {"sub": ""},
    ],
    ids=str,
)
def test_a_token_whose_claims_are_wrong_or_missing_is_refused(changed: dict[str, Any]) -> None:
    assert refusal_of(signed(claims(**changed))) is NOT_OURS


def test_a_token_of_another_key_is_refused_even_under_our_key_id() -> None:
    other = Keys.generate()
    assert refusal_of(other.token("officer", subject="kim")) is NOT_OURS
    assert refusal_of(signed(claims(), other, KEY_ID)) is NOT_OURS


def test_a_token_changed_after_signing_is_refused() -> None:
    head, _, signature = signed(claims(roles=["manager"], agency_id=AGENCY)).split(".")
    raised = unsigned({}, claims()).partition(".")[2]
    assert refusal_of(f"{head}.{raised}.{signature}") is NOT_OURS


@pytest.mark.parametrize("name", ["none", "None", "NONE", ""])
def test_a_token_that_claims_to_need_no_signature_is_refused(name: str) -> None:
    assert refusal_of(unsigned({"alg": name, "typ": "JWT", "kid": KEY_ID}, claims()) + ".") is NOT_OURS


def test_a_token_signed_with_the_public_key_as_a_shared_secret_is_refused() -> None:
    key = KEYS.public[KEY_ID]
    for secret in (
        key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        key.public_bytes(Encoding.Raw, PublicFormat.Raw),
    ):
        text = unsigned({"alg": "HS256", "typ": "JWT", "kid": KEY_ID}, claims())
        signature = hmac.new(secret, text.encode(), hashlib.sha256).digest()
        assert refusal_of(f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}") is NOT_OURS


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "....", "é.é.é"])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert refusal_of(token) is NOT_OURS


def test_a_key_that_is_no_longer_held_opens_nothing_and_two_may_be_held_at_once(tmp_path: Path) -> None:
    newer = Keys.generate()
    for name, keys in (("old", KEYS), ("new", newer)):
        keys.write(tmp_path / f"{name}-private.pem", tmp_path / f"{name}.pem")
    both = tmp_path / "both.pem"
    both.write_text((tmp_path / "old.pem").read_text() + (tmp_path / "new.pem").read_text())
    for keys in (KEYS, newer):
        assert caller_of(keys.token("service", subject="s"), read_public_keys(both)).roles == ("service",)
    assert refusal_of(KEYS.token("service", subject="s"), read_public_keys(tmp_path / "new.pem")) is NOT_OURS


def test_public_keys_come_as_jwks_too(tmp_path: Path) -> None:
    raw = KEYS.public[KEY_ID].public_bytes(Encoding.Raw, PublicFormat.Raw)
    key = {"kty": "OKP", "crv": "Ed25519", "x": base64.urlsafe_b64encode(raw).rstrip(b"=").decode(), "kid": "whatever"}
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [key]}))
    assert read_public_keys(tmp_path / "keys.json") == KEYS.public


def test_the_private_half_is_for_its_owner_alone_and_reads_back(tmp_path: Path) -> None:
    private = tmp_path / "private.pem"
    private.touch(mode=0o644)
    KEYS.write(private, tmp_path / "public.pem")
    assert private.stat().st_mode & 0o777 == 0o600
    assert Keys.read(private).public == read_public_keys(tmp_path / "public.pem") == KEYS.public


def test_a_service_refuses_private_keys_and_other_kinds_of_keys(tmp_path: Path) -> None:
    KEYS.write(tmp_path / "private.pem", tmp_path / "public.pem")
    other = Ed448PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "ed448.pem").write_bytes(other)
    (tmp_path / "empty.pem").write_text("")
    (tmp_path / "broken.json").write_text('{"keys": []}')
    (tmp_path / "broken.pem").write_text("-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----\n")
    for name in ("private.pem", "ed448.pem", "empty.pem", "broken.json", "broken.pem"):
        with pytest.raises(KeyFileError, match="public"):
            read_public_keys(tmp_path / name)
