"""Messages and notes."""

from collections.abc import Iterator
from dataclasses import replace

from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.audience import may_read
from chatserver.domain.changes.table import apply
from chatserver.domain.commands.messages import PostMessage, WriteNote
from chatserver.domain.conversation import Conversation, Phase
from chatserver.domain.emergency import Finding, recognise
from chatserver.domain.events.alarms import EmergencyNoticed
from chatserver.domain.events.base import Event
from chatserver.domain.events.ending import Reopened
from chatserver.domain.events.messages import MessagePosted, NoteWritten
from chatserver.domain.hospital import Role
from chatserver.domain.refusals import ConversationClosed, Forbidden, NotOpen
from chatserver.domain.rules import Rules
from chatserver.domain.text import checked_message, checked_note
from chatserver.domain.transitions.access import only_its_visitor, only_who_knows_of_it, speaker_with_fence
from chatserver.domain.transitions.base import Events
from chatserver.domain.transitions.consent import agreed_with_a_message, guardian_for


def say(conversation: Conversation, command: PostMessage, now: int, rules: Rules) -> Events:
    if isinstance(command.actor, Visitor):
        only_its_visitor(conversation, command.actor)
    else:
        speaker_with_fence(conversation, command.actor, command.fence)
    body = checked_message(command.body, rules)
    if isinstance(command.actor, Staff):
        return (MessagePosted(body, from_visitor=False, by=command.actor.person),)
    finding = recognise(body, conversation.subject.department, command.words)
    agreed = agreed_with_a_message(conversation, command.consents) if command.consents else ()
    return (*agreed, *_noticed(finding, conversation, command, body, now), MessagePosted(body, from_visitor=True))


def _noticed(
    finding: Finding | None, conversation: Conversation, command: PostMessage, body: str, now: int
) -> Iterator[Event]:
    """The emergencies that are new with this message, and the question for a guardian."""
    for event in _emergency_in(finding, conversation, command):
        conversation = apply(conversation, event, now)
        yield event
    yield from guardian_for(conversation, body, command.words)


def _emergency_in(finding: Finding | None, conversation: Conversation, command: PostMessage) -> Events:
    """The emergencies that are new with this message. Each kind is noticed once per conversation, even after a
    dismissal; one of level attention may still become critical. A conversation for which people were called already
    is never marked as crowded."""
    if finding is None:
        return ()
    known = conversation.emergency.critical_kinds
    if finding.level == "attention":
        known += conversation.emergency.attention_kinds
    crowded = command.crowded and not conversation.is_critical and conversation.alarms.emergency_at is None
    noticed = [EmergencyNoticed(kind, finding.level) for kind in finding.kinds if kind not in known]
    if "protect" in finding.beside and "protect" not in (*known, *conversation.emergency.attention_kinds):
        # The words of the higher level must not hide those that call a supervisor at the lower one.
        noticed.append(EmergencyNoticed("protect", "attention"))
    return tuple(replace(each, crowded=True) if crowded and each.calls_for_people else each for each in noticed)


def say_after_the_end(conversation: Conversation, command: PostMessage, now: int, rules: Rules) -> Events:
    """A visitor's message reopens the conversation within the reopening time, unless the visitor ended it. Messages
    of staff never do."""
    if isinstance(command.actor, Staff):
        only_who_knows_of_it(conversation, command.actor)
        raise ConversationClosed()
    only_its_visitor(conversation, command.actor)
    if not may_reopen(conversation, now, rules):
        raise ConversationClosed()
    body = checked_message(command.body, rules)
    service = command.service
    finding = recognise(body, conversation.subject.department, command.words)
    if not service.open and (finding is None or finding.level != "critical"):
        raise NotOpen(opens_at=service.opens_at or 0)
    reopened = Reopened(conversation.serving.fence + 1, service.closes_at)
    again = apply(conversation, reopened, now)
    agreed = agreed_with_a_message(conversation, command.consents)
    return (reopened, *agreed, *_noticed(finding, again, command, body, now), MessagePosted(body, from_visitor=True))


def may_reopen(conversation: Conversation, now: int, rules: Rules) -> bool:
    """Whether what the visitor sends now reopens a conversation that has ended."""
    assert conversation.ending.at is not None
    if conversation.ended_by_visitor:
        return False
    return now - conversation.ending.at <= rules.reopen_ms


def write_note(conversation: Conversation, command: WriteNote, now: int, rules: Rules) -> Events:
    only_who_knows_of_it(conversation, command.actor)
    holder = conversation.serving.last_owner if conversation.phase is Phase.CLOSED else conversation.serving.owner
    holds_it = holder is not None and holder.id == command.actor.person.id
    holds_it = holds_it or conversation.participant(command.actor.person.id) is not None
    if command.actor.role is not Role.SUPERVISOR and not (holds_it and may_read(conversation, command.actor, now)):
        raise Forbidden(rule="owner_or_supervisor")
    return (NoteWritten(checked_note(command.body, rules)),)
