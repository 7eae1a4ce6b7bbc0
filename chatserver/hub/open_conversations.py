"""This node's copy of the rows of all open conversations, refreshed by every commit.

Lists, loads and queue places are computed from it. Nothing is decided by it alone: assignment checks the rows in the
database.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from chatserver.domain.audience import OWN_CLOSED_MS
from chatserver.domain.conversation import QUEUED, Conversation, Phase
from chatserver.domain.queue import Line, rank
from chatserver.domain.rules import Rules
from chatserver.hub.records import Records

LINGER_MS = 10 * 60_000
"""How long an ended conversation stays in its last owner's list at least."""

WITHOUT_OUTCOME = 20
"""How many ended conversations without an outcome, the latest ones, stay in their last owner's list for longer."""


def lingers_until(conversation: Conversation, rules: Rules) -> int:
    """Until when (ms) an ended conversation stays in its last owner's list: while they may reopen it, and while they
    may record its outcome if it has none."""
    ending = conversation.ending
    assert ending.at is not None
    if _lacks_outcome(conversation):
        return ending.at + OWN_CLOSED_MS
    if conversation.ended_by_visitor:
        return ending.at + LINGER_MS
    return ending.at + max(LINGER_MS, rules.reopen_ms)


def holders(conversation: Conversation | None) -> tuple[str, ...]:
    """The people in whose load it may count: its owner, and the consultant to whom it is offered."""
    if conversation is None:
        return ()
    serving = conversation.serving
    people = (serving.owner, serving.offer.to if serving.offer is not None else None)
    return tuple(person.id for person in people if person is not None)


class OpenConversations:
    """Open conversations by id, and ended ones that are still in somebody's list."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._conversations: dict[str, Conversation] = {}
        self._loads: dict[str, int] = {}
        self._rings: dict[str, int] = {}
        self._lines: dict[str, Line] = {}
        self._urgent: set[str] = set()
        self._open_of: dict[str, str] = {}

    def put(self, conversation: Conversation) -> Conversation | None:
        """Take in the conversation as it is now; returns what was held of it before."""
        before = self._conversations.get(conversation.id)
        self._conversations[conversation.id] = conversation
        if conversation.phase is not Phase.CLOSED:
            self._open_of[conversation.visitor] = conversation.id
        elif self._open_of.get(conversation.visitor) == conversation.id:
            del self._open_of[conversation.visitor]
        self._count(before, -1)
        self._count(conversation, +1)
        return before

    def reword(self, conversation: Conversation) -> None:
        """Take in the conversation after a text-only commit: all counts and orders stay as they are."""
        self._conversations[conversation.id] = conversation

    def forget_ended(self, now: int) -> list[Conversation]:
        """Drop those that ended long enough ago; returns them."""
        ended = [each for each in self._conversations.values() if each.ending.at is not None]
        over = [each for each in ended if self.is_over(each, now)]
        over += _too_many(each for each in ended if _lacks_outcome(each) and not self.is_over(each, now))
        for conversation in over:
            del self._conversations[conversation.id]
        return over

    def is_over(self, conversation: Conversation, now: int) -> bool:
        """Whether it ended so long ago that it is in nobody's list any more."""
        if conversation.ending.at is None:
            return False
        return lingers_until(conversation, self._records.rulebook.of(conversation.queue.group)) <= now

    def get(self, id: str) -> Conversation | None:
        return self._conversations.get(id)

    def open_of(self, visitor: str) -> Conversation | None:
        """The visitor's conversation that has not ended."""
        id = self._open_of.get(visitor)
        return None if id is None else self._conversations[id]

    def is_news(self, conversation: Conversation) -> bool:
        """Whether this version of it is later than the one held here."""
        known = self._conversations.get(conversation.id)
        return known is None or known.version < conversation.version

    def __iter__(self) -> Iterator[Conversation]:
        return iter(self._conversations.values())

    def load(self, consultant: str) -> int:
        """How many places the consultant has taken: active conversations, and open rings."""
        return self._loads.get(consultant, 0)

    def is_rung(self, consultant: str) -> bool:
        """Whether a conversation rings at the consultant at this moment."""
        return self._rings.get(consultant, 0) > 0

    def queue(self, group: str) -> Iterator[Conversation]:
        """The conversations that wait in the group, in the order in which they are served."""
        return (self._conversations[id] for id in self._line(group))

    def urgent(self) -> list[Conversation]:
        """The critical emergencies that wait in any group, in the order in which they are served."""
        return sorted((self._conversations[id] for id in self._urgent), key=rank)

    def queue_length(self, group: str) -> int:
        return len(self._line(group))

    def ahead_of(self, conversation: Conversation) -> int | None:
        """How many of its group are served before it; None when it does not wait."""
        return self._line(conversation.queue.group).ahead_of(conversation.id)

    def waiting_groups(self) -> Iterable[str]:
        """Groups in which somebody waits."""
        return [group for group, line in self._lines.items() if line]

    def owned_by(self, consultant: str) -> list[Conversation]:
        """The consultant's open conversations."""
        return [each for each in self if each.serving.owner is not None and each.serving.owner.id == consultant]

    def joined_by(self, consultant: str) -> list[Conversation]:
        """The conversations in which this consultant answers beside the owner."""
        return [each for each in self if (beside := each.participant(consultant)) is not None and beside.joined]

    def _count(self, conversation: Conversation | None, by: int) -> None:
        if conversation is None:
            return
        holder = conversation.holder
        if holder is not None:
            self._loads[holder.id] = self._loads.get(holder.id, 0) + by
            if conversation.phase is Phase.RINGING:
                self._rings[holder.id] = self._rings.get(holder.id, 0) + by
        if conversation.phase in QUEUED:
            line = self._line(conversation.queue.group)
            if by > 0:
                line.put(conversation)
                if conversation.is_critical:
                    self._urgent.add(conversation.id)
            else:
                line.remove(conversation.id)
                self._urgent.discard(conversation.id)

    def _line(self, group: str) -> Line:
        return self._lines.setdefault(group, Line())


def _lacks_outcome(conversation: Conversation) -> bool:
    """Whether its last owner has yet to record an outcome."""
    return conversation.ending.outcome is None and conversation.serving.last_owner is not None


def _too_many(ended: Iterable[Conversation]) -> list[Conversation]:
    """Those without an outcome that exceed what one person's list keeps."""
    of_each: dict[str, list[Conversation]] = defaultdict(list)
    for conversation in ended:
        assert conversation.serving.last_owner is not None
        of_each[conversation.serving.last_owner.id].append(conversation)
    return [
        conversation
        for own in of_each.values()
        if len(own) > WITHOUT_OUTCOME
        for conversation in sorted(own, key=lambda each: each.ending.at or 0)[:-WITHOUT_OUTCOME]
    ]
