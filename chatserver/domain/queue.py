"""排队: the order of waiting. The number a visitor is shown and the router's choice come from the same order.

Priority is a head start in time: whoever has one counts as having come earlier. So the order never changes by itself
while time passes, can be kept sorted (in a `Line`, in a column), and a normal one that waits longer than the head start
of others goes before those who come later: nobody starves.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from statistics import median

from chatserver.domain.conversation import Conversation, Priority
from chatserver.domain.rules import HOUR, MINUTE, Rules

HEAD_START: dict[int, int] = {
    Priority.NORMAL: 0,
    # A supervisor's hand: before everybody who has come within the last quarter of an hour.
    Priority.FORWARD: 15 * MINUTE,
    # Taken from somebody who lost his connection or did not answer: he has waited once already.
    Priority.RETURNED: 30 * MINUTE,
    # Before everything else, however long that has waited, and behind the emergencies that came earlier.
    Priority.EMERGENCY: 10 * 365 * 24 * HOUR,
}
"""How much earlier (ms) it counts as having come."""

LAST_PLACES = 10
"""Of a queue: what is kept for others than those whose address has its share already; half of one that is shorter than
twice that."""

LEAST_SHARE = 2
"""Places that any address may have: two of one house are no attack."""

Rank = tuple[int, str]


def rank_at(conversation: Conversation) -> int:
    """When (ms) it would have come without a head start."""
    return conversation.queued_at - HEAD_START[conversation.priority]


def rank(conversation: Conversation) -> Rank:
    """Smaller is served first; the id decides between equals."""
    return (rank_at(conversation), conversation.id)


class Line:
    """One group's waiting ones, in the order in which they are served. A ringing one keeps its place."""

    def __init__(self) -> None:
        self._ranks: dict[str, Rank] = {}
        self._order: list[Rank] = []

    def put(self, conversation: Conversation) -> None:
        """Where it belongs now."""
        new = rank(conversation)
        if self._ranks.get(conversation.id) == new:
            return
        self.remove(conversation.id)
        self._ranks[conversation.id] = new
        insort(self._order, new)

    def remove(self, id: str) -> None:
        """It waits no longer; nothing, if it did not."""
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
    """How long he will wait, ms, rounded up to whole minutes; None where an honest number is not to be had.

    People ahead and he himself × the median handling time ÷ how many conversations are served at once.
    """
    if len(handle_times) < rules.estimate_samples or serving <= 0:
        return None
    wait = (ahead + 1) * median(handle_times) / serving
    return max(1, -int(-wait // MINUTE)) * MINUTE


def is_long(ahead: int, wait_ms: int | None, rules: Rules) -> bool:
    """Whether a 留言 is offered before anything else: so many ahead, or so long to wait."""
    return ahead > rules.offer_message_ahead or (wait_ms is not None and wait_ms > rules.offer_message_ms)


def is_beyond_share(held: int, waiting: int, limit: int, *, shared: bool) -> bool:
    """Whether an address that holds so many places must leave the next one to others: a quarter of the queue is its
    share, two places at least, three quarters where many honest people are known to be behind it. While the queue is
    far from full nobody needs it, so all may have more."""
    if waiting < limit - min(LAST_PLACES, limit // 2):
        return False
    share = limit * 3 // 4 if shared else limit // 4
    return held >= max(LEAST_SHARE, share)
