"""Whether a group has somebody for a visitor now: a free place, only people who are busy, or nobody at all."""

from collections.abc import Callable
from typing import Literal

from chatserver.domain.rules import Rulebook
from chatserver.hub.candidate_pools import CandidatePools

Serves = Literal["free", "busy", "nobody"]


class Serving:
    """As this node sees the groups' people at the moment it is asked."""

    def __init__(self, pools: CandidatePools, rulebook: Callable[[], Rulebook]) -> None:
        self._pools = pools
        self._rulebook = rulebook

    def of(self, group: str) -> Serves:
        """Those who help the group out count as there, but their free places are not its own."""
        if len(self._pools.of(group)):
            return "free"
        helping = self._rulebook().of(group).overflow_to
        here = self._pools.anybody_here(group) or (bool(helping) and self._pools.anybody_here(helping))
        return "busy" if here else "nobody"
