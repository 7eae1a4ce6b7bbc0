"""What happens when a deadline is reached."""

from chatserver.domain.changes.table import apply
from chatserver.domain.commands.time import DeadlineReached
from chatserver.domain.conversation import Conversation
from chatserver.domain.deadlines import Clock, deadlines, emergency_limit, end_limit, first_reply_limit
from chatserver.domain.events.alarms import NobodyAnswered
from chatserver.domain.events.base import Event
from chatserver.domain.events.colleagues import ColleagueLeft
from chatserver.domain.events.ending import Closed
from chatserver.domain.events.queue import Overflowed
from chatserver.domain.events.time import (
    EndHeld,
    EscalationDeferred,
    IdleWarned,
    ReplyExtended,
    ReplyOverdue,
    WentInactive,
)
from chatserver.domain.rules import LOOK_AGAIN_MS, TYPING_HOLDS_MS, Rules
from chatserver.domain.transitions.base import Cell, Events
from chatserver.domain.transitions.offers import end_offer
from chatserver.domain.transitions.queue import return_to_queue

SILENT_ROUNDS = 2
"""After so many owners in a row who did not answer, they are paused and the supervisor is called. Missed rings do not
count: the visitor was not told of anybody yet, and missed rings pause consultants by a rule of their own."""


def reach_deadlines(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    """Everything that is due, in order of time; each event is decided on the state that the one before has left."""
    happened: list[Event] = []
    while True:
        due = {clock: at for clock, at in deadlines(conversation, rules).items() if at <= now}
        if not due:
            return tuple(happened)
        clock = min(due, key=lambda each: (due[each], each))
        for event in ELAPSED[clock](conversation, command, now, rules):
            happened.append(event)
            conversation = apply(conversation, event, now)


def _offer_expired(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return end_offer(conversation, "expired")


def _reply_alarm(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    assert conversation.owner is not None and conversation.unanswered_since is not None
    return (ReplyOverdue(conversation.owner, now - conversation.unanswered_since),)


def _no_first_reply(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    limit = first_reply_limit(conversation, rules)
    if command.owner_typing and now < limit:
        return (ReplyExtended(min(now + TYPING_HOLDS_MS, limit)),)
    back = return_to_queue(conversation, "no_first_reply")
    silent = (*(() if conversation.replied else conversation.silent), conversation.owner)
    if len(silent) < SILENT_ROUNDS:
        return back
    people = {each.id: each for each in silent if each is not None}
    return (*back, NobodyAnswered(tuple(people.values())))


def _grace_over(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return return_to_queue(conversation, "connection_lost")


def _colleague_grace_over(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return tuple(
        ColleagueLeft(each.person, None, each.joined)
        for each in conversation.participants
        if each.left_at is not None and each.left_at + rules.grace_ms <= now
    )


def _no_answer_to_an_emergency(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    """The owner keeps it while they are typing (for a limited time), and as long as nobody else is available."""
    if command.owner_typing and now < emergency_limit(conversation, rules):
        return (EscalationDeferred(now + TYPING_HOLDS_MS),)
    if not command.elsewhere:
        return (EscalationDeferred(now + LOOK_AGAIN_MS),)
    return return_to_queue(conversation, "emergency")


def _overflow(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    if not command.elsewhere:
        return (EscalationDeferred(now + LOOK_AGAIN_MS),)
    return (Overflowed(conversation.group, rules.overflow_to),)


def _closing(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    held = _held(conversation, Clock.CLOSING, command, now, rules)
    return held or (*end_offer(conversation, "closed"), Closed("system", "closed_hours", None))


def _waited_too_long(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    held = _held(conversation, Clock.WAITED, command, now, rules)
    return held or (*end_offer(conversation, "closed"), Closed("system", "waited_too_long", None))


def _held(conversation: Conversation, clock: Clock, command: DeadlineReached, now: int, rules: Rules) -> Events:
    """Delays the end while somebody is typing, as long as `deadlines.end_limit` allows."""
    if not (command.owner_typing or command.somebody_typing):
        return ()
    limit = end_limit(conversation, clock, rules)
    return (EndHeld(min(now + TYPING_HOLDS_MS, limit)),) if now < limit else ()


def _inactive(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return (WentInactive(),)


def _warn_idle(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return (IdleWarned(now + rules.idle_close_ms - rules.idle_warning_ms),)


def _close_idle(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return _held(conversation, Clock.IDLE_CLOSE, command, now, rules) or (Closed("system", "idle", None),)


def _abandon(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return (*end_offer(conversation, "closed"), Closed("system", "abandoned", None))


ELAPSED: dict[Clock, Cell] = {
    Clock.OFFER: _offer_expired,
    Clock.ALARM: _reply_alarm,
    Clock.FIRST_REPLY: _no_first_reply,
    Clock.GRACE: _grace_over,
    Clock.COLLEAGUE: _colleague_grace_over,
    Clock.INACTIVE: _inactive,
    Clock.IDLE_WARNING: _warn_idle,
    Clock.IDLE_CLOSE: _close_idle,
    Clock.ABANDON: _abandon,
    Clock.EMERGENCY: _no_answer_to_an_emergency,
    Clock.OVERFLOW: _overflow,
    Clock.CLOSING: _closing,
    Clock.WAITED: _waited_too_long,
}
