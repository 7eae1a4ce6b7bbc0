"""What is counted on the hospital's pages. A count says how often something happened, and never to whom."""

import re
from typing import Literal, NamedTuple, get_args

from chatserver.domain.visits import one_line

Kind = Literal["shown", "opened", "invited", "accepted", "quick", "first_message"]
"""`quick`: a quick question that was answered before the first message. It is no conversation, and is counted apart."""
KINDS: tuple[Kind, ...] = get_args(Kind)

HOUR_MS = 3_600_000
OTHER_PAGES = "*"
"""The page under which all further ones are counted, when a site has too many."""
LONGEST_PATH = 200
FEW = 5
"""A number of browsers below this is not shown: it would say that somebody in particular is there."""

PATH = re.compile(r"/[^?#\s\\]*")


class Counted(NamedTuple):
    """Where and what: the site, the beginning of the hour (ms), the page's path, the source's id, and the kind. Page
    and source are empty if they are not known."""

    site: str
    hour: int
    page: str
    source: str
    kind: Kind


def hour_of(at: int) -> int:
    """The beginning of the hour, in ms."""
    return at - at % HOUR_MS


def path_of(page: str) -> str:
    """The path of a page, without query and fragment; empty for what is not a path."""
    found = PATH.match(page)
    return "" if found is None else one_line(found[0], LONGEST_PATH)


def shown_now(browsers: int) -> str:
    """How many are on a site, as people are shown it."""
    return f"<{FEW}" if browsers < FEW else str(browsers)
