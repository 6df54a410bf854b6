"""The key pair of one installation: callers' tokens are signed with one half, its services are given the other."""

from access.keys import Keys
from stack.home import Home


def key_pair(home: Home) -> Keys:
    """The folder's own pair, made at its first start."""
    private, public = home.private_key, home.public_key
    keys = Keys.read(private) if private.exists() else Keys.generate()
    if not (private.exists() and public.exists()):
        keys.write(private, public)
    return keys
