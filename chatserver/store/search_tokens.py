"""What a search index stores of a text: keyed hashes of its single characters and of its pairs of neighbours.

They find Chinese words of one or two characters and parts of Latin words alike, and say nothing to somebody without the
key, but for which texts share how many of them. Nothing is indexed yet; a found text is always compared itself, because
pairs can occur without standing together.
"""

import hmac
import unicodedata
from collections.abc import Iterator

DIGEST_BYTES = 8
"""Two different grams share a token once in 2^32 grams; the text itself decides."""


def tokens(key: bytes, text: str) -> frozenset[str]:
    """Every token of a text, for its place in the index."""
    return frozenset(_keyed(key, gram) for run in _runs(text) for gram in (*run, *_pairs(run)))


def wanted_tokens(key: bytes, query: str) -> frozenset[str]:
    """What a text must have to contain each word of the query. Empty for a query without a letter or digit."""
    return frozenset(_keyed(key, gram) for run in _runs(query) for gram in (_pairs(run) or run))


def normal(text: str) -> str:
    """Full-width and half-width, upper and lower case are the same to a search."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _runs(text: str) -> Iterator[str]:
    """The parts of a text between everything that is not a letter, mark or digit."""
    kept = (each if unicodedata.category(each)[0] in "LMN" else " " for each in normal(text))
    yield from "".join(kept).split()


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _keyed(key: bytes, gram: str) -> str:
    return hmac.digest(key, gram.encode("utf-8", "surrogatepass"), "sha256")[:DIGEST_BYTES].hex()
