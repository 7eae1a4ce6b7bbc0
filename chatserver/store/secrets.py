"""What is stored of a secret token: its SHA-256, never the token. A hash of 256 random bits needs no salt."""

import hashlib
import hmac


def token_hash(token: str) -> bytes:
    """The stored hash of `token`."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def same(one: bytes, other: bytes) -> bool:
    """Whether two hashes are equal, in constant time."""
    return hmac.compare_digest(one, other)


def address_hash(key: bytes, address: str) -> bytes:
    """The keyed hash of a network address: two addresses have different hashes, and without the server's key a hash
    does not reveal its address."""
    return hmac.digest(key, address.encode(), "sha256")
