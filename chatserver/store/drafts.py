"""Unsent texts of staff: on the server, never in a shared computer's browser. Kept until sent, or 24 hours."""

from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from chatserver.store.tables import drafts

LIFE_MS = 24 * 3_600_000


class Draft(NamedTuple):
    """`mode`: reply or note."""

    conversation: str
    mode: str
    body: str


def put(conn: Connection, consultant: str, draft: Draft, now: int) -> None:
    """Keep it in place of the earlier one; an empty body forgets it."""
    key = (drafts.c.consultant_id == consultant) & (drafts.c.conversation == draft.conversation)
    conn.execute(delete(drafts).where(key & (drafts.c.mode == draft.mode)))
    if draft.body:
        conn.execute(insert(drafts), {"consultant_id": consultant, **draft._asdict(), "at": now})


def of(conn: Connection, consultant: str, now: int) -> list[Draft]:
    """All of his that are not too old."""
    where = (drafts.c.consultant_id == consultant) & (drafts.c.at > now - LIFE_MS)
    return [Draft(row.conversation, row.mode, row.body) for row in conn.execute(select(drafts).where(where))]


def forget_old(conn: Connection, now: int) -> None:
    """Remove those past their life."""
    conn.execute(delete(drafts).where(drafts.c.at <= now - LIFE_MS))
