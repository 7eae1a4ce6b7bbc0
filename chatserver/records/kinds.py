"""The tables of the hospital's file: their fields, types and bounds."""

from datetime import date
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from chatserver.domain.emergency_words.signs import Emergency
from chatserver.domain.emergency_words.signs import Level as Urgency
from chatserver.domain.quick_questions import Kind
from chatserver.records.checks import SEVERAL_LINES

Line = Annotated[str, Meta(min_length=1, max_length=200)]
Lines = Annotated[str, Meta(min_length=1, max_length=1_000, extra=SEVERAL_LINES)]
Licence = Annotated[str, Meta(min_length=1, max_length=40)]
Level = Annotated[int, Meta(ge=1, le=5)]


class Record(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One table of the file."""


class CampusRecord(Record, frozen=True):
    zh: Line
    en: Line
    address: str
    phone: str
    emergency_phone: str


class SkillRecord(Record, frozen=True):
    zh: Line
    en: Line


class GroupRecord(Record, frozen=True):
    zh: Line
    en: Line
    mode: Literal["automatic", "ring", "claim"]
    overflow: str | None = None
    rules: dict[str, int] = {}
    hours: dict[str, Any] | None = None


class DepartmentRecord(Record, frozen=True):
    zh: Line
    en: Line
    group: str
    campus: str
    skill: str | None = None
    level: Level = 1
    intimate: bool = False
    words: tuple[Line, ...] = ()
    minors: bool = False


class DoctorRecord(Record, frozen=True):
    zh: Line
    en: Line
    title: Literal["chief", "associate_chief", "attending", "resident"]
    licence: Licence
    department: str


class QuestionRecord(Record, frozen=True):
    kind: Kind
    question_zh: Line
    question_en: Line
    answer_zh: Lines | None = None
    answer_en: Lines | None = None


class InvitationRecord(Record, frozen=True):
    after_s: Annotated[int, Meta(ge=5, le=3_600)] = 30
    pages: Annotated[int, Meta(ge=1, le=50)] = 1
    referrers: Annotated[tuple[Line, ...], Meta(max_length=50)] = ()
    departments: tuple[str, ...] = ()


class SiteRecord(Record, frozen=True):
    zh: Line
    en: Line
    greeting_zh: Lines
    greeting_en: Lines
    campus: str
    origins: tuple[str, ...]
    departments: tuple[str, ...]
    allow_http: bool = False
    general_group: str | None = None
    leave_to: str = ""
    hours: dict[str, Any] | None = None
    notice_version: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    notice_zh: Lines | None = None
    notice_en: Lines | None = None
    notice_link: str = ""
    questions: dict[str, QuestionRecord] = {}
    health_words: tuple[Line, ...] = ()
    invitation: InvitationRecord | None = None


class WordsRecord(Record, frozen=True):
    kind: Emergency
    level: Urgency
    words: tuple[Line, ...]
    only_in: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()


class PersonRecord(Record, frozen=True):
    groups: tuple[str, ...]
    capacity: Annotated[int, Meta(ge=1, le=20)]
    languages: tuple[Literal["zh", "en"], ...] = ("zh", "en")
    skills: dict[str, Level] = {}


class ShiftRecord(Record, frozen=True):
    date: date
    login: str
    name: Line
    start: str
    end: str


class SourceRecord(Record, frozen=True):
    id: Annotated[str, Meta(min_length=1, max_length=40)]
    zh: Line
    en: Line
    referrers: tuple[Line, ...] = ()
    parameters: dict[str, Line] = {}
    keywords: tuple[Line, ...] = ()
    plans: tuple[Line, ...] = ()
    units: tuple[Line, ...] = ()
    keyword_ids: tuple[Line, ...] = ()


SECTIONS: dict[str, type[Record]] = {
    "campuses": CampusRecord,
    "skills": SkillRecord,
    "groups": GroupRecord,
    "departments": DepartmentRecord,
    "doctors": DoctorRecord,
    "sites": SiteRecord,
    "words": WordsRecord,
    "people": PersonRecord,
}
ROSTER = "shifts"
SOURCES = "sources"
"""These are lists; a file that has one replaces the whole list."""

RECORDS: dict[str, type[Record]] = {**SECTIONS, ROSTER: ShiftRecord, SOURCES: SourceRecord}
"""All tables that a file may contain."""
