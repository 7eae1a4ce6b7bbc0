"""Visitors: a random token in one browser, and when it ends. Nothing that a person typed is stored here."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, and_, bindparam, insert, select, update

from chatserver.store import secrets
from chatserver.store.ids import new_id, new_token
from chatserver.store.tables import visitors


def start(conn: Connection, site: str, language: str, life_ms: int, now: int) -> tuple[str, str, int]:
    """Create a visitor; returns the id, the token (available only now) and when it ends."""
    id, token, ends_at = new_id(), new_token(), now + life_ms
    conn.execute(
        insert(visitors).values(
            id=id,
            site_id=site,
            token_hash=secrets.token_hash(token),
            started_at=now,
            ends_at=ends_at,
            life_ms=life_ms,
            language=language,
        )
    )
    return id, token, ends_at


def extend(conn: Connection, ends: list[tuple[str, int]]) -> None:
    """Extend several tokens: (visitor, ends_at). A token that another node has extended further stays as it is, and one
    that was ended early stays ended."""
    if not ends:
        return
    later = and_(visitors.c.id == bindparam("visitor"), visitors.c.ends_at < bindparam("until"))
    one = update(visitors).where(later, visitors.c.ended_at.is_(None)).values(ends_at=bindparam("until"))
    # By id, in the order of locks: two nodes may extend the same tokens.
    conn.execute(one, [{"visitor": visitor, "until": until} for visitor, until in sorted(ends)])


def ends(conn: Connection, ids: Iterable[str]) -> dict[str, int]:
    """When the token of each of these visitors ends (ms), as last stored."""
    rows = conn.execute(select(visitors.c.id, visitors.c.ends_at).where(visitors.c.id.in_(sorted(set(ids)))))
    return {row.id: row.ends_at for row in rows}


def end(conn: Connection, rates_until: Mapping[str, int], now: int) -> None:
    """These visitors have ended their conversation and with it their token; each may still rate it until then (ms)."""
    one = update(visitors).where(visitors.c.id == bindparam("visitor"))
    ended = one.values(ends_at=now, ended_at=now, rates_until=bindparam("until"))
    conn.execute(ended, [{"visitor": visitor, "until": until} for visitor, until in sorted(rates_until.items())])


def end_for_the_next(conn: Connection, token: str, now: int) -> str | None:
    """Another person is using that browser now: end its earlier token, rating included. Returns the visitor it belonged
    to."""
    one = visitors.c.token_hash == secrets.token_hash(token)
    id: str | None = conn.scalar(select(visitors.c.id).where(one))
    if id is not None:
        conn.execute(update(visitors).where(one).values(ends_at=now, ended_at=now, rates_until=None))
    return id


def ended_since(conn: Connection, since: int) -> dict[str, bool]:
    """The visitors who ended their token since then (ms), and whether each may still rate."""
    rows = conn.execute(select(visitors.c.id, visitors.c.rates_until).where(visitors.c.ended_at >= since))
    return {row.id: row.rates_until is not None for row in rows}


def is_ended(conn: Connection, id: str) -> bool:
    """Whether this visitor has ended their token."""
    return conn.scalar(select(visitors.c.ended_at).where(visitors.c.id == id)) is not None


def end_everybody(conn: Connection, now: int) -> None:
    """End every token now, for rating too."""
    conn.execute(update(visitors).where(visitors.c.ends_at > now).values(ends_at=now))
    conn.execute(update(visitors).where(visitors.c.rates_until > now).values(rates_until=now))
