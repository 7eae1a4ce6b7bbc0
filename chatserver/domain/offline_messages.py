"""留言: messages that visitors leave while nobody is available. Who answers them, who may see them, and how
they end."""

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
from chatserver.domain.text import checked_message, checked_note

Kind = Literal["question", "suggestion", "complaint"]
Result = Literal["answered", "unreachable", "nothing_to_do"]

SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class OfflineMessage:
    """`owner` and `settled_by` are ids of consultants; `due_at` is when it should be answered (ms). `conversation`: the
    one in which the visitor waited before leaving it. `emergency` and `level`: what its words speak of, and how urgent
    that is; `crowded`: it calls nobody, because there were many emergencies from one address; `acknowledged_by`: the id
    of the person who has seen its alarm; `told`: the emergency whose help the visitor was told of, which is never
    suspected abuse; `answer`: what the visitor may read with the 查询码, unlike `note`."""

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
    answer: str = ""
    told: str | None = None

    @property
    def answer_by(self) -> int | None:
        """The time (ms) that the visitor is promised; None if it does not open within the next weeks."""
        return self.due_at if self.due_at - self.left_at < HORIZON_MS else None


def due_without_opening(now: int) -> int:
    """When it is due if no opening is known: at the end of the time in which an opening is searched."""
    return now + HORIZON_MS


def choose_owner(
    group: str,
    consultants: Iterable[Consultant],
    on_duty: Set[str],
    open_of: Mapping[str, int],
    serving: Set[str] = frozenset(),
    *,
    must_serve: bool = False,
) -> str | None:
    """The consultant of the group who becomes its owner: those `serving` now come first, then those who have a shift
    when it is due, then those with the fewest open ones. None if the group has no consultants; then its supervisors see
    it without an owner. `serving` is given only for an emergency, which does not wait until it is due; with
    `must_serve` nobody else becomes its owner, because somebody absent would not see it."""
    members = _members(group, consultants, serving if must_serve else None)
    if not members:
        return None
    return min(
        members, key=lambda each: (each.id not in serving, each.id not in on_duty, open_of.get(each.id, 0), each.id)
    ).id


def _members(group: str, consultants: Iterable[Consultant], among: Set[str] | None) -> list[Consultant]:
    answering = [each for each in consultants if not each.disabled and each.role in ANSWERING]
    return [each for each in answering if group in each.groups and (among is None or each.id in among)]


def needs_owner(
    message: OfflineMessage, group: str, consultants: Mapping[str, Consultant], serving: Set[str] = frozenset()
) -> bool:
    """Whether it needs another owner: its owner's account is closed, or is not in `group`, which serves the department
    now. A 留言 without an owner needs one as soon as the group has a consultant who may become it."""
    if message.settled_at is not None:
        return False
    owner = consultants.get(message.owner) if message.owner is not None else None
    if owner is None or not may_answer(owner):
        among = serving if calls_for_people(message) else None
        return message.owner is not None or bool(_members(group, consultants.values(), among))
    return message.group != group and group not in owner.groups


def is_emergency(message: OfflineMessage) -> bool:
    """Whether its words speak of an emergency, or suggest abuse."""
    return message.emergency is not None and (message.level != "attention" or message.emergency == "protect")


def calls_for_people(message: OfflineMessage) -> bool:
    """Whether its words speak of an emergency for which staff are called."""
    return is_emergency(message) and not message.crowded


def sees(staff: Staff, message: OfflineMessage) -> bool:
    """Whether it is in the list of this member of staff: the 留言 of their groups, and their own."""
    return message.group in staff.groups or message.owner == staff.person.id


def shown_phone(message: OfflineMessage) -> str:
    """The phone number as every list shows it, the owner's list included."""
    return masked_phone(message.phone)


def revealed(staff: Staff, message: OfflineMessage) -> str:
    """The whole number, for its owner, who is to call. A supervisor who wants to call must take it first. Raises
    `NotFound`, `Forbidden`."""
    if not sees(staff, message) or not message.phone:
        raise NotFound()
    if message.owner != staff.person.id:
        raise Forbidden(rule="own_or_offered")
    return message.phone


def take(message: OfflineMessage, by: Staff) -> OfflineMessage:
    """Make this member of staff the owner, even if it has one. Raises `NotFound`, `OutOfTurn`."""
    _open_to(message, by)
    return message if message.owner == by.person.id else replace(message, owner=by.person.id)


def settle(
    message: OfflineMessage, by: Staff, result: Result, note: str, now: int, rules: Rules, answer: str = ""
) -> OfflineMessage:
    """Settle it, as its owner or as a supervisor. Raises `NotFound`, `OutOfTurn`, `Forbidden`, and the refusals of a
    note."""
    if is_settled_so(message, by, result, note.strip(), answer.strip()):
        return message
    note = checked_note(note, rules)
    answer = checked_message(answer, rules) if answer.strip() else ""
    _open_to(message, by)
    if message.owner != by.person.id and by.role is not Role.SUPERVISOR:
        raise Forbidden(rule="own_or_offered")
    return replace(message, settled_at=now, settled_by=by.person.id, result=result, note=note, answer=answer)


def acknowledge(message: OfflineMessage, by: Staff, now: int) -> OfflineMessage:
    """Record that this person has seen its alarm. When the owner has seen it, the alarm is over."""
    if message.settled_at is not None or message.acknowledged_by == message.owner == by.person.id:
        return message
    return replace(message, acknowledged_by=by.person.id, acknowledged_at=now)


def is_settled_so(message: OfflineMessage, by: Staff, result: Result, note: str, answer: str = "") -> bool:
    """Whether it was already settled in exactly this way: the request is then a repeat whose answer was lost."""
    settled = message.settled_by, message.result, message.note, message.answer
    return settled == (by.person.id, result, note, answer)


def _open_to(message: OfflineMessage, by: Staff) -> None:
    if not sees(by, message):
        raise NotFound()
    if message.settled_at is not None:
        raise OutOfTurn(phase=SETTLED)
