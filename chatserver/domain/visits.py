"""访问: what is kept of a visit to the hospital's website. It comes from the visitor's browser, so anything may stand
in it: whatever is not the address of a page or a title is left out, and nothing is refused."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from chatserver.domain.sources import DIRECT, Recognised, Sources

Device = Literal["phone", "tablet", "desktop"]

MOST_PAGES = 30
LONGEST_ADDRESS, LONGEST_TITLE, LONGEST_VALUE, LONGEST_ENTRY = 500, 120, 100, 40

ENTRY = "e"
"""The parameter that names the button or link by which the visitor came: 入口."""
OF_ENTRIES = frozenset(" -_./:|#+·（）()【】、，")
"""What may stand in the name of an entry besides letters and digits of any script."""
AN_ID = re.compile(r"(?=[A-Za-z]*\d)[A-Za-z0-9]{16,}|\d{7,}", re.ASCII)

PAGE = re.compile(r"(https?://[^/?#\s@\\]+)(?=[/?#]|\Z)(/[^?#\s\\]*)?", re.IGNORECASE)
"""An address up to its query; group 1 is its origin."""


@dataclass(frozen=True, slots=True)
class PageSeen:
    """A page of the site that the visitor opened `at` (ms, by the visitor's clock). `page`: its origin and path."""

    page: str
    title: str
    at: int


@dataclass(frozen=True, slots=True)
class Touch:
    """How the visitor came to the site. `landing`: the page they came to, with an empty address when it is not one of
    the site's; `referrer`: the host of another website, or empty; `parameters`: those of the landing page that are on
    the list."""

    landing: PageSeen
    referrer: str
    parameters: Mapping[str, str]
    recognised: Recognised

    @property
    def entry(self) -> str:
        """The name of the button or link by which the visitor came, or empty."""
        return self.parameters.get(ENTRY, "")


PROVINCES = tuple(
    """
    北京 上海 天津 重庆 广东 江苏 浙江 山东 河南 四川 湖北 湖南 河北 福建 安徽 陕西 辽宁 江西 广西 云南 山西 贵州 黑龙江
    吉林 内蒙古 新疆 甘肃 海南 宁夏 青海 西藏 香港 澳门 台湾
    """.split()  # noqa: SIM905 a list of 34 strings would be harder to read
)
"""The regions of China, as they are stored."""


@dataclass(frozen=True, slots=True)
class Region:
    """The region of a network address, by the data of the day `data_date` (YYYY-MM-DD, or empty). `city` may be
    empty; `province` is the country's name outside China."""

    province: str
    city: str = ""
    data_date: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit until the first message. `last`: how the visitor came again later in it; `pages`: the trail, oldest
    first."""

    first: Touch
    device: Device
    last: Touch | None = None
    pages: tuple[PageSeen, ...] = ()
    region: Region | None = None


def without_words(visit: Visit) -> Visit:
    """The visit without what may tell of somebody's health: pages, their titles, and what was searched for."""
    last = None if visit.last is None else _without_words(visit.last)
    return replace(visit, first=_without_words(visit.first), last=last, pages=())


def _without_words(touch: Touch) -> Touch:
    source = Recognised(touch.recognised.source)
    return replace(touch, landing=PageSeen("", "", touch.landing.at), parameters={}, recognised=source)


def page_seen(page: str, title: str, at: int, origins: Collection[str]) -> PageSeen:
    """A page. Its address becomes empty when it is not below one of the site's `origins`."""
    found = PAGE.match(page)
    is_ours = found is not None and found[1].lower() in origins
    return PageSeen(found[0][:LONGEST_ADDRESS] if found and is_ours else "", one_line(title, LONGEST_TITLE), at)


def touch(
    landing: PageSeen, referrer: str, parameters: Mapping[str, str], origins: Collection[str], sources: Sources
) -> Touch:
    """How the visitor came. Another page of the site does not count as a referrer."""
    host = referrer_host(referrer, origins)
    kept = {name: one_line(value, LONGEST_VALUE) for name, value in sources.kept(parameters).items()}
    if ENTRY in kept:
        kept[ENTRY] = entry_name(kept[ENTRY])
    kept = {name: value for name, value in kept.items() if value}
    return Touch(landing, host, kept, sources.recognise(host, kept))


def again(last: Touch, first: Touch) -> Touch:
    """How the visitor came again within the visit. One that says nothing of its source, such as a button of the site
    that opened the chat, has the source of the first."""
    if last.recognised.source != DIRECT.id:
        return last
    return replace(last, recognised=replace(last.recognised, source=first.recognised.source))


def entry_name(text: str) -> str:
    """The name of a button or link: letters, digits and a few signs. Long numbers and what looks like an id are left
    out, because somebody could be found by them."""
    named = "".join(each for each in AN_ID.sub("", text) if each.isalnum() or each in OF_ENTRIES)
    return one_line(named, LONGEST_ENTRY)


def referrer_host(referrer: str, origins: Collection[str]) -> str:
    """The host of another website, without its port; empty for a page of the site, and for what is not an address."""
    found = PAGE.match(referrer)
    if found is None or found[1].lower() in origins:
        return ""
    host = found[1].lower().split("://", 1)[1]
    host = host if host.startswith("[") else host.split(":", 1)[0]
    return host if host.isprintable() and len(host) <= 253 else ""


def one_line(text: str, limit: int) -> str:
    """The text in one line, without characters that nobody can see."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())[:limit]
