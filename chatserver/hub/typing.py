"""对方正在输入…: says that somebody is typing, never what. A sign is not stored, and is valid for six seconds."""

from typing import Literal

from chatserver.bus.contract import TypingBell
from chatserver.domain.audience import Audience, person_for_visitor
from chatserver.domain.conversation import OPEN, Conversation, Phase
from chatserver.domain.rules import TYPING_HOLDS_MS
from chatserver.hub.connections import StaffSession, VisitorSession
from chatserver.hub.delivery import Delivery
from chatserver.hub.open_conversations import OpenConversations
from chatserver.hub.services import Services
from chatserver.wire import encoding
from chatserver.wire.typing import Typing, TypingShown

Sign = Typing
Typist = Literal["visitor", "owner", "beside"]


class TypingSigns:
    """Passes typing signs on, and remembers when an owner, and when anybody at all, was last seen typing."""

    def __init__(self, services: Services, open_conversations: OpenConversations, delivery: Delivery) -> None:
        self._open_conversations = open_conversations
        self._delivery = delivery
        self._bus = services.bus
        self._now = services.now
        self._seen: dict[str, dict[Typist, int]] = {}

    def visitor(self, session: VisitorSession, sign: Sign) -> None:
        """Pass a visitor's sign to the staff who follow the conversation."""
        conversation = self._open_conversations.get(sign.conversation)
        if conversation is not None and conversation.visitor == session.person and conversation.phase in OPEN:
            self._visitor_types(conversation, on=sign.on)
            self._bus.ring(TypingBell(conversation.id, by_visitor=True, on=sign.on))

    def consultant(self, session: StaffSession, sign: Sign) -> None:
        """Pass the owner's sign to the visitor. A sign of a colleague who has joined is shown to nobody, but it is
        remembered, because a deadline that would end the conversation waits while somebody is typing."""
        conversation = self._open_conversations.get(sign.conversation)
        if conversation is None or conversation.serving.owner is None:
            return
        beside = conversation.participant(session.person)
        if conversation.serving.owner.id == session.person:
            self._owner_types(conversation, on=sign.on)
            self._bus.ring(TypingBell(conversation.id, by_visitor=False, on=sign.on))
        elif beside is not None and beside.joined:
            self._note(conversation.id, "beside", on=sign.on)
            self._bus.ring(TypingBell(conversation.id, by_visitor=False, on=sign.on, beside=True))

    def elsewhere(self, bell: TypingBell) -> None:
        """A sign that came in at another node."""
        conversation = self._open_conversations.get(bell.conversation)
        if conversation is None:
            return
        if bell.by_visitor:
            self._visitor_types(conversation, on=bell.on)
        elif bell.beside:
            self._note(conversation.id, "beside", on=bell.on)
        else:
            self._owner_types(conversation, on=bell.on)

    def owner_types(self, conversation: str) -> bool:
        """Whether the owner was seen typing just now."""
        return self._is_recent(self._seen.get(conversation, {}).get("owner", 0))

    def somebody_types(self, conversation: str) -> bool:
        """Whether the visitor, the owner or a colleague who has joined was seen typing just now."""
        return any(self._is_recent(at) for at in self._seen.get(conversation, {}).values())

    def changed(self, before: Conversation | None, after: Conversation) -> None:
        """A commit changed the conversation: once it has ended, its typing signs are forgotten."""
        if after.phase is Phase.CLOSED:
            self._seen.pop(after.id, None)

    def _is_recent(self, at: int) -> bool:
        return self._now() - at < TYPING_HOLDS_MS

    def _note(self, conversation: str, who: Typist, *, on: bool) -> None:
        seen = self._seen.setdefault(conversation, {})
        if on:
            seen[who] = self._now()
        else:
            seen.pop(who, None)

    def _visitor_types(self, conversation: Conversation, *, on: bool) -> None:
        self._note(conversation.id, "visitor", on=on)
        self._pass_on(TypingShown(conversation.id, on), Audience.STAFF)

    def _owner_types(self, conversation: Conversation, *, on: bool) -> None:
        if conversation.serving.owner is None:
            return
        self._note(conversation.id, "owner", on=on)
        by = encoding.person(person_for_visitor(conversation.serving.owner))
        self._pass_on(TypingShown(conversation.id, on, by), Audience.VISITOR)

    def _pass_on(self, frame: TypingShown, audience: Audience) -> None:
        text = encoding.text(frame)
        for session in self._delivery.followers(frame.conversation):
            if session.audience is audience:
                session.push_text(text)
