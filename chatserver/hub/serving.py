"""Whether a group has somebody for a visitor now: a free place, only people who are busy, or nobody at all."""

from typing import Literal

from chatserver.hub.candidate_pools import CandidatePools
from chatserver.hub.records import Records

Serves = Literal["free", "busy", "nobody"]


class Serving:
    """As this node sees the groups' people at the moment it is asked."""

    def __init__(self, records: Records, pools: CandidatePools) -> None:
        self._records = records
        self._pools = pools

    def of(self, group: str) -> Serves:
        """Those who help the group out count as there, but their free places are not its own."""
        if len(self._pools.of(group)):
            return "free"
        helping = self._records.rulebook.of(group).overflow_to
        here = self._pools.anybody_here(group) or (bool(helping) and self._pools.anybody_here(helping))
        return "busy" if here else "nobody"
