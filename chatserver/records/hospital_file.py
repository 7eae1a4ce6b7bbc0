"""The hospital's records as one TOML file that people read and change: written whole, taken in whole or not at all.

Accounts and passwords are not in it: people stand in it by their logins. What a file does not name stays as it is,
but the roster, which is replaced from now on by a file that has one.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_type_hints
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Connection

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
from chatserver.domain.hours import BadHours, Hours, moment, spelled_minute, window
from chatserver.domain.hours import faults as hours_faults
from chatserver.domain.hours import read as read_hours
from chatserver.domain.hours import spelled as spelled_hours
from chatserver.domain.origin import BadOrigin
from chatserver.domain.origin import read as read_origin
from chatserver.domain.rules import Rules
from chatserver.domain.sentence import Sentence
from chatserver.domain.shifts import Shift
from chatserver.records import toml_writer
from chatserver.records.checks import SEVERAL_LINES, near, spelled
from chatserver.records.checks import faults as shape_faults
from chatserver.records.faults import BadPlan, Faults
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

R = TypeVar("R")

ID = re.compile(r"[a-z0-9-]{1,40}")
Line = Annotated[str, Meta(min_length=1, max_length=200)]
Lines = Annotated[str, Meta(min_length=1, max_length=1_000, extra=SEVERAL_LINES)]
Level = Annotated[int, Meta(ge=1, le=5)]


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
    greeting_zh: Lines
    greeting_en: Lines
    campus: str
    origins: tuple[str, ...]
    departments: tuple[str, ...]
    allow_http: bool = False
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

RECORDS: dict[str, type[_Record]] = {**SECTIONS, ROSTER: _Shift}
"""Everything that a file may hold."""


# Out of the database.


def export(conn: Connection, now: int, zone: ZoneInfo) -> str:
    """The file that describes what there is, and the roster from now on."""
    held = hospital.load_hospital(conn)
    people = {each.login: each.consultant for each in accounts.everybody(conn)}
    logins = {each.id: login for login, each in people.items()}
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
    hours = {} if group.hours is None else {"hours": spelled_hours(group.hours)}
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
        **({"allow_http": True} if any(map(_is_open_to_all, site.origins)) else {}),
        "departments": [each for each in site.departments if each != UNSURE],
        **({} if site.general_group is None else {"general_group": site.general_group}),
        "hours": spelled_hours(site.hours),
    }
    return _named(site.name) | told


def _is_open_to_all(origin: str) -> bool:
    """Whether what goes to it can be read and changed on its way: it is http, and not this machine."""
    try:
        read = read_origin(origin)
    except BadOrigin:
        return origin.startswith("http:")
    return read.scheme == "http" and not read.is_loopback


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
class HospitalFile:
    """A file that was read: its records of the right shape by section and name, and what is wrong with the others.

    `named`: the names of all, the faulty ones too, so that whoever points to one of those is not blamed as well.
    `roster`: by number; None without one.
    """

    records: Mapping[str, Mapping[str, Any]]
    named: Mapping[str, frozenset[str]]
    roster: Mapping[int, _Shift] | None
    faults: tuple[Sentence, ...]

    def count(self) -> int:
        return sum(len(section) for section in self.records.values()) + len(self.roster or ())


def read(file: Path) -> HospitalFile:
    """What the file says, as far as the file alone can show. Raises `BadPlan` where it is no TOML at all."""
    written, faults = _written(file), Faults()
    for name in written:
        if name not in (*SECTIONS, ROSTER):
            known = (*SECTIONS, ROSTER)
            told = Sentence("no section; there are {known}{near}", known=", ".join(known), near=near(name, known))
            faults.found.append(Sentence("{name} is {told}.", name=spelled(name), told=told))
    records, named = {}, {}
    for name, kind in SECTIONS.items():
        section = written.get(name, {})
        records[name] = _section(name, kind, section, faults)
        named[name] = frozenset(section if isinstance(section, dict) else ())
    return HospitalFile(records, named, _roster(written.get(ROSTER), faults), tuple(faults.found))


def _written(file: Path) -> dict[str, Any]:
    """The file's tables. An editor's mark at its beginning (BOM) is none of them."""
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except OSError as why:
        raise BadPlan(Sentence("{file} cannot be read: {why}.", file=file, why=why.strerror)) from None
    except UnicodeDecodeError as why:
        line = why.object[: why.start].count(b"\n") + 1
        raise BadPlan(
            Sentence("{file} is not written in UTF-8 (line {line}); save it as UTF-8.", file=file, line=line)
        ) from None
    except (tomllib.TOMLDecodeError, RecursionError) as why:
        raise BadPlan(Sentence("{file} is no TOML: {why}.", file=file, why=_clause(str(why)))) from None


def _section(name: str, kind: type[_Record], written: object, faults: Faults) -> dict[str, Any]:
    """Its records of the right shape."""
    if not isinstance(written, dict):
        told = Sentence("{name} must be tables, such as [{name}.one].", name=name)
        faults.found.append(told)
        return {}
    found = {}
    for id, each in written.items():
        where = f"{name}.{spelled(id)}"
        if name != "people" and ID.fullmatch(id) is None:
            faults.add(where, Sentence("its name must be 1 to 40 of: small letters, digits, hyphen"))
        record = _converted(where, kind, each, faults)
        if record is not None:
            found[id] = record
    return found


def _roster(written: object, faults: Faults) -> dict[int, _Shift] | None:
    """By their numbers in the file."""
    if written is None:
        return None
    if not isinstance(written, list):
        faults.found.append(Sentence("{name} must be written as [[{name}]].", name=ROSTER))
        return {}
    found = {number: _converted(f"{ROSTER} {number}", _Shift, each, faults) for number, each in enumerate(written, 1)}
    return {number: shift for number, shift in found.items() if shift is not None}


def _converted(where: str, kind: Any, written: object, faults: Faults) -> Any:
    """It as a `kind`, or None where something is wrong with it."""
    wrong = [*shape_faults(written, kind, where)]
    for there, told in wrong:
        faults.add(there, told)
    return None if wrong else msgspec.convert(written, kind)


def _clause(told: str) -> str:
    """A library's sentence, as the end of one of ours."""
    return (told[:1].lower() + told[1:]).rstrip(".")


def apply(conn: Connection, plan: HospitalFile, now: int, zone: ZoneInfo, rules: Rules) -> None:
    """Take it in, within the caller's transaction. Raises `BadPlan`; then nothing was written."""
    Applying(conn, plan, now, zone, rules).run()


class Applying:
    """One file being taken in. `rules` are the numbers of the house, which a group's own must go with."""

    def __init__(self, conn: Connection, plan: HospitalFile, now: int, zone: ZoneInfo, rules: Rules) -> None:
        self._conn = conn
        self._plan = plan
        self._now = now
        self._zone = zone
        self._rules = rules
        self._held: Hospital = hospital.load_hospital(conn)
        self._people = {each.login: each.consultant for each in accounts.everybody(conn)}
        self._faults = Faults()
        self._faults.found += plan.faults

    def run(self) -> None:
        campuses = [
            Campus(id, Name(each.zh, each.en), each.address, each.phone, each.emergency_phone)
            for id, each in self._of("campuses")
        ]
        skills = [Skill(id, Name(each.zh, each.en)) for id, each in self._of("skills")]
        groups = [self._group(f"groups.{id}", id, each) for id, each in self._of("groups")]
        departments = [self._department(f"departments.{id}", id, each) for id, each in self._of("departments")]
        sites = [self._site(f"sites.{id}", id, each) for id, each in self._of("sites")]
        words = [self._words(f"words.{id}", id, each) for id, each in self._of("words")]
        people = [self._person(f"people.{spelled(login)}", login, each) for login, each in self._of("people")]
        roster = None if self._plan.roster is None else self._roster(self._plan.roster)
        self._faults.check()
        self._put(hospital.put_campus, campuses)
        self._put(hospital.put_skill, skills)
        self._put(hospital.put_group, groups)
        self._put(hospital.put_department, departments)
        self._put(hospital.put_site, sites)
        self._put(hospital.put_words, words)
        self._put(put_work, [each for each in people if each is not None])
        if roster is not None:
            shifts.replace_ending_after(self._conn, self._now, roster)
        meta.bump_people_version(self._conn)

    def _put(self, put: Callable[[Connection, R], object], records: Iterable[R]) -> None:
        for record in records:
            put(self._conn, record)

    def _of(self, section: str) -> Iterable[tuple[str, Any]]:
        return self._plan.records[section].items()

    def _group(self, where: str, id: str, each: _Group) -> Group:
        if each.overflow is not None:
            self._known(where, "groups", each.overflow)
            self._no_circle(where, id, each.overflow)
        own = _own_rules(where, each.rules, self._faults)
        numbers = replace(self._rules, **own)  # type: ignore[arg-type]  # the names are fields, the values numbers
        if not numbers.inactive_ms <= numbers.idle_warning_ms < numbers.idle_close_ms:
            told = Sentence("inactive_s, idle_warning_s and idle_close_s must follow each other in time")
            self._faults.add(f"{where}.rules", told)
        return Group(id, Name(each.zh, each.en), Mode(each.mode), each.overflow, own, self._hours(where, each.hours))

    def _no_circle(self, where: str, id: str, overflow: str) -> None:
        """What waits in one group must not come back to it by those that help out."""
        helper: str | None = overflow
        passed = [id]
        while helper is not None:
            if helper in passed:
                way = ", ".join(passed[1:])
                self._faults.add(
                    where,
                    Sentence("what overflows from here comes back by {way}", way=way)
                    if way
                    else Sentence("what overflows from here comes back by itself"),
                )
                return
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
        self._once(where, "departments", each.departments)
        for origin in each.origins:
            self._check_origin(where, origin, allow_http=each.allow_http)
        site = Site(
            id,
            Name(each.zh, each.en),
            Name(each.greeting_zh, each.greeting_en),
            each.campus,
            each.origins,
            each.departments,
            general_group=each.general_group or self._group_of_the_unsure(each),
        )
        hours = self._hours(where, each.hours)
        return site if hours is None else replace(site, hours=hours)

    def _group_of_the_unsure(self, each: _Site) -> str | None:
        """Of a site that names no general group, but offers a department of that id which the file describes."""
        described = self._plan.records["departments"].get(UNSURE)
        return described.group if described is not None and UNSURE in each.departments else None

    def _words(self, where: str, id: str, each: _Words) -> OwnWords:
        for department in (*each.only_in, *each.not_in):
            self._known(where, "departments", department)
        for word in each.words:
            if len(as_looked_for(word)) < SHORTEST_WORD:
                told = Sentence("{word!r} is too short to be looked for; words have two characters at least", word=word)
                self._faults.add(where, told)
        return OwnWords(id, each.kind, each.level, each.words, each.only_in, each.not_in)

    def _person(self, where: str, login: str, each: _Person) -> Consultant | None:
        known = self._account(where, login)
        for group in each.groups:
            self._known(where, "groups", group)
        for skill in each.skills:
            self._known(where, "skills", skill)
        self._once(where, "groups", each.groups)
        self._once(where, "languages", each.languages)
        if not each.languages:
            self._faults.add(where, Sentence("languages must name one at least"))
        if known is None:
            return None
        work = {"groups": each.groups, "capacity": each.capacity, "skills": each.skills, "languages": each.languages}
        return replace(known, **work)  # type: ignore[arg-type]  # each of its own type

    def _roster(self, roster: Mapping[int, _Shift]) -> list[Shift]:
        """Those that are not over; nobody has two at once."""
        found: list[Shift] = []
        for number, each in roster.items():
            where = f"{ROSTER} {number}"
            shift = self._shift(where, each)
            if shift is None:
                continue
            for other in found:
                meets = other.starts_at < shift.ends_at and shift.starts_at < other.ends_at
                if meets and other.consultant == shift.consultant:
                    self._faults.add(where, Sentence("{login} has another shift at that time", login=each.login))
            if shift.ends_at > self._now:
                found.append(shift)
        return found

    def _shift(self, where: str, each: _Shift) -> Shift | None:
        consultant = self._account(where, each.login)
        try:
            start, end = (moment(each.date, at, self._zone) for at in window(f"{each.start}-{each.end}"))
        except BadHours as why:
            self._faults.add(where, why.sentence)
            return None
        return None if consultant is None else Shift(consultant.id, each.name, start, end)

    def _account(self, where: str, login: str) -> Consultant | None:
        known = self._people.get(login)
        if known is None:
            told = Sentence("there is no account {login}; `chatserver account add` makes it", login=spelled(login))
            self._faults.add(where, told)
        return known

    def _known(self, where: str, section: str, id: str) -> None:
        """In the file, or in the database already."""
        there = sorted({*self._plan.named[section], *getattr(self._held, section)})
        if id in there:
            return
        if there:
            known = ", ".join(map(spelled, there))
            told = Sentence("{id!r} is none of the {section}: {known}", id=id, section=section, known=known)
        else:
            told = Sentence("{id!r} is none of the {section}: there are none", id=id, section=section)
        self._faults.add(where, told)

    def _hours(self, where: str, written: Mapping[str, object] | None) -> Hours | None:
        if written is None:
            return None
        wrong = [*hours_faults(written)]
        for field, told in wrong:
            self._faults.add(f"{where}.hours.{spelled(field)}" if field else f"{where}.hours", told)
        return None if wrong else read_hours(written)

    def _once(self, where: str, what: str, names: tuple[str, ...]) -> None:
        if len(set(names)) < len(names):
            self._faults.add(where, Sentence("{what} must name each once", what=what))

    def _check_origin(self, where: str, told: str, *, allow_http: bool) -> None:
        try:
            origin = read_origin(told)
        except BadOrigin:
            wrong = Sentence("{origin!r} is no origin such as https://www.hospital.example", origin=told)
            self._faults.add(where, wrong)
            return
        if str(origin) != told:
            wrong = Sentence("{origin!r} is spelled {spelled} by browsers", origin=told, spelled=str(origin))
            self._faults.add(where, wrong)
        elif _is_open_to_all(told) and not allow_http:
            wrong = Sentence("{origin!r} is not encrypted; allow_http = true allows it all the same", origin=told)
            self._faults.add(where, wrong)


# A group's own numbers, by the settings' names and within the settings' bounds.


def _own_rules(where: str, written: Mapping[str, int], faults: Faults) -> dict[str, int]:
    known = {_written_rule(each.name): each.name for each in fields(Rules) if each.name not in ALL_ALIKE}
    hints = get_type_hints(Settings, include_extras=True)
    own = {}
    for name, value in written.items():
        if name not in known:
            told = Sentence("{name!r} is none of {known}", name=name, known=", ".join(sorted(known)))
            faults.add(f"{where}.rules", told)
            continue
        number: int | None = _converted(f"{where}.rules.{name}", hints[name], value, faults)
        if number is not None:
            own[known[name]] = number * 1000 if known[name].endswith("_ms") else number
    return own


def _written_rule(name: str) -> str:
    return name.removesuffix("_ms") + "_s" if name.endswith("_ms") else name


def _written_number(name: str, value: int) -> int:
    return value // 1000 if name.endswith("_ms") else value
