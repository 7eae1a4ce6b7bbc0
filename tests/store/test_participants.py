"""A supervisor's list of a colleague's conversations uses rows that follow from the entries."""

from contextlib import closing
from functools import partial

import pytest
from sqlalchemy import Connection, delete, event, select

from chatserver.store.database import Database, Where
from chatserver.store.revisions import migrate
from chatserver.store.tables import conversations, entries, participants
from chatserver.store.transcripts import TranscriptFilter, count, find
from chatserver.store.verify import findings
from tests.transactions import written

from .days import DAWN, live
from .earlier import EARLIER, lay_down

GROUPS = ("general", "children")


def by_the_entries(conn: Connection) -> set[tuple[str, int, str]]:
    """The participants as derived before the table existed: from the entries, and the last owner."""
    wrote = select(entries.c.author_id, entries.c.conversation).where(entries.c.author_kind == "consultant")
    owned = select(conversations.c.last_owner_id, conversations.c.id).where(conversations.c.last_owner_id.is_not(None))
    holds = select(conversations.c.owner_id, conversations.c.id).where(conversations.c.owner_id.is_not(None))
    opened = {row.id: row.opened_at for row in conn.execute(select(conversations.c.id, conversations.c.opened_at))}
    found = {(who, id) for query in (wrote, owned, holds) for who, id in conn.execute(query)}
    return {(who, opened[id], id) for who, id in found}


def kept(conn: Connection) -> set[tuple[str, int, str]]:
    return {(row[0], row[1], row[2]) for row in conn.execute(select(participants))}


def test_participants_are_stored_in_the_same_transaction(database: Database) -> None:
    written(database, live)
    assert database.read_now(kept) == database.read_now(by_the_entries) != set()


@pytest.mark.parametrize("revision", EARLIER)
def test_participants_before_the_upgrade_are_found_after_it(empty_place: Where, revision: str) -> None:
    lay_down(empty_place, revision, DAWN)
    migrate(empty_place)
    with closing(Database(empty_place)) as database:
        assert database.read_now(kept) == database.read_now(by_the_entries) != set()


def test_the_list_of_a_colleague_is_that_of_the_entries(database: Database) -> None:
    written(database, live)
    for who in {each for each, _, _ in database.read_now(by_the_entries)}:
        wanted = TranscriptFilter(GROUPS, consultant=who)
        listed = [each.id for each in database.read_now(partial(find, wanted=wanted, limit=50, skip=0))]
        meant = {id for each, _, id in database.read_now(by_the_entries) if each == who}
        assert set(listed) == meant
        assert len(listed) == database.read_now(partial(count, wanted=wanted))


def test_a_page_makes_six_queries_however_much_there_is(database: Database) -> None:
    written(database, live)
    someone = next(who for who, _, _ in database.read_now(kept))
    for wanted in (
        TranscriptFilter(GROUPS),
        TranscriptFilter(GROUPS, consultant=someone),
        TranscriptFilter(GROUPS, group="general"),
    ):
        assert len(database.read_now(partial(asked, wanted=wanted))) <= 6


def asked(conn: Connection, wanted: TranscriptFilter) -> list[str]:
    """Every statement for one page of the list."""
    heard: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            heard.append(statement)

    event.listen(conn, "before_cursor_execute", note)
    count(conn, wanted)
    find(conn, wanted, 50, 0)
    event.remove(conn, "before_cursor_execute", note)
    return heard


def test_a_row_that_is_missing_is_found_by_verify(database: Database) -> None:
    written(database, live)
    assert list(database.read_now(lambda conn: list(findings(conn)))) == []
    written(database, lambda conn: conn.execute(delete(participants)))
    told = database.read_now(lambda conn: list(findings(conn)))
    assert told
    assert all("is not among those who took part" in each for each in told)
