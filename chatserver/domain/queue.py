"""排队: the order of waiting. The number a visitor is shown and the router's choice come from the same order."""

from collections.abc import Iterable, Sequence
from statistics import median

from chatserver.domain.conversation import QUEUED, Conversation
from chatserver.domain.rules import MINUTE, Rules


def rank(conversation: Conversation) -> tuple[int, int, str]:
    """Smaller is served first: priority, then who waits longest; the id decides between equals."""
    return (-conversation.priority, conversation.queued_at, conversation.id)


def in_order(conversations: Iterable[Conversation]) -> list[Conversation]:
    """The waiting ones in the order in which they are served. A ringing one keeps its place."""
    return sorted((each for each in conversations if each.phase in QUEUED), key=rank)


def estimate(ahead: int, handle_times: Sequence[int], serving: int, rules: Rules) -> int | None:
    """How long he will wait, ms, rounded up to whole minutes; None where an honest number is not to be had.

    People ahead and he himself × the median handling time ÷ how many conversations are served at once.
    """
    if len(handle_times) < rules.estimate_samples or serving <= 0:
        return None
    wait = (ahead + 1) * median(handle_times) / serving
    return max(1, -int(-wait // MINUTE)) * MINUTE
