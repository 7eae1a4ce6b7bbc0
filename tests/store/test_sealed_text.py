"""The codec of stored text: what is written comes back, rows of earlier versions are read as they are, and no statement
looks into it."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select, text, update

from chatserver.domain.refusals import TextInvalid
from chatserver.domain.text import checked_text
from chatserver.store import drafts
from chatserver.store.backup import back_up, restore
from chatserver.store.database import Database, Where
from chatserver.store.entries import page
from chatserver.store.revisions import migrate
from chatserver.store.sealed_text import MARK, PLAIN, UnknownKey, seal, unseal
from chatserver.store.tables import conversations, entries
from chatserver.store.tables import drafts as draft_rows
from chatserver.store.verify import findings
from tests.hidden_text import everything, forms, hide_everything
from tests.sealed_columns import misused, misused_by_prepared_statements
from tests.transactions import AUDIT_KEY, tx_at, written

from .days import DAWN, QUESTION, Day, live
from .earlier import lay_down

ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
WHERE = ("conversation", "place")
LIKE_SEALED = f"{MARK}1:看起来像密文"
WORDS = (QUESTION, "要的", "第一次来", "请接手")
"""What people say in the stored day."""


@given(ANY_TEXT)
@example("")
@example(MARK)
@example(PLAIN)
@example(PLAIN + PLAIN)
@example(MARK + "1:text")
def test_what_is_sealed_comes_back(text: str) -> None:
    assert unseal(seal(text, *WHERE), *WHERE) == text


@given(ANY_TEXT)
@example(MARK)
@example(MARK + "text")
@example(MARK + ":")
@example(MARK + "１:")
def test_with_no_key_a_text_is_stored_as_it_is_unless_it_begins_like_a_sealed_one(text: str) -> None:
    if unseal_fails_or_changes(text):
        assert seal(text, *WHERE) == PLAIN + text
    else:
        assert seal(text, *WHERE) is text


def unseal_fails_or_changes(text: str) -> bool:
    try:
        return unseal(text, *WHERE) != text
    except UnknownKey:
        return True


@given(ANY_TEXT)
def test_a_text_that_may_be_sent_is_stored_and_read_as_it_is(text: str) -> None:
    try:
        sent = checked_text(text, 10_000)
    except TextInvalid:
        return
    assert seal(sent, *WHERE) is sent
    assert unseal(sent, *WHERE) is sent, "a row of an earlier version"


def test_no_text_that_may_be_sent_begins_like_a_sealed_one() -> None:
    with pytest.raises(TextInvalid):
        checked_text(LIKE_SEALED, 1_000)


@pytest.mark.parametrize("stored", [MARK + "1:abc", MARK + "12:", MARK + "00:"])
def test_a_text_of_an_unknown_key_is_refused(stored: str) -> None:
    with pytest.raises(UnknownKey):
        unseal(stored, *WHERE)


@pytest.mark.parametrize("body", [LIKE_SEALED, PLAIN, MARK, f"{MARK}无关"])
def test_a_draft_may_begin_like_a_sealed_text(database: Database, body: str) -> None:
    """Drafts are not checked for control characters: they are what somebody has typed so far."""
    day = written(database, live)
    place = drafts.DraftKey(a_consultant(database), day.active, "reply")
    written(database, lambda conn: drafts.put(tx_at(conn, DAWN), place, body))
    assert database.read_now(lambda conn: drafts.kept(conn, place)).body == body
    assert [each.body for each in database.read_now(lambda conn: drafts.of(conn, place.consultant, DAWN))] == [body]


def test_a_draft_of_an_earlier_version_that_begins_like_a_sealed_text_is_read_as_it_is(empty_place: Where) -> None:
    day = lay_down(empty_place, "0007", DAWN)
    bodies = {"reply": LIKE_SEALED, "note": f"{PLAIN}好"}
    with closing(Database(empty_place)) as database:
        consultant = a_consultant(database)
        rows = [
            {"consultant_id": consultant, "conversation": id, "mode": mode, "body": body, "at": DAWN}
            for id, mode, body in (
                *((day.active, mode, body) for mode, body in bodies.items()),
                (day.waiting, "reply", "您好"),
            )
        ]
        written(database, lambda conn: conn.execute(draft_rows.insert(), rows))
    migrate(empty_place)
    with closing(Database(empty_place)) as database:
        found = database.read_now(lambda conn: drafts.of(conn, consultant, DAWN))
    assert {(each.conversation, each.mode, each.body) for each in found} == {
        (row["conversation"], row["mode"], row["body"]) for row in rows
    }


def a_consultant(database: Database) -> str:
    return str(database.read_now(lambda conn: conn.scalar(text("SELECT id FROM consultants WHERE login = 'limin'"))))


def test_verify_says_which_conversation_is_sealed_with_an_unknown_key(database: Database) -> None:
    day = written(database, live)

    def lose(conn: Connection) -> None:
        for statement in (
            "UPDATE entries SET details = :sealed WHERE event = 'assigned' AND conversation = :id",
            "UPDATE conversations SET offer = :sealed WHERE id = :offered",
        ):
            wanted = {"sealed": f"{MARK}7:abc", "id": day.active, "offered": day.transferring}
            conn.execute(text(statement), {name: wanted[name] for name in wanted if f":{name}" in statement})

    written(database, lose)
    found = [str(each) for each in database.read_now(lambda conn: list(findings(conn)))]
    assert any(day.active in each and "cannot be read" in each for each in found), found
    assert any(day.transferring in each and "cannot be read" in each for each in found), found


def test_a_backup_of_hidden_text_holds_no_word_and_is_readable_again(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide_everything(monkeypatch)
    migrate(tmp_path / "hidden.db")
    with closing(Database(tmp_path / "hidden.db")) as database:
        day = written(database, live)
        back_up(tmp_path / "hidden.db", tmp_path / "copy.db")
    assert not [word for word in WORDS if word.encode() in (tmp_path / "copy.db").read_bytes()]
    restore(tmp_path / "copy.db", path, DAWN, AUDIT_KEY)
    with closing(Database(path)) as database:
        assert words_of(database, day) == sorted(WORDS)
        assert not database.read_now(lambda conn: list(findings(conn)))


def test_a_stored_day_is_hidden_and_read_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    hide_everything(monkeypatch)
    day = written(database, live)
    stored = [value for _, _, value in database.read_now(everything)]
    assert not [word for word in WORDS for form in forms(word) for value in stored if form in value]
    assert words_of(database, day) == sorted(WORDS)


def test_with_no_key_a_day_is_stored_in_plain_words(database: Database) -> None:
    written(database, live)
    stored = [value for _, _, value in database.read_now(everything)]
    assert not [word for word in WORDS if not any(word in value for value in stored)]


def words_of(database: Database, day: Day) -> list[str]:
    """What people say in the conversations of the day, each text once."""
    ids = (day.active, day.transferring, day.closed)
    pages = database.read_now(lambda conn: [page(conn, id, 0, 100) for id in ids])
    events = [each.event for entries in pages for each in entries]
    said = {getattr(event, field, "") for event in events for field in ("body", "note")}
    return sorted(said - {""})


@pytest.mark.parametrize(
    "looks",
    [
        lambda: entries.c.body == "您好",
        lambda: entries.c.body.like("%您好%"),
        lambda: entries.c.details.in_(["{}"]),
        lambda: entries.c.body.desc(),
        lambda: entries.c.body + "。",
        lambda: "。" + entries.c.body,
        lambda: conversations.c.last_line < "一",
    ],
)
def test_a_statement_that_looks_into_sealed_text_cannot_be_made(looks: Callable[[], Any]) -> None:
    with pytest.raises(TypeError, match="sealed text"):
        looks()


@pytest.mark.parametrize(
    "query",
    [
        select(entries.c.id).order_by(entries.c.body),
        select(entries.c.id).order_by(entries.c.seq, entries.c.body),
        select(func.length(entries.c.body)),
        select(func.count()).group_by(conversations.c.last_line),
        select(draft_rows.c.body).distinct(),
        select(select(func.substr(entries.c.body, 1, 2)).subquery()),
        select(entries.c.id).where(func.lower(conversations.c.offer).is_not(None)),
        update(entries).where(func.length(entries.c.body) > 1).values(body=""),
    ],
)
def test_what_can_be_made_all_the_same_is_found(query: Any) -> None:
    assert misused(query)


@pytest.mark.parametrize(
    "query",
    [
        select(entries),
        select(entries.c.id, entries.c.body).where(entries.c.body.is_not(None)).order_by(entries.c.seq),
        select(select(entries.c.body.label("words"), entries.c.seq).subquery()),
    ],
)
def test_a_text_is_read_whole(query: Any) -> None:
    assert misused(query) == []


def test_no_prepared_statement_looks_into_sealed_text() -> None:
    assert misused_by_prepared_statements() == []
