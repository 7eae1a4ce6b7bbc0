"""The conversation's state machine: one table, every cell a transition or a typed refusal.

`decide` says what happens when a command meets a conversation, or raises `Refused`. It changes nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

from chatserver.domain.alarms import SILENT_MS
from chatserver.domain.audience import OWN_CLOSED_MS, may_read, offered_to
from chatserver.domain.commands import (
    AcceptOffer,
    AcknowledgeAlarm,
    AskColleague,
    Assign,
    AssignManually,
    AssignUrgently,
    ChangeGroup,
    Claim,
    Close,
    CloseAccount,
    Command,
    DeadlineReached,
    DeclineOffer,
    DismissEmergency,
    DropOffer,
    Join,
    Leave,
    MoveForward,
    NoteColleague,
    NoteOwner,
    NoteVisitor,
    OfferTransfer,
    PostMessage,
    Rate,
    Release,
    Reopen,
    Ring,
    SetDepartment,
    SetOutcome,
    Staff,
    Visitor,
    WithdrawOffer,
    WriteNote,
)
from chatserver.domain.conversation import OWNED, Conversation, Offer, Phase, Priority, apply
from chatserver.domain.deadlines import Clock, deadlines, emergency_limit, end_limit, first_reply_limit
from chatserver.domain.emergency import Finding, recognise
from chatserver.domain.events import (
    AlarmAcknowledged,
    Assigned,
    Closed,
    CloseReason,
    ColleagueAsked,
    ColleagueAway,
    ColleagueBack,
    ColleagueJoined,
    ColleagueLeft,
    DepartmentSet,
    EmergencyDismissed,
    EmergencyNoticed,
    EndHeld,
    Event,
    GroupChanged,
    IdleWarned,
    MessagePosted,
    MovedForward,
    NobodyAnswered,
    NobodyElse,
    NoteWritten,
    OutcomeSet,
    Overflowed,
    OwnerCameBack,
    OwnerLeft,
    Rated,
    Reopened,
    ReplyExtended,
    ReplyOverdue,
    ReturnedToQueue,
    ReturnReason,
    RingMissed,
    Rung,
    TransferDeclined,
    TransferEnded,
    TransferOffered,
    Transferred,
    VisitorCameBack,
    VisitorLeft,
    WentInactive,
    Why,
)
from chatserver.domain.hospital import Role
from chatserver.domain.refusals import (
    BadFrame,
    ConversationClosed,
    FenceStale,
    Forbidden,
    HopsExhausted,
    NoRoom,
    NotFound,
    NotOpen,
    NotServing,
    OfferGone,
    OutOfTurn,
)
from chatserver.domain.rules import LOOK_AGAIN_MS, TYPING_HOLDS_MS, Rules
from chatserver.domain.text import checked_message, checked_note

Events = tuple[Event, ...]
Cell = Callable[[Conversation, Any, int, Rules], Events]


SILENT_ROUNDS = 2
"""So often it is given to somebody who does not answer, before those people are paused and the supervisor is called.
A ring that nobody accepts is none of these: the visitor was promised nobody, and misses pause by themselves."""


def decide(conversation: Conversation, command: Command, now: int, rules: Rules) -> Events:
    """What happens when `command` comes at `now` (ms); nothing, in a few cases. Raises `Refused`."""
    return TRANSITIONS[conversation.phase, type(command)](conversation, command, now, rules)


# Who may: membership first, so that a stranger learns nothing; then the fence; then the rule.


def _only_its_visitor(conversation: Conversation, visitor: Visitor) -> None:
    if visitor.id != conversation.visitor:
        raise NotFound()


def _only_who_knows_of_it(conversation: Conversation, staff: Staff) -> None:
    """Owner, last owner, whoever it is offered to, the group that serves it, its supervisors: the others are not
    told that it exists. Knowing of it is less than reading it (`audience.may_read`)."""
    owner = conversation.owner or conversation.last_owner
    if owner is not None and owner.id == staff.person.id:
        return
    if conversation.offer is not None and offered_to(conversation.offer, staff):
        return
    if conversation.participant(staff.person.id) is not None:
        return
    if conversation.group not in staff.groups:
        raise NotFound()


def _who_knows_of_the_offer(conversation: Conversation, staff: Staff, offer: str) -> None:
    """Whoever knows its id had it held out to them, in whichever group the conversation is by now. Raises `OfferGone`
    when it is the last that there was."""
    if conversation.past_offer is not None and conversation.past_offer.id == offer:
        raise _gone(conversation, offer)
    _only_who_knows_of_it(conversation, staff)


def _owner_with_fence(conversation: Conversation, staff: Staff, fence: int | None) -> None:
    if not any(part.person.id == staff.person.id for part in conversation.parts):
        _only_who_knows_of_it(conversation, staff)
    if fence != conversation.fence:
        raise FenceStale(fence=conversation.fence)
    if conversation.owner is None or conversation.owner.id != staff.person.id:
        raise Forbidden(rule="owner_only")


def _speaker_with_fence(conversation: Conversation, staff: Staff, fence: int | None) -> None:
    """The owner, or a colleague who has joined."""
    beside = conversation.participant(staff.person.id)
    if beside is None or not beside.joined:
        _owner_with_fence(conversation, staff, fence)
    elif fence != conversation.fence:
        raise FenceStale(fence=conversation.fence)


def _supervisor_only(conversation: Conversation, staff: Staff) -> None:
    _only_who_knows_of_it(conversation, staff)
    if staff.role is not Role.SUPERVISOR or conversation.group not in staff.groups:
        raise Forbidden(rule="supervisor_only")


def _owner_or_supervisor_with_fence(conversation: Conversation, staff: Staff, fence: int | None) -> None:
    if staff.role is not Role.SUPERVISOR or conversation.group not in staff.groups:
        _owner_with_fence(conversation, staff, fence)
    elif fence != conversation.fence:
        raise FenceStale(fence=conversation.fence)


# Words.


def _say(conversation: Conversation, command: PostMessage, now: int, rules: Rules) -> Events:
    if isinstance(command.actor, Visitor):
        _only_its_visitor(conversation, command.actor)
    else:
        _speaker_with_fence(conversation, command.actor, command.fence)
    body = checked_message(command.body, rules)
    if isinstance(command.actor, Staff):
        return (MessagePosted(body, from_visitor=False, by=command.actor.person),)
    finding = recognise(body, conversation.department, command.words)
    return (*_emergency_in(finding, conversation, command), MessagePosted(body, from_visitor=True))


def _emergency_in(finding: Finding | None, conversation: Conversation, command: PostMessage) -> Events:
    """Once per kind and conversation, whatever a supervisor said of it; what deserved attention may become critical.
    One for which somebody was called already does not become one of many."""
    if finding is None:
        return ()
    known = conversation.emergencies
    if finding.level == "attention":
        known += conversation.attentions
    crowded = command.crowded and not conversation.is_critical and conversation.alarmed_at is None
    noticed = (EmergencyNoticed(kind, finding.level) for kind in finding.kinds if kind not in known)
    return tuple(replace(each, crowded=True) if crowded and each.calls_for_people else each for each in noticed)


def _say_after_the_end(conversation: Conversation, command: PostMessage, now: int, rules: Rules) -> Events:
    """Within the reopening time a visitor's message takes the conversation up again; nobody else's does. What the
    visitor ended is over for good."""
    if isinstance(command.actor, Staff):
        _only_who_knows_of_it(conversation, command.actor)
        raise ConversationClosed()
    _only_its_visitor(conversation, command.actor)
    if conversation.ended_by_visitor:
        raise ConversationClosed()
    body = checked_message(command.body, rules)
    assert conversation.closed_at is not None
    if now - conversation.closed_at > rules.reopen_ms:
        raise ConversationClosed()
    service = command.service
    finding = recognise(body, conversation.department, command.words)
    if not service.open and (finding is None or finding.level != "critical"):
        raise NotOpen(opens_at=service.opens_at or 0)
    reopened = Reopened(conversation.fence + 1, service.closes_at)
    again = apply(conversation, reopened, now)
    return (reopened, *_emergency_in(finding, again, command), MessagePosted(body, from_visitor=True))


def _write_note(conversation: Conversation, command: WriteNote, now: int, rules: Rules) -> Events:
    _only_who_knows_of_it(conversation, command.actor)
    holder = conversation.last_owner if conversation.phase is Phase.CLOSED else conversation.owner
    holds_it = holder is not None and holder.id == command.actor.person.id
    holds_it = holds_it or conversation.participant(command.actor.person.id) is not None
    if command.actor.role is not Role.SUPERVISOR and not (holds_it and may_read(conversation, command.actor, now)):
        raise Forbidden(rule="owner_or_supervisor")
    return (NoteWritten(checked_note(command.body, rules)),)


# Giving.


def _room(load: int, limit: int) -> None:
    if load >= limit:
        raise NoRoom(load=load, capacity=limit)


def _assign(conversation: Conversation, command: Assign, now: int, rules: Rules) -> Events:
    _room(command.load, command.capacity)
    return (Assigned(command.to, conversation.group, "automatic", command.why, conversation.fence + 1),)


def _assign_urgently(conversation: Conversation, command: AssignUrgently, now: int, rules: Rules) -> Events:
    """While it rings at somebody, too: the offer ends with it."""
    if not conversation.is_critical:
        raise OutOfTurn(phase=conversation.phase)
    _room(command.load, command.capacity + rules.above_capacity)
    return (Assigned(command.to, command.group, "automatic", command.why, conversation.fence + 1),)


def _ring(conversation: Conversation, command: Ring, now: int, rules: Rules) -> Events:
    _room(command.load, command.capacity)
    fence = conversation.fence + 1
    return (Rung(command.offer, command.to, now + rules.ring_ms, command.why, fence),)


def _assign_by_hand(conversation: Conversation, command: AssignManually, now: int, rules: Rules) -> Events:
    """While it rings at somebody, too: the offer ends with it."""
    _supervisor_only(conversation, command.actor)
    if command.fence != conversation.fence:
        raise FenceStale(fence=conversation.fence)
    if not command.above:
        _room(command.load, command.capacity + rules.above_capacity)
    groups = command.to_groups
    group = conversation.group if conversation.group in groups or not groups else groups[0]
    why = _taken(conversation, command.load, command.capacity, now)
    return (Assigned(command.to, group, "hand", why, conversation.fence + 1, command.actor.person),)


def _hand_too_late(conversation: Conversation, command: AssignManually, now: int, rules: Rules) -> Events:
    _supervisor_only(conversation, command.actor)
    assert conversation.owner is not None
    raise OfferGone(why="taken", by=conversation.owner.name)


def _taken(conversation: Conversation, load: int, capacity: int, now: int) -> Why:
    return Why(load, capacity, waited_ms=now - conversation.queued_at)


def _claim(conversation: Conversation, command: Claim, now: int, rules: Rules) -> Events:
    if conversation.group not in command.actor.groups:
        raise NotFound()
    _room(command.load, command.capacity + rules.above_capacity)
    why = _taken(conversation, command.load, command.capacity, now)
    return (Assigned(command.actor.person, conversation.group, "claim", why, conversation.fence + 1),)


def _claim_while_ringing(conversation: Conversation, command: Claim, now: int, rules: Rules) -> Events:
    """It is held out to one consultant for a moment; he may take it, nobody else."""
    assert conversation.offer is not None and conversation.offer.to is not None
    if conversation.group not in command.actor.groups:
        raise NotFound()
    if conversation.offer.to.id != command.actor.person.id:
        raise OutOfTurn(phase=conversation.phase)
    accept = AcceptOffer(command.actor, conversation.offer.id, command.load, command.capacity)
    return _accept_ring(conversation, accept, now, rules)


def _claim_too_late(conversation: Conversation, command: Claim, now: int, rules: Rules) -> Events:
    _only_who_knows_of_it(conversation, command.actor)
    assert conversation.owner is not None
    raise OfferGone(why="taken", by=conversation.owner.name)


def _open_offer(conversation: Conversation, staff: Staff, offer: str, now: int) -> Offer:
    """The open offer, if it is the one meant, held out to him and not past its time; else what became of it."""
    _who_knows_of_the_offer(conversation, staff, offer)
    is_open = conversation.offer is not None and conversation.offer.id == offer
    if not is_open or conversation.offer is None:
        raise _gone(conversation, offer)
    # A supervisor may have offered it to the owner's own group: he has it already.
    has_it = conversation.owner is not None and conversation.owner.id == staff.person.id
    if has_it or not offered_to(conversation.offer, staff):
        raise NotFound()
    if now >= conversation.offer.ends_at:
        raise OfferGone(why="expired", by="")
    return conversation.offer


def _gone(conversation: Conversation, offer: str) -> OfferGone:
    past = conversation.past_offer
    if past is None or past.id != offer:
        return OfferGone(why="over", by="")
    return OfferGone(why=past.why, by=past.by)


def _accept_ring(conversation: Conversation, command: AcceptOffer, now: int, rules: Rules) -> Events:
    _open_offer(conversation, command.actor, command.offer, now)
    _room(command.load, command.capacity + rules.above_capacity)
    why = _taken(conversation, command.load, command.capacity, now)
    return (Assigned(command.actor.person, conversation.group, "ring", why, conversation.fence + 1),)


def _accept_transfer(conversation: Conversation, command: AcceptOffer, now: int, rules: Rules) -> Events:
    offer = _open_offer(conversation, command.actor, command.offer, now)
    if command.actor.person.id in offer.declined:
        raise OfferGone(why="declined", by=command.actor.person.name)
    _room(command.load, command.capacity + rules.above_capacity)
    assert conversation.owner is not None
    group = offer.group or _group_with(conversation.group, command.actor)
    return (Transferred(offer.id, command.actor.person, conversation.owner, group, offer.note, conversation.fence + 1),)


def _group_with(group: str, staff: Staff) -> str:
    """It stays in its group when the new owner serves that; else it goes to the first of his."""
    return group if group in staff.groups or not staff.groups else staff.groups[0]


# Offers.


def _offer_transfer(conversation: Conversation, command: OfferTransfer, now: int, rules: Rules) -> Events:
    _owner_or_supervisor_with_fence(conversation, command.actor, command.fence)
    assert conversation.owner is not None
    if (command.to is None) == (command.group is None):
        raise BadFrame(why="consultant or group")
    if command.to is not None and command.to.id == conversation.owner.id:
        raise NotServing(why="same")
    if conversation.hops >= rules.hops and command.to_role is not Role.SUPERVISOR:
        raise HopsExhausted(hops=conversation.hops)
    note = checked_note(command.note, rules)
    ends_at = now + rules.transfer_ms
    return (TransferOffered(command.offer, command.actor.person, command.to, command.group, note, ends_at),)


def _decline_ring(conversation: Conversation, command: DeclineOffer, now: int, rules: Rules) -> Events:
    offer = _open_offer(conversation, command.actor, command.offer, now)
    return (RingMissed(offer.id, command.actor.person, "declined"),)


def _decline_transfer(conversation: Conversation, command: DeclineOffer, now: int, rules: Rules) -> Events:
    offer = _open_offer(conversation, command.actor, command.offer, now)
    if command.actor.person.id in offer.declined:
        return ()
    reason = checked_note(command.reason, rules)
    return (TransferDeclined(offer.id, command.actor.person, reason),)


def _withdraw(conversation: Conversation, command: WithdrawOffer, now: int, rules: Rules) -> Events:
    _who_knows_of_the_offer(conversation, command.actor, command.offer)
    offer = conversation.offer
    if offer is None or offer.id != command.offer:
        raise _gone(conversation, command.offer)
    is_offerer = offer.by is not None and offer.by.id == command.actor.person.id
    is_owner = conversation.owner is not None and conversation.owner.id == command.actor.person.id
    if not (is_offerer or is_owner):
        raise Forbidden(rule="owner_only")
    return (TransferEnded(offer.id, "withdrawn"),)


def _drop_ring(conversation: Conversation, command: DropOffer, now: int, rules: Rules) -> Events:
    offer = conversation.offer
    assert offer is not None and offer.to is not None
    return (RingMissed(offer.id, offer.to, "lost"),) if offer.to.id == command.consultant else ()


def _drop_transfer(conversation: Conversation, command: DropOffer, now: int, rules: Rules) -> Events:
    offer = conversation.offer
    assert offer is not None
    held_out = offer.to is not None and offer.to.id == command.consultant
    return (TransferEnded(offer.id, "lost"),) if held_out else ()


# The end and after.


def _close(conversation: Conversation, command: Close, now: int, rules: Rules) -> Events:
    if isinstance(command.actor, Visitor):
        _only_its_visitor(conversation, command.actor)
        if command.message_left and conversation.phase in OWNED:
            raise OutOfTurn(phase=conversation.phase)
        reason: CloseReason = "ended" if conversation.phase in OWNED else "left"
        reason = "message_left" if command.message_left else reason
        end = Closed("visitor", reason, None)
    else:
        _owner_or_supervisor_with_fence(conversation, command.actor, command.fence)
        end = Closed("consultant", "ended", command.outcome)
    return (*_offer_over(conversation, "closed"), end)


def _offer_over(conversation: Conversation, reason: Literal["expired", "closed"]) -> Events:
    """The open offer ends with the conversation, or by itself; nothing when there is none."""
    offer = conversation.offer
    if offer is None:
        return ()
    if offer.is_ring:
        assert offer.to is not None
        return (RingMissed(offer.id, offer.to, reason),)
    return (TransferEnded(offer.id, reason),)


def _reopen(conversation: Conversation, command: Reopen, now: int, rules: Rules) -> Events:
    _last_owner_or_supervisor(conversation, command.actor)
    if command.fence != conversation.fence:
        raise FenceStale(fence=conversation.fence)
    if conversation.ended_by_visitor:
        raise Forbidden(rule="ended_by_visitor")
    assert conversation.closed_at is not None
    if now - conversation.closed_at > rules.reopen_ms:
        raise ConversationClosed()
    _room(command.load, command.capacity + rules.above_capacity)
    person = command.actor.person
    group = _group_with(conversation.group, command.actor)
    why = Why(command.load, command.capacity)
    return (
        Reopened(conversation.fence + 1, conversation.closes_at, person),
        Assigned(person, group, "claim", why, conversation.fence + 2),
    )


def _set_outcome(conversation: Conversation, command: SetOutcome, now: int, rules: Rules) -> Events:
    _last_owner_or_supervisor(conversation, command.actor)
    assert conversation.closed_at is not None
    if now - conversation.closed_at > OWN_CLOSED_MS:
        raise OutOfTurn(phase=conversation.phase)
    if command.outcome == conversation.outcome:
        return ()
    return (OutcomeSet(command.outcome, conversation.outcome, command.actor.person),)


def _last_owner_or_supervisor(conversation: Conversation, staff: Staff) -> None:
    """Of a conversation that has ended."""
    _only_who_knows_of_it(conversation, staff)
    had_it = conversation.last_owner is not None and conversation.last_owner.id == staff.person.id
    if not had_it and (staff.role is not Role.SUPERVISOR or conversation.group not in staff.groups):
        raise Forbidden(rule="owner_or_supervisor")


def _rate(conversation: Conversation, command: Rate, now: int, rules: Rules) -> Events:
    _only_its_visitor(conversation, command.actor)
    assert conversation.closed_at is not None
    if not conversation.parts or now - conversation.closed_at > rules.rating_ms:
        raise OutOfTurn(phase=conversation.phase)
    number = conversation.parts[-1].number if command.part is None else command.part
    part = next((each for each in conversation.parts if each.number == number), None)
    if part is None:
        raise NotFound()
    return (Rated(part.person, command.stars, command.tags, command.comment, number),)


# Supervisors, and colleagues beside the owner.


def _move_forward(conversation: Conversation, command: MoveForward, now: int, rules: Rules) -> Events:
    _supervisor_only(conversation, command.actor)
    return () if conversation.priority >= Priority.FORWARD else (MovedForward(command.actor.person),)


def _dismiss_emergency(conversation: Conversation, command: DismissEmergency, now: int, rules: Rules) -> Events:
    _supervisor_only(conversation, command.actor)
    return (EmergencyDismissed(command.actor.person),) if conversation.is_emergency else ()


def _acknowledge_alarm(conversation: Conversation, command: AcknowledgeAlarm, now: int, rules: Rules) -> Events:
    """Once in the time for which it is silent, whoever says it."""
    before = conversation.acknowledged_at
    if before is not None and now - before < SILENT_MS:
        return ()
    return (AlarmAcknowledged(command.by, command.alarm),)


def _release(conversation: Conversation, command: Release, now: int, rules: Rules) -> Events:
    _owner_with_fence(conversation, command.actor, command.fence)
    note = checked_note(command.note, rules)
    return _return_to_queue(conversation, "released", note)


def _ask_colleague(conversation: Conversation, command: AskColleague, now: int, rules: Rules) -> Events:
    _only_who_knows_of_it(conversation, command.actor)
    assert conversation.owner is not None
    is_supervisor = command.actor.role is Role.SUPERVISOR and conversation.group in command.actor.groups
    if conversation.owner.id != command.actor.person.id and not is_supervisor:
        raise Forbidden(rule="owner_or_supervisor")
    known = conversation.participant(command.to.id)
    if command.to.id == conversation.owner.id or (known is not None and known.joined):
        raise NotServing(why="same")
    note = checked_note(command.note, rules)
    return (ColleagueAsked(command.actor.person, command.to, command.asked_for, note),)


def _join(conversation: Conversation, command: Join, now: int, rules: Rules) -> Events:
    _only_who_knows_of_it(conversation, command.actor)
    assert conversation.owner is not None
    if conversation.owner.id == command.actor.person.id:
        raise NotServing(why="same")
    known = conversation.participant(command.actor.person.id)
    if known is not None and known.joined:
        return ()
    if known is None or known.asked_for != "join":
        _supervisor_only(conversation, command.actor)
    return (ColleagueJoined(command.actor.person, _group_with(conversation.group, command.actor)),)


def _leave(conversation: Conversation, command: Leave, now: int, rules: Rules) -> Events:
    """Himself; or the owner lets somebody go."""
    _only_who_knows_of_it(conversation, command.actor)
    leaving = command.consultant or command.actor.person.id
    is_owner = conversation.owner is not None and conversation.owner.id == command.actor.person.id
    if leaving != command.actor.person.id and not is_owner:
        raise Forbidden(rule="owner_only")
    known = conversation.participant(leaving)
    return () if known is None else (ColleagueLeft(known.person, command.actor.person, known.joined),)


def _set_department(conversation: Conversation, command: SetDepartment, now: int, rules: Rules) -> Events:
    """It changes what is known of it, not who serves it."""
    _only_who_knows_of_it(conversation, command.actor)
    me = command.actor.person.id
    beside = conversation.participant(me)
    answers = (conversation.owner is not None and conversation.owner.id == me) or (beside is not None and beside.joined)
    directs = command.actor.role is Role.SUPERVISOR and conversation.group in command.actor.groups
    if not (answers or directs):
        raise Forbidden(rule="owner_or_supervisor")
    if command.department == conversation.department:
        return ()
    return (DepartmentSet(command.department, conversation.department, command.actor.person),)


# Records that were changed under it.


def _change_group(conversation: Conversation, command: ChangeGroup, now: int, rules: Rules) -> Events:
    """What waits follows its department. What rings is taken back first: it is held out to one of the old group."""
    if conversation.group != command.previous:
        return ()
    offer = conversation.offer
    changed = GroupChanged(command.previous, command.group, command.closes_at)
    if offer is None or offer.to is None:
        return (changed,)
    return (RingMissed(offer.id, offer.to, "lost"), changed)


def _close_account(conversation: Conversation, command: CloseAccount, now: int, rules: Rules) -> Events:
    """As when the connection is lost, but without any grace."""
    consultant = command.consultant
    if conversation.owner is not None and conversation.owner.id == consultant:
        return _return_to_queue(conversation, "connection_lost")
    offer, beside = conversation.offer, conversation.participant(consultant)
    events: list[Event] = []
    if offer is not None and offer.to is not None and offer.to.id == consultant:
        dropped = RingMissed(offer.id, offer.to, "lost") if offer.is_ring else TransferEnded(offer.id, "lost")
        events.append(dropped)
    if beside is not None:
        events.append(ColleagueLeft(beside.person, None, beside.joined))
    return tuple(events)


# Time and presence.


def _time_up(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    """Everything that is due, one after the other, each on the state the one before has left."""
    happened: list[Event] = []
    while True:
        due = {clock: at for clock, at in deadlines(conversation, rules).items() if at <= now}
        if not due:
            return tuple(happened)
        clock = min(due, key=lambda each: (due[each], each))
        for event in _ELAPSED[clock](conversation, command, now, rules):
            happened.append(event)
            conversation = apply(conversation, event, now)


def _offer_expired(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return _offer_over(conversation, "expired")


def _reply_alarm(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    assert conversation.owner is not None and conversation.unanswered_since is not None
    return (ReplyOverdue(conversation.owner, now - conversation.unanswered_since),)


def _no_first_reply(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    limit = first_reply_limit(conversation, rules)
    if command.owner_typing and now < limit:
        return (ReplyExtended(min(now + TYPING_HOLDS_MS, limit)),)
    back = _return_to_queue(conversation, "no_first_reply")
    silent = (*(() if conversation.replied else conversation.silent), conversation.owner)
    if len(silent) < SILENT_ROUNDS:
        return back
    people = {each.id: each for each in silent if each is not None}
    return (*back, NobodyAnswered(tuple(people.values())))


def _grace_over(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return _return_to_queue(conversation, "connection_lost")


def _colleague_grace_over(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return tuple(
        ColleagueLeft(each.person, None, each.joined)
        for each in conversation.participants
        if each.left_at is not None and each.left_at + rules.grace_ms <= now
    )


def _no_answer_to_an_emergency(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    """Whoever has it keeps it while he types (for a time), and as long as nobody else is there."""
    if command.owner_typing and now < emergency_limit(conversation, rules):
        return (NobodyElse(now + TYPING_HOLDS_MS),)
    if not command.elsewhere:
        return (NobodyElse(now + LOOK_AGAIN_MS),)
    return _return_to_queue(conversation, "emergency")


def _overflow(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    if not command.elsewhere:
        return (NobodyElse(now + LOOK_AGAIN_MS),)
    return (Overflowed(conversation.group, rules.overflow_to),)


def _closing(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    held = _held(conversation, Clock.CLOSING, command, now, rules)
    return held or (*_offer_over(conversation, "closed"), Closed("system", "closed_hours", None))


def _waited_too_long(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    held = _held(conversation, Clock.WAITED, command, now, rules)
    return held or (*_offer_over(conversation, "closed"), Closed("system", "waited_too_long", None))


def _held(conversation: Conversation, clock: Clock, command: DeadlineReached, now: int, rules: Rules) -> Events:
    """What is being written at this moment is waited for, as long as `deadlines.end_limit` allows."""
    if not (command.owner_typing or command.somebody_typing):
        return ()
    limit = end_limit(conversation, clock, rules)
    return (EndHeld(min(now + TYPING_HOLDS_MS, limit)),) if now < limit else ()


def _return_to_queue(conversation: Conversation, reason: ReturnReason, note: str = "") -> Events:
    assert conversation.owner is not None
    back = ReturnedToQueue(conversation.owner, reason, conversation.fence + 1, note)
    if conversation.offer is None:
        return (back,)
    return (TransferEnded(conversation.offer.id, "returned"), back)


def _inactive(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return (WentInactive(),)


def _warn_idle(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return (IdleWarned(now + rules.idle_close_ms - rules.idle_warning_ms),)


def _close_idle(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return _held(conversation, Clock.IDLE_CLOSE, command, now, rules) or (Closed("system", "idle", None),)


def _abandon(conversation: Conversation, command: DeadlineReached, now: int, rules: Rules) -> Events:
    return (*_offer_over(conversation, "closed"), Closed("system", "abandoned", None))


_ELAPSED: dict[Clock, Cell] = {
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


def _note_owner(conversation: Conversation, command: NoteOwner, now: int, rules: Rules) -> Events:
    if command.here:
        return () if conversation.owner_left_at is None else (OwnerCameBack(),)
    return (OwnerLeft(),) if conversation.owner_left_at is None or command.afresh else ()


def _note_colleague(conversation: Conversation, command: NoteColleague, now: int, rules: Rules) -> Events:
    """Only of one who has joined: the visitor is told who answers."""
    beside = conversation.participant(command.consultant)
    if beside is None or not beside.joined:
        return ()
    if command.here:
        return () if beside.left_at is None else (ColleagueBack(command.consultant),)
    return (ColleagueAway(command.consultant),) if beside.left_at is None or command.afresh else ()


def _note_visitor(conversation: Conversation, command: NoteVisitor, now: int, rules: Rules) -> Events:
    if command.here:
        return () if conversation.visitor_left_at is None else (VisitorCameBack(),)
    return (VisitorLeft(),) if conversation.visitor_left_at is None or command.afresh else ()


# Refusals that stand as cells of their own.


def _nothing(conversation: Conversation, command: Command, now: int, rules: Rules) -> Events:
    return ()


def _out_of_turn(conversation: Conversation, command: Command, now: int, rules: Rules) -> Events:
    actor = getattr(command, "actor", None)
    if isinstance(actor, Visitor):
        _only_its_visitor(conversation, actor)
    elif isinstance(actor, Staff):
        _only_who_knows_of_it(conversation, actor)
    raise OutOfTurn(phase=conversation.phase)


def _over(conversation: Conversation, command: Command, now: int, rules: Rules) -> Events:
    actor = getattr(command, "actor", None)
    if isinstance(actor, Visitor):
        _only_its_visitor(conversation, actor)
    elif isinstance(actor, Staff):
        _only_who_knows_of_it(conversation, actor)
    raise ConversationClosed()


def _no_offer(
    conversation: Conversation, command: AcceptOffer | DeclineOffer | WithdrawOffer, now: int, rules: Rules
) -> Events:
    _who_knows_of_the_offer(conversation, command.actor, command.offer)
    raise _gone(conversation, command.offer)


W, R, A, T, C = Phase.WAITING, Phase.RINGING, Phase.ACTIVE, Phase.TRANSFERRING, Phase.CLOSED

_ROWS: dict[type[Command], dict[Phase, Cell]] = {
    PostMessage: {W: _say, R: _say, A: _say, T: _say, C: _say_after_the_end},
    WriteNote: {W: _write_note, R: _write_note, A: _write_note, T: _write_note, C: _write_note},
    Assign: {W: _assign, R: _out_of_turn, A: _out_of_turn, T: _out_of_turn, C: _over},
    AssignUrgently: {W: _assign_urgently, R: _assign_urgently, A: _out_of_turn, T: _out_of_turn, C: _over},
    Ring: {W: _ring, R: _out_of_turn, A: _out_of_turn, T: _out_of_turn, C: _over},
    AssignManually: {W: _assign_by_hand, R: _assign_by_hand, A: _hand_too_late, T: _hand_too_late, C: _over},
    MoveForward: {W: _move_forward, R: _move_forward, A: _out_of_turn, T: _out_of_turn, C: _over},
    Release: {W: _out_of_turn, R: _out_of_turn, A: _release, T: _release, C: _over},
    AskColleague: {W: _out_of_turn, R: _out_of_turn, A: _ask_colleague, T: _ask_colleague, C: _over},
    Join: {W: _out_of_turn, R: _out_of_turn, A: _join, T: _join, C: _over},
    Leave: {W: _leave, R: _leave, A: _leave, T: _leave, C: _over},
    DismissEmergency: dict.fromkeys(Phase, _dismiss_emergency),
    SetDepartment: {W: _set_department, R: _set_department, A: _set_department, T: _set_department, C: _over},
    ChangeGroup: {W: _change_group, R: _change_group, A: _nothing, T: _nothing, C: _nothing},
    CloseAccount: {**dict.fromkeys((W, R, A, T), _close_account), C: _nothing},
    AcknowledgeAlarm: {
        W: _acknowledge_alarm,
        R: _acknowledge_alarm,
        A: _acknowledge_alarm,
        T: _acknowledge_alarm,
        C: _over,
    },
    Claim: {W: _claim, R: _claim_while_ringing, A: _claim_too_late, T: _claim_too_late, C: _over},
    AcceptOffer: {W: _no_offer, R: _accept_ring, A: _no_offer, T: _accept_transfer, C: _no_offer},
    DeclineOffer: {W: _no_offer, R: _decline_ring, A: _no_offer, T: _decline_transfer, C: _no_offer},
    WithdrawOffer: {W: _no_offer, R: _out_of_turn, A: _no_offer, T: _withdraw, C: _no_offer},
    DropOffer: {W: _nothing, R: _drop_ring, A: _nothing, T: _drop_transfer, C: _nothing},
    OfferTransfer: {W: _out_of_turn, R: _out_of_turn, A: _offer_transfer, T: _out_of_turn, C: _over},
    Close: {W: _close, R: _close, A: _close, T: _close, C: _over},
    Reopen: {W: _out_of_turn, R: _out_of_turn, A: _out_of_turn, T: _out_of_turn, C: _reopen},
    SetOutcome: {W: _out_of_turn, R: _out_of_turn, A: _out_of_turn, T: _out_of_turn, C: _set_outcome},
    Rate: {W: _out_of_turn, R: _out_of_turn, A: _out_of_turn, T: _out_of_turn, C: _rate},
    DeadlineReached: {W: _time_up, R: _time_up, A: _time_up, T: _time_up, C: _nothing},
    NoteOwner: {W: _nothing, R: _nothing, A: _note_owner, T: _note_owner, C: _nothing},
    NoteColleague: {W: _nothing, R: _nothing, A: _note_colleague, T: _note_colleague, C: _nothing},
    NoteVisitor: {W: _note_visitor, R: _note_visitor, A: _note_visitor, T: _note_visitor, C: _nothing},
}

TRANSITIONS: dict[tuple[Phase, type[Command]], Cell] = {
    (phase, command): cell for command, row in _ROWS.items() for phase, cell in row.items()
}
