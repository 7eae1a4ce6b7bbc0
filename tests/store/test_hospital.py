"""Sites, groups and people are read back as stored; visitors end when their time is up."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from chatserver.demo.seed import CAMPUS, DEPARTMENTS, GROUPS, SITE, seed
from chatserver.domain.hospital import UNSURE, UNSURE_NAME, Department, Mode, Name
from chatserver.store import consultants, hospital, visitor_lookup, visitors
from chatserver.store.database import Database
from tests.transactions import tx_at, written

NOW = 1_795_233_600_000
ORIGINS = ("http://127.0.0.1:8001", "http://localhost:8001")
LIFE = 1_000


@pytest.fixture
def seeded(database: Database) -> Database:
    written(database, lambda conn: seed(tx_at(conn, NOW), ORIGINS, 5))
    return database


def test_the_hospital_comes_back_as_it_was_put(seeded: Database) -> None:
    held = seeded.read_now(hospital.load_hospital)
    assert held.campuses == {CAMPUS.id: CAMPUS}
    assert held.groups == {group.id: group for group in GROUPS}
    unsure = Department(UNSURE, UNSURE_NAME, "general", CAMPUS.id)
    assert held.departments == {department.id: department for department in (*DEPARTMENTS, unsure)}
    assert held.sites == {"demo": replace(SITE, origins=ORIGINS, departments=(*SITE.departments, UNSURE))}


def test_the_people_come_back_in_their_groups(seeded: Database) -> None:
    people = {who.person.number: who for who in seeded.read_now(consultants.load).values()}
    assert {number: who.groups for number, who in people.items()} == {
        "012": ("general",),
        "015": ("general",),
        "021": ("children",),
        "003": ("general", "children"),
        "001": (),
    }


def test_seeding_again_keeps_everything_but_the_origins(seeded: Database) -> None:
    mine = replace(GROUPS[0], name=Name("我的组", "My desk"), mode=Mode.CLAIM)
    written(seeded, lambda conn: hospital.put_group(tx_at(conn), mine))
    before = seeded.read_now(consultants.load)
    written(seeded, lambda conn: seed(tx_at(conn, NOW), ("http://127.0.0.1:9001",), 5))
    held = seeded.read_now(hospital.load_hospital)
    assert held.groups["general"] == mine
    assert held.sites["demo"].origins == ("http://127.0.0.1:9001",)
    assert seeded.read_now(consultants.load) == before


def test_a_site_s_departments_keep_their_order(seeded: Database) -> None:
    turned = replace(SITE, departments=tuple(reversed(SITE.departments))[:2])
    written(seeded, lambda conn: hospital.put_site(tx_at(conn), turned))
    assert seeded.read_now(hospital.load_hospital).sites["demo"].departments == (*turned.departments, UNSURE)


def test_a_department_needs_its_group(database: Database) -> None:
    written(database, lambda conn: hospital.put_campus(tx_at(conn), CAMPUS))
    with pytest.raises(IntegrityError):
        written(database, lambda conn: hospital.put_department(tx_at(conn), DEPARTMENTS[0]))


def test_a_visitor_is_known_by_their_token_until_it_ends(seeded: Database) -> None:
    id, token, ends_at = written(seeded, lambda conn: visitors.start(tx_at(conn, NOW), "demo", "en", LIFE))
    found = seeded.read_now(lambda conn: visitor_lookup.known(conn, [token], NOW))
    assert found == [visitor_lookup.KnownVisitor(visitor_lookup.VisitorRow(id, "demo", "en", NOW + LIFE, LIFE), None)]
    assert not any(known(seeded, other, NOW) for other in (token[:-1], token + "a", "", "\ud800", id))
    assert not known(seeded, token, ends_at)


def known(database: Database, token: str, at: int) -> bool:
    return database.read_now(lambda conn: visitor_lookup.known(conn, [token], at)) != [None]


def test_activity_moves_the_end_of_several_at_once(seeded: Database) -> None:
    def begin(conn: object) -> list[tuple[str, str, int]]:
        return [visitors.start(tx_at(conn, NOW), "demo", "zh", LIFE) for _ in range(3)]  # type: ignore[arg-type]  # a Connection

    one, two, three = written(seeded, begin)
    later = NOW + 10 * LIFE
    written(seeded, lambda conn: visitors.extend(tx_at(conn), [(one[0], later), (two[0], later + 1)]))
    written(seeded, lambda conn: visitors.extend(tx_at(conn), []))
    assert [known(seeded, token, later) for _, token, _ in (one, two, three)] == [False, True, False]
