"""Visitors: a random token in one browser, and when it ends. Nothing that a person typed is stored here."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, and_, bindparam, insert, select, update

from chatserver.store import secrets
from chatserver.store.ids import new_id, new_token
from chatserver.store.tables import visitors
from chatserver.store.tx import Tx
from chatserver.store.upserts import insert_or


def start(tx: Tx, site: str, language: str, life_ms: int) -> tuple[str, str, int]:
    """Create a visitor; returns the id, the token (available only now) and when it ends."""
    id, token, ends_at = new_id(), new_token(), tx.now + life_ms
    tx.conn.execute(
        insert(visitors).values(
            id=id,
            site_id=site,
            token_hash=secrets.token_hash(token),
            started_at=tx.now,
            ends_at=ends_at,
            life_ms=life_ms,
            language=language,
        )
    )
    return id, token, ends_at


def start_once(tx: Tx, site: str, language: str, life_ms: int, token: str) -> tuple[str, int]:
    """The visitor whose token this is, created if there is none yet; returns the id and when the token ends. Called
    twice at the same moment, even at two nodes, both calls return the same visitor."""
    values = {"site_id": site, "started_at": tx.now, "ends_at": tx.now + life_ms, "life_ms": life_ms}
    row = insert_or(tx.conn, visitors).values(
        id=new_id(), token_hash=secrets.token_hash(token), language=language, **values
    )
    tx.conn.execute(row.on_conflict_do_nothing(index_elements=["token_hash"]))
    mine = visitors.c.token_hash == secrets.token_hash(token)
    found = tx.conn.execute(select(visitors.c.id, visitors.c.ends_at).where(mine)).one()
    return found.id, found.ends_at


def extend(tx: Tx, ends: list[tuple[str, int]]) -> None:
    """Extend several tokens: (visitor, ends_at). A token that another node has extended further stays as it is, and one
    that was ended early stays ended."""
    if not ends:
        return
    later = and_(visitors.c.id == bindparam("visitor"), visitors.c.ends_at < bindparam("until"))
    one = update(visitors).where(later, visitors.c.ended_at.is_(None)).values(ends_at=bindparam("until"))
    # Sorted by id, which is the order of locks, because two nodes may extend the same tokens.
    tx.conn.execute(one, [{"visitor": visitor, "until": until} for visitor, until in sorted(ends)])


def ends(conn: Connection, ids: Iterable[str]) -> dict[str, int]:
    """When the token of each of these visitors ends (ms), as last stored."""
    rows = conn.execute(select(visitors.c.id, visitors.c.ends_at).where(visitors.c.id.in_(sorted(set(ids)))))
    return {row.id: row.ends_at for row in rows}


def end(tx: Tx, rates_until: Mapping[str, int]) -> None:
    """These visitors have ended their conversation and with it their token; each may still rate it until then (ms)."""
    one = update(visitors).where(visitors.c.id == bindparam("visitor"))
    ended = one.values(ends_at=tx.now, ended_at=tx.now, rates_until=bindparam("until"))
    tx.conn.execute(ended, [{"visitor": visitor, "until": until} for visitor, until in sorted(rates_until.items())])


def whose(conn: Connection, token: str) -> str | None:
    """The visitor to whom this token belongs, if it has not been ended."""
    one = select(visitors.c.id).where(visitors.c.token_hash == secrets.token_hash(token), visitors.c.ended_at.is_(None))
    id: str | None = conn.scalar(one)
    return id


def end_for_the_next(tx: Tx, token: str) -> str | None:
    """Another person is using that browser now: end its earlier token, rating included. Returns the visitor it belonged
    to."""
    one = visitors.c.token_hash == secrets.token_hash(token)
    id: str | None = tx.conn.scalar(select(visitors.c.id).where(one))
    if id is not None:
        tx.conn.execute(update(visitors).where(one).values(ends_at=tx.now, ended_at=tx.now, rates_until=None))
    return id


def keep(tx: Tx, token: str, life_ms: int) -> bool:
    """The visitor's device is their own: from now on the token lives so long after each activity. Returns whether it
    was still valid."""
    valid = (
        visitors.c.token_hash == secrets.token_hash(token),
        visitors.c.ends_at > tx.now,
        visitors.c.ended_at.is_(None),
    )
    longer = update(visitors).where(*valid).values(life_ms=life_ms, ends_at=tx.now + life_ms)
    return tx.conn.execute(longer).rowcount == 1


def ended_since(conn: Connection, since: int) -> dict[str, bool]:
    """The visitors who ended their token since then (ms), and whether each may still rate."""
    rows = conn.execute(select(visitors.c.id, visitors.c.rates_until).where(visitors.c.ended_at >= since))
    return {row.id: row.rates_until is not None for row in rows}


def is_ended(conn: Connection, id: str) -> bool:
    """Whether this visitor has ended their token."""
    return conn.scalar(select(visitors.c.ended_at).where(visitors.c.id == id)) is not None


def end_everybody(tx: Tx) -> None:
    """End every token now, for rating too."""
    tx.conn.execute(update(visitors).where(visitors.c.ends_at > tx.now).values(ends_at=tx.now))
    tx.conn.execute(update(visitors).where(visitors.c.rates_until > tx.now).values(rates_until=tx.now))
