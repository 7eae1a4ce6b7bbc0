"""条目 rows: the transcript. Only ever added to; `seq` is their order."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, bindparam, select

from chatserver.domain.entry import Author, AuthorKind, Entry
from chatserver.domain.events import Event, MessagePosted, NoteWritten, entry_kinds
from chatserver.domain.hospital import Person
from chatserver.store.prepared import Among, Insertion, Lookup, listed
from chatserver.store.tables import entries

KINDS = entry_kinds()
_encode = msgspec.json.Encoder().encode
_person = msgspec.json.Decoder(Person).decode
_DETAILS = {name: msgspec.json.Decoder(kind) for name, kind in KINDS.items()}

Key = tuple[str, str, str]
"""Conversation, author, ref: what a command is known by."""


_rows = Insertion(entries)


def add(conn: Connection, rows: Sequence[tuple[Entry, bytes | None]]) -> None:
    """New entries, each with the digest of the command that made it."""
    _rows.add(conn, [_written(entry, digest) for entry, digest in rows])


def known(conn: Connection, keys: Iterable[Key]) -> dict[Key, tuple[Entry, bytes | None]]:
    """The entries that these commands made before, with their digests."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = _of_refs.rows(conn, listed(conn, (ref for _, _, ref in wanted)))
    found = {(row.conversation, row.author_id, row.ref): (_read(row), row.digest) for row in rows}
    return {key: found[key] for key in wanted if key in found}


# By the ref alone: SQLite reads the whole table for a list of (conversation, author, ref). The index is of those that
# have one, and is used when the query says so.
_of_refs = Lookup(select(entries).where(Among(entries.c.ref, bindparam("refs")), entries.c.ref.is_not(None)), "refs")


def page(conn: Connection, conversation: str, after: int, limit: int) -> list[Entry]:
    """Entries with `seq` > `after`, oldest first."""
    where = and_(entries.c.conversation == conversation, entries.c.seq > after)
    return [_read(row) for row in conn.execute(select(entries).where(where).order_by(entries.c.seq).limit(limit))]


def page_before(conn: Connection, conversation: str, before: int, limit: int) -> list[Entry]:
    """The last entries with `seq` < `before`, oldest first."""
    where = and_(entries.c.conversation == conversation, entries.c.seq < before)
    newest = select(entries).where(where).order_by(entries.c.seq.desc()).limit(limit)
    return [_read(row) for row in conn.execute(newest)][::-1]


def visitors_page(conn: Connection, conversation: str, after: int, limit: int) -> list[Entry]:
    """`page` by the visitor's own count, which is never above `seq` and grows with it: so the primary key finds it."""
    where = and_(entries.c.conversation == conversation, entries.c.seq > after, entries.c.visitor_seq > after)
    oldest = select(entries).where(where).order_by(entries.c.seq).limit(limit)
    return [_read(row) for row in conn.execute(oldest)]


def visitors_page_before(conn: Connection, conversation: str, before: int, limit: int) -> list[Entry]:
    """`page_before` by the visitor's own count; from the end, since nobody knows how many notes lie between."""
    where = and_(entries.c.conversation == conversation, entries.c.visitor_seq < before)
    newest = select(entries).where(where).order_by(entries.c.seq.desc()).limit(limit)
    return [_read(row) for row in conn.execute(newest)][::-1]


def _written(entry: Entry, digest: bytes | None) -> tuple[Any, ...]:
    """In the order of the table's columns."""
    author, event = entry.author, entry.event
    words = event.body if isinstance(event, MessagePosted | NoteWritten) else None
    return (
        entry.conversation,
        entry.seq,
        entry.visitor_seq,
        entry.id,
        entry.at,
        author.kind.value,
        author.id,
        None if author.person is None else _encode(author.person).decode(),
        entry.name,
        words,
        None if words is not None else _encode(event).decode(),
        entry.ref,
        digest,
    )


def _read(row: Row[Any]) -> Entry:
    person = _person(row.author) if row.author else None
    author = Author(AuthorKind(row.author_kind), row.author_id, person)
    return Entry(row.conversation, row.seq, row.visitor_seq, row.id, row.at, author, _event(row, author), row.ref)


def _event(row: Row[Any], author: Author) -> Event:
    if row.event == "message_posted":
        return MessagePosted(row.body, from_visitor=author.kind is AuthorKind.VISITOR)
    if row.event == "note_written":
        return NoteWritten(row.body)
    event: Event = _DETAILS[row.event].decode(row.details)
    return event


def known_of_visitor(conn: Connection, visitor: str, ref: str) -> tuple[Entry, bytes | None] | None:
    """The entry that this visitor made under this ref, in whichever of his conversations."""
    where = and_(entries.c.ref == ref, entries.c.author_id == visitor)
    row = conn.execute(select(entries).where(where)).first()
    return None if row is None else (_read(row), row.digest)
