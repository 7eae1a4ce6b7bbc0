"""Visitors: a random token in one browser, and when it ends. Nothing a person typed is looked up here."""

from collections.abc import Iterable

from sqlalchemy import Connection, and_, bindparam, insert, select, update

from chatserver.store import secrets
from chatserver.store.ids import new_id, new_token
from chatserver.store.tables import visitors


def start(conn: Connection, site: str, language: str, life_ms: int, now: int) -> tuple[str, str, int]:
    """A new visitor: his id, his token (told this once) and when it ends."""
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
    """Move the end of several tokens: (visitor, ends_at). One that lives longer already, by another node, stays."""
    if not ends:
        return
    later = and_(visitors.c.id == bindparam("visitor"), visitors.c.ends_at < bindparam("until"))
    one = update(visitors).where(later).values(ends_at=bindparam("until"))
    # By id, as locks are taken: two nodes may extend the same ones.
    conn.execute(one, [{"visitor": visitor, "until": until} for visitor, until in sorted(ends)])


def ends(conn: Connection, ids: Iterable[str]) -> dict[str, int]:
    """When the token of each of these ends (ms), as last written down."""
    rows = conn.execute(select(visitors.c.id, visitors.c.ends_at).where(visitors.c.id.in_(sorted(set(ids)))))
    return {row.id: row.ends_at for row in rows}


def end_everybody(conn: Connection, now: int) -> None:
    """Every token ends now."""
    conn.execute(update(visitors).where(visitors.c.ends_at > now).values(ends_at=now))
