"""Writes a hospital's file into the database: all of it or nothing. What the file does not name stays as it is."""

from collections.abc import Callable, Iterable
from typing import TypeVar
from zoneinfo import ZoneInfo

from chatserver.domain.rules import Rules
from chatserver.records.changes import changes
from chatserver.records.conversion import Conversion
from chatserver.records.hospital_file import HospitalFile
from chatserver.store import accounts, audit, consultants, doctors, hospital, meta, shifts, source_rules
from chatserver.store.consultants import put_work
from chatserver.store.tx import Tx

R = TypeVar("R")


def apply(tx: Tx, file: HospitalFile, zone: ZoneInfo, rules: Rules) -> None:
    """Write the file's records in the caller's transaction. Raises `BadPlan` before anything is written. `rules`: the
    hospital's rules."""
    people = {each.login: each.consultant for each in accounts.everybody(tx.conn)}
    held = hospital.load_hospital(tx.conn)
    wanted = Conversion(file, held, people, zone, rules)
    campuses, skills, groups, departments = wanted.campuses(), wanted.skills(), wanted.groups(), wanted.departments()
    physicians = wanted.doctors()
    sites, words, staff, roster = wanted.sites(), wanted.words(), wanted.people(), wanted.roster(tx.now)
    sources = wanted.sources()
    wanted.faults.check()
    _put(tx, hospital.put_campus, campuses)
    _put(tx, hospital.put_skill, skills)
    _put(tx, hospital.put_group, groups)
    _put(tx, hospital.put_department, departments)
    _put(tx, doctors.put, physicians)
    _put(tx, hospital.put_site, sites)
    _put(tx, hospital.put_words, words)
    _put(tx, put_work, staff)
    if roster is not None:
        shifts.replace_ending_after(tx, tx.now, roster)
    if sources is not None:
        source_rules.replace(tx, sources)
    meta.bump_people_version(tx)
    for act in changes(held, people.values(), hospital.load_hospital(tx.conn), consultants.load(tx.conn)):
        audit.write(tx, act)
    if roster is not None:
        audit.write(tx, audit.Act("", "hospital.roster", "roster", "all"))
    if sources is not None:
        audit.write(tx, audit.Act("", "hospital.sources", "sources", "all"))


def _put(tx: Tx, put: Callable[[Tx, R], object], records: Iterable[R]) -> None:
    for record in records:
        put(tx, record)
