"""From a token to a caller, or to the reason why not."""

import jwt
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from access.caller import ROLES_OF_AN_AGENCY, Caller, Role
from access.keys import ALGORITHM, AUDIENCE, ISSUER, PublicKeys
from access.problems import EXPIRED, NOT_OURS, RefusedError

LEEWAY_SECONDS = 10
REQUIRED = ["exp", "iat", "aud", "iss", "sub", "roles"]


class _Claims(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    sub: str = Field(min_length=1)
    roles: list[Role]
    agency_id: str | None = None
    provinces: list[str] = []

    @model_validator(mode="after")
    def _an_agency_is_named(self) -> "_Claims":
        if not self.roles or (self.agency_id is None and not ROLES_OF_AN_AGENCY.isdisjoint(self.roles)):
            raise ValueError("a role, and for an agency's people their agency, must be named")
        return self


def caller_of(token: str, keys: PublicKeys) -> Caller:
    """The caller that a token speaks for; RefusedError unless one of the keys signed it, for us, and in time."""
    try:
        key = keys.get(str(jwt.get_unverified_header(token).get("kid")))
        if key is None:
            raise RefusedError(NOT_OURS)
        said = jwt.decode(
            token, key, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=ISSUER,
            leeway=LEEWAY_SECONDS, options={"require": REQUIRED},
        )  # fmt: skip
        claims = _Claims.model_validate(said)
    except jwt.ExpiredSignatureError:
        raise RefusedError(EXPIRED) from None
    except (jwt.InvalidTokenError, ValidationError):
        raise RefusedError(NOT_OURS) from None
    return Caller(claims.sub, tuple(claims.roles), claims.agency_id, tuple(claims.provinces))
