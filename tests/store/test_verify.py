"""Violations are found and named, by ids only; what the product writes has none."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from chatserver.domain.actors import Visitor as Asking
from chatserver.domain.commands.colleagues import AskColleague, Leave
from chatserver.domain.commands.messages import PostMessage
from chatserver.domain.hospital import Role
from chatserver.domain.rules import Rules
from chatserver.store.consultants import load
from chatserver.store.database import Database
from chatserver.store.sqlite_files import opened
from chatserver.store.verify import damage, findings, late_clocks
from tests.transactions import written

from .days import QUESTION, RULES, Day, Story, staff
from .wreck import broken, with_a_false_index, without_index


def found(path: Path, rules: Rules = RULES) -> list[str]:
    with opened(path) as conn:
        return [*findings(conn), *late_clocks(conn, rules)]


def test_a_day_as_the_product_writes_it_is_sound(path: Path) -> None:
    assert found(path) == []


def test_events_that_a_visitor_sees_only_sometimes_are_sound(path: Path) -> None:
    """A colleague who left without having joined, and words that are marked for staff only."""

    def more(conn: Connection) -> None:
        story = Story(conn)
        owner, other = [each for each in load(conn).values() if each.role is Role.CONSULTANT][:2]
        story.given(owner)
        story.then(AskColleague(staff(owner), other.person, "help", "请看一下"), story.author(owner))
        story.then(Leave(staff(other)), story.author(other))
        for words in ("最近便血", "老公打我", "我胸痛得喘不上气"):
            story.then(PostMessage(Asking(story.visitor), words), story.author())

    with closing(Database(path)) as database:
        written(database, more)
    assert found(path) == []


@pytest.mark.parametrize("kind", ["colleague_left", "emergency_noticed"])
def test_visibility_as_decided_when_written_is_sound(path: Path, kind: str) -> None:
    """An earlier version showed the visitor what this one would not: the number that it wrote remains valid."""

    def more(conn: Connection) -> None:
        story = Story(conn)
        owner, other = [each for each in load(conn).values() if each.role is Role.CONSULTANT][:2]
        story.given(owner)
        story.then(AskColleague(staff(owner), other.person, "help", "请看一下"), story.author(owner))
        story.then(Leave(staff(other)), story.author(other))
        last = conn.exec_driver_sql("SELECT conversation, seq FROM entries ORDER BY rowid DESC LIMIT 1").one()
        head = "SELECT last_visitor_seq + 1 FROM conversations WHERE id = ?"
        conn.exec_driver_sql(
            f"UPDATE entries SET visitor_seq = ({head}) WHERE conversation = ? AND seq = ?", (last[0], *last)
        )
        conn.exec_driver_sql(
            "UPDATE conversations SET last_visitor_seq = last_visitor_seq + 1 WHERE id = ?", (last[0],)
        )
        if kind == "emergency_noticed":
            conn.exec_driver_sql(
                "UPDATE entries SET event = ?, details = ? WHERE conversation = ? AND seq = ?",
                (kind, '{"emergency":"protect","level":"critical"}', *last),
            )

    with closing(Database(path)) as database:
        written(database, more)
    assert found(path) == []


def test_an_empty_database_is_sound(migrated: Path) -> None:
    assert found(migrated) == []


BROKEN = {
    "an entry is gone": ("closed", "DELETE FROM entries WHERE conversation = '{id}' AND seq = 2", "seq is not 1, 2, 3"),
    "the first is gone": ("closed", "DELETE FROM entries WHERE conversation = '{id}' AND seq = 1", "at seq 2"),
    "a hole for the visitor": (
        "active",
        "UPDATE entries SET visitor_seq = visitor_seq + 5 WHERE conversation = '{id}' AND seq = 4",
        "visitor_seq is not 1, 2, 3 … at seq 4",
    ),
    "the last is gone": (
        "waiting",
        "DELETE FROM entries WHERE conversation = '{id}' AND seq = 2",
        "last_seq is 2, its last entry is 1",
    ),
    "a visitor's head that lies": (
        "active",
        "UPDATE conversations SET last_visitor_seq = 9 WHERE id = '{id}'",
        "last_visitor_seq is 9, the visitor's last is 4",
    ),
    "a note the visitor could count": (
        "active",
        "UPDATE entries SET visitor_seq = 5 WHERE conversation = '{id}' AND event = 'note_written'",
        "seq 5 is for staff only, and has a visitor_seq",
    ),
    "a message hidden from the visitor": (
        "active",
        "UPDATE entries SET visitor_seq = NULL WHERE conversation = '{id}' AND seq = 4",
        "seq 4 is for the visitor, and has no visitor_seq",
    ),
    "an event nobody knows": (
        "active",
        "UPDATE entries SET event = 'stolen' WHERE conversation = '{id}' AND seq = 4",
        "seq 4 is of a kind that this version does not know",
    ),
    "nobody owns it": (
        "active",
        "UPDATE conversations SET owner = NULL, owner_id = NULL WHERE id = '{id}'",
        "is active, and nobody owns it",
    ),
    "somebody owns what waits": (
        "active",
        "UPDATE conversations SET phase = 'waiting' WHERE id = '{id}'",
        "is waiting, and has an owner",
    ),
    "somebody owns what ended": (
        "active",
        "UPDATE conversations SET phase = 'closed', closed_at = 1 WHERE id = '{id}'",
        "is closed, and has an owner",
    ),
    "a ring without an offer": (
        "ringing",
        "UPDATE conversations SET offer = NULL, offer_to = NULL WHERE id = '{id}'",
        "is ringing, and no offer is held out",
    ),
    "a transfer without an offer": (
        "transferring",
        "UPDATE conversations SET offer = NULL, offer_to = NULL WHERE id = '{id}'",
        "is transferring, and no offer is held out",
    ),
    "an offer while it waits": (
        "ringing",
        "UPDATE conversations SET phase = 'waiting' WHERE id = '{id}'",
        "is waiting, and has an offer",
    ),
    "two owners": (
        "active",
        "UPDATE conversations SET owner_id = (SELECT id FROM consultants WHERE number = '015') WHERE id = '{id}'",
        "its owner is",
    ),
    "offered to two": (
        "ringing",
        "UPDATE conversations SET offer_to = (SELECT id FROM consultants WHERE number = '012') WHERE id = '{id}'",
        "its offer says otherwise",
    ),
    "open, with an end": (
        "active",
        "UPDATE conversations SET closed_at = 1 WHERE id = '{id}'",
        "is active, and closed_at says otherwise",
    ),
    "no phase at all": ("active", "UPDATE conversations SET phase = 'asleep' WHERE id = '{id}'", "cannot be read"),
    "no owner one could read": ("active", "UPDATE conversations SET owner = '{{' WHERE id = '{id}'", "cannot be read"),
    "a clock without a row": (
        "ringing",
        "DELETE FROM deadlines WHERE subject_id = '{id}' AND clock = 'offer'",
        "the clock offer runs, and has no deadline",
    ),
    "a row that is late": (
        "ringing",
        "UPDATE deadlines SET due_at = due_at + 7 WHERE subject_id = '{id}' AND clock = 'offer'",
        "the deadline offer is 7 ms later than due",
    ),
    "a row for what has ended": (
        "closed",
        "INSERT INTO deadlines VALUES ('conversation', '{id}', 'grace', 1)",
        "has ended, and has a deadline grace",
    ),
    "a row for what is not there": (
        "closed",
        "INSERT INTO deadlines VALUES ('conversation', '{id}-gone', 'grace', 1)",
        "{id}-gone: is missing, and has a deadline grace",
    ),
    "a fence that fell": (
        "transferring",
        "UPDATE entries SET details = replace(details, ':1', ':0') WHERE conversation = '{id}' AND seq = 3",
        "the fence at seq 3 is 0, it was 0",
    ),
    "a fence nobody gave": (
        "active",
        "UPDATE conversations SET fence = 7 WHERE id = '{id}'",
        "fence is 7, its last one is 1",
    ),
    "a fence one cannot read": (
        "active",
        "UPDATE entries SET details = '{{' WHERE conversation = '{id}' AND seq = 3",
        "seq 3 cannot be read",
    ),
    "entries of nothing": (
        "closed",
        "DELETE FROM conversations WHERE id = '{id}'",
        "entries.conversation: {id} is not in conversations",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_each_violation_is_reported(path: Path, day: Day, what: str) -> None:
    which, statement, story = BROKEN[what]
    id = getattr(day, which)
    broken(path, statement.format(id=id))
    lines = found(path)
    assert any(story.format(id=id) in line and id in line for line in lines), lines


def test_one_violation_is_one_finding(path: Path, day: Day) -> None:
    broken(path, f"UPDATE conversations SET closed_at = 1 WHERE id = '{day.active}'")
    assert found(path) == [f"conversation {day.active}: is active, and closed_at says otherwise"]


def test_a_ref_used_twice_is_named(path: Path, day: Day) -> None:
    without_index(path, "uq_entries_ref")
    broken(
        path,
        f"UPDATE entries SET author_id = 'x', ref = 'r' WHERE conversation = '{day.active}' AND ref IS NOT NULL",
    )
    assert found(path) == [f"conversation {day.active}: several entries with the ref r"]


def test_a_row_that_points_nowhere_is_named(path: Path) -> None:
    broken(path, "UPDATE departments SET campus_id = 'moon' WHERE id = 'gynecology'")
    assert found(path) == ["departments.campus_id: moon is not in campuses"]


def test_shorter_times_make_rows_late_until_a_server_has_started(path: Path, day: Day) -> None:
    shorter = replace(RULES, inactive_ms=RULES.inactive_ms - 1)
    assert found(path, shorter) == [f"conversation {day.active}: the deadline inactive is 1 ms later than due"]


def test_a_damaged_file_is_reported_in_sqlites_words(path: Path) -> None:
    with_a_false_index(path)
    with opened(path) as conn:
        damaged = damage(conn)
    assert damaged
    assert found(path)[: len(damaged)] == damaged
    assert all(line.startswith("file: ") for line in damaged)


def test_findings_contain_no_chat_text(path: Path, day: Day) -> None:
    broken(
        path,
        "UPDATE entries SET visitor_seq = NULL WHERE visitor_seq IS NOT NULL",
        f"UPDATE conversations SET owner = '\"{QUESTION}\"' WHERE id = '{day.active}'",
    )
    lines = found(path)
    assert len(lines) > 5
    assert not any(QUESTION in line for line in lines)


def test_checking_changes_nothing(path: Path) -> None:
    before = path.read_bytes()
    found(path)
    assert path.read_bytes() == before
    with pytest.raises(Exception, match="readonly"), opened(path) as conn:
        conn.exec_driver_sql("DELETE FROM entries")
