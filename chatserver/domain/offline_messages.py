"""留言: messages that visitors left while nobody served. Who answers them, who may see them, how they end."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from typing import Literal

from chatserver.domain.actors import Staff
from chatserver.domain.availability import may_answer
from chatserver.domain.hospital import ANSWERING, Consultant, Role
from chatserver.domain.hours import HORIZON_MS
from chatserver.domain.masking import masked_phone
from chatserver.domain.refusals import Forbidden, NotFound, OutOfTurn
from chatserver.domain.rules import Rules
from chatserver.domain.text import checked_note

Kind = Literal["question", "suggestion", "complaint"]
Result = Literal["answered", "unreachable", "nothing_to_do"]

SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class OfflineMessage:
    """`owner` and `settled_by` are ids of consultants, `due_at` when it should be answered (ms). `conversation`: in
    which the visitor had waited before. `emergency` and `level`: what its words speak of, and how urgent that is;
    `crowded`: so many such came from one address that nobody is called because of it; `acknowledged_by`: who has seen
    the alarm of it, an id."""

    id: str
    site: str
    department: str
    group: str
    visitor: str
    kind: Kind
    language: str
    body: str
    left_at: int
    due_at: int
    name: str = ""
    phone: str = ""
    owner: str | None = None
    conversation: str | None = None
    settled_at: int | None = None
    settled_by: str | None = None
    result: Result | None = None
    note: str = ""
    version: int = 0
    emergency: str | None = None
    level: str | None = None
    acknowledged_by: str | None = None
    acknowledged_at: int | None = None
    crowded: bool = False

    @property
    def answer_by(self) -> int | None:
        """What the visitor is promised; nothing where it does not open within the next weeks."""
        return self.due_at if self.due_at - self.left_at < HORIZON_MS else None


def due_without_opening(now: int) -> int:
    """When it is due where nobody knows when it opens: as late as is looked ahead."""
    return now + HORIZON_MS


def choose_owner(
    group: str, consultants: Iterable[Consultant], on_duty: Set[str], open_of: Mapping[str, int]
) -> str | None:
    """Whose work it becomes at once: of the group's consultants whoever has a shift when it is due, then whoever has
    the fewest open ones. None: the group has nobody; then its supervisors see it without an owner."""
    members = _members(group, consultants)
    if not members:
        return None
    return min(members, key=lambda each: (each.id not in on_duty, open_of.get(each.id, 0), each.id)).id


def _members(group: str, consultants: Iterable[Consultant]) -> list[Consultant]:
    serving = [each for each in consultants if not each.disabled and each.role in ANSWERING]
    return [each for each in serving if group in each.groups]


def needs_owner(message: OfflineMessage, group: str, consultants: Mapping[str, Consultant]) -> bool:
    """Whether somebody else must see to it: the account of whoever did is closed, or another group serves the
    department now and its owner is not of that. `group` serves it now. One that has no owner waits until the group has
    somebody."""
    if message.settled_at is not None:
        return False
    owner = consultants.get(message.owner) if message.owner is not None else None
    if owner is None or not may_answer(owner):
        return message.owner is not None or bool(_members(group, consultants.values()))
    return message.group != group and group not in owner.groups


def sees(staff: Staff, message: OfflineMessage) -> bool:
    """Whether it is in the list of this member of staff: the 留言 of their groups, and their own."""
    return message.group in staff.groups or message.owner == staff.person.id


def shown_phone(message: OfflineMessage) -> str:
    """As it stands in every list, that of whoever is to call included."""
    return masked_phone(message.phone)


def revealed(staff: Staff, message: OfflineMessage) -> str:
    """The whole number, for whoever is to call. A supervisor who wants to call takes it over first. Raises `NotFound`,
    `Forbidden`."""
    if not sees(staff, message) or not message.phone:
        raise NotFound()
    if message.owner != staff.person.id:
        raise Forbidden(rule="own_or_offered")
    return message.phone


def take(message: OfflineMessage, by: Staff) -> OfflineMessage:
    """This member of staff is the owner now, whoever was before. Raises `NotFound`, `OutOfTurn`."""
    _open_to(message, by)
    return message if message.owner == by.person.id else replace(message, owner=by.person.id)


def settle(message: OfflineMessage, by: Staff, result: Result, note: str, now: int, rules: Rules) -> OfflineMessage:
    """It is done, by its owner or by a supervisor. Raises `NotFound`, `OutOfTurn`, `Forbidden`, and what is wrong with
    the note."""
    if is_settled_so(message, by, result, note.strip()):
        return message
    note = checked_note(note, rules)
    _open_to(message, by)
    if message.owner != by.person.id and by.role is not Role.SUPERVISOR:
        raise Forbidden(rule="own_or_offered")
    return replace(message, settled_at=now, settled_by=by.person.id, result=result, note=note)


def acknowledge(message: OfflineMessage, by: Staff, now: int) -> OfflineMessage:
    """They have seen its alarm. Once whoever sees to it has, it is no alarm any more."""
    if message.settled_at is not None or message.acknowledged_by == message.owner == by.person.id:
        return message
    return replace(message, acknowledged_by=by.person.id, acknowledged_at=now)


def is_settled_so(message: OfflineMessage, by: Staff, result: Result, note: str) -> bool:
    """Whether the very same was done before: it is asked again because its answer was lost."""
    return (message.settled_by, message.result, message.note) == (by.person.id, result, note)


def _open_to(message: OfflineMessage, by: Staff) -> None:
    if not sees(by, message):
        raise NotFound()
    if message.settled_at is not None:
        raise OutOfTurn(phase=SETTLED)
