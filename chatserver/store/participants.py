"""Who took part in which conversation: what a supervisor's list of a colleague's conversations is found by.

Its rows follow from the entries; they are there because looking through every entry of a hundred thousand
conversations takes seconds.
"""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection

from chatserver.domain.conversation import Conversation
from chatserver.domain.entry import Author, AuthorKind
from chatserver.store.tables import participants
from chatserver.store.upserts import insert_or

Part = tuple[str, int, str]
"""Consultant, when the conversation was opened, conversation."""


def newcomers(before: Conversation, after: Conversation, author: Author) -> Iterator[Part]:
    """Who takes part by one event: a new owner, and whoever did something without being the owner.

    The owner's own words say nothing new, so the way of a message writes nothing.
    """
    owner = after.owner
    if owner is not None and owner is not before.owner and (before.owner is None or owner.id != before.owner.id):
        yield owner.id, after.opened_at, after.id
    if author.kind is AuthorKind.CONSULTANT and (before.owner is None or author.id != before.owner.id):
        yield author.id, after.opened_at, after.id


def add(conn: Connection, parts: Iterable[Part]) -> None:
    """Those that are not there yet."""
    names = [column.name for column in participants.columns]
    # In one order everywhere: two transactions that add the same rows wait for each other, not in a circle.
    rows = [dict(zip(names, part, strict=True)) for part in sorted(set(parts))]
    if rows:
        conn.execute(insert_or(conn, participants).on_conflict_do_nothing(), rows)
