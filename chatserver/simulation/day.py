"""One day, from the first visitor to the last. `domain` makes all decisions.

What people do is invented here: when they answer, finish, or give up. The consequences are the product's.
"""

from collections.abc import Callable
from functools import partial

from chatserver.domain import availability
from chatserver.domain.actors import Visitor
from chatserver.domain.commands.ending import Close
from chatserver.domain.commands.messages import PostMessage
from chatserver.domain.commands.offers import AcceptOffer
from chatserver.domain.conversation import OWNED, QUEUED, start
from chatserver.domain.events.alarms import NobodyAnswered
from chatserver.domain.events.assignment import Assigned
from chatserver.domain.events.base import Event
from chatserver.domain.events.ending import Closed
from chatserver.domain.events.offers import RingMissed, Rung
from chatserver.domain.events.queue import Opened, Overflowed, ReturnedToQueue
from chatserver.domain.hospital import Availability, Consultant
from chatserver.domain.routing import Needs
from chatserver.domain.rules import MINUTE, SECOND, Rules
from chatserver.simulation.arrivals import Arrival
from chatserver.simulation.chance import stream
from chatserver.simulation.desk import Desk
from chatserver.simulation.engine import Engine
from chatserver.simulation.floor import Floor
from chatserver.simulation.record import Duty, Moment, Record
from chatserver.simulation.scenario import Scenario
from chatserver.simulation.schedule import Schedule

TYPES_MS = 15 * SECOND
"""How long before an answer is sent its typing begins."""

TURN_MS = 5 * MINUTE
"""A conversation being worked on is never silent for longer, so that it does not become inactive."""

ASKS = "您好，我想咨询一下。"
EMERGENCY = "我胸痛，喘不上气。"
ANSWERS = "您好，请说。"


class Day:
    """One day, for a single run. `watched`: record the state at every minute, for the picture."""

    def __init__(
        self, scenario: Scenario, arrivals: list[Arrival], policy: str, seed: int, *, watched: bool = False
    ) -> None:
        self._scenario = scenario
        self._arrivals = arrivals
        self._seed = seed
        self._watched = watched
        self._clock = Schedule()
        self._floor = Floor(scenario, policy, seed)
        self._brought: dict[str, Arrival] = {}
        self._asked: dict[tuple[str, str], int] = {}
        self._reacts: dict[str, int] = {}
        self._answers_at: dict[str, int] = {}
        self._record = Record(policy, seed, [each.at for each in arrivals])
        self._engine = Engine(scenario, self._floor, self._clock, self._record, self._follows, self._types)

    def run(self) -> Record:
        """Run until nobody waits and no conversation is open."""
        for desk in self._floor.desks.values():
            self._clock.at(desk.rostered.receives_from, self._comes, desk)
            self._clock.at(desk.rostered.ends, self._goes, desk)
        for arrival in self._arrivals:
            self._clock.at(arrival.at, self._asks, arrival)
        if self._watched:
            self._clock.at(self._scenario.opens, self._watch)
        self._clock.run(self._engine.assign_everywhere)
        self._record.duties = [_duty(desk) for desk in self._floor.desks.values()]
        return self._record

    # Consultants.

    def _comes(self, desk: Desk) -> None:
        desk.tally(self._clock.now)
        desk.on_duty = True
        self._engine.update(desk)

    def _goes(self, desk: Desk) -> None:
        """They finish what they have and get nothing new."""
        desk.tally(self._clock.now)
        desk.on_duty = False
        self._engine.update(desk)

    def _rested(self, desk: Desk) -> None:
        online = partial(availability.chose, availability=Availability.ONLINE, now=self._clock.now)
        self._floor.change(desk.consultant.id, online)
        self._engine.update(desk)

    # Visitors.

    def _asks(self, arrival: Arrival) -> None:
        department, now = arrival.demand.department, self._clock.now
        rules = self._engine.rulebook.of(department.group)
        if len(self._engine.queues[department.group]) >= rules.queue_limit and not arrival.emergency:
            self._record.end(arrival.number, "turned_away")
            return
        closes_at = self._scenario.closes if self._scenario.closing else None
        opened = Opened(department.id, department.group, arrival.language, "", arrival.preferred, closes_at)
        id = f"conversation-{arrival.number:06}"
        conversation = start(opened, id=id, site="simulated", visitor=f"visitor-{arrival.number}", at=now)
        self._engine.add(conversation, Needs.of(conversation, department))
        self._brought[id] = arrival
        self._engine.carry_out(id, PostMessage(Visitor(conversation.visitor), EMERGENCY if arrival.emergency else ASKS))
        self._loses_patience_later(id)

    def _loses_patience_later(self, id: str) -> None:
        patience = self._brought[id].patience_ms
        if patience is not None:
            self._clock.at(self._clock.now + patience, self._gives_up, id, self._engine.conversations[id].queue.since)

    def _gives_up(self, id: str, queued_at: int) -> None:
        conversation = self._engine.conversations[id]
        if conversation.phase in QUEUED and conversation.queue.since == queued_at:
            self._engine.carry_out(id, Close(Visitor(conversation.visitor)))

    # Consultants at work. The fence shows whether it is still the same assignment.

    def _accepts(self, id: str, offer: str) -> None:
        ring = self._engine.conversations[id].serving.offer
        if ring is None or ring.id != offer or ring.to is None:
            return
        if self._clock.now >= ring.ends_at:
            return
        desk = self._floor.desks[ring.to.id]
        self._engine.carry_out(id, AcceptOffer(desk.staff, offer, desk.load - 1, desk.consultant.capacity))

    def _begins(self, id: str, desk: Desk, reaction_ms: int) -> None:
        now = self._clock.now
        desk.begin(id, self._brought[id].work_ms, now)
        self._plan(desk)
        self._answers_at[id] = now + round(reaction_ms * desk.slowness)
        self._clock.at(self._answers_at[id], self._answers, id, self._engine.conversations[id].serving.fence)

    def _reaction(self, id: str) -> int:
        """How long (ms) it takes this time from noticing the conversation to acting on it."""
        times = self._reacts[id] = self._reacts.get(id, 0) + 1
        if times == 1:
            return self._brought[id].reaction_ms
        return self._scenario.reaction.draw(stream(self._seed, "reaction", id, times))

    def _answers(self, id: str, fence: int) -> None:
        if self._is_current(id, fence) and not self._engine.conversations[id].talk.replied:
            self._says(id)
            self._clock.at(self._clock.now + TURN_MS, self._turns, id, fence)

    def _turns(self, id: str, fence: int) -> None:
        """The visitor writes and gets an answer, repeatedly until the work is done."""
        if self._is_current(id, fence) and self._at_work(id):
            self._engine.carry_out(id, PostMessage(Visitor(self._engine.conversations[id].visitor), ASKS))
            self._says(id)
            self._clock.at(self._clock.now + TURN_MS, self._turns, id, fence)

    def _done(self, desk: Desk, plan: int, id: str) -> None:
        if desk.plan != plan:
            return
        if not self._engine.conversations[id].talk.replied:
            self._says(id)
        desk.leave(id, self._clock.now)
        arrival = self._brought[id]
        desk.served_ms += arrival.work_ms
        self._record.handled[arrival.number] = self._clock.now - self._engine.conversations[id].serving.given_at
        self._plan(desk)
        if not arrival.silent:
            self._engine.carry_out(id, Close(desk.staff, self._engine.conversations[id].serving.fence, "answered"))

    def _says(self, id: str) -> None:
        conversation = self._engine.conversations[id]
        owner, fence = conversation.serving.owner, conversation.serving.fence
        assert owner is not None
        if not conversation.talk.replied:
            arrival = self._brought[id]
            self._record.replies[arrival.number] = self._clock.now - arrival.at
        self._engine.carry_out(id, PostMessage(self._floor.desks[owner.id].staff, ANSWERS, fence))

    def _is_current(self, id: str, fence: int) -> bool:
        conversation = self._engine.conversations[id]
        return conversation.phase in OWNED and conversation.serving.fence == fence

    def _at_work(self, id: str) -> bool:
        owner = self._engine.conversations[id].serving.owner
        return owner is not None and self._floor.desks[owner.id].works_on(id)

    def _types(self, id: str) -> bool:
        return self._at_work(id) and self._answers_at[id] - TYPES_MS <= self._clock.now

    def _plan(self, desk: Desk) -> None:
        coming = desk.next_end(self._clock.now)
        if coming is not None:
            id, at = coming
            self._clock.at(at, self._done, desk, desk.plan, id)

    # Events, and how people react to them.

    def _follows(self, id: str, event: Event) -> None:
        """Apply an event's effects to the people concerned, as the product does."""
        now, number = self._clock.now, self._brought[id].number
        match event:
            case Assigned(consultant=person, how=how):
                self._record.waits.setdefault(number, now - self._brought[id].at)
                if how == "ring":
                    self._floor.change(person.id, availability.took)
                self._floor.change(person.id, partial(availability.given, now=now))
                if how == "ring":
                    # Accepting a ring means that they are already looking.
                    self._begins(id, self._floor.desks[person.id], SECOND)
                elif self._sees(id, person.id):
                    self._begins(id, self._floor.desks[person.id], self._reaction(id))
            case Rung(consultant=person, offer=offer):
                self._floor.change(person.id, partial(availability.given, now=now))
                if self._sees(id, person.id):
                    self._clock.at(now + self._reaction(id), self._accepts, id, offer)
            case RingMissed(consultant=person, reason="expired"):
                self._misses(self._floor.desks[person.id])
            case NobodyAnswered(consultants=people):
                for person in people:
                    self._pauses(self._floor.desks[person.id], partial(availability.silent, now=now))
            case ReturnedToQueue(consultant=person):
                self._record.returned += 1
                self._leaves(id, self._floor.desks[person.id])
                self._loses_patience_later(id)
            case Overflowed():
                self._record.overflowed += 1
            case Closed():
                self._ends(id, event)
            case _:
                pass

    def _misses(self, desk: Desk) -> None:
        self._record.misses += 1
        rules: Rules = self._scenario.rules
        self._pauses(desk, partial(availability.missed, now=self._clock.now, rules=rules))

    def _pauses(self, desk: Desk, change: Callable[[Consultant], Consultant]) -> None:
        """Apply an event after which the product may pause the consultant; they come back after a rest."""
        after = self._floor.change(desk.consultant.id, change)
        if after.availability is Availability.PAUSED and after.availability_since == self._clock.now:
            self._record.paused += 1
            self._clock.at(self._clock.now + self._scenario.rest_ms, self._rested, desk)

    def _ends(self, id: str, event: Closed) -> None:
        number = self._brought[id].number
        if number in self._record.replies:
            self._record.end(number, "served")
        else:
            self._record.end(number, "abandoned" if event.by == "visitor" else "sent_off")

    def _leaves(self, id: str, desk: Desk) -> None:
        desk.leave(id, self._clock.now)
        self._plan(desk)

    def _sees(self, id: str, consultant: str) -> bool:
        """Whether the consultant notices it: the same for the same pair under every policy. The alarm of a critical
        emergency continues until it is answered, so it is never missed."""
        if self._engine.conversations[id].is_critical:
            return True
        again = self._asked[id, consultant] = self._asked.get((id, consultant), 0) + 1
        return stream(self._seed, "misses", id, consultant, again).random() >= self._scenario.missing

    # For the picture.

    def _watch(self) -> None:
        now = self._clock.now
        waiting = sum(len(line) for line in self._engine.queues.values())
        self._record.moments.append(Moment(now, waiting, self._floor.busy, self._floor.places))
        if now < self._scenario.closes:
            self._clock.at(now + MINUTE, self._watch)


def _duty(desk: Desk) -> Duty:
    capacity = desk.consultant.capacity
    return Duty(
        desk.consultant.id,
        desk.served_ms,
        desk.duty_ms,
        desk.busy_ms,
        capacity * desk.duty_ms,
        capacity,
        desk.fullest,
    )
