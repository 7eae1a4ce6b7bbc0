"""查询码 rows on both databases: what opens one, what freezes it, and what is stored."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from chatserver.domain.lookup_codes import FROZEN_MS, LIFE_MS, WRONG_TRIES
from chatserver.store import lookup_codes
from chatserver.store.database import Database
from chatserver.store.lookup_codes import Subject, Try
from chatserver.store.tables import lookup_codes as codes
from chatserver.store.tables import lookup_tries
from chatserver.store.tx import VISITOR, Tx

from .days import DAWN

SUBJECT, OTHER = Subject("offline_message", "m-1"), Subject("conversation", "c-1")


class Codes:
    """The codes of one database, at a time that the test sets."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = DAWN

    def make(self, subject: Subject = SUBJECT, proof: str = "5678") -> str:
        return self.database.write_now(lambda tx: lookup_codes.make(tx, subject, proof), lambda: self.now, VISITOR)[0]

    def tried(self, code: str, proof: str = "5678") -> Try:
        return self.database.write_now(lambda tx: lookup_codes.attempt(tx, code, proof), lambda: self.now, VISITOR)


@pytest.fixture
def kept(database: Database) -> Codes:
    database.audit_key = b"k" * 32
    return Codes(database)


def unlike(code: str) -> str:
    """A code that does not exist."""
    return f"{(int(code) + 1) % 10**10:010}"


def test_a_code_opens_its_own_subject_alone(kept: Codes) -> None:
    code, other = kept.make(), kept.make(OTHER, "0000")
    assert code != other
    assert (len(code), code.isdecimal()) == (10, True)
    assert kept.tried(code).subject == SUBJECT
    assert kept.tried(other, "0000").subject == OTHER
    assert kept.tried(other).subject is None


def test_neither_code_nor_digits_are_stored(kept: Codes) -> None:
    code = kept.make()
    row = kept.database.read_now(lambda conn: conn.execute(select(codes)).one())
    for hidden in (code.encode(), b"5678"):
        assert hidden not in row.code_hash + row.proof_hash
    kept.database.audit_key = b"o" * 32
    assert kept.tried(code).subject is None, "a copy of the database does not open it without the key"


def test_five_wrong_tries_freeze_a_code_for_the_right_digits_too(kept: Codes) -> None:
    code = kept.make()
    assert [kept.tried(code, "1111").left for _ in range(WRONG_TRIES)] == [4, 3, 2, 1, 0]
    assert kept.tried(code) == Try(None, 0)
    assert kept.tried(code, "1111") == Try(None, 0)


def test_a_right_try_forgets_the_wrong_ones_before_it(kept: Codes) -> None:
    code = kept.make()
    for _ in range(3):
        for _ in range(WRONG_TRIES - 1):
            kept.tried(code, "1111")
        assert kept.tried(code).subject == SUBJECT


def test_a_code_that_does_not_exist_is_answered_as_one_with_wrong_digits(kept: Codes) -> None:
    code = kept.make()
    wrong = [kept.tried(code, "1111") for _ in range(WRONG_TRIES + 2)]
    assert [kept.tried(unlike(code)) for _ in range(WRONG_TRIES + 2)] == wrong


def test_wrong_tries_are_forgotten_after_a_month_without_any(kept: Codes) -> None:
    code = kept.make()
    for _ in range(WRONG_TRIES + 1):
        kept.tried(code, "1111")
    kept.now += FROZEN_MS
    assert kept.tried(code) == Try(None, 0), "and this one counts as well"
    kept.now += FROZEN_MS + 1
    assert kept.tried(code).subject == SUBJECT


def test_a_new_code_replaces_the_earlier_one(kept: Codes) -> None:
    first, second = kept.make(), kept.make()
    assert kept.tried(first).subject is None
    assert kept.tried(second).subject == SUBJECT


def test_a_code_ends(kept: Codes) -> None:
    code = kept.make()
    kept.now += LIFE_MS - 1
    assert kept.tried(code).subject == SUBJECT
    kept.now += 1
    assert kept.tried(code).subject is None
    assert kept.database.read_now(lambda conn: conn.execute(select(codes)).all()) == []


def test_old_tries_are_deleted(kept: Codes) -> None:
    kept.tried("0000000000")
    kept.now += FROZEN_MS + 1
    kept.tried("1111111111")
    assert len(kept.database.read_now(lambda conn: conn.execute(select(lookup_tries)).all())) == 1


def test_a_deletion_is_requested_and_settled_once_and_shown_to_its_group(kept: Codes) -> None:
    def write(work: Callable[[Tx], object]) -> object:
        return kept.database.write_now(work, lambda: kept.now, VISITOR)

    def listed(*groups: str) -> list[Subject]:
        return [each.subject for each in kept.database.read_now(lambda c: lookup_codes.deletions(c, groups, 9))]

    for subject, group in ((SUBJECT, "general"), (SUBJECT, "general"), (OTHER, "night")):
        write(lambda tx, subject=subject, group=group: lookup_codes.request_deletion(tx, subject, group))  # type: ignore[misc]
        kept.now += 1
    assert listed("general") == [SUBJECT]
    assert listed("night", "general") == [OTHER, SUBJECT]
    known = kept.database.read_now(lambda conn: lookup_codes.deletion_of(conn, OTHER))
    assert known is not None
    assert (known.asked_at, known.done_at) == (DAWN + 2, None)
    settle = [write(lambda tx: lookup_codes.settle_deletion(tx, known.id, "kept", "〔备注〕", None)) for _ in range(2)]
    assert settle == [True, False]
    assert listed("night", "general") == [SUBJECT, OTHER], "what is open comes first"
    after = kept.database.read_now(lambda conn: lookup_codes.deletion(conn, known.id))
    assert after is not None
    assert (after.done_at, after.result, after.note) == (kept.now, "kept", "〔备注〕")


def test_the_tries_of_a_network_are_counted_over_the_last_hour(kept: Codes) -> None:
    def waits() -> int:
        return kept.database.write_now(lambda tx: lookup_codes.wait_of(tx, b"network", 3), lambda: kept.now, VISITOR)

    found = []
    for _ in range(4):
        found.append(waits())
        kept.now += 1_000
    assert found == [0, 0, 0, 3_600_000 - 3_000]
    kept.now = DAWN + 3_600_000
    assert [waits(), waits()] == [0, 1_000], "one try in the place of the one that is an hour old"
