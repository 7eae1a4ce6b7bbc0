"""Unsent texts of staff: on the server, never in a shared computer's browser. Kept until sent, or 24 hours.

A draft is one text for all sessions of its writer. `at` names one state of it: every change has a later one.
"""

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, select

from chatserver.store.tables import drafts
from chatserver.store.upserts import insert_or

LIFE_MS = 24 * 3_600_000


class Place(NamedTuple):
    """Whose draft, where, and in which mode: reply or note."""

    consultant: str
    conversation: str
    mode: str


class Draft(NamedTuple):
    """`at`: when it was kept (ms). Where nothing is kept: no body, and 0."""

    conversation: str
    mode: str
    body: str
    at: int = 0


def kept(conn: Connection, place: Place) -> Draft:
    """What is kept there."""
    row = conn.execute(select(drafts.c.body, drafts.c.at).where(_is(place))).one_or_none()
    return Draft(place.conversation, place.mode, *(("", 0) if row is None else row))


def is_as_known(kept: Draft, at: int, now: int) -> bool:
    """Whether the draft that somebody knows by its `at` is still that one. One that was only too old counts as such."""
    return kept.at == at or (kept.at == 0 and at <= now - LIFE_MS)


def put(conn: Connection, place: Place, body: str, now: int) -> Draft:
    """Keep it in place of the earlier one; an empty body forgets it."""
    if not body:
        forget(conn, place)
        return Draft(place.conversation, place.mode, "")
    at = max(now, kept(conn, place).at + 1)
    row = insert_or(conn, drafts).values({**_columns(place), "body": body, "at": at})
    conn.execute(row.on_conflict_do_update(index_elements=list(_columns(place)), set_={"body": body, "at": at}))
    return Draft(place.conversation, place.mode, body, at)


def forget(conn: Connection, place: Place) -> None:
    """It was sent, or emptied."""
    conn.execute(delete(drafts).where(_is(place)))


def of(conn: Connection, consultant: str, now: int) -> list[Draft]:
    """All of one writer that are not too old."""
    where = (drafts.c.consultant_id == consultant) & (drafts.c.at > now - LIFE_MS)
    return [Draft(row.conversation, row.mode, row.body, row.at) for row in conn.execute(select(drafts).where(where))]


def forget_old(conn: Connection, now: int) -> None:
    """Remove those past their life."""
    conn.execute(delete(drafts).where(drafts.c.at <= now - LIFE_MS))


def _columns(place: Place) -> dict[str, str]:
    return {"consultant_id": place.consultant, "conversation": place.conversation, "mode": place.mode}


def _is(place: Place) -> ColumnElement[bool]:
    return (
        (drafts.c.consultant_id == place.consultant)
        & (drafts.c.conversation == place.conversation)
        & (drafts.c.mode == place.mode)
    )
