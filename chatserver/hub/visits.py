"""What is kept of a visit when its visitor writes for the first time, or leaves something for later."""

from chatserver.domain.hospital import Site
from chatserver.domain.site_counts import path_of
from chatserver.domain.sources import Sources
from chatserver.domain.visits import PAGE, PageSeen, Region, Touch, Visit, again, page_seen, touch
from chatserver.hub.site_counts import SiteCounts
from chatserver.wire.visits import Touch as TouchTold
from chatserver.wire.visits import VisitTold


def kept(told: VisitTold | None, site: Site, sources: Sources, region: Region | None) -> Visit | None:
    """What is kept of what the page reported. Raises nothing: the first message must not fail because of it."""
    if told is None:
        return None
    pages = [_seen(each.page, each.title, each.at, site) for each in told.pages]
    first = _touch(told.first, site, sources)
    return Visit(
        first,
        told.device,
        None if told.last is None else again(_touch(told.last, site, sources), first),
        tuple(each for each in pages if each.page),
        region,
    )


def page_opened(page: str, title: str, at: int, site: Site) -> PageSeen | None:
    """A page that the visitor opened during the conversation; None if it is not one of the site's."""
    seen = page_seen(page, title, at, site.origins)
    return seen if seen.page else None


def first_message(counts: SiteCounts, site: str, visit: Visit | None) -> None:
    """Count a conversation that was opened, with the page that the visitor wrote from and the source of the visit."""
    if visit is None:
        counts.add(site, "", "", "first_message")
        return
    last = visit.pages[-1] if visit.pages else visit.first.landing
    origin = PAGE.match(last.page)
    path = (last.page[len(origin[1]) :] or "/") if origin else last.page
    counts.add(site, path_of(path), visit.first.recognised.source, "first_message")


def chat_page(site: str) -> str:
    """The path of the chat's own page for a site. It is on the server's origin, and kept without one."""
    return f"/chat/{site}"


def _touch(told: TouchTold, site: Site, sources: Sources) -> Touch:
    landing = _seen(told.page, told.title, told.at, site)
    return touch(landing, told.referrer, told.parameters, site.origins, sources)


def _seen(page: str, title: str, at: int, site: Site) -> PageSeen:
    found, own = PAGE.match(page), chat_page(site.id)
    if found is not None and found[2] == own and found[1].lower() not in site.origins:
        return PageSeen(own, "", at)
    return page_seen(page, title, at, site.origins)
