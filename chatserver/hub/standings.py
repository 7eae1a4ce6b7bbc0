"""What a visitor is told of how his conversation stands: who answers, whether it ended, his place in the queue.

The place is the order of `domain.queue`, the one the router follows.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import NamedTuple

from chatserver.domain.audience import person_for_visitor
from chatserver.domain.conversation import QUEUED, Conversation
from chatserver.domain.queue import estimate
from chatserver.domain.routing import is_serving
from chatserver.domain.rules import Rules
from chatserver.hub.board import Board
from chatserver.hub.options import HubOptions
from chatserver.hub.roster import Roster
from chatserver.hub.session import Session
from chatserver.wire import encoding, frames


class Place(NamedTuple):
    """How many are before him, the estimate (ms), and whether nobody at all serves the group at this moment."""

    ahead: int
    wait_ms: int | None
    nobody: bool


class Standings:
    """`sessions_of` gives a visitor's live sessions; `handle_times` the last ones (ms) of a group."""

    def __init__(
        self,
        board: Board,
        roster: Roster,
        rules: Rules,
        options: HubOptions,
        sessions_of: Callable[[str], Iterable[Session]],
        handle_times: Callable[[str], list[int]],
    ) -> None:
        self._board = board
        self._roster = roster
        self._rules = rules
        self._options = options
        self._sessions_of = sessions_of
        self._handle_times = handle_times
        self._told: dict[str, Place] = {}
        self._due: dict[str, asyncio.TimerHandle] = {}

    def changed(self, before: Conversation | None, after: Conversation) -> None:
        """A commit changed it: tell its visitor what he can see of that, and the queue its new places."""
        queued = after.phase in QUEUED
        was_queued = before is not None and before.phase in QUEUED
        if queued or was_queued:
            self._places_soon(after.group)
            if before is not None and before.group != after.group:
                self._places_soon(before.group)
        if not queued:
            self._told.pop(after.id, None)
        elif before is not None:
            # His place comes with everybody's, found out once for the whole queue.
            return
        if before is None or _visible(before) != _visible(after):
            self.tell(after)

    def people_changed(self, groups: Iterable[str]) -> None:
        """Somebody who serves these groups came, went, or changed his availability."""
        for group in groups:
            if self._board.queue(group):
                self._places_soon(group)

    def tell(self, conversation: Conversation, place: Place | None = None) -> None:
        """To every tab of its visitor."""
        standing = self.of(conversation, place)
        for session in self._sessions_of(conversation.visitor):
            session.push(standing)

    def of(self, conversation: Conversation, place: Place | None = None) -> frames.Standing:
        """How it stands now, as its visitor is told. `place`: where whoever asks knows it already."""
        state = conversation.state
        if state == "waiting" and place is None:
            place = self._place(conversation)
        owner = conversation.owner if state == "active" else conversation.last_owner
        closed_at = conversation.closed_at
        rateable = closed_at is not None and conversation.last_owner is not None
        return frames.Standing(
            conversation=conversation.id,
            state=state,
            department=conversation.department,
            served_by=None if owner is None or state == "waiting" else encoding.person(person_for_visitor(owner)),
            group=conversation.group,
            ahead=place.ahead if place is not None else None,
            wait_ms=place.wait_ms if place is not None else None,
            nobody=place is not None and place.nobody,
            closed_by=conversation.closed_by,
            close_reason=conversation.close_reason,
            rating_until=closed_at + self._rules.rating_ms if closed_at is not None and rateable else None,
            reopen_until=None if closed_at is None else closed_at + self._rules.reopen_ms,
            stars=conversation.stars,
        )

    def _place(self, conversation: Conversation) -> Place | None:
        for ahead, each in enumerate(self._board.queue(conversation.group)):
            if each.id == conversation.id:
                return self._places(conversation.group)(ahead)
        return None

    def _places(self, group: str) -> Callable[[int], Place]:
        """The place with so many ahead; what is the same for the whole queue is found out once."""
        at_once = sum(each.consultant.capacity for each in self._roster.candidates(group) if is_serving(each))
        handle_times = self._handle_times(group)
        return lambda ahead: Place(ahead, estimate(ahead, handle_times, at_once, self._rules), at_once == 0)

    def _places_soon(self, group: str) -> None:
        if group not in self._due:
            loop = asyncio.get_running_loop()
            self._due[group] = loop.call_later(self._options.place_pause, self._tell_places, group)

    def _tell_places(self, group: str) -> None:
        self._due.pop(group, None)
        places = self._places(group)
        for ahead, conversation in enumerate(self._board.queue(group)):
            place = places(ahead)
            if self._told.get(conversation.id) != place:
                self._told[conversation.id] = place
                self.tell(conversation, place)

    def stop(self) -> None:
        for timer in self._due.values():
            timer.cancel()


def _visible(conversation: Conversation) -> tuple[object, ...]:
    """What of it shows in a standing, but for the place."""
    return (conversation.state, conversation.owner, conversation.group, conversation.closed_at, conversation.stars)
