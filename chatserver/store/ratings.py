"""评价 rows: the latest rating a visitor gave a consultant for their part of a conversation."""

import json

from sqlalchemy import delete, insert

from chatserver.domain.events.ratings import Rated
from chatserver.store.sealed_text import seal
from chatserver.store.tables import ratings
from chatserver.store.tx import Tx


def put(tx: Tx, conversation: str, rated: Rated) -> None:
    """Store the rating, in place of an earlier one."""
    key = (ratings.c.conversation == conversation) & (ratings.c.part == rated.part)
    tx.conn.execute(delete(ratings).where(key))
    tx.conn.execute(
        insert(ratings),
        {
            "conversation": conversation,
            "part": rated.part,
            "consultant_id": rated.consultant.id,
            "stars": rated.stars,
            "tags": seal(json.dumps(rated.tags, ensure_ascii=False), conversation, f"tags {rated.part}"),
            "comment": seal(rated.comment, conversation, f"comment {rated.part}"),
            "at": tx.now,
        },
    )
