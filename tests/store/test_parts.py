"""After the upgrade, older ratings belong to the part of the consultant they named."""

import json
from contextlib import closing

from sqlalchemy import text

from chatserver.store import conversations
from chatserver.store.database import Database, Where
from chatserver.store.revisions import migrate
from chatserver.store.tables import ratings
from tests.transactions import written

from .days import DAWN
from .earlier import lay_down


def test_old_ratings_belong_to_the_part_of_the_consultant_they_named(empty_place: Where) -> None:
    day = lay_down(empty_place, "0004", DAWN)
    with closing(Database(empty_place)) as database:
        closed = database.read_now(
            lambda conn: conn.execute(text("SELECT id, last_owner FROM conversations WHERE phase = 'closed'")).one()
        )
        owner = json.loads(closed.last_owner)["id"]
        colleague = database.read_now(
            lambda conn: conn.scalar(text("SELECT id FROM consultants WHERE id <> :owner"), {"owner": owner})
        )
        rated = [
            {"conversation": closed.id, "who": who, "stars": stars, "at": DAWN + stars}
            for who, stars in ((owner, 4), (colleague, 2))
        ]
        insert = text("INSERT INTO ratings VALUES (:conversation, :who, :stars, '[]', '', :at)")
        written(database, lambda conn: conn.execute(insert, rated))
    migrate(empty_place)
    with closing(Database(empty_place)) as database:
        kept = database.read_now(lambda conn: conversations.load(conn, [closed.id, day.active]))
        parts = {each.person.id: each for each in kept[closed.id].answers.parts}
        assert {who: each.stars for who, each in parts.items()} == {owner: 4, colleague: 2}
        assert sorted(each.number for each in parts.values()) == [1, 2]
        assert parts[colleague].answers == 0
        assert all(each.person.name for each in parts.values())
        rows = database.read_now(lambda conn: conn.execute(ratings.select()).mappings().all())
        assert {(row["part"], row["consultant_id"], row["stars"]) for row in rows} == {
            (each.number, who, each.stars) for who, each in parts.items()
        }
        assert kept[day.active].answers.parts, "who answers in an open one is known too"


def test_an_older_database_without_ratings_is_upgraded(empty_place: Where) -> None:
    lay_down(empty_place, "0004", DAWN)
    migrate(empty_place)
    with closing(Database(empty_place)) as database:
        assert database.read_now(lambda conn: conn.execute(ratings.select()).all()) == []
