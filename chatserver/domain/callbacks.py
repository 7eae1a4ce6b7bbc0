"""回电: calls that visitors ask for. When a call is promised, who makes it, and how it ends."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from chatserver.domain.actors import Staff
from chatserver.domain.availability import may_answer
from chatserver.domain.consent import ConsentText, by_hash
from chatserver.domain.hospital import Consultant, Role
from chatserver.domain.hours import HORIZON_MS, MINUTE, CombinedHours, Span, Window, moment
from chatserver.domain.masking import masked_phone
from chatserver.domain.refusals import Forbidden, NotFound, OutOfTurn
from chatserver.domain.rules import Rules
from chatserver.domain.text import checked_note

Day = Literal["soonest", "today", "tomorrow"]
Part = Literal["morning", "afternoon", "evening"]

State = Literal["open", "done", "not_reached", "withdrawn"]
"""`not_reached`: nobody answered on two days. `withdrawn`: the visitor took it back, or does not want to be called."""

Report = Literal["reached", "not_reached", "do_not_call"]
"""What staff report about a call. `do_not_call`: 不再联系."""

Lock = Literal["abuse_alert"]
"""Why nobody may call: the call could warn the person who abuses, who may be beside the phone or own it."""

TOPIC_LENGTH = 100
NAME_LENGTH = 40

ATTEMPTS = 2
"""So many calls are made, each on another day."""

REPEAT_MS = MINUTE
"""The same person reporting 未接通 again within this time sends a repeat whose answer was lost."""

LEAST_MS = 15 * MINUTE
"""A shorter rest of the wanted part of the day is not enough to call."""

PARTS: dict[Part, Window] = {
    "morning": Window(8 * 60, 12 * 60),
    "afternoon": Window(12 * 60, 18 * 60),
    "evening": Window(18 * 60, 21 * 60),
}
"""The parts of a day, whatever the opening hours are; nobody is called earlier or later unless they want it soonest."""


ASKED = by_hash(
    ConsentText("callback", "1", language, text)  # type: ignore[arg-type]  # never set for a conversation
    for language, text in (
        ("zh", "我同意医院按约定的时间拨打这个号码，只为答复这次的问题。我可以随时撤回。"),
        ("en", "The hospital may call this number at the agreed time, only about this question. I can withdraw it."),
    )
)
"""What stands beside the button with which a call is requested, by its SHA-256. A text is never changed: a new one is
added, with another version."""


class Wish(NamedTuple):
    """When the visitor would like to be called. `part` does not count if it is `soonest`."""

    day: Day = "soonest"
    part: Part = "morning"


@dataclass(frozen=True, slots=True)
class Callback:
    """`phone`: as it is dialled; `topic`: a few words of the visitor; `may_name`: whether the hospital may be named to
    whoever answers. `from_at`, `due_at` (ms): between when the call is promised. `owner` and `ended_by` are ids of
    consultants; `ended_by` is None when the visitor withdrew it. `note`: the result, for staff. `was_stopped`: an
    earlier call-back to this number ended with 不再联系. `emergency`, `level`: what the topic speaks of.
    `told`: the emergency whose help the visitor was told of, which is never suspected abuse. `overdue_since`: the
    promise was broken then (ms)."""

    id: str
    site: str
    department: str
    group: str
    visitor: str
    language: str
    phone: str
    asked_at: int
    from_at: int
    due_at: int
    day: Day = "soonest"
    part: Part = "morning"
    may_name: bool = False
    name: str = ""
    topic: str = ""
    conversation: str | None = None
    emergency: str | None = None
    level: str | None = None
    was_stopped: bool = False
    state: State = "open"
    owner: str | None = None
    attempts: int = 0
    tried_at: int | None = None
    ended_at: int | None = None
    ended_by: str | None = None
    do_not_call: bool = False
    note: str = ""
    overdue_since: int | None = None
    acknowledged_by: str | None = None
    acknowledged_at: int | None = None
    version: int = 0
    told: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def promised(self) -> Span | None:
        """Between when (ms) the visitor is told that they are called; None if it does not open within the next
        weeks."""
        return Span(self.from_at, self.due_at) if self.due_at - self.asked_at < HORIZON_MS else None


def promise(hours: CombinedHours, now: int, wish: Wish, within_ms: int) -> Span:
    """Between when (ms) the call is promised.

    It is the part of the day that the visitor wants, as far as it is open and still to come. If too little of it is
    left, it is the first `within_ms` of opening time after it began. Without any opening within the next weeks, it
    ends at the end of that time.
    """
    earliest = now
    if wish.day != "soonest":
        wanted = _wanted(hours, now, wish)
        earliest = max(now, wanted.start)
        for span in hours.spans(now):
            start, end = max(span.start, earliest), min(span.end, wanted.end)
            if end - start >= LEAST_MS:
                return Span(start, end)
            if span.start >= wanted.end:
                break
    return _first(hours, now, earliest, within_ms)


def _wanted(hours: CombinedHours, now: int, wish: Wish) -> Span:
    day = datetime.fromtimestamp(now / 1000, hours.zone).date() + timedelta(days=wish.day == "tomorrow")
    window = PARTS[wish.part]
    return Span(moment(day, window.start, hours.zone), moment(day, window.end, hours.zone))


def _first(hours: CombinedHours, now: int, earliest: int, within_ms: int) -> Span:
    """The first `within_ms` of opening time from `earliest` on. If it closes sooner today, it is the next opening."""
    for span in hours.spans(now):
        start = max(span.start, earliest)
        if start + within_ms <= span.end:
            return Span(start, start + within_ms)
        if span.start >= earliest:
            return Span(start, span.end)
    return Span(now, now + HORIZON_MS)


def after_an_attempt(callback: Callback) -> Wish:
    """When the next attempt is made: on another day, in the same part of the day."""
    return Wish("tomorrow", "morning" if callback.day == "soonest" else callback.part)


def sees(staff: Staff, callback: Callback) -> bool:
    """Whether it is in the list of this member of staff: those of their groups, and their own."""
    return callback.group in staff.groups or callback.owner == staff.person.id


def shown_phone(callback: Callback, lock: Lock | None) -> str:
    """The phone number as every list shows it, the owner's list included. Nothing of it while it is locked."""
    return "" if lock else masked_phone(callback.phone)


def revealed(staff: Staff, callback: Callback, lock: Lock | None) -> str:
    """The whole number, for its owner, who is to call. Raises `NotFound`, `OutOfTurn`, `Forbidden`."""
    _open_to(callback, staff)
    if lock:
        raise Forbidden(rule=lock)
    if callback.owner != staff.person.id:
        raise Forbidden(rule="own_or_offered")
    return callback.phone


def take(callback: Callback, by: Staff) -> Callback:
    """Make this member of staff the owner, even if it has one. Raises `NotFound`, `OutOfTurn`."""
    _open_to(callback, by)
    return callback if callback.owner == by.person.id else replace(callback, owner=by.person.id)


def report(
    callback: Callback, by: Staff, told: Report, note: str, now: int, next_call: Span, lock: Lock | None, rules: Rules
) -> Callback:
    """What the owner, or a supervisor, reports about the call. After the first 未接通 it stays open until `next_call`;
    the second ends it. Raises `NotFound`, `OutOfTurn`, `Forbidden`, and the refusals of a note."""
    if is_reported_so(callback, by, told, note.strip(), now):
        return callback
    note = checked_note(note, rules) if note.strip() or told == "reached" else ""
    _open_to(callback, by)
    if callback.owner != by.person.id and by.role is not Role.SUPERVISOR:
        raise Forbidden(rule="own_or_offered")
    if lock and told != "do_not_call":
        raise Forbidden(rule=lock)
    if told == "not_reached":
        return _tried(callback, by, note, now, next_call)
    state: State = "done" if told == "reached" else "withdrawn"
    attempts = callback.attempts + (told == "reached")
    ended = replace(callback, state=state, ended_at=now, ended_by=by.person.id, note=note, attempts=attempts)
    return replace(ended, do_not_call=told == "do_not_call")


def _tried(callback: Callback, by: Staff, note: str, now: int, next_call: Span) -> Callback:
    if callback.tried_at is not None and now < callback.from_at:
        # The next call is promised for another day. More calls on one day would be a burden.
        raise Forbidden(rule="one_call_a_day")
    tried = replace(callback, attempts=callback.attempts + 1, tried_at=now, note=note or callback.note)
    if tried.attempts >= ATTEMPTS:
        return replace(tried, state="not_reached", ended_at=now, ended_by=by.person.id)
    return replace(
        tried,
        from_at=next_call.start,
        due_at=next_call.end,
        overdue_since=None,
        acknowledged_by=None,
        acknowledged_at=None,
    )


def is_reported_so(callback: Callback, by: Staff, told: Report, note: str, now: int) -> bool:
    """Whether exactly this was reported already: the request is then a repeat whose answer was lost."""
    if told == "not_reached":
        mine = callback.owner == by.person.id or callback.ended_by == by.person.id
        return mine and callback.tried_at is not None and now - callback.tried_at <= REPEAT_MS
    state = "done" if told == "reached" else "withdrawn"
    return (callback.state, callback.ended_by, callback.note) == (state, by.person.id, note)


def withdraw(callback: Callback, visitor: str, now: int) -> Callback:
    """The visitor takes it back, or replaces it by another one. Raises `NotFound`, `OutOfTurn`."""
    if callback.visitor != visitor:
        raise NotFound()
    if callback.state == "withdrawn":
        return callback
    if not callback.is_open:
        raise OutOfTurn(phase=callback.state)
    return replace(callback, state="withdrawn", ended_at=now)


def became_overdue(callback: Callback, now: int) -> Callback:
    """The promised time is over, and it is still open."""
    if not callback.is_open or callback.overdue_since is not None or now < callback.due_at:
        return callback
    return replace(callback, overdue_since=callback.due_at)


def acknowledge(callback: Callback, by: Staff, now: int) -> Callback:
    """Record that this person has seen its alarm."""
    if not callback.is_open or callback.acknowledged_by == by.person.id:
        return callback
    return replace(callback, acknowledged_by=by.person.id, acknowledged_at=now)


def placed(callback: Callback, group: str, owner: Consultant | None) -> Callback:
    """Move it to the group that serves its department now. An owner whose account is closed, or who is not in that
    group, loses it. `owner` is the present one."""
    if not callback.is_open:
        return callback
    keeps = owner is not None and may_answer(owner) and (callback.group == group or group in owner.groups)
    kept = callback.owner if keeps else None
    return callback if (callback.group, callback.owner) == (group, kept) else replace(callback, group=group, owner=kept)


def _open_to(callback: Callback, by: Staff) -> None:
    if not sees(by, callback):
        raise NotFound()
    if not callback.is_open:
        raise OutOfTurn(phase=callback.state)
