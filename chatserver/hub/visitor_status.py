"""What a visitor is told of how their conversation stands: who answers, whether it ended, the place in the queue.

The place is the order of `domain.queue`, the one the router follows.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import NamedTuple

from msgspec import structs

from chatserver.domain.audience import person_for_visitor
from chatserver.domain.conversation import QUEUED, Conversation, Phase, Priority
from chatserver.domain.parts import asks
from chatserver.domain.queue import estimate, is_long
from chatserver.domain.rules import Rules
from chatserver.domain.urgent import groups_for
from chatserver.hub.candidate_pools import CandidatePools
from chatserver.hub.handling_times import HandlingTimes
from chatserver.hub.open_conversations import OpenConversations
from chatserver.hub.opening_hours import OpeningHours
from chatserver.hub.services import Services
from chatserver.hub.serving import Serving
from chatserver.hub.sessions import Sessions
from chatserver.wire import encoding
from chatserver.wire.conversation_list import PriorityName
from chatserver.wire.opening_hours import ServiceName
from chatserver.wire.people import Person
from chatserver.wire.ratings import Rateable
from chatserver.wire.visitor_status import Standing


class Place(NamedTuple):
    """How many are before him, the estimate (ms), whether anybody is there for him at this moment, whether a 留言 is
    offered, and for whose sake it has just become worse."""

    ahead: int
    wait_ms: int | None
    service: ServiceName
    long: bool
    rose: PriorityName | None = None


class VisitorStatus:
    """For every open conversation, told to the tabs of its visitor that are connected to this node."""

    def __init__(
        self,
        services: Services,
        open_conversations: OpenConversations,
        pools: CandidatePools,
        sessions: Sessions,
        handling_times: HandlingTimes,
        serving: Serving,
        opening_hours: OpeningHours,
    ) -> None:
        self._open_conversations = open_conversations
        self._pools = pools
        self._records = services.records
        self._options = services.options
        self._sessions = sessions
        self._handling_times = handling_times
        self._serving = serving
        self._opening_hours = opening_hours
        self._now = services.now
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
        elif before is not None and not (was_queued and _asked(before) != _asked(after)):
            # His place comes with everybody's, found out once for the whole queue.
            return
        if before is None or _visible(before) != _visible(after):
            self.tell(after)

    def people_changed(self, groups: Iterable[str]) -> None:
        """Somebody who serves these groups came, went, or changed his availability: told also where these help out."""
        changed, rulebook = set(groups), self._records.rulebook
        helped = [
            each for each in self._open_conversations.waiting_groups() if rulebook.of(each).overflow_to in changed
        ]
        # An emergency could be given to people of other groups, too.
        urgent = [
            each.group
            for each in self._open_conversations.urgent()
            if not changed.isdisjoint(groups_for(each, self._records.hospital))
        ]
        for group in changed.union(helped, urgent):
            if self._open_conversations.queue_length(group):
                self._places_soon(group)

    def tell(self, conversation: Conversation, place: Place | None = None) -> None:
        """To every tab of its visitor."""
        standing = self.of(conversation, place)
        for session in self._sessions.tabs_of(conversation.visitor):
            session.push(standing)

    def of(self, conversation: Conversation, place: Place | None = None) -> Standing:
        """How it stands now, as its visitor is told. `place`: where whoever asks knows it already."""
        state = conversation.state
        if state == "waiting" and place is None:
            place = self._place(conversation)
        closed_at = conversation.closed_at
        rules = self._records.rulebook.of(conversation.group)
        rateable = self._rateable(conversation, rules)
        reopens = closed_at is not None and not conversation.ended_by_visitor
        return Standing(
            conversation=conversation.id,
            state=state,
            department=conversation.department,
            served_by=_served_by(conversation),
            group=conversation.group,
            ahead=place.ahead if place is not None else None,
            wait_ms=place.wait_ms if place is not None else None,
            nobody=place is not None and place.service == "nobody",
            closed_by=conversation.closed_by,
            close_reason=conversation.close_reason,
            rating_until=rateable[-1].until if rateable and self._asks_about_the_last(conversation) else None,
            reopen_until=closed_at + rules.reopen_ms if closed_at is not None and reopens else None,
            stars=conversation.stars,
            rose=place.rose if place is not None else None,
            message_offered=place is not None and place.long,
            joined=tuple(
                encoding.person(person_for_visitor(each.person)) for each in conversation.participants if each.joined
            ),
            service=place.service if place is not None else None,
            rateable=rateable,
        )

    def _rateable(self, conversation: Conversation, rules: Rules) -> tuple[Rateable, ...]:
        """Whom the visitor may be asked about; nobody after an emergency."""
        if conversation.closed_at is None or conversation.spared:
            return ()
        until = conversation.closed_at + rules.rating_ms
        return tuple(
            Rateable(each.number, encoding.person(person_for_visitor(each.person)), until, each.stars)
            for each in conversation.parts
            if each.is_asked_about or each.stars is not None
        )

    def _asks_about_the_last(self, conversation: Conversation) -> bool:
        """Whether whoever answered last is asked about, or was rated already."""
        return conversation.stars is not None or asks(conversation.parts, self._now(), self._day_of)

    def _day_of(self, at: int) -> date:
        return datetime.fromtimestamp(at / 1000, self._options.zone).date()

    def wait_of_the_next(self, group: str) -> int | None:
        """The estimate (ms) for somebody who would begin to wait now; None when there is no honest one, or a place is
        free."""
        if len(self._pools.of(group)):
            return None
        # Nobody is kept out by emergencies of which many come from one address.
        ahead = sum(not each.crowded for each in self._open_conversations.queue(group))
        return self._places(group)(ahead, None).wait_ms

    def _place(self, conversation: Conversation) -> Place | None:
        ahead = self._open_conversations.ahead_of(conversation)
        if ahead is None:
            return None
        return self._as_open(conversation, self._places(conversation.group)(ahead, None))

    def _as_open(self, conversation: Conversation, place: Place) -> Place:
        """The place of the queue, as it is for this one.

        Outside the hours nobody is looked for, whoever is there. A critical emergency is brought to everybody of its
        groups who is there, at any hour: only of that its visitor is told. While it rings at somebody, that one is not
        busy with others. Where two have not answered, a 留言 is offered.
        """
        if conversation.nobody_answered_at is not None:
            place = place._replace(long=True)
        if conversation.is_critical:
            there = any(self._pools.anybody_here(group) for group in groups_for(conversation, self._records.hospital))
            return place._replace(service="busy" if there else "nobody")
        if not self._opening_hours.is_open(conversation):
            return place._replace(service="closed")
        rings = conversation.phase is Phase.RINGING and place.service == "busy"
        return place._replace(service="free") if rings else place

    def _places(self, group: str) -> Callable[[int, PriorityName | None], Place]:
        """The place with so many ahead; what is the same for the whole queue is found out once."""
        at_once = self._pools.of(group).places
        handle_times = self._handling_times.of(group)
        rules, service = self._records.rulebook.of(group), self._serving.of(group)

        def place(ahead: int, rose: PriorityName | None) -> Place:
            wait = estimate(ahead, handle_times, at_once, rules)
            return Place(ahead, wait, service, is_long(ahead, wait, rules), rose)

        return place

    def _places_soon(self, group: str) -> None:
        if group not in self._due:
            loop = asyncio.get_running_loop()
            self._due[group] = loop.call_later(self._options.place_pause, self._tell_places, group)

    def _tell_places(self, group: str) -> None:
        self._due.pop(group, None)
        places, highest = self._places(group), Priority.NORMAL
        for ahead, conversation in enumerate(self._open_conversations.queue(group)):
            told = self._told.get(conversation.id)
            rose = encoding.priority(highest) if told is not None and ahead > told.ahead else None
            place = self._as_open(conversation, places(ahead, rose))
            if told is None or told._replace(rose=None) != place:
                self._told[conversation.id] = place
                self.tell(conversation, place)
            highest = max(highest, Priority(conversation.priority))

    def stop(self) -> None:
        for timer in self._due.values():
            timer.cancel()


def _asked(conversation: Conversation) -> tuple[str, str]:
    """For which department, and of which group."""
    return conversation.department, conversation.group


def _visible(conversation: Conversation) -> tuple[object, ...]:
    """What of it shows in a standing, but for the place."""
    joined = [each.person for each in conversation.participants if each.joined]
    return (
        conversation.state,
        conversation.owner,
        joined,
        conversation.group,
        conversation.department,
        conversation.closed_at,
        [(each.number, each.stars) for each in conversation.parts if each.stars is not None],
    )


def _served_by(conversation: Conversation) -> Person | None:
    """Who answers; after the end, who answered last."""
    if conversation.state == "closed" and conversation.parts:
        last = conversation.parts[-1]
        return structs.replace(encoding.person(person_for_visitor(last.person)), part=last.number)
    owner = conversation.owner if conversation.state == "active" else conversation.last_owner
    if owner is None or conversation.state == "waiting":
        return None
    return encoding.person(person_for_visitor(owner))
