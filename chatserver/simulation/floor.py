"""The consultants of a day, in their groups' candidate pools as in the product, ordered by a policy."""

from collections.abc import Callable

from chatserver.domain.hospital import Consultant
from chatserver.domain.routing import Choice, Pool
from chatserver.simulation.chance import stream
from chatserver.simulation.desk import Desk
from chatserver.simulation.policies import POLICIES, Policy
from chatserver.simulation.scenario import Scenario


class Floor:
    """All desks, and a pool for each group."""

    def __init__(self, scenario: Scenario, policy: str, seed: int) -> None:
        self.desks = {each.consultant.id: Desk(each, scenario.overhead) for each in scenario.staff}
        self.pools: dict[str, Pool] = {}
        self._policies: dict[str, Policy] = {}
        for group in scenario.groups:
            members = [id for id, desk in self.desks.items() if group.id in desk.consultant.groups]
            made = POLICIES[policy](members, stream(seed, policy, group.id))
            self._policies[group.id] = made
            self.pools[group.id] = Pool(group.id, order=made.order)

    def assigned(self, group: str, choice: Choice) -> None:
        """The consultant is assigned one: tell the policy, and re-insert everybody whose turn changed."""
        pool = self.pools[group]
        for id in self._policies[group].gave(choice.consultant.id, choice.why.preferred):
            known = pool.get(id)
            if known is not None:
                pool.drop(id)
                pool.put(known)

    def change(self, id: str, change: Callable[[Consultant], Consultant]) -> Consultant:
        """Apply a change to the consultant."""
        desk = self.desks[id]
        desk.consultant = change(desk.consultant)
        self.put(desk)
        return desk.consultant

    def put(self, desk: Desk) -> None:
        """Put the consultant's present state into the pools of all their groups."""
        candidate = desk.candidate
        for group in desk.consultant.groups:
            self.pools[group].put(candidate)

    @property
    def busy(self) -> int:
        """Capacity taken, including that of consultants who are off duty and still answering."""
        return sum(desk.load for desk in self.desks.values())

    @property
    def places(self) -> int:
        """Capacity of the consultants who are online."""
        return sum(desk.consultant.capacity for desk in self.desks.values() if desk.is_online)
