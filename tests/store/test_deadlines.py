"""Rows of deadlines: of subjects of several kinds, found by time."""

from pathlib import Path

import pytest
from sqlalchemy import text

from chatserver.store import deadlines
from chatserver.store.database import Database, Where
from chatserver.store.message_path import write
from chatserver.store.revisions import migrate
from tests.transactions import tx_at, written

from .days import DAWN
from .earlier import EARLIER, lay_down


def test_what_is_due_is_found_by_kind_and_the_most_overdue_first(database: Database) -> None:
    due = [
        ("visit", "a", "begins", 30),
        ("visit", "b", "begins", 10),
        ("visit", "b", "ends", 20),
        ("call", "a", "c", 5),
    ]
    written(database, lambda conn: write(tx_at(conn), deadlines.hastened(due)))

    def found(now: int, limit: int = 10, kinds: tuple[str, ...] = ("visit", "call")) -> dict[str, list[str]]:
        return database.read_now(lambda conn: deadlines.due(conn, kinds, now, limit))

    assert found(4) == {}
    assert found(30) == {"call": ["a"], "visit": ["b", "a"]}
    assert found(30, limit=2) == {"call": ["a"], "visit": ["b"]}
    assert found(30, kinds=("visit",)) == {"visit": ["b", "a"]}


def test_subjects_of_two_kinds_with_one_id_are_kept_apart(database: Database) -> None:
    written(
        database, lambda conn: write(tx_at(conn), deadlines.hastened([("visit", "a", "x", 7), ("call", "a", "x", 9)]))
    )
    for kind, due_at in (("visit", 7), ("call", 9)):
        assert database.read_now(lambda conn: deadlines.load(conn, kind, ["a"])) == {"a": {"x": due_at}}  # noqa: B023
    written(database, lambda conn: deadlines.settle(tx_at(conn), "call", {"a": {"x": 9}}, {"a": {}}, frozenset()))
    assert database.read_now(lambda conn: deadlines.load(conn, "call", ["a"])) == {}
    assert database.read_now(lambda conn: deadlines.load(conn, "visit", ["a"])) == {"a": {"x": 7}}


@pytest.mark.parametrize("revision", [each for each in EARLIER if each < "0007"])
def test_the_deadlines_of_an_earlier_version_become_those_of_conversations(empty_place: Where, revision: str) -> None:
    lay_down(empty_place, revision, DAWN)
    before = _all(empty_place, "conversation, clock, due_at")
    migrate(empty_place)
    assert before
    assert _all(empty_place, "subject_kind, subject_id, clock, due_at") >= {("conversation", *row) for row in before}


def _all(place: Path | str, columns: str) -> set[tuple[object, ...]]:
    database = Database(place)
    try:
        query = text(f"SELECT {columns} FROM deadlines")
        return {tuple(row) for row in database.read_now(lambda conn: conn.execute(query).all())}
    finally:
        database.close()
