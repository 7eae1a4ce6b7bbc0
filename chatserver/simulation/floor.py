"""The consultants of a day, kept in the pools of their groups as the product keeps them, in a policy's order."""

from collections.abc import Callable

from chatserver.domain.hospital import Consultant
from chatserver.domain.routing import Choice, Pool
from chatserver.simulation.chance import stream
from chatserver.simulation.desk import Desk
from chatserver.simulation.policies import POLICIES, Policy
from chatserver.simulation.scenario import Scenario


class Floor:
    """Every desk, and for each group who is next."""

    def __init__(self, scenario: Scenario, policy: str, seed: int) -> None:
        self.desks = {each.consultant.id: Desk(each, scenario.overhead) for each in scenario.staff}
        self.pools: dict[str, Pool] = {}
        self._policies: dict[str, Policy] = {}
        for group in scenario.groups:
            members = [id for id, desk in self.desks.items() if group.id in desk.consultant.groups]
            made = POLICIES[policy](members, stream(seed, policy, group.id))
            self._policies[group.id] = made
            self.pools[group.id] = Pool(group.id, order=made.order)

    def gives(self, group: str, choice: Choice) -> None:
        """He is given one: tell the policy, and put anew whose turn has changed by it."""
        pool = self.pools[group]
        for id in self._policies[group].gave(choice.consultant.id, choice.why.preferred):
            known = pool.get(id)
            if known is not None:
                pool.drop(id)
                pool.put(known)

    def changes(self, id: str, change: Callable[[Consultant], Consultant]) -> Consultant:
        """What is known of him is something else now."""
        desk = self.desks[id]
        desk.consultant = change(desk.consultant)
        self.put(desk)
        return desk.consultant

    def put(self, desk: Desk) -> None:
        """Him as he is now, in the pools of all his groups."""
        candidate = desk.candidate
        for group in desk.consultant.groups:
            self.pools[group].put(candidate)

    @property
    def busy(self) -> int:
        """Places taken, those of whoever is off duty and still answers too."""
        return sum(desk.load for desk in self.desks.values())

    @property
    def places(self) -> int:
        """Places of those who are online."""
        return sum(desk.consultant.capacity for desk in self.desks.values() if desk.is_online)
