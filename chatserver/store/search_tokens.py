"""What a search index stores of a text: keyed hashes of its single characters and of its pairs of adjacent characters.

They find Chinese words of one or two characters, and parts of Latin words. To somebody without the key, they only show
how many tokens two texts have in common. Nothing is indexed yet. A search must compare the texts that it finds with the
query, because a text can contain all pairs of a word in different places.
"""

import hmac
import unicodedata
from collections.abc import Iterator

DIGEST_BYTES = 8
"""With 8 bytes, two tokens can be expected to be equal once there are about 2^32 different characters and pairs. That
only costs time, because a search also compares the text itself."""


def tokens(key: bytes, text: str) -> frozenset[str]:
    """All tokens of a text, to be stored in the index."""
    return frozenset(_keyed(key, gram) for run in _runs(text) for gram in (*run, *_pairs(run)))


def wanted_tokens(key: bytes, query: str) -> frozenset[str]:
    """The tokens that every text with all words of the query has. Empty for a query without a letter or digit."""
    return frozenset(_keyed(key, gram) for run in _runs(query) for gram in (_pairs(run) or run))


def normal(text: str) -> str:
    """The text as a search compares it: without the difference between full and half width, upper and lower case."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _runs(text: str) -> Iterator[str]:
    """The parts of a text that consist of letters, marks and digits."""
    kept = (each if unicodedata.category(each)[0] in "LMN" else " " for each in normal(text))
    yield from "".join(kept).split()


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _keyed(key: bytes, gram: str) -> str:
    return hmac.digest(key, gram.encode("utf-8", "surrogatepass"), "sha256")[:DIGEST_BYTES].hex()
