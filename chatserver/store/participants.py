"""Who took part in which conversation; used to list a colleague's conversations for a supervisor.

The rows could be derived from the entries. They exist because scanning the entries of a hundred thousand conversations
takes seconds.
"""

from collections.abc import Iterable

from chatserver.domain.conversation import Conversation
from chatserver.domain.entry import Author, AuthorKind
from chatserver.store.tables import participants
from chatserver.store.tx import Tx
from chatserver.store.upserts import insert_or

Participation = tuple[str, int, str]
"""Consultant, when the conversation was opened, conversation."""


def newcomers(before: Conversation, after: Conversation, author: Author) -> list[Participation]:
    """Who joins by one event: a new owner, or a consultant who acted without being the owner.

    The owner's own messages add nobody, so the message path writes nothing here.
    """
    serving = after.serving
    was = before.serving.owner
    found: list[str] = []
    if serving.owner is not was and serving.owner is not None and (was is None or serving.owner.id != was.id):
        found.append(serving.owner.id)
    if author.kind is AuthorKind.CONSULTANT and (was is None or author.id != was.id):
        found.append(author.id)
    return [(consultant, after.opened_at, after.id) for consultant in found]


def add(tx: Tx, parts: Iterable[Participation]) -> None:
    """Add those that are missing."""
    names = [column.name for column in participants.columns]
    # Sorted, so that two transactions that add the same rows cannot deadlock.
    rows = [dict(zip(names, part, strict=True)) for part in sorted(set(parts))]
    if rows:
        tx.conn.execute(insert_or(tx.conn, participants).on_conflict_do_nothing(), rows)
