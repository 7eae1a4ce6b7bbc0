"""条目 rows: the transcript. Append-only; `seq` is the order."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Column, Connection, Text, and_, bindparam, column, select, text

from chatserver.domain.changes.table import entry_kinds
from chatserver.domain.entry import Author, AuthorKind, Entry
from chatserver.domain.events.base import Event
from chatserver.domain.events.messages import MessagePosted, NoteWritten
from chatserver.domain.hospital import Person
from chatserver.store.message_path import Among, Insertion, Lookup, Writing, listed
from chatserver.store.sealed_text import PLAIN_FROM, seal, unseal
from chatserver.store.tables import entries

KINDS = entry_kinds()
_encode = msgspec.json.Encoder().encode
_person = msgspec.json.Decoder(Person).decode
_DETAILS = {name: msgspec.json.Decoder(kind) for name, kind in KINDS.items()}

Key = tuple[str, str, str]
"""Conversation, author, ref: the identity of a command."""

Place = tuple[str, int]
"""A conversation, and how many of its entries a reader has."""


COLUMNS = [column.name for column in entries.columns]
_DIGEST = COLUMNS.index("digest")
_rows = Insertion(entries)


def new(rows: Sequence[tuple[Entry, bytes | None]]) -> Writing:
    """Insert new entries, each with the digest of the command that made it."""
    return _rows.of([_written(entry, digest) for entry, digest in rows])


def known(conn: Connection, keys: Iterable[Key]) -> dict[Key, tuple[Entry, bytes | None]]:
    """The entries that these commands have already made, with their digests."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = _of_refs.rows(conn, listed(conn, (ref for _, _, ref in wanted)))
    made = [(read(row), row[_DIGEST]) for row in rows]
    found = {(entry.conversation, entry.author.id, entry.ref or ""): (entry, digest) for entry, digest in made}
    return {key: found[key] for key in wanted if key in found}


# By ref alone: SQLite scans the whole table for a list of (conversation, author, ref). The index contains only rows
# with a ref, and is used only when the query says so.
_of_refs = Lookup(select(entries).where(Among(entries.c.ref, bindparam("refs")), entries.c.ref.is_not(None)), "refs")


def rests(conn: Connection, wanted: Iterable[Place], limit: int) -> dict[Place, list[Entry]]:
    """The entries after each of these positions, oldest first, at most `limit` each, in one query. A position without
    any has no key in the result."""
    return _rests(conn, _beyond, wanted, limit)


def visitors_rests(conn: Connection, wanted: Iterable[Place], limit: int) -> dict[Place, list[Entry]]:
    """The same by the visitor's own count."""
    return _rests(conn, _beyond_visitors, wanted, limit)


def _rests(
    conn: Connection, beyond: dict[str, Lookup], wanted: Iterable[Place], limit: int
) -> dict[Place, list[Entry]]:
    listed = _encode(sorted(set(wanted))).decode()
    found: dict[Place, list[Entry]] = {}
    for row in beyond[conn.dialect.name].rows(conn, listed, limit):
        beyond_it, *its_columns = row
        entry = read(its_columns)
        found.setdefault((entry.conversation, beyond_it), []).append(entry)
    return found


# The same list for either database; each has its own functions to unpack it.
_LISTED = {
    "sqlite": "SELECT value ->> 0 AS conversation, value ->> 1 AS beyond FROM json_each(:wanted)",
    "postgresql": "SELECT value ->> 0 AS conversation, CAST(value ->> 1 AS bigint) AS beyond"
    " FROM jsonb_array_elements(CAST(:wanted AS jsonb))",
}


def _prepared_rests(place: Column[int]) -> dict[str, Lookup]:
    """By kind of database. Positions have no gaps, so a limit is a range of positions."""
    prepared = {}
    for dialect, words in _LISTED.items():
        listed = text(words).columns(column("conversation", Text), column("beyond", BigInteger)).subquery("wanted")
        behind = and_(
            entries.c.conversation == listed.c.conversation,
            # Also for the visitor's count, which never exceeds `seq`: so the primary key is used.
            entries.c.seq > listed.c.beyond,
            place > listed.c.beyond,
            place <= listed.c.beyond + bindparam("limit", type_=BigInteger),
        )
        query = select(listed.c.beyond, entries).select_from(listed.join(entries, behind)).order_by(place)
        prepared[dialect] = Lookup(query, "wanted", "limit")
    return prepared


_beyond = _prepared_rests(entries.c.seq)
_beyond_visitors = _prepared_rests(entries.c.visitor_seq)


def page(conn: Connection, conversation: str, after: int, limit: int) -> list[Entry]:
    """Entries with `seq` > `after`, oldest first."""
    where = and_(entries.c.conversation == conversation, entries.c.seq > after)
    return [read(row) for row in conn.execute(select(entries).where(where).order_by(entries.c.seq).limit(limit))]


def page_before(conn: Connection, conversation: str, before: int, limit: int) -> list[Entry]:
    """The last entries with `seq` < `before`, oldest first."""
    where = and_(entries.c.conversation == conversation, entries.c.seq < before)
    newest = select(entries).where(where).order_by(entries.c.seq.desc()).limit(limit)
    return [read(row) for row in conn.execute(newest)][::-1]


def last_of(conn: Connection, conversation: str, events: Iterable[str]) -> Entry | None:
    """A conversation's last entry that is one of these events."""
    where = and_(entries.c.conversation == conversation, entries.c.event.in_(list(events)))
    row = conn.execute(select(entries).where(where).order_by(entries.c.seq.desc()).limit(1)).first()
    return None if row is None else read(row)


def visitors_page(conn: Connection, conversation: str, after: int, limit: int) -> list[Entry]:
    """`page` by the visitor's own count. That never exceeds `seq` and grows with it, so the primary key is used."""
    where = and_(entries.c.conversation == conversation, entries.c.seq > after, entries.c.visitor_seq > after)
    oldest = select(entries).where(where).order_by(entries.c.seq).limit(limit)
    return [read(row) for row in conn.execute(oldest)]


def visitors_page_before(conn: Connection, conversation: str, before: int, limit: int) -> list[Entry]:
    """`page_before` by the visitor's own count. It reads from the end of the transcript, because it is unknown how many
    notes are in between."""
    where = and_(entries.c.conversation == conversation, entries.c.visitor_seq < before)
    newest = select(entries).where(where).order_by(entries.c.seq.desc()).limit(limit)
    return [read(row) for row in conn.execute(newest)][::-1]


def _written(entry: Entry, digest: bytes | None) -> tuple[Any, ...]:
    """A row, in the order of the table's columns."""
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
        None if words is None else seal(words, entry.conversation, entry.id),
        None if words is not None else seal(_encode(event).decode(), entry.conversation, entry.id),
        entry.ref,
        digest,
    )


def read(row: Sequence[Any]) -> Entry:
    """An entry from a row of the database, with the columns in the order of `COLUMNS`."""
    conversation, seq, visitor_seq, id, at, kind, author_id, person, name, body, details, ref, _ = row
    author = Author(_author_kinds[kind], author_id, _person(person) if person else None)
    words = details if body is None else body
    if words < PLAIN_FROM:
        words = unseal(words, conversation, id)
    return Entry(conversation, seq, visitor_seq, id, at, author, _event(name, words, author), ref)


_author_kinds = {kind.value: kind for kind in AuthorKind}


def _event(name: str, words: str, author: Author) -> Event:
    """The event of that name. `words` is the body of a message or note, and the details of any other event."""
    if name == "message_posted":
        return MessagePosted(words, from_visitor=author.kind is AuthorKind.VISITOR, by=author.person)
    if name == "note_written":
        return NoteWritten(words)
    event: Event = _DETAILS[name].decode(words)
    return event


def known_of_visitor(conn: Connection, visitor: str, ref: str) -> tuple[Entry, bytes | None] | None:
    """The entry that this visitor made under this ref, in any of their conversations."""
    where = and_(entries.c.ref == ref, entries.c.author_id == visitor)
    row = conn.execute(select(entries).where(where)).first()
    return None if row is None else (read(row), row[_DIGEST])
