"""Key pairs: the private one signs tokens in tests and local runs, the public ones are all that a service holds."""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from access.caller import Role

ALGORITHM = "EdDSA"
ISSUER = "anjeon"
AUDIENCE = "anjeon-services"
PublicKeys = Mapping[str, Ed25519PublicKey]
"""By key id, the thumbprint of RFC 7638: several, so that keys can be changed while tokens are about."""


class KeyFileError(ValueError):
    """A key file that cannot be used; says which, and why."""


@dataclass(frozen=True, slots=True)
class Keys:
    """A key pair that signs tokens; no service ever has one."""

    private: Ed25519PrivateKey

    @classmethod
    def generate(cls) -> "Keys":
        """A new pair."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def read(cls, path: Path) -> "Keys":
        """The pair whose private half is in a PEM file."""
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyFileError(f"{path.name} holds another kind of key than Ed25519")
        return cls(key)

    @property
    def public(self) -> PublicKeys:
        """The half that services hold."""
        key = self.private.public_key()
        return {thumbprint(key): key}

    def write(self, private: Path, public: Path) -> None:
        """Both halves as PEM, the private one readable by its owner alone."""
        pem, pkcs8, plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        secret = self.private.private_bytes(pem, pkcs8, plain)
        with open(os.open(private, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            os.fchmod(file.fileno(), 0o600)  # the file may have been there, open to others
            file.write(secret)
        public.write_bytes(self.private.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo))

    def token(
        self,
        role: Role,
        *,
        subject: str,
        agency_id: str | None = None,
        provinces: tuple[str, ...] = (),
        hours: float = 12,
    ) -> str:
        """A signed token for one caller, good from now on for some hours."""
        now = datetime.now(UTC)
        claims = {
            "sub": subject, "roles": [role], "agency_id": agency_id, "provinces": list(provinces),
            "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + timedelta(hours=hours),
        }  # fmt: skip
        (key_id,) = self.public
        return jwt.encode(claims, self.private, algorithm=ALGORITHM, headers={"kid": key_id})


def read_public_keys(path: Path) -> PublicKeys:
    """The keys in a file: a JWKS (.json) or one or more PEM blocks; anything but public Ed25519 keys is refused."""
    text = path.read_text(encoding="ascii")
    if "PRIVATE" in text or '"d"' in text:
        raise KeyFileError(f"{path.name} holds a private key: a service must be given public keys only")
    try:
        found = _from_jwks(text) if path.suffix == ".json" else _from_pem(text)
    except (jwt.PyJWTError, ValueError) as fault:
        raise KeyFileError(f"{path.name} must hold Ed25519 public keys: {fault}") from fault
    keys = {thumbprint(key): key for key in found if isinstance(key, Ed25519PublicKey)}
    if not keys or len(keys) != len(found):
        raise KeyFileError(f"{path.name} must hold Ed25519 public keys and nothing else")
    return keys


def thumbprint(key: Ed25519PublicKey) -> str:
    """The key's id by RFC 7638."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    members = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": _base64url(raw)}, separators=(",", ":"))
    return _base64url(hashlib.sha256(members.encode()).digest())


def _from_pem(text: str) -> list[object]:
    end = "-----END PUBLIC KEY-----"
    blocks = [block + end for block in text.split(end)[:-1]]
    return [serialization.load_pem_public_key(block.strip().encode()) for block in blocks]


def _from_jwks(text: str) -> list[object]:
    return [key.key for key in jwt.PyJWKSet.from_json(text).keys]


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
