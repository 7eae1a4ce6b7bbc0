"""Writes a hospital's file into the database: all of it or nothing. What the file does not name stays as it is."""

from collections.abc import Callable, Iterable
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from chatserver.domain.rules import Rules
from chatserver.records.conversion import Conversion
from chatserver.records.hospital_file import HospitalFile
from chatserver.store import accounts, hospital, meta, shifts
from chatserver.store.consultants import put_work

R = TypeVar("R")


def apply(conn: Connection, file: HospitalFile, now: int, zone: ZoneInfo, rules: Rules) -> None:
    """Write it, within the caller's transaction. Raises `BadPlan`, before anything is written.

    `rules` are the hospital's own numbers.
    """
    people = {each.login: each.consultant for each in accounts.everybody(conn)}
    wanted = Conversion(file, hospital.load_hospital(conn), people, zone, rules)
    campuses, skills, groups, departments = wanted.campuses(), wanted.skills(), wanted.groups(), wanted.departments()
    sites, words, staff, roster = wanted.sites(), wanted.words(), wanted.people(), wanted.roster(now)
    wanted.faults.check()
    _put(conn, hospital.put_campus, campuses)
    _put(conn, hospital.put_skill, skills)
    _put(conn, hospital.put_group, groups)
    _put(conn, hospital.put_department, departments)
    _put(conn, hospital.put_site, sites)
    _put(conn, hospital.put_words, words)
    _put(conn, put_work, staff)
    if roster is not None:
        shifts.replace_ending_after(conn, now, roster)
    meta.bump_people_version(conn)


def _put(conn: Connection, put: Callable[[Connection, R], object], records: Iterable[R]) -> None:
    for record in records:
        put(conn, record)
