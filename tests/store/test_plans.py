"""Queries of the live path use an index: none reads a growing table as a whole.

On SQLite only: its planner goes by the form of the query, so a plan for empty tables stays valid. PostgreSQL's goes by
statistics; on small tables it rightly reads everything.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from chatserver.domain.conversation import start
from chatserver.domain.events.queue import Opened
from chatserver.domain.sources import Recognised
from chatserver.store import (
    conversations,
    deadlines,
    entries,
    keywords,
    locks,
    site_counts,
    transcripts,
    visitor_lookup,
    visits,
)
from chatserver.store.database import Database
from chatserver.store.revisions import migrate
from chatserver.store.site_counts import Period
from chatserver.store.transcripts import TranscriptFilter

LAST = start(Opened("d", "g", "zh", ""), id="c", site="s", visitor="v", at=1)
OF_A_COLLEAGUE = TranscriptFilter(("g", "h"), consultant="c")
OF_ALL = TranscriptFilter(("g", "h"))
FROM_BAIDU = TranscriptFilter(("g", "h"), source="baidu", province="浙江")

QUERIES: dict[str, Callable[[Connection], object]] = {
    "repeats of a batch": lambda conn: entries.known(conn, [("c", "a", "r"), ("d", "b", "s")]),
    "repeats of a visitor": lambda conn: entries.known_of_visitor(conn, "v", "r"),
    "conversations of a batch": lambda conn: conversations.load(conn, ["a", "b"]),
    "a visitor's last": lambda conn: conversations.latest_of(conn, "v"),
    "a visitor's recent ones": lambda conn: conversations.ended_since(conn, "v", 0),
    "loads": lambda conn: conversations.loads(conn, ["a", "b"]),
    "rung": lambda conn: conversations.rung(conn, ["a", "b"]),
    "the last of several visitors": lambda conn: conversations.latest_ids(conn, ["v", "w"]),
    "waiting": lambda conn: conversations.next_waiting(conn, "g", 20),
    "waiting behind another": lambda conn: conversations.next_waiting(conn, "g", 20, LAST),
    "the group of a conversation": lambda conn: locks.lock_group_of(conn, "c"),
    "queue length": lambda conn: conversations.queue_length(conn, "g"),
    "open": conversations.open_everywhere,
    "handling times": lambda conn: conversations.handle_times(conn, "g", 50),
    "recently closed": lambda conn: conversations.recently_closed(conn, 0),
    "entries after": lambda conn: entries.page(conn, "c", 3, 10),
    "entries before": lambda conn: entries.page_before(conn, "c", 3, 10),
    "a visitor's entries": lambda conn: entries.visitors_page(conn, "c", 3, 10),
    "deadlines of a batch": lambda conn: deadlines.load(conn, deadlines.CONVERSATION, ["a", "b"]),
    "deadlines due": lambda conn: deadlines.due(conn, [deadlines.CONVERSATION], 0, 10),
    "who says hello": lambda conn: visitor_lookup.known(conn, ["token", "another"], 0),
    "transcripts of a colleague": lambda conn: transcripts.find(conn, OF_A_COLLEAGUE, 50, 0),
    "how many a colleague has": lambda conn: transcripts.count(conn, OF_A_COLLEAGUE),
    "how many there are": lambda conn: transcripts.count(conn, OF_ALL),
    "how many came from a source": lambda conn: transcripts.count(conn, FROM_BAIDU),
    "a colleague's from a source": lambda conn: transcripts.find(conn, replace(FROM_BAIDU, consultant="c"), 50, 0),
    "a visit": lambda conn: visits.load(conn, "c"),
    "a visitor's conversations": lambda conn: visits.of_visitor(conn, "v"),
    "the words of ids": lambda conn: keywords.words_of(conn, "s", Recognised("a", "", "p", "u", "k"), "2026-11-30"),
    "counters of a site": lambda conn: site_counts.totals(conn, Period(0, 1, "s"), "page"),
    "counters of all sites": lambda conn: site_counts.totals(conn, Period(0, 1), "source"),
    "heads of several": lambda conn: conversations.heads(conn, ["a", "b"]),
    "the rests of several": lambda conn: entries.rests(conn, [("c", 3), ("d", 0)], 10),
    "visitors' rests": lambda conn: entries.visitors_rests(conn, [("c", 3), ("d", 0)], 10),
}


@pytest.mark.parametrize("query", QUERIES)
def test_it_is_found_by_an_index(tmp_path: Path, query: str) -> None:
    path = tmp_path / "chat.db"
    migrate(path)
    database = Database(path)
    try:
        scans = [step for step in database.read_now(lambda conn: steps(conn, QUERIES[query])) if "SCAN" in step]
    finally:
        database.close()
    assert [scan for scan in scans if "INDEX" not in scan] == []


def steps(conn: Connection, query: Callable[[Connection], object]) -> list[str]:
    """SQLite's query plan."""
    asked: list[str] = []
    driver: Any = conn.connection.dbapi_connection
    driver.set_trace_callback(asked.append)
    query(conn)
    driver.set_trace_callback(None)
    found: list[str] = []
    for statement in asked:
        if not statement.startswith("BEGIN"):
            found += [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}")]
    return found


def test_a_colleague_s_transcripts_are_found_through_what_they_took_part_in(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    migrate(path)
    database = Database(path)
    try:
        for query in (QUERIES["transcripts of a colleague"], QUERIES["how many a colleague has"]):
            first, second, *_ = database.read_now(partial(steps, query=query))
            assert first.startswith("SEARCH participants USING COVERING INDEX")
            assert "(consultant_id=?" in first
            assert second.startswith("SEARCH conversations USING INDEX sqlite_autoindex_conversations_1 (id=?)")
    finally:
        database.close()


def test_the_newest_transcripts_are_read_from_the_end_of_each_group(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    migrate(path)
    database = Database(path)
    try:
        found = database.read_now(lambda conn: steps(conn, lambda conn: transcripts.find(conn, OF_ALL, 50, 0)))
    finally:
        database.close()
    assert found.count("SEARCH conversations USING INDEX ix_conversations_group (group=?)") == len(OF_ALL.groups)
    assert [step for step in found if "SCAN conversations" in step] == []


def test_transcripts_of_a_source_are_looked_up_by_the_id_of_each_conversation(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    migrate(path)
    database = Database(path)
    try:
        found = database.read_now(lambda conn: steps(conn, lambda conn: transcripts.find(conn, FROM_BAIDU, 50, 0)))
    finally:
        database.close()
    assert found.count("SEARCH conversations USING INDEX ix_conversations_group (group=?)") == len(FROM_BAIDU.groups)
    assert [step for step in found if "SCAN visits" in step] == []
    assert [step for step in found if step.startswith("SEARCH visits USING INDEX sqlite_autoindex_visits_1")]
