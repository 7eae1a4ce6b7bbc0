"""The parameters of the page's address that the panel's script keeps.

The script has the usual list, as two regular expressions. Where the hospital's rules name more, its lists are written
in their places. So a page never sends a parameter that is not on the hospital's list, and the script is not longer for
hospitals that name none.
"""

import re
from typing import NamedTuple

from chatserver.domain.sources import LISTED, Sources

KEPT = (
    b"/^(utm_(source|medium|campaign|content|term)|hm(sr|pl|cu|kw|ci)|from|source|e"
    b"|(e_)?(plan|unit|keyword|creative)(_?id)?)$/"
)
"""`KEPT` of widget/src/loader/visit.ts: the names in `LISTED`."""
WORDS = b"/word|term|kw/"
"""`WORDS` of widget/src/loader/counts.ts: parameters with the visitor's own words, which the counters never get."""
A_WORD = re.compile(WORDS.decode().strip("/"))
OF_COUNTERS = frozenset({"site", "page", "referrer", "parameters", "counts", "shown", "opened", "invited", "accepted"})
"""What a page reports itself under these names. A parameter with such a name and the visitor's words is not kept."""


class Names(NamedTuple):
    """The parameters that a page keeps, in order, and those of them with the visitor's words that the usual list does
    not know."""

    kept: tuple[str, ...]
    words: tuple[str, ...]


def named_by(sources: Sources) -> Names | None:
    """What the rules name; None if it is the usual list."""
    own = {name for rule in sources.rules for name in rule.keywords if A_WORD.search(name) is None}
    kept = sources.listed - (own & OF_COUNTERS)
    words = tuple(sorted(own & kept))
    return Names(tuple(sorted(kept)), words) if kept != LISTED or words else None


def written(script: bytes, names: Names) -> bytes:
    """The panel's script with these names."""
    kept = "|".join(re.escape(each) for each in names.kept)
    script = script.replace(KEPT, f"/^({kept})$/".encode())
    if names.words:
        words = "|".join(re.escape(each) for each in names.words)
        script = script.replace(WORDS, WORDS[:-1] + f"|^({words})$/".encode())
    return script
