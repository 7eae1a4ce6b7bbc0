"""排队: the order of waiting. The number a visitor is shown and the router's choice come from the same order.

Priority is a head start in time: the conversation counts as if it had arrived earlier. This has two advantages. The
order does not change while time passes, so it can be kept sorted (in a `Line`, in a column). And nobody waits for ever,
because a normal conversation that has waited longer than the head start of another goes first.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from statistics import median

from chatserver.domain.conversation import Conversation, Priority
from chatserver.domain.rules import HOUR, MINUTE, Rules

HEAD_START: dict[int, int] = {
    Priority.NORMAL: 0,
    # A supervisor moved it forward: ahead of everybody who came within the last quarter of an hour.
    Priority.FORWARD: 15 * MINUTE,
    # Its owner lost the connection or did not answer: the visitor has waited once already.
    Priority.RETURNED: 30 * MINUTE,
    # Ahead of everything but earlier emergencies, however long the others have waited.
    Priority.EMERGENCY: 10 * 365 * 24 * HOUR,
}
"""The head start of each priority, in ms."""

LAST_PLACES = 10
"""How many places of a queue are reserved for addresses that have not used up their share. In a queue with fewer than
twice this number of places, half of them are reserved."""

LEAST_SHARE = 2
"""Places that any address may have: two visitors from one household are normal."""

Rank = tuple[int, str]


def rank_at(conversation: Conversation) -> int:
    """The time (ms) at which it counts as having arrived: its head start is subtracted."""
    return conversation.queue.since - HEAD_START[conversation.queue.priority]


def rank(conversation: Conversation) -> Rank:
    """Smaller is served first; the id decides between equals."""
    return (rank_at(conversation), conversation.id)


class Line:
    """The waiting conversations of a group, in the order in which they are served. A ringing one keeps its place."""

    def __init__(self) -> None:
        self._ranks: dict[str, Rank] = {}
        self._order: list[Rank] = []

    def put(self, conversation: Conversation) -> None:
        """Adds a conversation, or moves it to its current place."""
        new = rank(conversation)
        if self._ranks.get(conversation.id) == new:
            return
        self.remove(conversation.id)
        self._ranks[conversation.id] = new
        insort(self._order, new)

    def remove(self, id: str) -> None:
        """Removes a conversation; does nothing if it is not in the queue."""
        known = self._ranks.pop(id, None)
        if known is not None:
            del self._order[bisect_left(self._order, known)]

    def ahead_of(self, id: str) -> int | None:
        """How many are served before it; None when it does not wait here."""
        known = self._ranks.get(id)
        return None if known is None else bisect_left(self._order, known)

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[str]:
        return (id for _, id in self._order)


def estimate(ahead: int, handle_times: Sequence[int], serving: int, rules: Rules) -> int | None:
    """The estimated wait in ms, rounded up to whole minutes; None when there is too little data.

    (People ahead + 1) × the median handling time ÷ how many conversations are served at once.
    """
    if len(handle_times) < rules.estimate_samples or serving <= 0:
        return None
    wait = (ahead + 1) * median(handle_times) / serving
    return max(1, -int(-wait // MINUTE)) * MINUTE


def is_long(ahead: int, wait_ms: int | None, rules: Rules) -> bool:
    """Whether a 留言 is offered first, because too many are ahead or the wait is too long."""
    return ahead > rules.offer_message_ahead or (wait_ms is not None and wait_ms > rules.offer_message_ms)


def is_beyond_share(held: int, waiting: int, limit: int, *, shared: bool) -> bool:
    """Whether an address that holds so many places must leave the next one to others. Its share is a quarter of the
    queue, and at least two places; three quarters if many honest people are known to be behind the address. While the
    queue is far from full, every address may have more than its share."""
    if waiting < limit - min(LAST_PLACES, limit // 2):
        return False
    share = limit * 3 // 4 if shared else limit // 4
    return held >= max(LEAST_SHARE, share)
