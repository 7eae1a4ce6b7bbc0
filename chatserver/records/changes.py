"""What a hospital's file changed, as rows of the audit log: each record with its fields before and after. The row of a
consultant or doctor does not hold names, licences or staff numbers; at most it says that they were changed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from chatserver.domain.hospital import Consultant, Doctor, Hospital
from chatserver.store.audit import Act

KINDS = {
    "campus": "campuses",
    "skill": "skills",
    "group": "groups",
    "department": "departments",
    "site": "sites",
}
WORK = ("groups", "capacity", "skills", "languages")
"""What a file can change of a consultant."""


def changes(
    before: Hospital, people_before: Iterable[Consultant], after: Hospital, people: Mapping[str, Consultant]
) -> Iterator[Act]:
    """One row for each record that is new or differs."""
    for kind, records in KINDS.items():
        held: Mapping[str, Any] = getattr(before, records)
        for id, record in getattr(after, records).items():
            yield from _changed(kind, id, _fields(held.get(id)), _fields(record))
    for id, doctor in after.doctors.items():
        yield from _doctor_changed(before.doctors.get(id), doctor)
    words = {each.id: each for each in before.words.own}
    for each in after.words.own:
        yield from _changed("emergency_words", each.id, _fields(words.get(each.id)), _fields(each))
    known = {each.id: each for each in people_before}
    for id, who in people.items():
        yield from _changed("consultant", id, _work(known.get(id)), _work(who))


def _changed(kind: str, id: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Act]:
    names = sorted(name for name in before | after if before.get(name) != after.get(name))
    if names:
        details = {name: [before.get(name), after.get(name)] for name in names}
        yield Act("", f"hospital.{kind}", kind, id, details=details)


def _doctor_changed(before: Doctor | None, after: Doctor) -> Iterator[Act]:
    held, new = _fields(before), _fields(after)
    details: dict[str, Any] = {
        name: [held.get(name), new[name]] for name in ("title", "department") if held.get(name) != new[name]
    }
    if before is not None:
        details |= {name: "changed" for name in ("name", "licence") if held[name] != new[name]}
    if details:
        yield Act("", "hospital.doctor", "doctor", after.id, details=details)


def _fields(record: Any) -> dict[str, Any]:
    """The record's fields as plain values."""
    if record is None:
        return {}
    plain: dict[str, Any] = msgspec.to_builtins(record)
    return plain


def _work(who: Consultant | None) -> dict[str, Any]:
    return {} if who is None else {name: msgspec.to_builtins(getattr(who, name)) for name in WORK}
