"""对方正在输入…: that somebody writes, never what. Not stored; believed for six seconds."""

from collections.abc import Callable

from chatserver.domain.audience import Audience, person_for_visitor
from chatserver.domain.rules import TYPING_HOLDS_MS
from chatserver.hub.board import Board
from chatserver.hub.delivery import Delivery
from chatserver.hub.visits import StaffSession, VisitorSession
from chatserver.wire import encoding, frames

Sign = frames.Typing


class TypingSigns:
    """Passes the signs on, and remembers when an owner was last seen typing."""

    def __init__(self, board: Board, delivery: Delivery, now: Callable[[], int]) -> None:
        self._board = board
        self._delivery = delivery
        self._now = now
        self._seen: dict[str, int] = {}

    def visitor(self, session: VisitorSession, sign: Sign) -> None:
        """From a visitor to the staff that follow his conversation."""
        conversation = self._board.get(sign.conversation)
        if conversation is not None and conversation.visitor == session.person:
            self._pass_on(frames.TypingShown(sign.conversation, sign.on), Audience.STAFF)

    def consultant(self, session: StaffSession, sign: Sign) -> None:
        """From the owner to his visitor; nobody else's typing shows."""
        conversation = self._board.get(sign.conversation)
        if conversation is None or conversation.owner is None or conversation.owner.id != session.person:
            return
        if sign.on:
            self._seen[sign.conversation] = self._now()
        else:
            self._seen.pop(sign.conversation, None)
        by = encoding.person(person_for_visitor(conversation.owner))
        self._pass_on(frames.TypingShown(sign.conversation, sign.on, by), Audience.VISITOR)

    def owner_types(self, conversation: str) -> bool:
        """Whether the owner was seen typing just now."""
        return self._now() - self._seen.get(conversation, 0) < TYPING_HOLDS_MS

    def forget(self, conversation: str) -> None:
        """It has ended."""
        self._seen.pop(conversation, None)

    def _pass_on(self, frame: frames.TypingShown, audience: Audience) -> None:
        text = encoding.text(frame)
        for session in self._delivery.followers(frame.conversation):
            if session.audience is audience:
                session.push_text(text)
