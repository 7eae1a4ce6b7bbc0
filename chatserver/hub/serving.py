"""Whether a group can serve a visitor now: a free place, only busy people, or nobody at all."""

from typing import Literal

from chatserver.hub.candidate_pools import CandidatePools
from chatserver.hub.records import Records

Serves = Literal["free", "busy", "nobody"]


class Serving:
    """Computed from this node's view of the groups' people at the moment of the call."""

    def __init__(self, records: Records, pools: CandidatePools) -> None:
        self._records = records
        self._pools = pools

    def of(self, group: str) -> Serves:
        """The overflow group's people count as present, but their free places do not count."""
        if len(self._pools.of(group)):
            return "free"
        helping = self._records.rulebook.of(group).overflow_to
        here = self._pools.anybody_here(group) or (bool(helping) and self._pools.anybody_here(helping))
        return "busy" if here else "nobody"
