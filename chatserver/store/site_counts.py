"""Counters of the hospital's pages, and how many browsers are on a site. Nodes add to the same rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, delete, func, select

from chatserver.domain.site_counts import HOUR_MS, OTHER_PAGES, Counted
from chatserver.store.tables import site_counts, sites_now
from chatserver.store.tx import Tx
from chatserver.store.upserts import insert_or

PAGES_A_DAY = 300
"""Distinct pages of a site in 24 hours. Further ones are counted together, because anybody can invent addresses."""
ROWS_AN_HOUR = 2_000
"""Rows of a site in one hour, before all pages are counted together."""

DAY_MS = 24 * HOUR_MS
FRESH_MS = 2 * 60_000
"""The number of a node that was not written again for so long no longer counts."""


def add(tx: Tx, counts: Mapping[Counted, int]) -> None:
    """Add these numbers to the counters."""
    for site in {each.site for each in counts}:
        own = {each: times for each, times in counts.items() if each.site == site}
        for each, times in _within_limits(tx, site, own).items():
            _add_one(tx, each, times)


def _within_limits(tx: Tx, site: str, counts: Mapping[Counted, int]) -> dict[Counted, int]:
    """The same with pages beyond the limits counted together."""
    columns = site_counts.c
    since = min(tx.now, *(each.hour for each in counts)) - DAY_MS
    known = set(tx.conn.scalars(select(columns.page).where(columns.site == site, columns.hour >= since).distinct()))
    rows: dict[int, int] = {}
    found: dict[Counted, int] = {}
    for each, times in counts.items():
        if each.hour not in rows:
            hour = select(func.count()).where(columns.site == site, columns.hour == each.hour)
            rows[each.hour] = tx.conn.scalar(hour) or 0
        page = each.page
        if rows[each.hour] >= ROWS_AN_HOUR or (page not in known and len(known) >= PAGES_A_DAY):
            page = OTHER_PAGES
        known.add(page)
        rows[each.hour] += 1
        where = each._replace(page=page)
        found[where] = found.get(where, 0) + times
    return found


def _add_one(tx: Tx, each: Counted, times: int) -> None:
    row = insert_or(tx.conn, site_counts).values(**each._asdict(), count=times)
    added = row.on_conflict_do_update(
        index_elements=["site", "hour", "page", "source", "kind"],
        set_={"count": site_counts.c.count + row.excluded.count},
    )
    tx.conn.execute(added)


def set_browsers(tx: Tx, node: str, browsers: Mapping[str, int]) -> None:
    """Write how many browsers this node has seen on each site, and forget the numbers of nodes that are gone."""
    for site, number in browsers.items():
        values = {"browsers": number, "at": tx.now}
        row = insert_or(tx.conn, sites_now).values(site=site, node=node, **values)
        tx.conn.execute(row.on_conflict_do_update(index_elements=["site", "node"], set_=values))
    tx.conn.execute(delete(sites_now).where(sites_now.c.at < tx.now - DAY_MS))


def browsers(conn: Connection, now: int) -> dict[str, int]:
    """How many browsers are on each site, at all nodes together."""
    fresh = select(sites_now.c.site, func.sum(sites_now.c.browsers)).where(sites_now.c.at >= now - FRESH_MS)
    return {site: int(number) for site, number in conn.execute(fresh.group_by(sites_now.c.site))}


class Total(NamedTuple):
    """How often something of this `kind` happened, for one value of what is totalled by: a site, source, page or
    hour."""

    value: Any
    kind: str
    times: int


@dataclass(frozen=True, slots=True)
class Period:
    """The counters to read: from `since` up to `until` (ms, excluded); of one site, if it is named."""

    since: int
    until: int
    site: str = ""


def totals(conn: Connection, period: Period, by: str) -> list[Total]:
    """The numbers of a period by `site`, `source`, `page` or `hour`."""
    column = site_counts.c[by]
    query = _in(period, select(column, site_counts.c.kind, func.sum(site_counts.c.count)))
    return [
        Total(value, kind, int(times))
        for value, kind, times in conn.execute(query.group_by(column, site_counts.c.kind))
    ]


def _in(period: Period, query: Select[Any]) -> Select[Any]:
    columns = site_counts.c
    query = query.where(columns.hour >= period.since, columns.hour < period.until)
    return query.where(columns.site == period.site) if period.site else query
