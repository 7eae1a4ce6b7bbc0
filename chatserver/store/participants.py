"""Who took part in which conversation: what a supervisor's list of a colleague's conversations is found by.

Its rows follow from the entries; they are there because looking through every entry of a hundred thousand
conversations takes seconds.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

from chatserver.domain.conversation import Conversation
from chatserver.domain.entry import Author, AuthorKind
from chatserver.store.tables import participants
from chatserver.store.upserts import insert_or

Part = tuple[str, int, str]
"""Consultant, when the conversation was opened, conversation."""


def newcomers(before: Conversation, after: Conversation, author: Author) -> list[Part]:
    """Who takes part by one event: a new owner, and whoever did something without being the owner.

    The owner's own words say nothing new, so the way of a message writes nothing.
    """
    was = before.owner
    found: list[str] = []
    if after.owner is not was and after.owner is not None and (was is None or after.owner.id != was.id):
        found.append(after.owner.id)
    if author.kind is AuthorKind.CONSULTANT and (was is None or author.id != was.id):
        found.append(author.id)
    return [(consultant, after.opened_at, after.id) for consultant in found]


def add(conn: Connection, parts: Iterable[Part]) -> None:
    """Those that are not there yet."""
    names = [column.name for column in participants.columns]
    # In one order everywhere: two transactions that add the same rows wait for each other, not in a circle.
    rows = [dict(zip(names, part, strict=True)) for part in sorted(set(parts))]
    if rows:
        conn.execute(insert_or(conn, participants).on_conflict_do_nothing(), rows)
