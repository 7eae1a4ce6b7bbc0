"""What the store holds beyond what this node has announced: commits of other nodes, and uncertain commits."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from chatserver.domain.conversation import Conversation, Phase
from chatserver.domain.entry import Entry
from chatserver.hub.outcome import Change, Outcome
from chatserver.hub.slight import SLIGHT
from chatserver.store import changes_since, consultants, conversations

AT_ONCE = 500
"""Conversations in one query."""


class Known(NamedTuple):
    """What this node has of a conversation: `picture` is the row as it was announced, together with its entries up to
    there. `followed`: somebody at this node reads it, so its new entries are wanted too."""

    picture: Conversation
    followed: bool


def of(conn: Connection, ids: Iterable[str], known: Mapping[str, Known]) -> list[Change]:
    """Those of `ids` that have changed, as they are now. It reads them in a single statement, so `ids` should be
    few."""
    changes = []
    for row, made in changes_since.beyond(conn, {id: _entries_wanted_after(known.get(id)) for id in ids}):
        told = known.get(row.id)
        if told is None:
            changes.append(_met(row, made))
        elif row.version > told.picture.version:
            only_words = _only_words(told.picture, row, made)
            changes.append(Change(told.picture, row, made, only_words=only_words))
    return changes


def everywhere(conn: Connection, known: Mapping[str, Known]) -> Outcome:
    """All conversations that have changed, and all staff."""
    stored = conversations.open_versions(conn)
    for ids in _portions(known.keys() - stored.keys()):
        stored |= conversations.versions(conn, ids)
    newer = [id for id, version in stored.items() if id not in known or version > known[id].picture.version]
    changes = [change for portion in _portions(newer) for change in of(conn, portion, known)]
    return Outcome(changes, list(consultants.load(conn).values()))


def _entries_wanted_after(told: Known | None) -> int:
    if told is None:
        return 0
    return told.picture.last_seq if told.followed else changes_since.NONE


def _met(row: Conversation, made: list[Entry]) -> Change:
    """The change of a conversation that this node did not hold. An open one counts as new, so that the visitor's tabs
    at this node follow it. A closed one ended long ago, and nobody follows it."""
    return Change(row, row) if row.phase is Phase.CLOSED else Change(None, row, made)


def _only_words(before: Conversation, after: Conversation, made: list[Entry]) -> bool:
    """Whether only messages and notes were added. The entries are checked too, because there may be several commits
    whose changes cancel each other out."""
    said = all(isinstance(entry.event, SLIGHT) for entry in made)
    return said and before.talk.inactive is after.talk.inactive and conversations.only_words(before, after)


def _portions(ids: Iterable[str]) -> Iterator[list[str]]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), AT_ONCE):
        yield wanted[start : start + AT_ONCE]
