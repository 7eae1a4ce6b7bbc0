"""What a visitor is told about their conversation: who answers, whether it ended, the place in the queue.

The place follows the order of `domain.queue`, which the router follows too.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import NamedTuple

from msgspec import structs

from chatserver.domain.alarms import is_about_abuse
from chatserver.domain.audience import person_for_visitor
from chatserver.domain.conversation import QUEUED, Conversation, Phase, Priority
from chatserver.domain.parts import asks
from chatserver.domain.queue import estimate, is_long
from chatserver.domain.rating import why_not_rated
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
from chatserver.wire.consent import ConsentShown
from chatserver.wire.conversation_list import PriorityName
from chatserver.wire.opening_hours import ServiceName
from chatserver.wire.people import Person
from chatserver.wire.ratings import Rateable
from chatserver.wire.visitor_status import Standing


class QueuePlace(NamedTuple):
    """How many are ahead, the estimated wait (ms), whether anybody can serve the visitor at this moment, and whether a
    留言 is offered (`long`). `rose`: the highest priority among those ahead, if the place has just become worse."""

    ahead: int
    wait_ms: int | None
    service: ServiceName
    long: bool
    rose: PriorityName | None = None


class VisitorStatus:
    """Keeps the visitors' tabs at this node informed about every open conversation."""

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
        self._told: dict[str, QueuePlace] = {}
        self._due: dict[str, asyncio.TimerHandle] = {}

    def changed(self, before: Conversation | None, after: Conversation) -> None:
        """A commit changed the conversation: send its visitor the new status, and all visitors in its queue their new
        places."""
        queued = after.phase in QUEUED
        was_queued = before is not None and before.phase in QUEUED
        if queued or was_queued:
            self._places_soon(after.queue.group)
            if before is not None and before.queue.group != after.queue.group:
                self._places_soon(before.queue.group)
        if not queued:
            self._told.pop(after.id, None)
        elif before is not None and not (was_queued and _asked(before) != _asked(after)):
            # The visitor's place is sent together with all places, which are computed once for the whole queue.
            return
        if before is None or _visible(before) != _visible(after):
            place = self._place(after)
            if place is not None and after.id in self._told:
                # Remember the place that the visitor is sent now, instead of the one in the former group.
                self._told[after.id] = place
            self.tell(after, place)

    def people_changed(self, groups: Iterable[str]) -> None:
        """Somebody who serves these groups came, went, or changed their availability: notify these queues, and those
        that they help out."""
        changed, rulebook = set(groups), self._records.rulebook
        helped = [
            each for each in self._open_conversations.waiting_groups() if rulebook.of(each).overflow_to in changed
        ]
        # An emergency could be assigned to people of other groups, too.
        urgent = [
            each.queue.group
            for each in self._open_conversations.urgent()
            if not changed.isdisjoint(groups_for(each, self._records.hospital))
        ]
        for group in changed.union(helped, urgent):
            if self._open_conversations.queue_length(group):
                self._places_soon(group)

    def tell(self, conversation: Conversation, place: QueuePlace | None = None) -> None:
        """Send the status to every tab of the visitor."""
        standing = self.of(conversation, place)
        for session in self._sessions.tabs_of(conversation.visitor):
            session.push(standing)

    def of(self, conversation: Conversation, place: QueuePlace | None = None) -> Standing:
        """The status, as the visitor is sent it. `place` is computed if the caller does not pass it."""
        ending = conversation.ending
        state = conversation.state
        if state == "waiting" and place is None:
            place = self._place(conversation)
        closed_at = ending.at
        rules = self._records.rulebook.of(conversation.queue.group)
        rateable = self._rateable(conversation, rules)
        reopens = closed_at is not None and not conversation.ended_by_visitor
        return Standing(
            conversation=conversation.id,
            state=state,
            department=conversation.subject.department,
            served_by=_served_by(conversation),
            group=conversation.queue.group,
            ahead=place.ahead if place is not None else None,
            wait_ms=place.wait_ms if place is not None else None,
            nobody=place is not None and place.service == "nobody",
            closed_by=ending.by,
            close_reason=ending.reason,
            rating_until=rateable[-1].until if rateable and self._asks_about_the_last(conversation) else None,
            reopen_until=closed_at + rules.reopen_ms if closed_at is not None and reopens else None,
            stars=conversation.stars,
            rose=place.rose if place is not None else None,
            message_offered=place is not None and place.long,
            joined=tuple(
                encoding.person(person_for_visitor(each.person))
                for each in conversation.company.participants
                if each.joined
            ),
            service=place.service if place is not None else None,
            rateable=rateable,
            consents=_consents(conversation),
        )

    def _rateable(self, conversation: Conversation, rules: Rules) -> tuple[Rateable, ...]:
        """The consultants whom the visitor may rate."""
        ending = conversation.ending
        if ending.at is None or why_not_rated(conversation) is not None:
            return ()
        until = ending.at + rules.rating_ms
        return tuple(
            Rateable(each.number, encoding.person(person_for_visitor(each.person)), until, each.stars)
            for each in conversation.answers.parts
            if each.is_asked_about or each.stars is not None
        )

    def _asks_about_the_last(self, conversation: Conversation) -> bool:
        """Whether the visitor is asked to rate the consultant who answered last, or has rated already."""
        return conversation.stars is not None or asks(conversation.answers.parts, self._now(), self._day_of)

    def _day_of(self, at: int) -> date:
        return datetime.fromtimestamp(at / 1000, self._options.zone).date()

    def wait_of_the_next(self, group: str) -> int | None:
        """The estimated wait (ms) of somebody who joins the queue now; None when somebody has room, or when there is
        too little data for an estimate."""
        if len(self._pools.of(group)):
            return None
        # A crowd of emergencies from one address must not keep others out of the queue.
        ahead = sum(not each.emergency.crowded for each in self._open_conversations.queue(group))
        return self._places(group)(ahead, None).wait_ms

    def _place(self, conversation: Conversation) -> QueuePlace | None:
        ahead = self._open_conversations.ahead_of(conversation)
        if ahead is None:
            return None
        return self._as_open(conversation, self._places(conversation.queue.group)(ahead, None))

    def _as_open(self, conversation: Conversation, place: QueuePlace) -> QueuePlace:
        """The place as it applies to this conversation.

        Outside opening hours nothing is assigned, whoever is present. A critical emergency goes to everybody present in
        its groups at any hour, so its visitor is told only whether anybody is there. While it rings at somebody, that
        person does not count as busy. After two people have not answered, a 留言 is offered.
        """
        if conversation.alarms.nobody_answered_at is not None:
            place = place._replace(long=True)
        if conversation.is_critical:
            there = any(self._pools.anybody_here(group) for group in groups_for(conversation, self._records.hospital))
            return place._replace(service="busy" if there else "nobody")
        if not self._opening_hours.is_open(conversation):
            return place._replace(service="closed")
        rings = conversation.phase is Phase.RINGING and place.service == "busy"
        return place._replace(service="free") if rings else place

    def _places(self, group: str) -> Callable[[int, PriorityName | None], QueuePlace]:
        """Returns a function from the number ahead to the place. What is the same for the whole queue is computed
        once."""
        at_once = self._pools.of(group).places
        handle_times = self._handling_times.of(group)
        rules, service = self._records.rulebook.of(group), self._serving.of(group)

        def place(ahead: int, rose: PriorityName | None) -> QueuePlace:
            wait = estimate(ahead, handle_times, at_once, rules)
            return QueuePlace(ahead, wait, service, is_long(ahead, wait, rules), rose)

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
            highest = max(highest, Priority(conversation.queue.priority))

    def stop(self) -> None:
        for timer in self._due.values():
            timer.cancel()


def _asked(conversation: Conversation) -> tuple[object, ...]:
    """What a waiting visitor is told apart from the place: the department, the group, and the consents."""
    return conversation.subject.department, conversation.queue.group, _consents(conversation)


def _consents(conversation: Conversation) -> tuple[ConsentShown, ...]:
    """What the visitor decided. While an alert of abuse is open, the question for a guardian is not shown, because it
    could warn somebody who reads along."""
    known = conversation.agreed.consents
    if not known:
        return ()
    hidden = "guardian" if is_about_abuse(conversation) else None
    return tuple(ConsentShown(each.kind, each.decision, each.at, each.version) for each in known if each.kind != hidden)


def _visible(conversation: Conversation) -> tuple[object, ...]:
    """What the visitor can see of it in the status, apart from the place."""
    joined = [each.person for each in conversation.company.participants if each.joined]
    return (
        conversation.state,
        conversation.serving.owner,
        joined,
        conversation.queue.group,
        conversation.subject.department,
        conversation.ending.at,
        why_not_rated(conversation),
        [(each.number, each.stars) for each in conversation.answers.parts if each.stars is not None],
        _consents(conversation),
    )


def _served_by(conversation: Conversation) -> Person | None:
    """Who answers; after the end, who answered last."""
    if conversation.state == "closed" and conversation.answers.parts:
        last = conversation.answers.parts[-1]
        return structs.replace(encoding.person(person_for_visitor(last.person)), part=last.number)
    owner = conversation.serving.owner if conversation.state == "active" else conversation.serving.last_owner
    if owner is None or conversation.state == "waiting":
        return None
    return encoding.person(person_for_visitor(owner))
