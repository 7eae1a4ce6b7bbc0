"""Who may try to sign in, and when: the counts of failures by device, network and account."""

from random import Random

import pytest
from sqlalchemy import Connection, event, select

from chatserver.domain.hospital import Role
from chatserver.domain.versioned_settings import SignInPolicy
from chatserver.store import accounts, sign_ins
from chatserver.store.accounts import NewAccount
from chatserver.store.database import Database
from chatserver.store.sign_ins import SignInPlace, Verdict
from chatserver.store.tables import sign_in_failures
from tests.transactions import tx_at, written

NOW = 1_795_233_600_000
SECOND, MINUTE, DAY = 1_000, 60_000, 86_400_000
USUAL = SignInPolicy()
WARD, HOME = SignInPlace(b"ward"), SignInPlace(b"home")
DESK = SignInPlace(b"ward", b"desk")


def street(number: int) -> SignInPlace:
    """One of many unknown networks."""
    return SignInPlace(f"street {number}".encode())


def look(
    database: Database, place: SignInPlace, at: int = NOW, login: str = "limin", policy: SignInPolicy = USUAL
) -> Verdict:
    return database.read_now(lambda conn: sign_ins.verdict(conn, login, place, at, policy))


def fail(database: Database, place: SignInPlace, times: int = 1, at: int = NOW, login: str = "limin") -> None:
    """So many wrong attempts at once, none of which has to wait."""
    for _ in range(times):
        tried = written(database, lambda conn: sign_ins.note_try(tx_at(conn, at), login, place, USUAL))
        assert tried.until is None, tried


def guess(database: Database, place: SignInPlace, at: int, login: str = "limin") -> bool:
    """Whether a wrong attempt at that time is checked."""
    return written(database, lambda conn: sign_ins.note_try(tx_at(conn, at), login, place, USUAL)).until is None


def succeed(database: Database, place: SignInPlace, at: int = NOW, login: str = "limin") -> None:
    written(database, lambda conn: sign_ins.succeeded(tx_at(conn, at), login, place))


PEOPLE = ("limin", "wangfang", "zhangwei")


def people(database: Database) -> None:
    """Create these accounts."""
    for number, login in enumerate(PEOPLE):
        new = NewAccount(login, "$hash", "李敏", f"01{number}", Role.CONSULTANT, (), 5)
        written(database, lambda conn, new=new: accounts.add(tx_at(conn, NOW), new))  # type: ignore[misc]


def locks(database: Database, at: int, policy: SignInPolicy = USUAL) -> list[sign_ins.Lock]:
    return database.read_now(lambda conn: sign_ins.locks(conn, None, at, policy))


@pytest.mark.parametrize("known", [WARD, DESK])
def test_five_failures_within_fifteen_minutes_lock_a_known_place(database: Database, known: SignInPlace) -> None:
    succeed(database, WARD)
    fail(database, known, 4)
    assert look(database, known) == Verdict(known=True)
    fail(database, known, 1, NOW + MINUTE)
    locked = look(database, known, NOW + MINUTE)
    assert (locked.kind, locked.until) == ("locked", NOW + 16 * MINUTE)
    assert look(database, known, NOW + 16 * MINUTE) == Verdict(known=True)


def test_the_hospitals_policy_says_after_how_many_failures_and_for_how_long(database: Database) -> None:
    strict = SignInPolicy(lock_after=3, lock_minutes=30)
    people(database)
    succeed(database, WARD)
    fail(database, WARD, 3)
    assert look(database, WARD) == Verdict(known=True)
    locked = look(database, WARD, policy=strict)
    assert (locked.kind, locked.until) == ("locked", NOW + 30 * MINUTE)
    assert locks(database, NOW) == []
    assert [(each.login, each.until) for each in locks(database, NOW, strict)] == [("limin", NOW + 30 * MINUTE)]
    mild = SignInPolicy(lock_after=10, lock_minutes=5)
    fail(database, WARD, 1)
    assert look(database, WARD, policy=mild) == Verdict(known=True)
    assert locks(database, NOW, mild) == []


def test_a_lock_lasts_fifteen_minutes_however_the_five_were_spread(database: Database) -> None:
    for minute in (0, 3, 7, 10, 14):
        fail(database, DESK, 1, NOW + minute * MINUTE)
    assert look(database, DESK, NOW + 29 * MINUTE - 1).until == NOW + 29 * MINUTE
    assert look(database, DESK, NOW + 29 * MINUTE).until is None


def test_five_failures_over_more_than_fifteen_minutes_lock_nothing(database: Database) -> None:
    for quarter in range(5):
        fail(database, DESK, 1, NOW + quarter * 4 * MINUTE)
    assert look(database, DESK, NOW + 16 * MINUTE).until is None


def test_a_known_device_is_not_locked_with_its_network_nor_the_network_with_it(database: Database) -> None:
    succeed(database, WARD)
    fail(database, WARD, 5)
    assert look(database, WARD).kind == "locked"
    assert look(database, DESK) == Verdict(known=True)
    fail(database, DESK, 5)
    assert look(database, DESK).kind == "locked"
    succeed(database, WARD)
    assert look(database, WARD) == Verdict(known=True)
    assert look(database, DESK).kind == "locked"


def test_a_lock_of_one_account_affects_no_other(database: Database) -> None:
    succeed(database, WARD)
    fail(database, WARD, 5)
    assert look(database, WARD, login="wangfang").until is None


def test_strangers_lock_no_account_and_wait_for_one_second_doubling_to_sixty(database: Database) -> None:
    at, waits = NOW, []
    for number in range(14):
        assert guess(database, street(number), at)
        until = look(database, street(99), at).until
        waits.append(((until or at) - at) // SECOND)
        assert look(database, street(99), at).kind == "delayed"
        at = until or at
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]


def test_of_a_hundred_simultaneous_strangers_one_is_checked(database: Database) -> None:
    for number in range(8):
        at = NOW + number * MINUTE
        assert guess(database, street(number), at)
    later = NOW + 8 * MINUTE
    assert [guess(database, street(100 + number), later) for number in range(20)].count(True) == 1


def test_known_devices_and_networks_do_not_wait_while_strangers_guess(database: Database) -> None:
    succeed(database, WARD)
    for number in range(12):
        guess(database, street(number), NOW + number * MINUTE)
    at = NOW + 11 * MINUTE
    assert look(database, street(99), at).until is not None
    assert look(database, DESK, at) == Verdict(known=True)
    assert look(database, WARD, at) == Verdict(known=True)


def test_a_stranger_s_own_network_is_locked_for_the_account(database: Database) -> None:
    for number in range(5):
        fail(database, HOME, 1, NOW + number * MINUTE)
    locked = look(database, HOME, NOW + 5 * MINUTE)
    assert (locked.known, locked.kind, locked.until) == (False, "locked", NOW + 19 * MINUTE)


def test_a_network_is_known_for_thirty_days(database: Database) -> None:
    succeed(database, WARD)
    assert look(database, WARD, NOW + 30 * DAY).known
    assert not look(database, WARD, NOW + 30 * DAY + 1).known
    assert not look(database, HOME).known
    assert not look(database, WARD, login="wangfang").known


def test_a_network_that_tries_every_login_waits_for_all_of_them(database: Database) -> None:
    for number in range(sign_ins.NETWORK_FREE + 1):
        fail(database, WARD, 1, login=f"nurse{number}")
    assert look(database, WARD, login="another").until == NOW + SECOND
    assert look(database, HOME, login="another").until is None
    succeed(database, HOME, login="wangfang")
    assert look(database, DESK, login="another").until is None


def test_an_unknown_login_is_treated_like_a_known_one(database: Database) -> None:
    accounts_there = NewAccount("limin", "$hash", "李敏", "012", Role.CONSULTANT, (), 5)
    written(database, lambda conn: accounts.add(tx_at(conn, NOW), accounts_there))
    for number in range(9):
        at = NOW + number * MINUTE
        for login in ("limin", "nobody"):
            guess(database, street(number), at, login)
        assert look(database, street(99), at, "limin") == look(database, street(99), at, "nobody")


def test_a_right_password_and_a_new_one_end_the_count(database: Database) -> None:
    new = NewAccount("limin", "$hash", "李敏", "012", Role.CONSULTANT, (), 5)
    li = written(database, lambda conn: accounts.add(tx_at(conn, NOW), new))
    succeed(database, WARD)
    fail(database, WARD, 4)
    succeed(database, WARD)
    fail(database, WARD, 5)
    fail(database, DESK, 5)
    written(database, lambda conn: accounts.set_password(tx_at(conn, NOW), li, "$other"))
    assert look(database, WARD).until is None
    assert look(database, DESK).until is None


def test_a_lock_can_be_seen_and_ended(database: Database) -> None:
    people(database)
    fail(database, DESK, 5)
    for number in range(5):
        guess(database, street(number), NOW + number * MINUTE, "wangfang")
    fail(database, DESK, 4, login="zhangwei")
    at = NOW + 4 * MINUTE
    told = {lock.login: lock.until for lock in locks(database, at)}
    assert told == {"limin": NOW + 15 * MINUTE, "wangfang": at + 4 * SECOND}
    written(database, lambda conn: sign_ins.end_locks(tx_at(conn), "limin"))
    assert look(database, DESK).until is None
    assert [lock.login for lock in locks(database, at)] == ["wangfang"]


def test_the_listed_locks_agree_with_the_verdicts(database: Database) -> None:
    people(database)
    random = Random(12)
    places = (
        WARD,
        HOME,
        DESK,
        SignInPlace(b"elsewhere", b"desk"),
        SignInPlace(b"ward", b"other"),
        *map(street, range(4)),
    )
    at = NOW
    seen: set[str] = set()
    for login in PEOPLE[:2]:
        succeed(database, WARD, login=login)
    for step in range(300):
        at += random.choice((0, SECOND, 20 * SECOND, MINUTE, 4 * MINUTE))
        login = random.choice(PEOPLE)
        guess(database, random.choice(places), at, login)
        if step % 10:
            continue
        told = {lock.login: lock.until for lock in locks(database, at)}
        strange = SignInPlace(b"nowhere")
        verdicts = {each: [look(database, place, at, each) for place in (*places, strange)] for each in PEOPLE}
        # The wait of a network that tries many logins belongs to no account.
        assert told == {
            each: max(one.until for one in found if one.until is not None)
            for each, found in verdicts.items()
            if any(one.until is not None for one in found)
        }
        seen.update(one.kind for found in verdicts.values() for one in found if one.until is not None)
    assert seen == {"locked", "delayed"}


def test_the_locks_are_one_query_however_many_logins_strangers_name(database: Database) -> None:
    people(database)
    fail(database, DESK, 5)
    for number in range(200):
        fail(database, street(number), 1, login=f"made-up-{number}")
    asked: list[str] = []

    def look_at(conn: Connection) -> list[sign_ins.Lock]:
        event.listen(conn, "before_cursor_execute", lambda *told: asked.append(told[2]))
        return sign_ins.locks(conn, None, NOW, USUAL)

    assert [lock.login for lock in database.read_now(look_at)] == ["limin"]
    assert len([each for each in asked if each.startswith("SELECT")]) == 1


def test_old_failures_are_forgotten_without_another_try(database: Database) -> None:
    fail(database, WARD, login="limiin")
    succeed(database, WARD)
    for at, kept in ((NOW + 60 * MINUTE, 1), (NOW + 60 * MINUTE + 1, 0)):
        written(database, lambda conn, at=at: sign_ins.forget_old(tx_at(conn, at)))  # type: ignore[misc]
        assert len(database.read_now(lambda conn: conn.execute(select(sign_in_failures)).all())) == kept
    assert look(database, WARD, NOW + 30 * DAY).known
