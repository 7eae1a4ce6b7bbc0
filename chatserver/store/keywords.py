"""The words of ids in advertisements. They are looked up when a visit is read, so that a table that was uploaded later
counts for earlier visits, too."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from chatserver.domain.keywords import Keyword
from chatserver.domain.sources import Recognised
from chatserver.store import audit
from chatserver.store.tables import keywords
from chatserver.store.tx import Tx
from chatserver.store.upserts import insert_or

AT_ONCE = 500
"""Rows per statement."""


def put(tx: Tx, rows: Iterable[Keyword]) -> int:
    """Add these rows, or replace the words of those with the same ids and day. Returns how many there are."""
    written = [_row(each) for each in rows]
    for at in range(0, len(written), AT_ONCE):
        statement = insert_or(tx.conn, keywords)
        replaced = statement.on_conflict_do_update(
            index_elements=["site", "keyword_id", "plan", "unit", "from_day"],
            set_={"words": statement.excluded.words},
        )
        tx.conn.execute(replaced, written[at : at + AT_ONCE])
    audit.write(tx, audit.Act("", "keywords.import", "keywords", "all", details={"rows": len(written)}))
    return len(written)


def words_of(conn: Connection, site: str, found: Recognised, day: str) -> str:
    """The words that these ids had on that day (YYYY-MM-DD): those of the keyword's id, or of plan and unit, or of the
    plan. Rows of the site come before those for all sites. Empty if there are none."""
    if found.keyword_id:
        words = _latest(conn, site, day, keyword_id=found.keyword_id)
        if words:
            return words
    if found.plan and found.unit:
        words = _latest(conn, site, day, keyword_id="", plan=found.plan, unit=found.unit)
        if words:
            return words
    return _latest(conn, site, day, keyword_id="", plan=found.plan, unit="") if found.plan else ""


def _latest(conn: Connection, site: str, day: str, **ids: str) -> str:
    where = [keywords.c[name] == value for name, value in ids.items()]
    for own in dict.fromkeys((site, "")):
        query = select(keywords.c.words).where(keywords.c.site == own, *where, keywords.c.from_day <= day)
        words = conn.scalar(query.order_by(keywords.c.from_day.desc()).limit(1))
        if words:
            return str(words)
    return ""


def _row(each: Keyword) -> dict[str, str]:
    return {
        "site": each.site,
        "keyword_id": each.keyword_id,
        "plan": each.plan,
        "unit": each.unit,
        "from_day": each.from_day,
        "words": each.words,
    }
