"""What the hospital consists of: sites, campuses, groups, departments, and the people who answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from chatserver.domain.consent import BUILT_IN_NOTICE, BUILT_IN_TEXTS, ConsentText, Notice
from chatserver.domain.emergency import BUILT_IN, Words
from chatserver.domain.hours import USUAL, Hours
from chatserver.domain.invitations import Invitation
from chatserver.domain.quick_questions import QuickQuestion
from chatserver.domain.sources import Sources

LANGUAGES = ("zh", "en")
"""The languages of the product; consultants speak these unless their record says otherwise."""

UNSURE = "unsure"
"""不确定 / 其他: the department for visitors who do not know which one they need. Every site offers it as the last one,
and its general group serves it."""


class Mode(StrEnum):
    """How a group's conversations reach its consultants."""

    AUTOMATIC = "automatic"
    RING = "ring"
    CLAIM = "claim"


class Role(StrEnum):
    """What a member of staff may do (docs/architecture.md: permissions)."""

    CONSULTANT = "consultant"
    GROUP_LEADER = "group_leader"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


ANSWERING = frozenset({Role.CONSULTANT, Role.GROUP_LEADER})
"""The roles that conversations are assigned to."""

AT_CONSOLE = ANSWERING | {Role.SUPERVISOR}
"""The roles that work in the console. The others see and hold no conversation."""


class Title(StrEnum):
    """The badge a visitor sees beside the name; filled in by the system, never typed."""

    CONSULTANT = "consultant"
    NURSE = "nurse"
    PHYSICIAN = "physician"


class Availability(StrEnum):
    """What a consultant chose. Only the system sets `PAUSED`, after missed rings or unanswered conversations."""

    ONLINE = "online"
    BUSY = "busy"
    BREAK = "break"
    OFFLINE = "offline"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Name:
    """A name on the screens, in both languages."""

    zh: str
    en: str

    def inside(self, language: str) -> str:
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Campus:
    """院区: one of the hospital's locations."""

    id: str
    name: Name
    address: str
    phone: str
    emergency_phone: str


@dataclass(frozen=True, slots=True)
class Skill:
    """专长: a field that a consultant may know well, and that a department may require."""

    id: str
    name: Name


@dataclass(frozen=True, slots=True)
class Group:
    """接待组: consultants who share a queue. `rules` are its own numbers where they differ from the hospital's, by
    their names in `rules.Rules`; `overflow` is the group that helps out when a conversation waits here too long.
    `hours` narrow those of the site."""

    id: str
    name: Name
    mode: Mode
    overflow: str | None = None
    rules: Mapping[str, int] = field(default_factory=dict)
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class Department:
    """科室: the field that visitors ask about. One group at one campus serves it, preferably consultants with `skill`
    at `level`. `intimate`: the console blurs images until they are tapped. `words`: those of a visitor who probably
    means this department; the widget suggests it. `minors`: for children, who are never invited."""

    id: str
    name: Name
    group: str
    campus: str
    skill: str | None = None
    level: int = 1
    intimate: bool = False
    words: tuple[str, ...] = ()
    minors: bool = False


class DoctorTitle(StrEnum):
    """职称: the four ranks of the profession. It is chosen from this list and not typed, so that a badge cannot claim
    another rank."""

    CHIEF = "chief"
    ASSOCIATE_CHIEF = "associate_chief"
    ATTENDING = "attending"
    RESIDENT = "resident"


@dataclass(frozen=True, slots=True)
class Doctor:
    """医生: whom badges and cards may name. `licence` is the number of the licence to practise; a doctor works at the
    campus of the department."""

    id: str
    name: Name
    title: DoctorTitle
    licence: str
    department: str
    version: int = 0


UNSURE_NAME = Name("不确定 / 其他", "Not sure / other")


@dataclass(frozen=True, slots=True)
class Site:
    """站点: one website with the widget. `origins` are the exact origins that may embed it. `general_group` answers
    those who chose no department; None only while the hospital has no group at all. `leave_to`: the address of the page
    that 快速离开 goes to; empty: an empty page. `notice`: its privacy notice; None: the built-in one.
    `health_words`: its own, beside the built-in ones. `invitation`: None invites nobody."""

    id: str
    name: Name
    greeting: Name
    campus: str
    origins: tuple[str, ...]
    departments: tuple[str, ...]
    hours: Hours = USUAL
    general_group: str | None = None
    leave_to: str = ""
    notice: Notice | None = None
    questions: tuple[QuickQuestion, ...] = ()
    health_words: tuple[str, ...] = ()
    invitation: Invitation | None = None

    @property
    def shown_notice(self) -> Notice:
        return self.notice or BUILT_IN_NOTICE


@dataclass(frozen=True, slots=True)
class Person:
    """A consultant as others see them. Stored inside events, so that a transcript stays correct after a rename."""

    id: str
    name: str
    number: str
    title: Title


@dataclass(frozen=True, slots=True)
class Consultant:
    """咨询员, with everything that decides what they may receive. `capacity` limits their load; `skills` have levels
    from 1 to 5; `reason` belongs to the availability."""

    person: Person
    role: Role
    groups: tuple[str, ...]
    capacity: int
    availability: Availability = Availability.OFFLINE
    availability_since: int = 0
    misses: int = 0
    last_given_at: int = 0
    disabled: bool = False
    skills: Mapping[str, int] = field(default_factory=dict)
    languages: tuple[str, ...] = LANGUAGES
    reason: str = ""
    version: int = 0

    @property
    def id(self) -> str:
        return self.person.id


@dataclass(frozen=True, slots=True)
class Hospital:
    """All of the above by id: one snapshot that is replaced as a whole. `words`: the emergency words; `consent_texts`:
    every text that visitors are or were asked to agree to, by its SHA-256; `sources`: how it is recognised where
    visitors come from."""

    sites: dict[str, Site] = field(default_factory=dict)
    campuses: dict[str, Campus] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    skills: dict[str, Skill] = field(default_factory=dict)
    doctors: dict[str, Doctor] = field(default_factory=dict)
    words: Words = BUILT_IN
    consent_texts: Mapping[str, ConsentText] = field(default_factory=lambda: BUILT_IN_TEXTS)
    sources: Sources = Sources()  # noqa: RUF009 it is frozen

    def group_of(self, site: str, department: str) -> str:
        """The group that serves this department at this site. Nothing else decides that."""
        general = self.sites[site].general_group if department == UNSURE else None
        return general or self.departments[department].group

    def is_intimate(self, department: str) -> bool:
        """Whether images in a conversation of this department are blurred. Of a conversation without a department
        nobody knows, so one intimate department is enough."""
        if department == UNSURE:
            return any(each.intimate for each in self.departments.values())
        known = self.departments.get(department)
        return known is not None and known.intimate

    def department_asked(self, site: str, department: str | None) -> str:
        """The department that a visitor's page asks for; `UNSURE` if it asks for none, or for one that the site no
        longer offers."""
        return department if department is not None and department in self.sites[site].departments else UNSURE
