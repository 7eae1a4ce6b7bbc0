"""What happens when a deadline is reached."""

from chatserver.domain.changes.table import apply
from chatserver.domain.commands.time import DeadlineReached
from chatserver.domain.conversation import Conversation
from chatserver.domain.deadlines import Deadline, deadlines, emergency_limit, end_limit, first_reply_limit
from chatserver.domain.events.alarms import NobodyAnswered
from chatserver.domain.events.base import Event
from chatserver.domain.events.colleagues import ColleagueLeft
from chatserver.domain.events.ending import Closed
from chatserver.domain.events.offers import RingMissed, TransferEnded
from chatserver.domain.events.queue import Overflowed, ReturnedToQueue
from chatserver.domain.events.time import (
    EndHeld,
    EscalationDeferred,
    IdleWarned,
    ReplyExtended,
    ReplyOverdue,
    WentInactive,
)
from chatserver.domain.rules import LOOK_AGAIN_MS, TYPING_HOLDS_MS, Rules
from chatserver.domain.transitions.base import A, C, Cell, Events, W
from chatserver.domain.transitions.offers import end_offer
from chatserver.domain.transitions.queue import return_to_queue

SILENT_ROUNDS = 2
"""When this many owners in a row have not answered, they are paused and the supervisor is called. Missed rings do not
count, because the visitor was not told of anybody yet, and a rule of its own pauses consultants for missed rings."""


def reach_deadlines(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    """Everything that is due, in order of time. Each deadline is decided on the state that the events before it have
    left."""
    happened: list[Event] = []
    while True:
        due = {deadline: at for deadline, at in deadlines(conversation, rules).items() if at <= now}
        if not due:
            return tuple(happened)
        deadline = min(due, key=lambda each: (due[each], each))
        for event in ELAPSED[deadline].run(conversation, command, now, rules):
            happened.append(event)
            conversation = apply(conversation, event, now)


def _offer_expired(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return end_offer(conversation, "expired")


def _reply_alarm(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    assert conversation.serving.owner is not None and conversation.talk.unanswered_since is not None
    return (ReplyOverdue(conversation.serving.owner, now - conversation.talk.unanswered_since),)


def _no_first_reply(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    limit = first_reply_limit(conversation, rules)
    if command.owner_typing and now < limit:
        return (ReplyExtended(min(now + TYPING_HOLDS_MS, limit)),)
    back = return_to_queue(conversation, "no_first_reply")
    silent = (*(() if conversation.talk.replied else conversation.serving.silent), conversation.serving.owner)
    if len(silent) < SILENT_ROUNDS:
        return back
    people = {each.id: each for each in silent if each is not None}
    return (*back, NobodyAnswered(tuple(people.values())))


def _grace_over(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return return_to_queue(conversation, "connection_lost")


def _colleague_grace_over(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return tuple(
        ColleagueLeft(each.person, None, each.joined)
        for each in conversation.company.participants
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
    return (Overflowed(conversation.queue.group, rules.overflow_to),)


def _closing(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    held = _held(conversation, Deadline.CLOSING, command, now, rules)
    return held or (*end_offer(conversation, "closed"), Closed("system", "closed_hours", None))


def _waited_too_long(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    held = _held(conversation, Deadline.WAITED, command, now, rules)
    return held or (*end_offer(conversation, "closed"), Closed("system", "waited_too_long", None))


def _held(conversation: Conversation, deadline: Deadline, command: DeadlineReached, now: int, rules: Rules) -> Events:
    """Delays the end while somebody is typing, as long as `deadlines.end_limit` allows."""
    if not (command.owner_typing or command.somebody_typing):
        return ()
    limit = end_limit(conversation, deadline, rules)
    return (EndHeld(min(now + TYPING_HOLDS_MS, limit)),) if now < limit else ()


def _inactive(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return (WentInactive(),)


def _warn_idle(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return (IdleWarned(now + rules.idle_close_ms - rules.idle_warning_ms),)


def _close_idle(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return _held(conversation, Deadline.IDLE_CLOSE, command, now, rules) or (Closed("system", "idle", None),)


def _abandon(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return (*end_offer(conversation, "closed"), Closed("system", "abandoned", None))


ELAPSED: dict[Deadline, Cell[DeadlineReached]] = {
    Deadline.OFFER: Cell(_offer_expired, (RingMissed, TransferEnded), W | A),
    Deadline.ALARM: Cell(_reply_alarm, (ReplyOverdue,)),
    Deadline.FIRST_REPLY: Cell(_no_first_reply, (ReplyExtended, TransferEnded, ReturnedToQueue, NobodyAnswered), W),
    Deadline.GRACE: Cell(_grace_over, (TransferEnded, ReturnedToQueue), W),
    Deadline.COLLEAGUE: Cell(_colleague_grace_over, (ColleagueLeft,)),
    Deadline.INACTIVE: Cell(_inactive, (WentInactive,)),
    Deadline.IDLE_WARNING: Cell(_warn_idle, (IdleWarned,)),
    Deadline.IDLE_CLOSE: Cell(_close_idle, (EndHeld, Closed), C),
    Deadline.ABANDON: Cell(_abandon, (RingMissed, Closed), C),
    Deadline.EMERGENCY: Cell(_no_answer_to_an_emergency, (EscalationDeferred, TransferEnded, ReturnedToQueue), W),
    Deadline.OVERFLOW: Cell(_overflow, (EscalationDeferred, Overflowed)),
    Deadline.CLOSING: Cell(_closing, (EndHeld, RingMissed, Closed), C),
    Deadline.WAITED: Cell(_waited_too_long, (EndHeld, RingMissed, Closed), C),
}

UP_IN_QUEUE = (EndHeld, EscalationDeferred, Overflowed, Closed)
"""The events that deadlines can cause while it waits."""

UP_WITH_OWNER = (
    ReplyOverdue,
    ReplyExtended,
    EscalationDeferred,
    ReturnedToQueue,
    NobodyAnswered,
    ColleagueLeft,
    WentInactive,
    IdleWarned,
    EndHeld,
    Closed,
)
"""The events that deadlines can cause while somebody owns it. If the conversation goes back to the queue, the deadlines
of the queue begin anew."""
