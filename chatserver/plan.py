"""The hospital's records as one TOML file that people read and change: written whole, taken in whole or not at all.

Accounts and passwords are not in it: people stand in it by their logins. What a file does not name stays as it is,
but the roster, which is replaced from now on by a file that has one.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Connection

from chatserver import toml
from chatserver.domain.emergency import OwnWords, as_looked_for
from chatserver.domain.events import Emergency
from chatserver.domain.events import Level as Urgency
from chatserver.domain.hospital import (
    UNSURE,
    UNSURE_NAME,
    Campus,
    Consultant,
    Department,
    Group,
    Hospital,
    Mode,
    Name,
    Site,
    Skill,
)
from chatserver.domain.hours import BadHours, Hours, moment, spelled, spelled_minute, window
from chatserver.domain.hours import read as read_hours
from chatserver.domain.rules import Rules
from chatserver.domain.shifts import Shift
from chatserver.settings import Settings
from chatserver.store import accounts, hospital, meta, shifts
from chatserver.store.consultants import put_work

HEADER = (
    "# The hospital's records, taken in by `chatserver hospital apply FILE`; docs/operations.md says what each means.\n"
)

ALL_ALIKE = (
    "message_length",
    "note_length",
    "overflow_to",
    "above_capacity",
    "check_in_early_ms",
    "shift_quiet_ms",
)
"""Numbers of the house that no group has of its own; its overflow has a name of its own in the file."""

SHORTEST_WORD = 2
"""A single character is part of too many other words."""

Id = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,40}$(?!\n)")]
Line = Annotated[str, Meta(min_length=1, max_length=200)]
Level = Annotated[int, Meta(ge=1, le=5)]


class BadPlan(Exception):
    """The file cannot be taken in; the text is one sentence saying where and why. Nothing was changed."""


class _Record(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One table of the file."""


class _Campus(_Record, frozen=True):
    zh: Line
    en: Line
    address: str
    phone: str
    emergency_phone: str


class _Skill(_Record, frozen=True):
    zh: Line
    en: Line


class _Group(_Record, frozen=True):
    zh: Line
    en: Line
    mode: Literal["automatic", "ring", "claim"]
    overflow: str | None = None
    rules: dict[str, int] = {}
    hours: dict[str, Any] | None = None


class _Department(_Record, frozen=True):
    zh: Line
    en: Line
    group: str
    campus: str
    skill: str | None = None
    level: Level = 1


class _Site(_Record, frozen=True):
    zh: Line
    en: Line
    greeting_zh: Annotated[str, Meta(min_length=1, max_length=1_000)]
    greeting_en: Annotated[str, Meta(min_length=1, max_length=1_000)]
    campus: str
    origins: tuple[str, ...]
    departments: tuple[str, ...]
    general_group: str | None = None
    hours: dict[str, Any] | None = None


class _Words(_Record, frozen=True):
    kind: Emergency
    level: Urgency
    words: tuple[Line, ...]
    only_in: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()


class _Person(_Record, frozen=True):
    groups: tuple[str, ...]
    capacity: Annotated[int, Meta(ge=1, le=20)]
    languages: tuple[Literal["zh", "en"], ...] = ("zh", "en")
    skills: dict[str, Level] = {}


class _Shift(_Record, frozen=True):
    date: date
    login: str
    name: Line
    start: str
    end: str


SECTIONS: dict[str, type[_Record]] = {
    "campuses": _Campus,
    "skills": _Skill,
    "groups": _Group,
    "departments": _Department,
    "sites": _Site,
    "words": _Words,
    "people": _Person,
}
ROSTER = "shifts"


# Out of the database.


def export(conn: Connection, now: int, zone: ZoneInfo) -> str:
    """The file that describes what there is, and the roster from now on."""
    held = hospital.load_hospital(conn)
    people = {each.login: each.consultant for each in accounts.everybody(conn)}
    logins = {each.id: login for login, each in people.items()}
    roster = [_shift_written(each, logins[each.consultant], zone) for each in shifts.ending_after(conn, now)]
    return HEADER + toml.written(
        {
            "campuses": {id: _campus_written(each) for id, each in sorted(held.campuses.items())},
            "skills": {id: _named(each.name) for id, each in sorted(held.skills.items())},
            "groups": {id: _group_written(each) for id, each in sorted(held.groups.items())},
            "departments": {
                id: _department_written(each)
                for id, each in sorted(held.departments.items())
                if not _is_made_by_itself(each)
            },
            "sites": {id: _site_written(each) for id, each in sorted(held.sites.items())},
            "words": {each.id: _words_written(each) for each in held.words.own},
            "people": {login: _person_written(each) for login, each in sorted(people.items())},
            ROSTER: sorted(roster, key=lambda each: (each["date"], each["start"], each["login"])),
        }
    )


def _named(name: Name) -> dict[str, Any]:
    return {"zh": name.zh, "en": name.en}


def _campus_written(campus: Campus) -> dict[str, Any]:
    told = {"address": campus.address, "phone": campus.phone, "emergency_phone": campus.emergency_phone}
    return _named(campus.name) | told


def _group_written(group: Group) -> dict[str, Any]:
    rules = {_written_rule(name): _written_number(name, value) for name, value in sorted(group.rules.items())}
    hours = {} if group.hours is None else {"hours": spelled(group.hours)}
    overflow = {} if group.overflow is None else {"overflow": group.overflow}
    return _named(group.name) | {"mode": group.mode.value} | overflow | ({"rules": rules} if rules else {}) | hours


def _is_made_by_itself(department: Department) -> bool:
    """Whether it is the one of those who are not sure, as every hospital has it: no file has to name it."""
    return department.id == UNSURE and department.name == UNSURE_NAME and department.skill is None


def _department_written(department: Department) -> dict[str, Any]:
    told: dict[str, Any] = {"group": department.group, "campus": department.campus}
    if department.skill is not None:
        told |= {"skill": department.skill, "level": department.level}
    return _named(department.name) | told


def _site_written(site: Site) -> dict[str, Any]:
    told = {
        "greeting_zh": site.greeting.zh,
        "greeting_en": site.greeting.en,
        "campus": site.campus,
        "origins": list(site.origins),
        "departments": [each for each in site.departments if each != UNSURE],
        **({} if site.general_group is None else {"general_group": site.general_group}),
        "hours": spelled(site.hours),
    }
    return _named(site.name) | told


def _words_written(own: OwnWords) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": own.kind, "level": own.level, "words": list(own.words)}
    departments = {"only_in": list(own.only_in), "not_in": list(own.not_in)}
    return told | {name: named for name, named in departments.items() if named}


def _person_written(consultant: Consultant) -> dict[str, Any]:
    told: dict[str, Any] = {
        "groups": list(consultant.groups),
        "capacity": consultant.capacity,
        "languages": list(consultant.languages),
    }
    return told | ({"skills": dict(sorted(consultant.skills.items()))} if consultant.skills else {})


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


# Into it.


@dataclass(frozen=True, slots=True)
class Plan:
    """A file that was read: its records by section and name, each of the right shape. `roster` is None without one."""

    records: Mapping[str, Mapping[str, Any]]
    roster: tuple[_Shift, ...] | None

    def count(self) -> int:
        return sum(len(section) for section in self.records.values()) + len(self.roster or ())


def read(file: Path) -> Plan:
    """What the file says, as far as the file alone can show. Raises `BadPlan`."""
    try:
        written = tomllib.loads(file.read_text("utf-8"))
    except OSError as why:
        raise BadPlan(f"{file} cannot be read: {why.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as why:
        raise BadPlan(f"{file} is no TOML: {_clause(str(why))}.") from None
    for name in written:
        if name not in (*SECTIONS, ROSTER):
            raise BadPlan(f"{name} is no section; there are {', '.join(SECTIONS)} and {ROSTER}.")
    records = {name: _section(name, kind, written.get(name, {})) for name, kind in SECTIONS.items()}
    roster = written.get(ROSTER)
    if roster is not None and not isinstance(roster, list):
        raise BadPlan(f"{ROSTER} must be written as [[{ROSTER}]].")
    shapes = [_converted(f"{ROSTER} {number}", _Shift, each) for number, each in enumerate(roster or (), 1)]
    return Plan(records, None if roster is None else tuple(shapes))


def apply(conn: Connection, plan: Plan, now: int, zone: ZoneInfo, rules: Rules) -> None:
    """Take it in, within the caller's transaction. Raises `BadPlan`; then the transaction must not be kept."""
    Applying(conn, plan, now, zone, rules).run()


class Applying:
    """One file being taken in. `rules` are the numbers of the house, which a group's own must go with."""

    def __init__(self, conn: Connection, plan: Plan, now: int, zone: ZoneInfo, rules: Rules) -> None:
        self._conn = conn
        self._plan = plan
        self._now = now
        self._zone = zone
        self._rules = rules
        self._held: Hospital = hospital.load_hospital(conn)
        self._people = {each.login: each.consultant for each in accounts.everybody(conn)}

    def run(self) -> None:
        for id, each in self._of("campuses"):
            numbers = (each.address, each.phone, each.emergency_phone)
            hospital.put_campus(self._conn, Campus(id, Name(each.zh, each.en), *numbers))
        for id, each in self._of("skills"):
            hospital.put_skill(self._conn, Skill(id, Name(each.zh, each.en)))
        for id, each in self._of("groups"):
            hospital.put_group(self._conn, self._group(f"groups.{id}", id, each))
        for id, each in self._of("departments"):
            hospital.put_department(self._conn, self._department(f"departments.{id}", id, each))
        for id, each in self._of("sites"):
            hospital.put_site(self._conn, self._site(f"sites.{id}", id, each))
        for id, each in self._of("words"):
            hospital.put_words(self._conn, self._words(f"words.{id}", id, each))
        for login, each in self._of("people"):
            put_work(self._conn, self._person(f"people.{login}", login, each))
        if self._plan.roster is not None:
            shifts.replace_ending_after(self._conn, self._now, self._roster(self._plan.roster))
        meta.bump_people_version(self._conn)

    def _of(self, section: str) -> Iterable[tuple[str, Any]]:
        return self._plan.records[section].items()

    def _group(self, where: str, id: str, each: _Group) -> Group:
        if each.overflow is not None:
            self._known(where, "groups", each.overflow)
            self._no_circle(where, id, each.overflow)
        own = _own_rules(where, each.rules)
        numbers = replace(self._rules, **own)  # type: ignore[arg-type]  # the names are fields, the values numbers
        if not numbers.inactive_ms <= numbers.idle_warning_ms < numbers.idle_close_ms:
            raise BadPlan(f"{where}.rules: inactive_s, idle_warning_s and idle_close_s must follow each other in time.")
        hours = None if each.hours is None else _hours(f"{where}.hours", each.hours)
        return Group(id, Name(each.zh, each.en), Mode(each.mode), each.overflow, own, hours)

    def _no_circle(self, where: str, id: str, overflow: str) -> None:
        """What waits in one group must not come back to it by those that help out."""
        helper: str | None = overflow
        passed = [id]
        while helper is not None:
            if helper in passed:
                raise BadPlan(
                    f"{where}: what overflows from here comes back by {' and '.join(passed[1:]) or 'itself'}."
                )
            passed.append(helper)
            named = self._plan.records["groups"].get(helper)
            helper = named.overflow if named is not None else self._overflow_of(helper)

    def _overflow_of(self, group: str) -> str | None:
        known = self._held.groups.get(group)
        return None if known is None else known.overflow

    def _department(self, where: str, id: str, each: _Department) -> Department:
        self._known(where, "groups", each.group)
        self._known(where, "campuses", each.campus)
        if each.skill is not None:
            self._known(where, "skills", each.skill)
        return Department(id, Name(each.zh, each.en), each.group, each.campus, each.skill, each.level)

    def _site(self, where: str, id: str, each: _Site) -> Site:
        self._known(where, "campuses", each.campus)
        for department in each.departments:
            if department != UNSURE:
                self._known(where, "departments", department)
        if each.general_group is not None:
            self._known(where, "groups", each.general_group)
        _once(where, "departments", each.departments)
        for origin in each.origins:
            _check_origin(where, origin)
        site = Site(
            id,
            Name(each.zh, each.en),
            Name(each.greeting_zh, each.greeting_en),
            each.campus,
            each.origins,
            each.departments,
            general_group=each.general_group or self._group_of_the_unsure(each),
        )
        return site if each.hours is None else replace(site, hours=_hours(f"{where}.hours", each.hours))

    def _group_of_the_unsure(self, each: _Site) -> str | None:
        """Of a site that names no general group, but offers a department of that id which the file describes."""
        described = self._plan.records["departments"].get(UNSURE)
        return described.group if described is not None and UNSURE in each.departments else None

    def _words(self, where: str, id: str, each: _Words) -> OwnWords:
        for department in (*each.only_in, *each.not_in):
            self._known(where, "departments", department)
        for word in each.words:
            if len(as_looked_for(word)) < SHORTEST_WORD:
                raise BadPlan(f"{where}: {word!r} is too short to be looked for; words have two characters at least.")
        return OwnWords(id, each.kind, each.level, each.words, each.only_in, each.not_in)

    def _person(self, where: str, login: str, each: _Person) -> Consultant:
        known = self._account(where, login)
        for group in each.groups:
            self._known(where, "groups", group)
        for skill in each.skills:
            self._known(where, "skills", skill)
        _once(where, "groups", each.groups)
        _once(where, "languages", each.languages)
        if not each.languages:
            raise BadPlan(f"{where}: languages must name one at least.")
        work = {"groups": each.groups, "capacity": each.capacity, "skills": each.skills, "languages": each.languages}
        return replace(known, **work)  # type: ignore[arg-type]  # each of its own type

    def _roster(self, roster: Iterable[_Shift]) -> list[Shift]:
        """Those that are not over; nobody has two at once."""
        found: list[Shift] = []
        for number, each in enumerate(roster, 1):
            where = f"{ROSTER} {number}"
            shift = self._shift(where, each)
            for other in found:
                meets = other.starts_at < shift.ends_at and shift.starts_at < other.ends_at
                if meets and other.consultant == shift.consultant:
                    raise BadPlan(f"{where}: {each.login} has another shift at that time.")
            if shift.ends_at > self._now:
                found.append(shift)
        return found

    def _shift(self, where: str, each: _Shift) -> Shift:
        consultant = self._account(where, each.login)
        try:
            start, end = (moment(each.date, at, self._zone) for at in window(f"{each.start}-{each.end}"))
        except BadHours as why:
            raise BadPlan(f"{where}: {why}.") from None
        return Shift(consultant.id, each.name, start, end)

    def _account(self, where: str, login: str) -> Consultant:
        if login not in self._people:
            raise BadPlan(f"{where}: there is no account {login}; `chatserver account add` makes it.")
        return self._people[login]

    def _known(self, where: str, section: str, id: str) -> None:
        """In the file, or in the database already."""
        there = {*self._plan.records[section], *getattr(self._held, section)}
        if id not in there:
            raise BadPlan(f"{where}: {id!r} is none of the {section}: {', '.join(sorted(there)) or 'there are none'}.")


def _section(name: str, kind: type[_Record], written: object) -> dict[str, Any]:
    if not isinstance(written, dict):
        raise BadPlan(f"{name} must be tables, such as [{name}.one].")
    found = {}
    for id, each in written.items():
        if name != "people":
            _converted(f"{name}.{id}: the name", Id, id)
        found[id] = _converted(f"{name}.{id}", kind, each)
    return found


def _converted(where: str, kind: Any, written: object) -> Any:
    try:
        return msgspec.convert(written, kind)
    except msgspec.ValidationError as why:
        raise BadPlan(f"{where}: {_clause(str(why))}.") from None


def _clause(told: str) -> str:
    """A library's sentence, as the end of one of ours."""
    told = told.replace("Object missing", "it lacks the", 1).replace("Object contains", "it has the", 1)
    return (told[:1].lower() + told[1:]).rstrip(".")


def _hours(where: str, written: Mapping[str, object]) -> Hours:
    try:
        return read_hours(written)
    except BadHours as why:
        raise BadPlan(f"{where}: {why}.") from None


def _once(where: str, what: str, names: tuple[str, ...]) -> None:
    if len(set(names)) < len(names):
        raise BadPlan(f"{where}: {what} must name each once.")


def _check_origin(where: str, origin: str) -> None:
    scheme, _, host = origin.partition("://")
    if scheme not in ("http", "https") or not host or any(each in host for each in "/?#@ ") or origin.lower() != origin:
        raise BadPlan(f"{where}: {origin!r} is no origin such as https://www.hospital.example.")


# A group's own numbers, by the settings' names and within the settings' bounds.


def _own_rules(where: str, written: Mapping[str, int]) -> dict[str, int]:
    known = {_written_rule(each.name): each.name for each in fields(Rules) if each.name not in ALL_ALIKE}
    hints = get_type_hints(Settings, include_extras=True)
    own = {}
    for name, value in written.items():
        if name not in known:
            raise BadPlan(f"{where}.rules: {name!r} is none of {', '.join(sorted(known))}.")
        number: int = _converted(f"{where}.rules.{name}", hints[name], value)
        own[known[name]] = number * 1000 if known[name].endswith("_ms") else number
    return own


def _written_rule(name: str) -> str:
    return name.removesuffix("_ms") + "_s" if name.endswith("_ms") else name


def _written_number(name: str, value: int) -> int:
    return value // 1000 if name.endswith("_ms") else value
