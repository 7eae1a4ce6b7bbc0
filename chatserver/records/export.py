"""Writes the hospital's records from the database as the file that `apply` takes in."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from chatserver.domain.consent import Notice
from chatserver.domain.emergency import OwnWords
from chatserver.domain.hospital import UNSURE, UNSURE_NAME, Campus, Consultant, Department, Doctor, Group, Name, Site
from chatserver.domain.hours_text import spelled as spelled_hours
from chatserver.domain.hours_text import spelled_minute
from chatserver.domain.shifts import Shift
from chatserver.records import toml_writer
from chatserver.records.group_rules import written_number, written_rule
from chatserver.records.invitations import written as written_invitation
from chatserver.records.kinds import ROSTER, SOURCES
from chatserver.records.origins import is_unencrypted
from chatserver.records.quick_questions import written as written_questions
from chatserver.records.sources import written as written_sources
from chatserver.store import accounts, hospital, shifts

HEADER = (
    "# The hospital's records, taken in by `chatserver hospital apply FILE`; docs/operations.md says what each means.\n"
)


def export(conn: Connection, now: int, zone: ZoneInfo) -> str:
    """All records, and the roster from now on, as TOML."""
    held = hospital.load_hospital(conn)
    people = {each.login: each.consultant for each in accounts.everybody(conn)}
    logins = {each.id: login for login, each in people.items()}
    doctors = {id: _doctor_written(each) for id, each in sorted(held.doctors.items())}
    roster = [_shift_written(each, logins[each.consultant], zone) for each in shifts.ending_after(conn, now)]
    return HEADER + toml_writer.written(
        {
            "campuses": {id: _campus_written(each) for id, each in sorted(held.campuses.items())},
            "skills": {id: _named(each.name) for id, each in sorted(held.skills.items())},
            "groups": {id: _group_written(each) for id, each in sorted(held.groups.items())},
            "departments": {
                id: _department_written(each)
                for id, each in sorted(held.departments.items())
                if not _is_made_by_itself(each)
            },
            **({"doctors": doctors} if doctors else {}),
            "sites": {id: _site_written(each) for id, each in sorted(held.sites.items())},
            "words": {each.id: _words_written(each) for each in held.words.own},
            "people": {login: _person_written(each) for login, each in sorted(people.items())},
            **({SOURCES: written_sources(held.sources.rules)} if held.sources.own else {}),
            ROSTER: sorted(roster, key=lambda each: (each["date"], each["start"], each["login"])),
        }
    )


def _named(name: Name) -> dict[str, Any]:
    return {"zh": name.zh, "en": name.en}


def _campus_written(campus: Campus) -> dict[str, Any]:
    own = {"address": campus.address, "phone": campus.phone, "emergency_phone": campus.emergency_phone}
    return _named(campus.name) | own


def _group_written(group: Group) -> dict[str, Any]:
    rules = {written_rule(name): written_number(name, value) for name, value in sorted(group.rules.items())}
    hours = {} if group.hours is None else {"hours": spelled_hours(group.hours)}
    overflow = {} if group.overflow is None else {"overflow": group.overflow}
    return _named(group.name) | {"mode": group.mode.value} | overflow | ({"rules": rules} if rules else {}) | hours


def _is_made_by_itself(department: Department) -> bool:
    """Whether it is the department for unsure visitors with the values that every hospital gets. Then the file need not
    contain it."""
    return department.id == UNSURE and department.name == UNSURE_NAME and department.skill is None


def _department_written(department: Department) -> dict[str, Any]:
    own: dict[str, Any] = {"group": department.group, "campus": department.campus}
    if department.skill is not None:
        own |= {"skill": department.skill, "level": department.level}
    if department.intimate:
        own["intimate"] = True
    if department.words:
        own["words"] = list(department.words)
    if department.minors:
        own["minors"] = True
    return _named(department.name) | own


def _doctor_written(doctor: Doctor) -> dict[str, Any]:
    own = {"title": doctor.title.value, "licence": doctor.licence, "department": doctor.department}
    return _named(doctor.name) | own


def _site_written(site: Site) -> dict[str, Any]:
    own = {
        "greeting_zh": site.greeting.zh,
        "greeting_en": site.greeting.en,
        "campus": site.campus,
        "origins": list(site.origins),
        **({"allow_http": True} if any(map(is_unencrypted, site.origins)) else {}),
        "departments": [each for each in site.departments if each != UNSURE],
        **({} if site.general_group is None else {"general_group": site.general_group}),
        **({"leave_to": site.leave_to} if site.leave_to else {}),
        "hours": spelled_hours(site.hours),
        **({} if site.notice is None else _notice_written(site.notice)),
        **({"questions": written_questions(site.questions)} if site.questions else {}),
        **({"health_words": list(site.health_words)} if site.health_words else {}),
        **({} if site.invitation is None else {"invitation": written_invitation(site.invitation)}),
    }
    return _named(site.name) | own


def _notice_written(notice: Notice) -> dict[str, Any]:
    link = {"notice_link": notice.link} if notice.link else {}
    return {"notice_version": notice.version, "notice_zh": notice.zh, "notice_en": notice.en} | link


def _words_written(own: OwnWords) -> dict[str, Any]:
    written: dict[str, Any] = {"kind": own.kind, "level": own.level, "words": list(own.words)}
    departments = {"only_in": list(own.only_in), "not_in": list(own.not_in)}
    return written | {name: named for name, named in departments.items() if named}


def _person_written(consultant: Consultant) -> dict[str, Any]:
    written: dict[str, Any] = {
        "groups": list(consultant.groups),
        "capacity": consultant.capacity,
        "languages": list(consultant.languages),
    }
    return written | ({"skills": dict(sorted(consultant.skills.items()))} if consultant.skills else {})


def _shift_written(shift: Shift, login: str, zone: ZoneInfo) -> dict[str, Any]:
    start, end = (datetime.fromtimestamp(at / 1000, zone) for at in (shift.starts_at, shift.ends_at))
    ends = spelled_minute(end.hour * 60 + end.minute)
    if ends == "00:00":
        ends = "24:00"
    return {
        "date": start.date().isoformat(),
        "login": login,
        "name": shift.name,
        "start": spelled_minute(start.hour * 60 + start.minute),
        "end": ends,
    }
