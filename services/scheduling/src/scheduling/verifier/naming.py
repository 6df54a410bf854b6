"""A visit's id says whose it is: UUIDv5 of programme, enterprise and ordinal, so no plan can give it to another."""

from collections.abc import Iterator
from hashlib import sha1

from scheduling.verifier.facts import Facts
from scheduling.verifier.findings import Found, about
from scheduling.verifier.visits import Visits


def misnamed(f: Facts, v: Visits) -> Found:
    """Visits whose id is that of another one, or of none; facts that name no programme leave ids as they are."""
    if not f.programme.space:
        return
    for i, (said, meant) in enumerate(zip(v.visit_id.to_pylist(), _ids(f.programme.space, v), strict=True)):
        if said.lower() != meant:
            yield about("visit_misnamed", v, i, meant=meant)


def _ids(space: bytes, v: Visits) -> Iterator[str]:
    """RFC 4122: the first 32 digits of the SHA-1, with the version 5 and the variant written into them."""
    named = sha1(space, usedforsecurity=False)
    for enterprise, ordinal in zip(v.enterprise_id.to_pylist(), v.ordinal.tolist(), strict=True):
        digest = named.copy()
        digest.update(f"{enterprise}:{ordinal}".encode())
        h = digest.hexdigest()
        yield f"{h[:8]}-{h[8:12]}-5{h[13:16]}-{'89ab'[int(h[16], 16) & 3]}{h[17:20]}-{h[20:32]}"
