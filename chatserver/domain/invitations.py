"""邀请: when the launcher offers the chat by itself, once, to somebody who reads the hospital's pages."""

import re
from dataclasses import dataclass

HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
"""A host name such as baidu.com, in small letters and without scheme, port and path."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A site's rules; all of them must be met. `after_s`: seconds on the page; `pages`: this many pages were seen in
    the visit; `referrers`: hosts from one of which (or a subdomain of it) the visit must have come, if there are any;
    `departments`: the page's tag must name one of these, if there are any."""

    after_s: int = 30
    pages: int = 1
    referrers: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
