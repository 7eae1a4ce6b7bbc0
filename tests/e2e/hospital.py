"""A small hospital to serve: one site, three groups with one assignment mode each, and as many staff as wanted.

It is written directly into a migrated database, including the staff sessions, because fifty password hashes would take
most of a test's time. That a password works is tested over HTTP (test_life.py).
"""

import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from chatserver.domain.hospital import Campus, Department, Group, Mode, Name, Role, Site
from chatserver.domain.hours import ALWAYS
from chatserver.store import accounts, hospital
from chatserver.store.database import Database
from chatserver.store.revisions import migrate
from chatserver.web.gate.passwords import hashed
from tests.transactions import tx_at, written

SITE = "demo"
WOMEN, CHILDREN, TEETH = "women", "children", "teeth"
GYNECOLOGY, PEDIATRICS, DENTISTRY = "gynecology", "pediatrics", "dentistry"
MODES = {WOMEN: Mode.AUTOMATIC, CHILDREN: Mode.RING, TEETH: Mode.CLAIM}
DEPARTMENTS = {GYNECOLOGY: WOMEN, PEDIATRICS: CHILDREN, DENTISTRY: TEETH}
SESSION_MS = 14 * 3600 * 1000


@dataclass(frozen=True)
class Member:
    """A member of staff: `cookie` is a live session's token."""

    id: str
    login: str
    name: str
    groups: tuple[str, ...]
    role: Role
    cookie: str


@dataclass(frozen=True)
class Wanted:
    """A member of staff to be created."""

    login: str
    groups: tuple[str, ...] = (WOMEN,)
    capacity: int = 5
    role: Role = Role.CONSULTANT
    password: str = ""


def found(where: Path | str, people: list[Wanted], groups: dict[str, Mode] | None = None) -> dict[str, Member]:
    """A new database with the hospital and these people. Returns the people by login.

    `where`: a folder for SQLite, or the address of a PostgreSQL database. `groups` replaces the three usual ones; each
    then has a department of the same name.
    """
    if isinstance(where, Path):
        where.mkdir(parents=True, exist_ok=True)
        where = where / "chat.db"
    migrate(where)
    database = Database(where)
    try:
        return written(database, lambda conn: _seed(conn, people, groups))
    finally:
        database.close()


def _seed(conn: Connection, people: list[Wanted], groups: dict[str, Mode] | None) -> dict[str, Member]:
    served_by = DEPARTMENTS if groups is None else {group: group for group in groups}
    hospital.put_campus(tx_at(conn), Campus("main", Name("总院", "Main campus"), "1 Long Road", "010-1", "010-120"))
    for group, mode in (MODES if groups is None else groups).items():
        hospital.put_group(tx_at(conn), Group(group, Name(group, group), mode))
    for department, group in served_by.items():
        hospital.put_department(tx_at(conn), Department(department, Name(department, department), group, "main"))
    greeting = Name("您好，请问有什么可以帮您？", "Hello, how can we help you?")
    origins = ("http://127.0.0.1:8001",)
    hospital.put_site(
        tx_at(conn), Site(SITE, Name("示范", "Demo"), greeting, "main", origins, tuple(served_by), ALWAYS)
    )
    return {wanted.login: _hire(conn, wanted, number) for number, wanted in enumerate(people, 1)}


def _hire(conn: Connection, wanted: Wanted, number: int) -> Member:
    now = time.time_ns() // 1_000_000
    password = hashed(wanted.password) if wanted.password else "$none$"
    name = f"{wanted.login.title()} Li"
    account = accounts.NewAccount(
        login=wanted.login,
        password=password,
        name=name,
        number=f"{number:04d}",
        role=wanted.role,
        groups=wanted.groups,
        capacity=wanted.capacity,
    )
    id = accounts.add(tx_at(conn, now), account)
    cookie = accounts.start_session(tx_at(conn, now), id, SESSION_MS)
    return Member(id, wanted.login, name, wanted.groups, wanted.role, cookie)


def ref() -> str:
    """A client's ref for a request: any 22 to 43 characters will do."""
    return secrets.token_urlsafe(24)
