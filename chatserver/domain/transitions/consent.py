"""What visitors agree to, refuse and withdraw."""

from collections.abc import Iterable, Iterator

from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.alarms import is_about_abuse
from chatserver.domain.children import is_for_children, speaks_of_a_child
from chatserver.domain.commands.consent import SetConsent
from chatserver.domain.consent import (
    Consent,
    ConsentKind,
    Said,
    asked_for,
    decision_on,
    is_enough,
    is_news,
    of_kind,
    said_with_a_message,
)
from chatserver.domain.conversation import Conversation, Phase
from chatserver.domain.emergency import Words
from chatserver.domain.events.base import Event
from chatserver.domain.events.consent import ConsentChanged, GuardianAsked, NoticeAgreed
from chatserver.domain.hospital import Person
from chatserver.domain.refusals import BadFrame, ConversationClosed, Forbidden
from chatserver.domain.rules import Rules
from chatserver.domain.transitions.access import only_its_visitor, only_who_answers_or_directs
from chatserver.domain.transitions.base import Events


def set_consent(conversation: Conversation, command: SetConsent, now: int, rules: Rules) -> Events:
    if isinstance(command.actor, Visitor):
        only_its_visitor(conversation, command.actor)
        if conversation.ended_by_visitor:
            raise ConversationClosed()
        return _visitor_decides(conversation, command)
    only_who_answers_or_directs(conversation, command.actor)
    if conversation.phase is Phase.CLOSED:
        raise ConversationClosed()
    return _staff_ask(conversation, command, command.actor)


def agreed_with_a_message(conversation: Conversation, said: Iterable[Said]) -> Iterator[Event]:
    """What changes by the decisions that came with a message of the visitor."""
    consents = conversation.agreed.consents
    for each in said_with_a_message(said):
        if not is_news(consents, each) or is_enough(consents):
            continue
        text = each.text
        if each.kind == "notice":
            yield NoticeAgreed(text.version, text.sha256, text.language)
        else:
            yield ConsentChanged(each.kind, each.decision, text.version, text.sha256, text.language)


def guardian_for(conversation: Conversation, body: str, words: Words) -> Iterator[GuardianAsked]:
    """Asks a guardian for consent, once, when a message or the department is about a child. `conversation`: with the
    emergencies of this message. Not while an alert of abuse is open, because the question could warn the person who
    abuses the child; and not before an emergency is answered, because nothing comes before that."""
    consents = conversation.agreed.consents
    if of_kind(consents, "guardian") is not None or is_enough(consents):
        return
    if is_about_abuse(conversation) or conversation.alarms.emergency_at is not None:
        return
    if is_for_children(words.named(conversation.subject.department)) or speaks_of_a_child(body):
        text = asked_for("guardian", conversation.language)
        yield GuardianAsked(text.version, text.sha256, text.language)


def _visitor_decides(conversation: Conversation, command: SetConsent) -> Events:
    consents = conversation.agreed.consents
    if command.decision == "asked":
        raise Forbidden(rule="staff_ask")
    if command.decision == "withdrawn":
        # Health data may be used only together with everything else, so it goes with the notice.
        kinds: tuple[ConsentKind, ...] = ("health", "notice") if command.kind == "notice" else (command.kind,)
        known = [each for kind in kinds if (each := of_kind(consents, kind)) is not None]
        return tuple(_withdrawn(each, None) for each in known if each.decision == "given")
    if command.kind == "guardian" and decision_on(consents, "guardian") is None:
        raise Forbidden(rule="not_asked")
    return _changed(conversation, command, None)


def _staff_ask(conversation: Conversation, command: SetConsent, staff: Staff) -> Events:
    """Staff ask for the consent of the person concerned or of a guardian, and take that back while nobody has
    decided. They cannot decide for the visitor."""
    if command.kind not in ("behalf", "guardian") or command.decision not in ("asked", "withdrawn"):
        raise Forbidden(rule="visitor_decides")
    known = of_kind(conversation.agreed.consents, command.kind)
    if command.decision == "withdrawn":
        if known is None or known.decision == "withdrawn":
            return ()
        if known.decision != "asked":
            raise Forbidden(rule="visitor_decides")
        return (_withdrawn(known, staff.person),)
    if command.kind == "guardian" and is_about_abuse(conversation):
        # The question could warn the person who abuses the child, and who may be reading along.
        raise Forbidden(rule="abuse_alert")
    if known is not None and known.decision == "given":
        return ()
    return _changed(conversation, command, staff.person)


def _changed(conversation: Conversation, command: SetConsent, by: Person | None) -> Events:
    text = command.text
    if text is None or text.kind != command.kind:
        raise BadFrame(why="text")
    if not is_news(conversation.agreed.consents, Said(command.decision, text)):
        return ()
    if is_enough(conversation.agreed.consents):
        raise Forbidden(rule="too_many_decisions")
    return (ConsentChanged(command.kind, command.decision, text.version, text.sha256, text.language, by),)


def _withdrawn(known: Consent, by: Person | None) -> ConsentChanged:
    return ConsentChanged(known.kind, "withdrawn", known.version, known.sha256, known.language, by)
