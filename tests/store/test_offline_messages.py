"""留言, shifts and 签到 rows, on both databases."""

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from chatserver.demo.seed import GROUPS, SITE, seed
from chatserver.domain.hours import ALWAYS, USUAL
from chatserver.domain.hours_text import read
from chatserver.domain.offline_messages import OfflineMessage
from chatserver.domain.shifts import Shift
from chatserver.store import accounts, hospital, offline_messages, shifts, visitors
from chatserver.store.database import Database, Where
from chatserver.store.ids import new_id
from chatserver.store.revisions import migrate
from tests.transactions import tx_at, written

from .days import DAWN
from .earlier import lay_down

HOURS = read({"monday": ["08:00-12:00"], "dates": {"2026-10-01": []}, "holidays": True})


def lived(database: Database) -> tuple[str, str]:
    """A visitor of the demo hospital, and 李敏."""

    def build(conn: Connection) -> tuple[str, str]:
        seed(tx_at(conn, DAWN), ("http://127.0.0.1:8001",), 5)
        li = accounts.by_login(conn, "limin")
        assert li is not None
        return visitors.start(tx_at(conn, DAWN), "demo", "zh", 1_000)[0], li.consultant.id

    return written(database, build)


def left(visitor: str, **changes: object) -> OfflineMessage:
    message = OfflineMessage(
        new_id(), "demo", "gynecology", "general", visitor, "question", "zh", "周六有门诊吗？", DAWN, DAWN + 1_000
    )
    return replace(message, **changes)  # type: ignore[arg-type]  # the tests name real fields


def test_a_message_comes_back_as_it_was_left(database: Database) -> None:
    visitor, li = lived(database)
    message = left(visitor, name="王女士", phone="13812345678", owner=li)
    written(database, lambda conn: offline_messages.add(tx_at(conn), message, "ref-1", b"digest"))
    found = database.read_now(lambda conn: offline_messages.left_before(conn, visitor, "ref-1"))
    assert found == (message, b"digest")
    assert database.read_now(lambda conn: offline_messages.left_before(conn, visitor, "ref-2")) is None


def test_a_ref_of_a_visitor_is_unique(database: Database) -> None:
    visitor, _ = lived(database)
    written(database, lambda conn: offline_messages.add(tx_at(conn), left(visitor), "ref-1", b"digest"))
    with pytest.raises(IntegrityError):
        written(database, lambda conn: offline_messages.add(tx_at(conn), left(visitor), "ref-1", b"digest"))


def test_open_ones_are_shown_and_those_settled_since(database: Database) -> None:
    visitor, li = lived(database)
    open_one, early, late = left(visitor, owner=li), left(visitor), left(visitor, owner=li)

    def settle(conn: Connection) -> None:
        for number, message in enumerate((open_one, early, late)):
            offline_messages.add(tx_at(conn), message, f"ref-{number}", b"digest")
        for message, at in ((early, DAWN + 10), (late, DAWN + 20)):
            done = replace(message, settled_at=at, settled_by=li, result="answered", note="已回电", version=1)
            offline_messages.save(tx_at(conn), done)

    written(database, settle)
    shown = database.read_now(lambda conn: offline_messages.versions(conn, DAWN + 20))
    assert shown == {open_one.id: 0, late.id: 1}
    assert database.read_now(offline_messages.open_of) == {li: 1}
    held = database.read_now(lambda conn: offline_messages.load(conn, shown))
    assert held[late.id].note == "已回电"


def test_the_roster_is_replaced_from_now_on(database: Database) -> None:
    _, li = lived(database)
    past, running, coming = (Shift(li, "早班", at, at + 10) for at in (100, 195, 300))
    written(database, lambda conn: shifts.replace_ending_after(tx_at(conn), 0, [past, running]))
    written(database, lambda conn: shifts.replace_ending_after(tx_at(conn), 200, [coming]))
    assert database.read_now(lambda conn: shifts.ending_after(conn, 0)) == [past, coming]
    assert database.read_now(lambda conn: shifts.ending_after(conn, 110)) == [coming]


def check_in(conn: Connection, consultant: str, now: int) -> None:
    shifts.check_in(tx_at(conn, now), consultant)


def test_checking_in_twice_at_once_counts_once(database: Database) -> None:
    _, li = lived(database)
    for at in (100, 100, 200):
        written(database, partial(check_in, consultant=li, now=at))
    assert database.read_now(lambda conn: shifts.check_ins_since(conn, 100)) == {li: (100, 200)}
    assert database.read_now(lambda conn: shifts.check_ins_since(conn, 101)) == {li: (200,)}


def test_hours_come_back_as_they_were_put(database: Database) -> None:
    lived(database)

    def put(conn: Connection) -> None:
        hospital.put_group(tx_at(conn), replace(GROUPS[0], hours=HOURS))
        hospital.put_site(tx_at(conn), replace(SITE, hours=HOURS))

    written(database, put)
    held = database.read_now(hospital.load_hospital)
    assert held.groups[GROUPS[0].id].hours == HOURS
    assert held.groups[GROUPS[1].id].hours is None
    assert held.sites[SITE.id].hours == HOURS


def test_a_site_without_hours_has_the_usual_ones(database: Database) -> None:
    lived(database)
    written(database, lambda conn: conn.exec_driver_sql("UPDATE sites SET hours = NULL"))
    assert database.read_now(hospital.load_hospital).sites[SITE.id].hours == USUAL


def test_a_site_from_before_there_were_hours_stays_open(empty_place: Where) -> None:
    lay_down(empty_place, "0002", DAWN)
    migrate(empty_place)
    database = Database(empty_place)
    try:
        assert database.read_now(hospital.load_hospital).sites[SITE.id].hours == ALWAYS
    finally:
        database.close()
