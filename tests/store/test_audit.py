"""The audit log: rows in a chain that cannot be changed unseen, and that the database itself refuses to change."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from chatserver.store import audit, audit_chain
from chatserver.store.audit import Act
from chatserver.store.database import Database, Where
from tests.transactions import AUDIT_KEY, tx_at, written

JANUARY, FEBRUARY, MARCH = 1_767_225_600_000, 1_769_904_000_000, 1_772_323_200_000
"""When these months of 2026 begin (ms)."""
DAY = 86_400_000
OTHER_KEY = b"a key that did not sign the log.."
TRIGGERS = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%'",
    "postgresql": "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'audit%'",
}


def note(conn: Connection, now: int = JANUARY, object_id: str = "one", reason: str = "") -> None:
    audit.write(tx_at(conn, now), Act("supervisor", "transcript.read", "conversation", object_id), reason)


def found(database: Database, key: bytes | None = AUDIT_KEY, kept: str = "") -> list[str]:
    return database.read_now(lambda conn: [str(each) for each in audit_chain.findings(conn, key, kept)])


@pytest.fixture
def log(database: Database) -> Database:
    """A log of nine rows."""
    for number in range(9):
        written(database, partial(note, now=JANUARY + number, object_id=f"object {number}"))
    return database


def without_triggers(conn: Connection) -> None:
    """Whoever owns the database can switch them off; the chain must tell all the same."""
    for name, table in conn.execute(text(TRIGGERS[conn.dialect.name])).all():
        on = f" ON {table}" if conn.dialect.name == "postgresql" else ""
        conn.exec_driver_sql(f"DROP TRIGGER {name}{on}")


def spoiled(database: Database, *statements: str) -> None:
    """Changed by somebody who owns the database, and not the key."""

    def spoil(conn: Connection) -> None:
        without_triggers(conn)
        for each in statements:
            conn.exec_driver_sql(each)

    written(database, spoil)


def condition(database: Database, key: bytes = AUDIT_KEY) -> str:
    return database.read_now(lambda conn: audit_chain.condition(conn, key))


def test_what_was_written_is_sound_and_counts_from_one(log: Database) -> None:
    assert found(log) == []
    numbers = log.read_now(lambda conn: list(conn.scalars(text("SELECT number FROM audit_entries ORDER BY number"))))
    assert numbers == list(range(1, 10))


SPOILED: dict[str, tuple[list[str], str]] = {
    "a row changed": (["UPDATE audit_entries SET actor = 'else' WHERE number = 4"], "number 4 is not"),
    "a time changed": (["UPDATE audit_entries SET at = at + 1 WHERE number = 4"], "number 4 is not"),
    "a row deleted": (["DELETE FROM audit_entries WHERE number = 4"], "number 4 is missing"),
    "the first row deleted": (["DELETE FROM audit_entries WHERE number = 1"], "number 1 is missing"),
    "a row deleted and the others moved up": (
        [
            "DELETE FROM audit_entries WHERE number = 4",
            *(f"UPDATE audit_entries SET number = {number - 1} WHERE number = {number}" for number in range(5, 10)),
            "UPDATE audit_head SET number = 8",
        ],
        "number 4 is not",
    ),
    "a row inserted at the end": (
        [
            "INSERT INTO audit_entries SELECT 10, at, actor, role, action, object_kind, object_id, details,"
            " address_hash, reason_mac, mac FROM audit_entries WHERE number = 9",
            "UPDATE audit_head SET number = 10",
        ],
        "number 10 is not",
    ),
    "two rows swapped": (
        [
            "UPDATE audit_entries SET number = -1 WHERE number = 4",
            "UPDATE audit_entries SET number = 4 WHERE number = 5",
            "UPDATE audit_entries SET number = 5 WHERE number = -1",
        ],
        "number 4 is not",
    ),
    "the contents of two rows swapped": (
        [
            "UPDATE audit_entries SET object_id = 'object 5' WHERE number = 5",
            "UPDATE audit_entries SET object_id = 'object 4' WHERE number = 6",
        ],
        "number 5 is not",
    ),
    "the signatures removed": (["UPDATE audit_entries SET mac = NULL"], "number 1 is not"),
    "everything unsigned, the head too": (
        ["UPDATE audit_entries SET mac = NULL", "UPDATE audit_head SET mac = NULL"],
        "is not signed",
    ),
    "the head unsigned, and a row changed": (
        ["UPDATE audit_entries SET actor = 'else' WHERE number = 4", "UPDATE audit_head SET mac = NULL"],
        "is not signed",
    ),
    "the head deleted": (["DELETE FROM audit_head"], "is not signed"),
    "a second head": (["INSERT INTO audit_head (number) VALUES (12)"], "is not signed"),
    "a head that is behind": (
        [
            "UPDATE audit_head SET mac = (SELECT mac FROM audit_entries WHERE number = 6)",
            "UPDATE audit_head SET number = 6",
        ],
        "ends at number 9, and should end at 6",
    ),
    "the tail cut": (["DELETE FROM audit_entries WHERE number > 6"], "ends at number 6, and should end at 9"),
    "a forged checkpoint": (
        [
            "INSERT INTO audit_checkpoints (first, last, month, last_mac, mac)"
            " SELECT 1, 4, '2026-01', mac, mac FROM audit_entries WHERE number = 4",
            "DELETE FROM audit_entries WHERE number <= 4",
        ],
        "number 1 is not",
    ),
}


@pytest.mark.parametrize("how", SPOILED)
def test_whatever_is_changed_is_found_at_the_first_broken_number(log: Database, how: str) -> None:
    statements, wanted = SPOILED[how]
    spoiled(log, *statements)
    [finding] = found(log)
    assert wanted in finding


NO_LONGER_WRITABLE = {"the head deleted", "a second head", "a head that is behind"}


@pytest.mark.parametrize("how", [how for how in SPOILED if how not in NO_LONGER_WRITABLE])
def test_nothing_that_was_changed_is_hidden_by_the_rows_that_are_written_after_it(log: Database, how: str) -> None:
    statements, _ = SPOILED[how]
    spoiled(log, *statements)
    for work in (note, lambda conn: audit.begin(tx_at(conn, JANUARY)), note):
        written(log, work)
    assert len(found(log)) == 1


ENDS = {
    "the last row changed": ("UPDATE audit_entries SET actor = 'else' WHERE number = 9", "foreign"),
    "the tail cut": ("DELETE FROM audit_entries WHERE number > 6", "torn"),
    "the head ahead": ("UPDATE audit_head SET number = 12", "torn"),
    "the head behind": ("UPDATE audit_head SET number = 6", "torn"),
    "the head of another row": ("UPDATE audit_head SET mac = (SELECT mac FROM audit_entries WHERE number = 6)", "torn"),
    "the head unsigned": ("UPDATE audit_head SET mac = NULL", "unsigned"),
    "the head reset": ("UPDATE audit_head SET number = 0, mac = NULL", "unsigned"),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_log_whose_end_was_changed_is_continued_only_after_it_was_taken_over(log: Database, how: str) -> None:
    statement, wanted = ENDS[how]
    assert condition(log) == "fits"
    spoiled(log, statement)
    assert condition(log) == wanted
    written(log, lambda conn: audit.continue_with_own_key(tx_at(conn, JANUARY)))
    written(log, note)
    assert condition(log) == "fits"


def test_a_tail_that_is_cut_with_its_head_is_found_by_a_head_kept_elsewhere(log: Database) -> None:
    kept = log.read_now(audit_chain.head).written()
    assert found(log, kept=kept) == []

    def cut(conn: Connection) -> None:
        without_triggers(conn)
        mac = conn.exec_driver_sql("SELECT mac FROM audit_entries WHERE number = 6").scalar_one()
        conn.exec_driver_sql("DELETE FROM audit_entries WHERE number > 6")
        conn.execute(text("UPDATE audit_head SET number = 6, mac = :mac"), {"mac": bytes(mac)})

    written(log, cut)
    assert found(log) == [], "nothing in the database can tell"
    [finding] = found(log, kept=kept)
    assert "number 9, which was written down, is not in it" in finding


def test_a_kept_head_stays_valid_when_the_log_grows(log: Database) -> None:
    kept = log.read_now(audit_chain.head).written()
    written(log, note)
    assert found(log, kept=kept) == []
    assert "12345" in found(log, kept="12345:00")[0]
    assert found(log, kept="nonsense") != []


REFUSED = (
    "UPDATE audit_entries SET actor = 'else'",
    "UPDATE audit_entries SET mac = NULL WHERE number = 9",
    "DELETE FROM audit_entries WHERE number = 1",
    "DELETE FROM audit_entries",
    "DELETE FROM audit_head",
    "INSERT INTO audit_head (number) VALUES (12)",
)


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_refuses_to_change_or_delete_a_row(log: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match="audit log is not changed"):
        written(log, lambda conn: conn.exec_driver_sql(statement))
    assert found(log) == []


OF_ONE_KIND = {
    "sqlite": (
        "INSERT OR REPLACE INTO audit_entries SELECT number, at, 'else', role, action, object_kind, object_id, details,"
        " address_hash, reason_mac, mac FROM audit_entries WHERE number = 4",
        "REPLACE INTO audit_entries (rowid, number, at, actor, role, action, object_kind, object_id)"
        " SELECT rowid, 77, at, actor, role, action, object_kind, object_id FROM audit_entries WHERE number = 4",
        "UPDATE OR REPLACE audit_entries SET number = 4 WHERE number = 5",
    ),
    "postgresql": ("TRUNCATE audit_entries CASCADE", "TRUNCATE audit_checkpoints", "TRUNCATE audit_head"),
}


def test_it_refuses_what_only_this_kind_of_database_can_do(log: Database) -> None:
    for statement in OF_ONE_KIND[log.read_now(lambda conn: conn.dialect.name)]:
        with pytest.raises(DBAPIError, match="audit log is not changed"):
            written(log, partial(Connection.exec_driver_sql, statement=statement))
    assert found(log) == []


def test_another_key_fits_nothing_that_is_signed(log: Database) -> None:
    assert condition(log) == "fits"
    assert condition(log, OTHER_KEY) == "foreign"
    assert "number 1 is not" in found(log, OTHER_KEY)[0]
    assert "no key" in found(log, None)[0]


def test_an_empty_log_fits_every_key(database: Database) -> None:
    assert condition(database, OTHER_KEY) == "fits"
    assert found(database, None) == found(database) == []


def test_a_lost_key_is_replaced_and_what_it_signed_can_no_longer_be_changed_unseen(log: Database) -> None:
    written(log, lambda conn: audit.take_over(tx_at(conn, JANUARY, "cli")))
    with closing(Database(log_place(log), OTHER_KEY)) as later:
        later.write_now(audit.take_over, lambda: JANUARY, "cli")
        later.write_now(lambda tx: audit.write(tx, Act("", "sign_in", "consultant", "one")), lambda: JANUARY, "one")
        assert found(later, OTHER_KEY) == []
        assert condition(later, OTHER_KEY) == "fits"
        spoiled(later, "UPDATE audit_entries SET actor = 'else' WHERE number = 4")
        assert "the rows up to 10 are not those" in found(later, OTHER_KEY)[0]


def test_a_reason_can_be_erased_and_not_replaced(log: Database) -> None:
    written(log, lambda conn: note(conn, reason="a complaint"))
    assert found(log) == []
    written(log, lambda conn: conn.exec_driver_sql("UPDATE audit_reasons SET reason = 'another'"))
    assert "the reason of number 10 is not" in found(log)[0]
    written(log, lambda conn: conn.exec_driver_sql("UPDATE audit_reasons SET reason = ''"))
    assert found(log) == []
    written(log, lambda conn: conn.exec_driver_sql("DELETE FROM audit_reasons"))
    assert found(log) == []


def months(conn: Connection) -> None:
    for month in (JANUARY, FEBRUARY, MARCH):
        for day in range(3):
            note(conn, month + day * DAY, f"{month}", reason="asked" if day == 1 else "")


def test_a_month_is_replaced_by_a_signed_checkpoint(database: Database) -> None:
    written(database, months)
    later = MARCH + 10 * DAY
    assert written(database, lambda conn: audit.replace_month(tx_at(conn, later), 2026, 1)) == 3
    assert found(database) == []
    assert written(database, lambda conn: audit.replace_month(tx_at(conn, later), 2026, 2)) == 3
    assert found(database) == []
    actions = database.read_now(
        lambda conn: list(conn.scalars(text("SELECT action FROM audit_entries ORDER BY number")))
    )
    assert actions == ["transcript.read"] * 3 + ["audit.checkpoint"] * 2


@pytest.mark.parametrize("month", [2, 3])
def test_months_are_replaced_in_order_and_when_they_are_over(database: Database, month: int) -> None:
    written(database, months)
    with pytest.raises(ValueError, match="2026-0"):
        written(database, lambda conn: audit.replace_month(tx_at(conn, MARCH + DAY), 2026, month))
    assert found(database) == []


def test_a_checkpoint_is_neither_changed_nor_deleted(database: Database) -> None:
    written(database, months)
    written(database, lambda conn: audit.replace_month(tx_at(conn, MARCH + DAY), 2026, 1))
    for statement in ("UPDATE audit_checkpoints SET month = '2025-12'", "DELETE FROM audit_checkpoints"):
        with pytest.raises(DBAPIError, match="audit log is not changed"):
            written(database, partial(Connection.exec_driver_sql, statement=statement))

    spoiled(database, "UPDATE audit_checkpoints SET month = '2025-12'")
    assert "number 1 is not" in found(database)[0]


def test_two_who_write_at_once_continue_one_chain(database: Database) -> None:
    with closing(Database(log_place(database), AUDIT_KEY)) as other, ThreadPoolExecutor(2) as both:
        writing = [
            both.submit(written, each, partial(note, object_id=str(number)))
            for number in range(12)
            for each in (database, other)
        ]
        for each in writing:
            each.result()
    assert database.read_now(audit_chain.head).number == 24
    assert found(database) == []


def log_place(database: Database) -> Where:
    kind = database._kind
    return kind.path if hasattr(kind, "path") else kind.address
