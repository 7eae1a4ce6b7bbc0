"""What other nodes have written: rows of conversations and their entries after a position. It is one statement, so it
reads one snapshot of the database without a transaction around it."""

from collections.abc import Mapping

import msgspec
from sqlalchemy import ColumnElement, Connection, Integer, Text, and_, bindparam, cast, column, literal_column, select

from chatserver.domain.conversation import Conversation
from chatserver.domain.entry import Entry
from chatserver.store import conversation_rows, entries
from chatserver.store.message_path import EachOf, Lookup
from chatserver.store.tables import conversations as rows
from chatserver.store.tables import entries as entry_rows

PAGE = 500
"""Entries of one conversation per read; a client that lacks more requests further pages itself."""

NONE = 2**31 - 1 - PAGE
"""A position after which there are no entries: only the row is wanted."""

_encode = msgspec.json.Encoder().encode

_told = EachOf(bindparam("told", type_=Text)).table_valued(column("key", Text), column("value", Text), name="told")
_after: ColumnElement[int] = cast(_told.c.value, Integer)
# Positions have no gaps, so a page is a range of positions.
_entries_after = and_(
    entry_rows.c.conversation == rows.c.id,
    entry_rows.c.seq > _after,
    entry_rows.c.seq <= _after + literal_column(str(PAGE), Integer),
)
_beyond = Lookup(
    select(rows, entry_rows)
    .select_from(_told.join(rows, rows.c.id == _told.c.key).outerjoin(entry_rows, _entries_after))
    .order_by(rows.c.id, entry_rows.c.seq),
    "told",
)


def beyond(conn: Connection, told: Mapping[str, int]) -> list[tuple[Conversation, list[Entry]]]:
    """For each of these conversations the row, and at most a page of its entries after the given position."""
    found: dict[str, tuple[Conversation, list[Entry]]] = {}
    for row in _beyond.rows(conn, _encode(told).decode()):
        if row[_ID] not in found:
            found[row[_ID]] = conversation_rows.read(row), []
        if row[_WIDTH] is not None:
            found[row[_ID]][1].append(entries.read(row[_WIDTH:]))
    return list(found.values())


_WIDTH = len(conversation_rows.COLUMNS)
_ID = conversation_rows.COLUMNS.index("id")
