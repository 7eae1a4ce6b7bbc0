"""What the store holds beyond what this node has announced: of other nodes' commits, and of those without an answer."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from chatserver.domain.conversation import Phase
from chatserver.domain.entry import Entry
from chatserver.hub.ledger import Change, Outcome
from chatserver.store import consultants, conversations, entries

PAGE = 500
"""Entries of one conversation read at once; whoever lacks more reads on for himself."""
AT_ONCE = 500
"""Conversations in one query."""


class Known(NamedTuple):
    """What this node has of a conversation: its row is this `version`, its entries were told up to `seq`.

    `followed`: somebody here reads it, so its entries are wanted too.
    """

    version: int
    seq: int
    followed: bool


UNKNOWN = Known(-1, 0, followed=False)


def of(conn: Connection, ids: Iterable[str], known: Mapping[str, Known]) -> list[Change]:
    """Those of `ids` that have changed, as they are now."""
    stored = conversations.versions(conn, ids)
    return _read(conn, [id for id, version in stored.items() if version > known.get(id, UNKNOWN).version], known)


def everywhere(conn: Connection, known: Mapping[str, Known]) -> Outcome:
    """Every conversation that has changed, and everybody of the staff."""
    stored = conversations.open_versions(conn)
    for ids in _portions(known.keys() - stored.keys()):
        stored |= conversations.versions(conn, ids)
    newer = [id for id, version in stored.items() if version > known.get(id, UNKNOWN).version]
    return Outcome(_read(conn, newer, known), list(consultants.load(conn).values()))


def _read(conn: Connection, ids: Iterable[str], known: Mapping[str, Known]) -> list[Change]:
    changes = []
    for portion in _portions(ids):
        for row in conversations.load(conn, portion).values():
            told = known.get(row.id, UNKNOWN)
            # A new one is followed by its visitor's tabs, wherever they are; one that ended long ago by nobody.
            is_new = told is UNKNOWN and row.phase is not Phase.CLOSED
            made: list[Entry] = []
            if told.followed or is_new:
                made = entries.page(conn, row.id, told.seq, PAGE)
            changes.append(Change(None if is_new else row, row, made))
    return changes


def _portions(ids: Iterable[str]) -> Iterator[list[str]]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), AT_ONCE):
        yield wanted[start : start + AT_ONCE]
