"""How a client reads conversations: each entry once and in order; whatever the server sends against that is recorded as
a fault. Independent of sockets."""

from collections.abc import Awaitable, Callable
from typing import Any

Frame = dict[str, Any]

REPLAYED = 400
"""Entries; a client that lacks many more pages through the history (the server says how many, and how large)."""


class Held:
    """What a client has of one conversation: every entry up to `after`, in order; while `paging`, some `ahead` of that.

    A page may run ahead of live entries, so entries up to `paged_to` may arrive once more and are dropped. `stuck`: a
    page was refused because the conversation went to somebody else; it is requested again when the conversation is
    mentioned again.
    """

    def __init__(self, epoch: str, after: int = 0) -> None:
        self.epoch = epoch
        self.after = after
        self.entries: list[Frame] = []
        self.live = False
        self.paging = False
        self.stuck = False
        self.paged_to = 0
        self.ahead: dict[int, Frame] = {}


class Reading:
    """Everything that one client has. `fault` records violations, `ask_page` requests the history after a position,
    `applied` gets each new entry."""

    def __init__(
        self,
        fault: Callable[..., None],
        ask_page: Callable[[str, int], Awaitable[None]],
        applied: Callable[[Frame], Awaitable[None]],
    ) -> None:
        self.held: dict[str, Held] = {}
        self._fault = fault
        self._ask_page = ask_page
        self._applied = applied

    def places(self) -> list[Frame]:
        """How far it has read, for `hello.resume`."""
        return [{"conversation": id, "epoch": held.epoch, "after": held.after} for id, held in self.held.items()]

    def lost(self) -> None:
        """The connection is gone: what was read stays, pages being fetched do not come."""
        for held in self.held.values():
            held.live = held.paging = held.stuck = False
            held.ahead.clear()

    async def follow(self, following: Frame) -> None:
        """The server says where a conversation continues, and whether that fits what is held."""
        conversation, head = following["conversation"], following["head"]
        held = self.held.setdefault(conversation, Held(following["epoch"]))
        too_big = following.get("why") == "gap_too_big" and head - held.after > REPLAYED
        if head < held.after or following["epoch"] != held.epoch or not (following["recovered"] or too_big):
            self._fault("went_back", conversation=conversation, after=held.after, following=following)
        if not following["recovered"]:
            held = self.held[conversation] = Held(following["epoch"])
        held.paging, held.stuck = too_big, False
        if too_big:
            await self._ask_page(conversation, 0)

    async def page(self, page: Frame) -> None:
        """A page of the history."""
        held = self.held.get(page["conversation"])
        if held is None or not held.paging:
            return
        for entry in page["entries"]:
            if entry["seq"] == held.after + 1:
                await self.apply(entry)
        if page["more"]:
            await self._ask_page(page["conversation"], held.after)
            return
        while held.after + 1 in held.ahead:
            await self.apply(held.ahead.pop(held.after + 1))
        held.paging, held.paged_to = False, held.after

    def page_refused(self, conversation: str) -> None:
        """It may not be read now. Nothing is requested until the server mentions it again."""
        held = self.held.get(conversation)
        if held is not None and held.paging:
            held.stuck = True

    def unfollowed(self, frame: Frame) -> None:
        """It may not be read any more; if that changes, reading continues after the last entry."""
        held = self.held.get(frame["conversation"])
        if held is None or frame["why"] == "not_found":
            return
        held.live = False
        if held.paging:
            held.stuck = True
        elif max(held.after, held.paged_to) < frame.get("last", 0):
            self._fault("last_is_missing", conversation=frame["conversation"], after=held.after, told=frame)

    async def _ask_again(self, conversation: str, held: Held) -> None:
        if held.stuck:
            held.stuck = False
            await self._ask_page(conversation, held.after)

    async def apply(self, entry: Frame) -> None:
        """Apply one entry, from any source."""
        conversation, seq = entry["conversation"], entry["seq"]
        held = self.held.setdefault(conversation, Held(entry["epoch"]))
        if entry["epoch"] != held.epoch:
            self._fault("epoch", conversation=conversation, seq=seq)
        if held.paging and seq > held.after + 1:
            held.ahead[seq] = entry
            await self._ask_again(conversation, held)
            return
        if seq <= held.paged_to:
            return
        if seq != held.after + 1:
            fault = "doubled" if seq <= held.after else "hole"
            self._fault(fault, conversation=conversation, seq=seq, after=held.after)
            return
        held.after = seq
        held.entries.append(entry)
        await self._applied(entry)

    async def live(self, frame: Frame) -> None:
        """The replay is over."""
        held = self.held.setdefault(frame["conversation"], Held(frame["epoch"]))
        held.live = True
        await self._ask_again(frame["conversation"], held)
        if held.after != frame["seq"] and not held.paging:
            self._fault("live_elsewhere", conversation=frame["conversation"], seq=frame["seq"], after=held.after)
