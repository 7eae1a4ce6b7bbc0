"""评价 rows: the latest rating a visitor gave a consultant in a conversation."""

import json

from sqlalchemy import Connection, delete, insert

from chatserver.domain.events import Rated
from chatserver.store.tables import ratings


def put(conn: Connection, conversation: str, rated: Rated, now: int) -> None:
    """The rating, in place of an earlier one."""
    key = (ratings.c.conversation == conversation) & (ratings.c.consultant_id == rated.consultant.id)
    conn.execute(delete(ratings).where(key))
    conn.execute(
        insert(ratings),
        {
            "conversation": conversation,
            "consultant_id": rated.consultant.id,
            "stars": rated.stars,
            "tags": json.dumps(rated.tags, ensure_ascii=False),
            "comment": rated.comment,
            "at": now,
        },
    )
