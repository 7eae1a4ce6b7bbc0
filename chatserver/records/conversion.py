"""Converts written records into the domain's, and checks what they say against the hospital: references to records that
do not exist, circles of overflow, overlapping shifts, invalid origins and hours.

Does not use the database: the hospital as it is now is passed in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from chatserver.domain.consent import Notice
from chatserver.domain.emergency import OwnWords, as_looked_for
from chatserver.domain.hospital import (
    UNSURE,
    Campus,
    Consultant,
    Department,
    Doctor,
    DoctorTitle,
    Group,
    Hospital,
    Mode,
    Name,
    Site,
    Skill,
)
from chatserver.domain.hours import Hours, moment
from chatserver.domain.hours_text import BadHours, window
from chatserver.domain.hours_text import faults as hours_faults
from chatserver.domain.hours_text import read as read_hours
from chatserver.domain.invitations import Invitation
from chatserver.domain.origin import is_page
from chatserver.domain.rules import Rules
from chatserver.domain.sentence import Sentence
from chatserver.domain.shifts import Shift
from chatserver.domain.sources import SourceRule
from chatserver.records.checks import spelled
from chatserver.records.faults import Faults
from chatserver.records.group_rules import own_rules
from chatserver.records.hospital_file import HospitalFile
from chatserver.records.invitations import invitation
from chatserver.records.kinds import (
    ROSTER,
    DepartmentRecord,
    DoctorRecord,
    GroupRecord,
    PersonRecord,
    ShiftRecord,
    SiteRecord,
    WordsRecord,
)
from chatserver.records.origins import fault_of
from chatserver.records.quick_questions import quick_questions
from chatserver.records.sources import source_rules

SHORTEST_WORD = 2
"""Characters. A single one would be part of too many other words."""


class Conversion:
    """The records of one file as the domain's, section by section. What is wrong with them is added to `faults`.

    `held` and `people` (by login) are the database's; `rules`: the hospital's rules, which apply where a group has no
    rule of its own.
    """

    def __init__(
        self, file: HospitalFile, held: Hospital, people: Mapping[str, Consultant], zone: ZoneInfo, rules: Rules
    ) -> None:
        self._file = file
        self._held = held
        self._people = people
        self._zone = zone
        self._rules = rules
        self.faults = Faults()
        self.faults.found += file.faults

    def campuses(self) -> list[Campus]:
        return [
            Campus(id, Name(each.zh, each.en), each.address, each.phone, each.emergency_phone)
            for id, each in self._of("campuses")
        ]

    def skills(self) -> list[Skill]:
        return [Skill(id, Name(each.zh, each.en)) for id, each in self._of("skills")]

    def groups(self) -> list[Group]:
        return [self._group(f"groups.{id}", id, each) for id, each in self._of("groups")]

    def departments(self) -> list[Department]:
        return [self._department(f"departments.{id}", id, each) for id, each in self._of("departments")]

    def doctors(self) -> list[Doctor]:
        found = [self._doctor(f"doctors.{id}", id, each) for id, each in self._of("doctors")]
        self._one_licence_each(found)
        return found

    def sites(self) -> list[Site]:
        return [self._site(f"sites.{id}", id, each) for id, each in self._of("sites")]

    def words(self) -> list[OwnWords]:
        return [self._words(f"words.{id}", id, each) for id, each in self._of("words")]

    def people(self) -> list[Consultant]:
        """The consultants with their new work; a login without an account is a fault."""
        found = [self._person(f"people.{spelled(login)}", login, each) for login, each in self._of("people")]
        return [each for each in found if each is not None]

    def roster(self, now: int) -> list[Shift] | None:
        """The shifts that are not over at `now`; None when the file has no roster."""
        return None if self._file.roster is None else self._shifts(self._file.roster, now)

    def sources(self) -> list[SourceRule] | None:
        """The rules that recognise sources, in order; None when the file has none."""
        return None if self._file.sources is None else source_rules(self._file.sources, self.faults)

    def _of(self, section: str) -> Iterable[tuple[str, Any]]:
        return self._file.records[section].items()

    def _group(self, where: str, id: str, each: GroupRecord) -> Group:
        if each.overflow is not None:
            self._known(where, "groups", each.overflow)
            self._no_circle(where, id, each.overflow)
        own = own_rules(where, each.rules, self.faults)
        numbers = replace(self._rules, **own)  # type: ignore[arg-type]  # the names are fields, the values numbers
        if not numbers.inactive_ms <= numbers.idle_warning_ms < numbers.idle_close_ms:
            fault = Sentence("inactive_s, idle_warning_s and idle_close_s must follow each other in time")
            self.faults.add(f"{where}.rules", fault)
        return Group(id, Name(each.zh, each.en), Mode(each.mode), each.overflow, own, self._hours(where, each.hours))

    def _no_circle(self, where: str, id: str, overflow: str) -> None:
        """A conversation that overflows from a group must not come back to it through the groups that help out."""
        helper: str | None = overflow
        passed = [id]
        while helper is not None:
            if helper in passed:
                way = ", ".join(passed[1:])
                self.faults.add(
                    where,
                    Sentence("what overflows from here comes back by {way}", way=way)
                    if way
                    else Sentence("what overflows from here comes back by itself"),
                )
                return
            passed.append(helper)
            named = self._file.records["groups"].get(helper)
            helper = named.overflow if named is not None else self._overflow_of(helper)

    def _overflow_of(self, group: str) -> str | None:
        known = self._held.groups.get(group)
        return None if known is None else known.overflow

    def _department(self, where: str, id: str, each: DepartmentRecord) -> Department:
        self._known(where, "groups", each.group)
        self._known(where, "campuses", each.campus)
        if each.skill is not None:
            self._known(where, "skills", each.skill)
        self._long_enough(where, each.words)
        return Department(
            id,
            Name(each.zh, each.en),
            each.group,
            each.campus,
            each.skill,
            each.level,
            each.intimate,
            each.words,
            each.minors,
        )

    def _doctor(self, where: str, id: str, each: DoctorRecord) -> Doctor:
        self._known(where, "departments", each.department)
        return Doctor(id, Name(each.zh, each.en), DoctorTitle(each.title), each.licence, each.department)

    def _one_licence_each(self, named: list[Doctor]) -> None:
        """A licence belongs to one person, whether the other doctor is in the file or in the database only."""
        holders: dict[str, str] = {}
        for doctor in (self._held.doctors | {each.id: each for each in named}).values():
            holder = holders.setdefault(doctor.licence, doctor.id)
            if holder != doctor.id:
                fault = Sentence("its licence is that of {other} too", other=holder)
                self.faults.add(f"doctors.{doctor.id}", fault)

    def _site(self, where: str, id: str, each: SiteRecord) -> Site:
        self._known(where, "campuses", each.campus)
        for department in each.departments:
            if department != UNSURE:
                self._known(where, "departments", department)
        if each.general_group is not None:
            self._known(where, "groups", each.general_group)
        self._once(where, "departments", each.departments)
        for origin in each.origins:
            fault = fault_of(origin, allow_http=each.allow_http)
            if fault is not None:
                self.faults.add(where, fault)
        if each.leave_to and not is_page(each.leave_to):
            self.faults.add(
                where, Sentence("{url!r} is no address of a page, such as https://www.example.org/", url=each.leave_to)
            )
        site = Site(
            id,
            Name(each.zh, each.en),
            Name(each.greeting_zh, each.greeting_en),
            each.campus,
            each.origins,
            each.departments,
            general_group=each.general_group or self._group_of_the_unsure(each),
            leave_to=each.leave_to,
            notice=self._notice(where, each),
            questions=quick_questions(f"{where}.questions", each.questions, self.faults),
            health_words=each.health_words,
            invitation=self._invitation(where, each),
        )
        hours = self._hours(where, each.hours)
        return site if hours is None else replace(site, hours=hours)

    def _invitation(self, where: str, each: SiteRecord) -> Invitation | None:
        if each.invitation is None:
            return None
        return invitation(f"{where}.invitation", each.invitation, each.departments, self.faults)

    def _notice(self, where: str, each: SiteRecord) -> Notice | None:
        """The site's own privacy notice: version and both texts, or none of them."""
        version, zh, en, link = each.notice_version, each.notice_zh, each.notice_en, each.notice_link
        if link and not link.startswith("https://"):
            self.faults.add(where, Sentence("notice_link must begin with https://"))
        if version is not None and zh is not None and en is not None:
            return Notice(version, zh, en, link)
        if (version, zh, en, link) != (None, None, None, ""):
            self.faults.add(where, Sentence("a notice needs notice_version, notice_zh and notice_en"))
        return None

    def _group_of_the_unsure(self, each: SiteRecord) -> str | None:
        """The general group of a site that does not name one: the group of its department for visitors who are unsure,
        if the file has that department."""
        described = self._file.records["departments"].get(UNSURE)
        return described.group if described is not None and UNSURE in each.departments else None

    def _words(self, where: str, id: str, each: WordsRecord) -> OwnWords:
        for department in (*each.only_in, *each.not_in):
            self._known(where, "departments", department)
        self._long_enough(where, each.words)
        return OwnWords(id, each.kind, each.level, each.words, each.only_in, each.not_in)

    def _long_enough(self, where: str, words: Iterable[str]) -> None:
        for word in words:
            if len(as_looked_for(word)) < SHORTEST_WORD:
                fault = Sentence(
                    "{word!r} is too short to be looked for; words have two characters at least", word=word
                )
                self.faults.add(where, fault)

    def _person(self, where: str, login: str, each: PersonRecord) -> Consultant | None:
        known = self._account(where, login)
        for group in each.groups:
            self._known(where, "groups", group)
        for skill in each.skills:
            self._known(where, "skills", skill)
        self._once(where, "groups", each.groups)
        self._once(where, "languages", each.languages)
        if not each.languages:
            self.faults.add(where, Sentence("languages must name one at least"))
        if known is None:
            return None
        work = {"groups": each.groups, "capacity": each.capacity, "skills": each.skills, "languages": each.languages}
        return replace(known, **work)  # type: ignore[arg-type]  # each of its own type

    def _shifts(self, roster: Mapping[int, ShiftRecord], now: int) -> list[Shift]:
        """The shifts that are not over yet. Two shifts of one person at the same time are a fault."""
        found: list[Shift] = []
        for number, each in roster.items():
            where = f"{ROSTER} {number}"
            shift = self._shift(where, each)
            if shift is None:
                continue
            for other in found:
                meets = other.starts_at < shift.ends_at and shift.starts_at < other.ends_at
                if meets and other.consultant == shift.consultant:
                    self.faults.add(where, Sentence("{login} has another shift at that time", login=each.login))
            if shift.ends_at > now:
                found.append(shift)
        return found

    def _shift(self, where: str, each: ShiftRecord) -> Shift | None:
        consultant = self._account(where, each.login)
        try:
            start, end = (moment(each.date, at, self._zone) for at in window(f"{each.start}-{each.end}"))
        except BadHours as why:
            self.faults.add(where, why.sentence)
            return None
        return None if consultant is None else Shift(consultant.id, each.name, start, end)

    def _account(self, where: str, login: str) -> Consultant | None:
        known = self._people.get(login)
        if known is None:
            fault = Sentence("there is no account {login}; `chatserver account add` makes it", login=spelled(login))
            self.faults.add(where, fault)
        return known

    def _known(self, where: str, section: str, id: str) -> None:
        """Check that `id` is in the file, or in the database already."""
        there = sorted({*self._file.named[section], *getattr(self._held, section)})
        if id in there:
            return
        if there:
            known = ", ".join(map(spelled, there))
            fault = Sentence("{id!r} is none of the {section}: {known}", id=id, section=section, known=known)
        else:
            fault = Sentence("{id!r} is none of the {section}: there are none", id=id, section=section)
        self.faults.add(where, fault)

    def _hours(self, where: str, written: Mapping[str, object] | None) -> Hours | None:
        if written is None:
            return None
        wrong = [*hours_faults(written)]
        for field, fault in wrong:
            self.faults.add(f"{where}.hours.{spelled(field)}" if field else f"{where}.hours", fault)
        return None if wrong else read_hours(written)

    def _once(self, where: str, what: str, names: tuple[str, ...]) -> None:
        if len(set(names)) < len(names):
            self.faults.add(where, Sentence("{what} must name each once", what=what))
