"""A visit as the transcript's page shows it."""

from typing import Any

from chatserver.actions.visits import FoundVisit
from chatserver.domain.sources import Sources
from chatserver.domain.visits import Region, Touch
from chatserver.web.context import Context
from chatserver.web.event_text import EventText
from chatserver.web.i18n import Translator


def source_name(sources: Sources, source: str, t: Translator) -> str:
    """The name of a source in the reader's language."""
    zh, en = sources.name(source)
    return en if t.language == "en" else zh


def visit_shown(found: FoundVisit, context: Context, sentences: EventText) -> dict[str, Any] | None:
    """The visit for its template; None if nothing is known of it."""
    visit, t = found.visit, sentences.t
    if visit is None:
        return None
    sources = context.hub.hospital.sources
    touches = [_touch(sources, visit.first, found.first_keyword, t)]
    if visit.last is not None:
        touches.append(_touch(sources, visit.last, found.last_keyword, t))
    return {
        "touches": touches,
        "locked": found.locked,
        "device": t(f"page.visit.device.{visit.device}"),
        "region": "" if visit.region is None else _region(visit.region, t),
        "pages": [{"page": each.page, "title": each.title, "at": sentences.when(each.at)} for each in visit.pages],
    }


def _touch(sources: Sources, touch: Touch, keyword: str, t: Translator) -> dict[str, str]:
    return {
        "source": source_name(sources, touch.recognised.source, t),
        "keyword": keyword,
        "entry": touch.entry,
        "page": touch.landing.page,
        "title": touch.landing.title,
        "referrer": touch.referrer,
    }


def _region(region: Region, t: Translator) -> str:
    name = " ".join(each for each in (region.province, region.city) if each)
    return t("page.visit.region.dated", region=name, date=region.data_date) if region.data_date else name
