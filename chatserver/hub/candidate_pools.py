"""Each group's pool of consultants, kept up to date as they come, go and fill up. It is built from this node's memory
and checked against the database before anything is assigned."""

from collections.abc import Iterable

from chatserver.domain.conversation import Conversation
from chatserver.domain.routing import Pool, is_here
from chatserver.hub.open_conversations import holders
from chatserver.hub.staff_directory import StaffDirectory


class CandidatePools:
    """The candidate pools of all groups. They are brought up to date when asked for, not with every change."""

    def __init__(self, directory: StaffDirectory) -> None:
        self._directory = directory
        self._pools: dict[str, Pool] = {}
        self._stale: set[str] = set()
        self._here: dict[str, set[str]] = {}

    def people_changed(self, ids: Iterable[str]) -> None:
        """Availability, presence, load or records of these consultants changed."""
        self._stale.update(ids)

    def changed(self, before: Conversation | None, after: Conversation) -> None:
        """A commit changed a conversation: its former and present holders have another load."""
        self.people_changed(holders(before) + holders(after))

    def everybody_changed(self) -> None:
        """Forget all pools, so that they are built anew when asked for: the records were read again, or the sweep
        checks everything."""
        self._pools.clear()
        self._here.clear()
        self._stale.clear()

    def of(self, group: str) -> Pool:
        """The group's pool as it is now."""
        self._renew_stale()
        pool = self._pools.get(group)
        if pool is None:
            pool = self._pools[group] = Pool(group, self._directory.candidates(group))
        return pool

    def anybody_here(self, group: str) -> bool:
        """Whether anybody in the group is at work and connected, with or without a free place."""
        self._renew_stale()
        if group not in self._here:
            self._here[group] = {each.consultant.id for each in self._directory.candidates(group) if is_here(each)}
        return bool(self._here[group])

    def _renew_stale(self) -> None:
        for id in self._stale:
            self._renew(id)
        self._stale.clear()

    def _renew(self, id: str) -> None:
        consultant = self._directory.get(id)
        for group, here in self._here.items():
            if consultant is not None and group in consultant.groups and is_here(self._directory.candidate(consultant)):
                here.add(id)
            else:
                here.discard(id)
        for pool in self._pools.values():
            if consultant is None:
                pool.drop(id)
            else:
                pool.put(self._directory.candidate(consultant))
