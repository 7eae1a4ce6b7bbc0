"""不确定 / 其他: every site offers it and has a group that answers it, also in databases of earlier versions."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest
from alembic import command
from sqlalchemy import Connection, text

from chatserver.demo.seed import CAMPUS, GROUPS, SITE, seed
from chatserver.domain.hospital import UNSURE, UNSURE_NAME, Department, Hospital, Name, Site
from chatserver.store import hospital
from chatserver.store.database import Database, Where
from chatserver.store.revisions import _config, migrate
from chatserver.store.verify import findings
from tests.transactions import tx_at, written

from .days import DAWN
from .earlier import EARLIER, lay_down

Earlier = Callable[[str], Hospital]


def statements(conn: Connection, *each: str) -> None:
    for statement in each:
        conn.execute(text(statement))


def upgraded(where: Where, *before: str) -> Hospital:
    """The records of a 0.1.0 database with these changes, after the upgrade; it must be sound."""
    lay_down(where, "0004", DAWN)
    with closing(Database(where)) as database:
        written(database, lambda conn: statements(conn, *before))
        migrate(where)
        assert database.read_now(lambda conn: list(findings(conn))) == []
        return database.read_now(hospital.load_hospital)


@pytest.mark.parametrize("revision", EARLIER)
def test_a_site_of_an_earlier_version_answers_by_the_group_of_its_first_department(
    empty_place: Where, revision: str
) -> None:
    lay_down(empty_place, revision, DAWN)
    migrate(empty_place)
    with closing(Database(empty_place)) as database:
        held = database.read_now(hospital.load_hospital)
        assert database.read_now(lambda conn: list(findings(conn))) == []
    site = held.sites["demo"]
    assert site.departments[-1] == UNSURE
    assert held.departments[UNSURE].name == UNSURE_NAME
    assert held.group_of("demo", UNSURE) == held.departments[site.departments[0]].group


def test_each_of_several_sites_has_its_own_general_group(empty_place: Where) -> None:
    held = upgraded(
        empty_place,
        "INSERT INTO sites SELECT 'children', name_zh, name_en, greeting_zh, greeting_en, campus_id, origins, hours"
        " FROM sites",
        "INSERT INTO site_departments VALUES ('children', 'pediatrics', 0)",
    )
    assert [held.group_of(site, UNSURE) for site in ("demo", "children")] == ["general", "children"]
    assert held.sites["children"].departments == ("pediatrics", UNSURE)


def test_an_existing_department_with_that_id_is_served_as_before(empty_place: Where) -> None:
    held = upgraded(
        empty_place,
        "INSERT INTO departments (id, name_zh, name_en, group_id, campus_id, level)"
        " VALUES ('unsure', '导医台', 'Guide desk', 'children', 'main', 1)",
        "INSERT INTO site_departments VALUES ('demo', 'unsure', 7)",
    )
    assert held.departments[UNSURE].name == Name("导医台", "Guide desk")
    assert held.group_of("demo", UNSURE) == "children"
    assert held.sites["demo"].departments.count(UNSURE) == 1


def test_a_site_without_departments_is_answered_all_the_same(empty_place: Where) -> None:
    held = upgraded(empty_place, "DELETE FROM site_departments")
    assert held.sites["demo"].departments == (UNSURE,)
    assert held.group_of("demo", UNSURE) in held.groups


def test_a_database_without_a_site_is_upgraded_too(empty_place: Where) -> None:
    with closing(Database(empty_place)) as database, database._kind.migration_engine().begin() as conn:
        config = _config()
        config.attributes["connection"] = conn
        command.upgrade(config, "0004")
    migrate(empty_place)
    with closing(Database(empty_place)) as database:
        assert database.read_now(hospital.load_hospital) == Hospital()


def build(conn: Connection) -> None:
    seed(tx_at(conn, DAWN), (), 5)


def test_a_new_site_offers_it_last_and_once(database: Database) -> None:
    written(database, build)
    twice = replace(SITE, id="two", departments=(UNSURE, "internal", "pediatrics"), general_group=None)
    for _ in range(2):
        written(database, lambda conn: hospital.put_site(tx_at(conn), twice))
    held = database.read_now(hospital.load_hospital)
    assert held.sites["two"].departments == ("internal", "pediatrics", UNSURE)
    assert held.sites["two"].general_group == "general"


def test_the_site_decides_who_answers_not_the_department(database: Database) -> None:
    written(database, build)
    written(database, lambda conn: hospital.put_site(tx_at(conn), replace(SITE, general_group="children")))
    held = database.read_now(hospital.load_hospital)
    assert held.group_of("demo", UNSURE) == "children"
    assert held.group_of("demo", "internal") == "general"


def test_a_department_that_is_not_offered_counts_as_unsure(database: Database) -> None:
    written(database, build)
    held = database.read_now(hospital.load_hospital)
    asked = [held.department_asked("demo", each) for each in ("pediatrics", UNSURE, "dropped", None)]
    assert asked == ["pediatrics", UNSURE, UNSURE, UNSURE]


def test_a_site_of_a_hospital_without_groups_waits_for_the_first(database: Database) -> None:
    bare = Site("bare", Name("站", "Site"), Name("您好", "Hello"), CAMPUS.id, (), ())

    def put(conn: Connection) -> None:
        hospital.put_campus(tx_at(conn), CAMPUS)
        hospital.put_site(tx_at(conn), bare)

    written(database, put)
    assert database.read_now(hospital.load_hospital).sites["bare"] == bare
    assert database.read_now(lambda conn: list(findings(conn))) == []
    written(database, lambda conn: hospital.put_group(tx_at(conn), GROUPS[0]))
    written(database, lambda conn: hospital.put_site(tx_at(conn), bare))
    assert database.read_now(hospital.load_hospital).sites["bare"].departments == (UNSURE,)


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("UPDATE sites SET general_group = NULL", "site demo: does not answer those who chose no department"),
        (
            "DELETE FROM site_departments WHERE department_id = 'unsure'",
            "site demo: does not answer those who chose no department",
        ),
        ("UPDATE sites SET general_group = 'gone'", "site demo: its general group gone is not in groups"),
    ],
)
def test_what_is_missing_is_found(database: Database, broken: str, told: str) -> None:
    written(database, build)
    written(database, lambda conn: statements(conn, broken))
    assert database.read_now(lambda conn: list(findings(conn))) == [told]


def test_a_department_of_that_id_may_be_described(database: Database) -> None:
    mine = Department(UNSURE, Name("导医台", "Guide desk"), "general", "main")
    written(database, build)
    written(database, lambda conn: hospital.put_department(tx_at(conn), mine))
    written(database, lambda conn: hospital.put_site(tx_at(conn), SITE))
    assert database.read_now(hospital.load_hospital).departments[UNSURE] == mine
