"""Which deadlines a conversation has, computed from its state and the rules alone.

The store keeps one row per running deadline. A row may be too early but never too late: when its time comes, the
conversation's state says what is really due. So a message that makes a deadline later does not have to change the row.
"""

from enum import StrEnum

from chatserver.domain.conversation import OPEN, OWNED, Conversation, Phase
from chatserver.domain.rules import Rules

GOES_ON = 2
"""After so many escalations of an unanswered critical emergency, the owner keeps the conversation and the alarm goes
on. Otherwise it would move from one consultant to the next, and nobody would have the time to answer."""


class Deadline(StrEnum):
    """The kinds of deadlines that a conversation can have."""

    OFFER = "offer"
    ALARM = "alarm"
    FIRST_REPLY = "first_reply"
    GRACE = "grace"
    COLLEAGUE = "colleague"
    INACTIVE = "inactive"
    IDLE_WARNING = "idle_warning"
    IDLE_CLOSE = "idle_close"
    ABANDON = "abandon"
    EMERGENCY = "emergency"
    OVERFLOW = "overflow"
    CLOSING = "closing"
    WAITED = "waited"


HELD = (Deadline.IDLE_CLOSE, Deadline.CLOSING, Deadline.WAITED)
"""Deadlines that end a conversation, but wait for a limited time while somebody is typing. `abandon` is not among them,
because the visitor is gone."""


def deadlines(conversation: Conversation, rules: Rules) -> dict[Deadline, int]:
    """Every running deadline and the time (ms) at which it is reached."""
    running = _running(conversation, rules)
    if conversation.ending.held_until:
        for deadline in HELD:
            if deadline in running:
                limit = running[deadline] + rules.typing_extra_ms
                running[deadline] = max(running[deadline], min(conversation.ending.held_until, limit))
    return running


def _running(conversation: Conversation, rules: Rules) -> dict[Deadline, int]:
    """The running deadlines, regardless of anybody typing."""
    serving, talk = conversation.serving, conversation.talk
    running: dict[Deadline, int] = {}
    if serving.offer is not None:
        running[Deadline.OFFER] = serving.offer.ends_at
    if conversation.phase in OWNED:
        running |= _owner_deadlines(conversation, rules)
        if talk.unanswered_since is None:
            running |= _idle_deadlines(conversation, rules)
        else:
            running |= _reply_deadlines(conversation, talk.unanswered_since, rules)
            if conversation.is_critical and conversation.alarms.escalations < GOES_ON:
                start = max(talk.unanswered_since, serving.given_at)
                running[Deadline.EMERGENCY] = max(start + rules.emergency_ms, conversation.queue.look_again_at)
    if conversation.phase in OPEN - OWNED:
        running |= _queue_deadlines(conversation, rules)
    return running


def _queue_deadlines(conversation: Conversation, rules: Rules) -> dict[Deadline, int]:
    """The deadlines of a waiting conversation: it moves to another group or ends, so that nobody waits for ever. A
    critical emergency keeps waiting, even when its visitor has left, so that the first consultant who is available
    learns of it."""
    queue = conversation.queue
    found: dict[Deadline, int] = {}
    if conversation.is_critical:
        return found
    if conversation.connections.visitor_left_at is not None:
        # Count from the moment at which it began to wait here, so that a conversation that comes back to the queue long
        # after its visitor left is not ended at once.
        found[Deadline.ABANDON] = max(conversation.connections.visitor_left_at, queue.since) + rules.abandon_ms
    if rules.overflow_to and conversation.phase is Phase.WAITING:
        found[Deadline.OVERFLOW] = max(queue.group_since + rules.overflow_ms, queue.look_again_at)
    found[Deadline.WAITED] = queue.since + rules.queue_wait_limit_ms
    if queue.closes_at is not None and queue.since < queue.closes_at:
        # A conversation that comes back to the queue after this time is not ended by it: those who are still there may
        # take it, or the department is open again.
        found[Deadline.CLOSING] = queue.closes_at
    return found


def _owner_deadlines(conversation: Conversation, rules: Rules) -> dict[Deadline, int]:
    """The grace period of the owner, and that of the colleague who has been gone the longest."""
    found: dict[Deadline, int] = {}
    if conversation.connections.owner_left_at is not None:
        found[Deadline.GRACE] = conversation.connections.owner_left_at + rules.grace_ms
    if conversation.company.participants:
        gone = [each.left_at for each in conversation.company.participants if each.left_at is not None]
        if gone:
            found[Deadline.COLLEAGUE] = min(gone) + rules.grace_ms
    return found


def _reply_deadlines(conversation: Conversation, unanswered_since: int, rules: Rules) -> dict[Deadline, int]:
    """The deadlines for an answer. They run from the first unanswered message; for an owner who has not answered yet,
    from the assignment if that was later."""
    talk = conversation.talk
    if talk.replied:
        if talk.overdue:
            return {}
        return {Deadline.ALARM: unanswered_since + rules.follow_up_alarm_ms}
    start = max(unanswered_since, conversation.serving.given_at)
    found = {} if talk.overdue else {Deadline.ALARM: start + rules.first_reply_alarm_ms}
    if conversation.connections.owner_left_at is None and not conversation.is_critical:
        # While the owner's connection is lost, the grace period runs instead of this one. A critical emergency moves on
        # by a deadline of its own, and only if somebody else can take it.
        found[Deadline.FIRST_REPLY] = max(start + rules.first_reply_ms, conversation.connections.reply_until)
    return found


def _idle_deadlines(conversation: Conversation, rules: Rules) -> dict[Deadline, int]:
    """The deadlines of a conversation in which nobody writes. They run only while no message of the visitor is
    unanswered, from the last message, or from the assignment if that was later."""
    talk = conversation.talk
    if conversation.phase is not Phase.ACTIVE:
        return {}
    since = max(talk.last_human_at, conversation.serving.given_at)
    if not talk.inactive:
        return {Deadline.INACTIVE: since + rules.inactive_ms}
    if talk.close_warned_at is None:
        return {Deadline.IDLE_WARNING: since + rules.idle_warning_ms}
    warned_for = rules.idle_close_ms - rules.idle_warning_ms
    return {Deadline.IDLE_CLOSE: talk.close_warned_at + warned_for}


def first_reply_limit(conversation: Conversation, rules: Rules) -> int:
    """The latest time (ms) to which typing can stretch the first reply."""
    return _waits_since(conversation) + rules.first_reply_ms + rules.typing_extra_ms


def emergency_limit(conversation: Conversation, rules: Rules) -> int:
    """The latest time (ms) to which typing can stretch the answer to an emergency."""
    return _waits_since(conversation) + rules.emergency_ms + rules.typing_extra_ms


def end_limit(conversation: Conversation, deadline: Deadline, rules: Rules) -> int:
    """The latest time (ms) to which typing can put off the end by one of the deadlines of `HELD`."""
    return _running(conversation, rules)[deadline] + rules.typing_extra_ms


def _waits_since(conversation: Conversation) -> int:
    return max(conversation.talk.unanswered_since or 0, conversation.serving.given_at)
