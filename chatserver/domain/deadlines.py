"""Which clocks run in a conversation, computed from nothing but its state.

The store keeps one row per running clock; a row may be early, never late: when it fires, the conversation's
state says what is really due. So a message does not have to move any row.
"""

from enum import StrEnum

from chatserver.domain.conversation import OPEN, OWNED, Conversation, Phase
from chatserver.domain.rules import Rules

GOES_ON = 2
"""After so many escalations of an unanswered critical emergency, the owner keeps it and the alarm goes on. Otherwise it
would circulate among slow consultants, and nobody would have the time to answer."""


class Clock(StrEnum):
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


HELD = (Clock.IDLE_CLOSE, Clock.CLOSING, Clock.WAITED)
"""Clocks that end a conversation, but wait for a limited time while somebody is typing. `abandon` is not among them,
because the visitor is gone."""


def deadlines(conversation: Conversation, rules: Rules) -> dict[Clock, int]:
    """Every running clock and the time (ms) at which it is up."""
    running = _running(conversation, rules)
    if conversation.ending.held_until:
        for clock in HELD:
            if clock in running:
                limit = running[clock] + rules.typing_extra_ms
                running[clock] = max(running[clock], min(conversation.ending.held_until, limit))
    return running


def _running(conversation: Conversation, rules: Rules) -> dict[Clock, int]:
    """The running clocks, regardless of anybody typing."""
    serving, talk = conversation.serving, conversation.talk
    running: dict[Clock, int] = {}
    if serving.offer is not None:
        running[Clock.OFFER] = serving.offer.ends_at
    if conversation.phase in OWNED:
        running |= _owner_clocks(conversation, rules)
        if talk.unanswered_since is None:
            running |= _idle_clocks(conversation, rules)
        else:
            running |= _reply_clocks(conversation, talk.unanswered_since, rules)
            if conversation.is_critical and conversation.alarms.escalations < GOES_ON:
                start = max(talk.unanswered_since, serving.given_at)
                running[Clock.EMERGENCY] = max(start + rules.emergency_ms, conversation.queue.look_again_at)
    if conversation.phase in OPEN - OWNED:
        running |= _queue_clocks(conversation, rules)
    return running


def _queue_clocks(conversation: Conversation, rules: Rules) -> dict[Clock, int]:
    """Nobody waits for ever: the conversation moves to another group or ends. A critical emergency keeps waiting, even
    when its visitor has left, so that the first consultant who is available learns of it."""
    queue = conversation.queue
    clocks: dict[Clock, int] = {}
    if conversation.is_critical:
        return clocks
    if conversation.connections.visitor_left_at is not None:
        # From when it began to wait: one that comes back to the queue is not given up in the same moment.
        clocks[Clock.ABANDON] = max(conversation.connections.visitor_left_at, queue.since) + rules.abandon_ms
    if rules.overflow_to and conversation.phase is Phase.WAITING:
        clocks[Clock.OVERFLOW] = max(queue.group_since + rules.overflow_ms, queue.look_again_at)
    clocks[Clock.WAITED] = queue.since + rules.queue_wait_limit_ms
    if queue.closes_at is not None and queue.since < queue.closes_at:
        # One that comes back to the queue later belongs to other hours, or to those who are still there.
        clocks[Clock.CLOSING] = queue.closes_at
    return clocks


def _owner_clocks(conversation: Conversation, rules: Rules) -> dict[Clock, int]:
    """The grace of the owner, and that of the colleague who has been gone the longest."""
    clocks: dict[Clock, int] = {}
    if conversation.connections.owner_left_at is not None:
        clocks[Clock.GRACE] = conversation.connections.owner_left_at + rules.grace_ms
    if conversation.company.participants:
        gone = [each.left_at for each in conversation.company.participants if each.left_at is not None]
        if gone:
            clocks[Clock.COLLEAGUE] = min(gone) + rules.grace_ms
    return clocks


def _reply_clocks(conversation: Conversation, unanswered_since: int, rules: Rules) -> dict[Clock, int]:
    """Since the first unanswered message, or since the assignment to an owner who has not answered yet."""
    talk = conversation.talk
    if talk.replied:
        if talk.overdue:
            return {}
        return {Clock.ALARM: unanswered_since + rules.follow_up_alarm_ms}
    start = max(unanswered_since, conversation.serving.given_at)
    clocks = {} if talk.overdue else {Clock.ALARM: start + rules.first_reply_alarm_ms}
    if conversation.connections.owner_left_at is None and not conversation.is_critical:
        # While the owner's connection is lost, the grace period runs instead of this clock. A critical emergency
        # goes further by a clock of its own, and only while there is somebody else.
        clocks[Clock.FIRST_REPLY] = max(start + rules.first_reply_ms, conversation.connections.reply_until)
    return clocks


def _idle_clocks(conversation: Conversation, rules: Rules) -> dict[Clock, int]:
    """Only while the visitor has an answer; since the last message, or since the assignment."""
    talk = conversation.talk
    if conversation.phase is not Phase.ACTIVE:
        return {}
    since = max(talk.last_human_at, conversation.serving.given_at)
    if not talk.inactive:
        return {Clock.INACTIVE: since + rules.inactive_ms}
    if talk.close_warned_at is None:
        return {Clock.IDLE_WARNING: since + rules.idle_warning_ms}
    warned_for = rules.idle_close_ms - rules.idle_warning_ms
    return {Clock.IDLE_CLOSE: talk.close_warned_at + warned_for}


def first_reply_limit(conversation: Conversation, rules: Rules) -> int:
    """The latest time (ms) to which typing can stretch the first reply."""
    return _waits_since(conversation) + rules.first_reply_ms + rules.typing_extra_ms


def emergency_limit(conversation: Conversation, rules: Rules) -> int:
    """The latest time (ms) to which typing can stretch the answer to an emergency."""
    return _waits_since(conversation) + rules.emergency_ms + rules.typing_extra_ms


def end_limit(conversation: Conversation, clock: Clock, rules: Rules) -> int:
    """The latest time (ms) to which typing can put off the end by one of the clocks of `HELD`."""
    return _running(conversation, rules)[clock] + rules.typing_extra_ms


def _waits_since(conversation: Conversation) -> int:
    return max(conversation.talk.unanswered_since or 0, conversation.serving.given_at)
