"""Unsent texts of staff. They are kept on the server, not in a shared computer's browser, until sent or for 24 hours.

A draft is one text for all sessions of its writer. `at` identifies its state: every change gets a later one.
"""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, delete, select

from chatserver.store.sealed_text import seal, unseal
from chatserver.store.tables import drafts
from chatserver.store.tx import Tx
from chatserver.store.upserts import insert_or

LIFE_MS = 24 * 3_600_000


class DraftKey(NamedTuple):
    """The writer, the conversation and the mode (reply or note) of a draft."""

    consultant: str
    conversation: str
    mode: str


class StoredDraft(NamedTuple):
    """`at`: when it was saved (ms). If there is no draft, the body is empty and `at` is 0."""

    conversation: str
    mode: str
    body: str
    at: int = 0


def kept(conn: Connection, place: DraftKey) -> StoredDraft:
    """The draft stored there."""
    row = conn.execute(select(drafts.c.body, drafts.c.at).where(_is(place))).one_or_none()
    if row is None:
        return StoredDraft(place.conversation, place.mode, "")
    return StoredDraft(place.conversation, place.mode, unseal(row.body, place.conversation, _named(place)), row.at)


def is_as_known(kept: StoredDraft, at: int, now: int) -> bool:
    """Whether the client that knows the draft by `at` is up to date. A draft that has only expired counts as
    unchanged."""
    return kept.at == at or (kept.at == 0 and at <= now - LIFE_MS)


def put(tx: Tx, place: DraftKey, body: str) -> StoredDraft:
    """Replace the draft; an empty body removes it."""
    if not body:
        forget(tx, place)
        return StoredDraft(place.conversation, place.mode, "")
    at = max(tx.now, kept(tx.conn, place).at + 1)
    sealed = {"body": seal(body, place.conversation, _named(place)), "at": at}
    row = insert_or(tx.conn, drafts).values({**_columns(place), **sealed})
    tx.conn.execute(row.on_conflict_do_update(index_elements=list(_columns(place)), set_=sealed))
    return StoredDraft(place.conversation, place.mode, body, at)


def forget(tx: Tx, place: DraftKey) -> None:
    """Remove the draft: it was sent or emptied."""
    tx.conn.execute(delete(drafts).where(_is(place)))


def of(conn: Connection, consultant: str, now: int) -> list[StoredDraft]:
    """All unexpired drafts of one writer."""
    where = (drafts.c.consultant_id == consultant) & (drafts.c.at > now - LIFE_MS)
    return [_draft(row) for row in conn.execute(select(drafts).where(where))]


def forget_old(tx: Tx) -> None:
    """Remove the expired drafts."""
    tx.conn.execute(delete(drafts).where(drafts.c.at <= tx.now - LIFE_MS))


def _draft(row: Row[Any]) -> StoredDraft:
    place = DraftKey(row.consultant_id, row.conversation, row.mode)
    return StoredDraft(row.conversation, row.mode, unseal(row.body, row.conversation, _named(place)), row.at)


def _named(place: DraftKey) -> str:
    """The draft's place in its conversation, for the seal."""
    return f"draft {place.consultant} {place.mode}"


def _columns(place: DraftKey) -> dict[str, str]:
    return {"consultant_id": place.consultant, "conversation": place.conversation, "mode": place.mode}


def _is(place: DraftKey) -> ColumnElement[bool]:
    return (
        (drafts.c.consultant_id == place.consultant)
        & (drafts.c.conversation == place.conversation)
        & (drafts.c.mode == place.mode)
    )
