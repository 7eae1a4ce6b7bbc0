"""`/visits`, 访问来源: what the counters of the hospital's pages say, and how many browsers are on each site now.

For supervisors and administrators. Consultants do not see volumes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from chatserver.domain.permissions import Permission
from chatserver.domain.site_counts import KINDS, OTHER_PAGES, shown_now
from chatserver.store import site_counts
from chatserver.store.browsing import TooSlow
from chatserver.store.site_counts import Period, Total
from chatserver.web.context import Context, context_of
from chatserver.web.formatting import day_end, day_start
from chatserver.web.gate.disconnects import until_disconnect
from chatserver.web.gate.sessions import at_home
from chatserver.web.i18n import Translator

LONGEST_DAYS = 93
PAGES_SHOWN = 50


class BadPeriod(Exception):
    """The period is invalid; `args[0]` is the key of the sentence that says so."""


async def show(request: Request) -> Response:
    """The numbers of today, or of the days and the site in the address."""
    me = (await at_home(request, Permission.SEE_VISITS)).consultant
    context = context_of(request)
    t = context.texts.for_reader(request)
    today = datetime.fromtimestamp(context.now() / 1000, context.options.zone).date()
    chosen = {name: request.query_params.get(name, "").strip() for name in ("from", "to", "site")}
    sites = context.hub.hospital.sites
    values: dict[str, Any] = {
        "me": me,
        "kinds": KINDS,
        "filters": {"from": chosen["from"] or today.isoformat(), "to": chosen["to"] or today.isoformat()}
        | {"site": chosen["site"]},
        "sites": [(id, each.name.inside(t.language)) for id, each in sites.items()],
        "region_date": "" if context.regions is None else context.regions.date,
        "tables": [],
        "now": [],
        "problem": "",
    }
    try:
        period = _period(context, chosen, today)
    except BadPeriod as bad:
        values["problem"] = bad.args[0]
        return context.pages.render(request, "visits.html", values, status=400)
    reading = context.database.browse(lambda conn: _read(conn, period, context.now()), context.options.page_s)
    try:
        found = await until_disconnect(request, reading)
    except TooSlow:
        values["problem"] = "page.visits.problem.slow"
        return context.pages.render(request, "visits.html", values, status=503)
    shown = [id for id in sites if period.site in ("", id)]
    values["now"] = [(sites[id].name.inside(t.language), shown_now(found.now.get(id, 0))) for id in shown]
    values["tables"] = _tables(context, t, found)
    return context.pages.render(request, "visits.html", values)


@dataclass(frozen=True, slots=True)
class _Found:
    now: dict[str, int]
    by: dict[str, list[Total]]


def _read(conn: Connection, period: Period, now: int) -> _Found:
    by = {column: site_counts.totals(conn, period, column) for column in ("site", "source", "page", "hour")}
    return _Found(site_counts.browsers(conn, now), by)


def _period(context: Context, chosen: dict[str, str], today: date) -> Period:
    """The days and the site in the address. Raises `BadPeriod`."""
    try:
        first = date.fromisoformat(chosen["from"]) if chosen["from"] else today
        last = date.fromisoformat(chosen["to"]) if chosen["to"] else today
    except ValueError:
        raise BadPeriod("page.transcripts.problem.date") from None
    if not (2000 <= first.year <= 2999 and 2000 <= last.year <= 2999):
        raise BadPeriod("page.transcripts.problem.date")
    if last < first:
        raise BadPeriod("page.transcripts.problem.order")
    if last - first >= timedelta(LONGEST_DAYS):
        raise BadPeriod("page.visits.problem.days")
    if chosen["site"] and chosen["site"] not in context.hub.hospital.sites:
        raise BadPeriod("page.transcripts.problem.unknown")
    zone = context.options.zone
    return Period(day_start(first, zone), day_end(last, zone), chosen["site"])


def _tables(context: Context, t: Translator, found: _Found) -> list[dict[str, Any]]:
    """One table for each thing that the numbers are totalled by, with the most frequent first, hours in order."""
    hospital, zone = context.hub.hospital, context.options.zone

    def site(id: str) -> str:
        return hospital.sites[id].name.inside(t.language) if id in hospital.sites else id

    def source(id: str) -> str:
        if not id:
            return t("page.visits.unknown")
        zh, en = hospital.sources.name(id)
        return en if t.language == "en" else zh

    def page(path: str) -> str:
        return t("page.visits.other_pages") if path == OTHER_PAGES else path or t("page.visits.unknown")

    def hour(at: int) -> str:
        return datetime.fromtimestamp(at / 1000, zone).strftime("%H:00")

    names: dict[str, Callable[[Any], str]] = {"site": site, "source": source, "page": page, "hour": hour}
    tables = []
    for by, name in names.items():
        rows: dict[str, dict[str, int]] = {}
        for each in found.by[by]:
            row = rows.setdefault(name(each.value), dict.fromkeys(KINDS, 0))
            if each.kind in row:
                row[each.kind] += each.times
        order = sorted(rows) if by == "hour" else sorted(rows, key=lambda each: (-sum(rows[each].values()), each))
        shown = order[:PAGES_SHOWN]
        total = {kind: sum(row[kind] for row in rows.values()) for kind in KINDS}
        tables.append(
            {"by": by, "rows": [(each, rows[each]) for each in shown], "total": total, "more": len(order) - len(shown)}
        )
    return tables
