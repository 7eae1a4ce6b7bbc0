"""The simulated hub of a day: conversations, queues, deadlines and assignment. Passes everything to `domain` and
applies the results.

It does at once what the hub does with transactions and tasks; the decisions are the same.
"""

from collections.abc import Callable, Collection

from chatserver.domain.changes.table import apply
from chatserver.domain.commands.assignment import Assign, AssignUrgently
from chatserver.domain.commands.base import Command
from chatserver.domain.commands.offers import Ring
from chatserver.domain.commands.time import DeadlineReached
from chatserver.domain.conversation import QUEUED, Conversation, Phase
from chatserver.domain.deadlines import deadlines
from chatserver.domain.events.base import Event
from chatserver.domain.hospital import Hospital, Mode
from chatserver.domain.queue import Line
from chatserver.domain.routing import Candidate, Choice, Needs
from chatserver.domain.rules import SECOND, Rulebook
from chatserver.domain.transitions.table import decide
from chatserver.domain.urgent import groups_for, may_take, others, takers, why
from chatserver.simulation.desk import Desk
from chatserver.simulation.floor import Floor
from chatserver.simulation.record import Record
from chatserver.simulation.scenario import Scenario
from chatserver.simulation.schedule import Schedule

CHECK_MS = 1 * SECOND
"""The product checks a group with waiting conversations this often, and whenever something has changed there."""

NEVER = 2**62


class Engine:
    """`on_event` is called with each event of a conversation. `is_typing`: whether its owner is typing now."""

    def __init__(
        self,
        scenario: Scenario,
        floor: Floor,
        clock: Schedule,
        record: Record,
        on_event: Callable[[str, Event], None],
        is_typing: Callable[[str], bool],
    ) -> None:
        self.queues = {each.id: Line() for each in scenario.groups}
        self.conversations: dict[str, Conversation] = {}
        self.rulebook = Rulebook(scenario.rules, scenario.groups)
        self._floor = floor
        self._clock = clock
        self._record = record
        self._on_event = on_event
        self._is_typing = is_typing
        self._modes = {each.id: each.mode for each in scenario.groups}
        self._hospital = Hospital(groups={each.id: each for each in scenario.groups})
        self._urgent: dict[str, None] = {}
        self._needs: dict[str, Needs] = {}
        self._due: dict[str, int] = {}
        self._changed: dict[str, None] = {}
        self._scheduled: set[str] = set()

    def add(self, conversation: Conversation, needs: Needs) -> None:
        """Add a new conversation."""
        self.conversations[conversation.id] = conversation
        self._needs[conversation.id] = needs

    def update(self, desk: Desk) -> None:
        """The consultant came, left, or has a different free capacity."""
        self._floor.put(desk)
        for group in desk.consultant.groups:
            self._changed[group] = None

    def carry_out(self, id: str, command: Command) -> None:
        """Decide a command, apply its events and report them. A refusal would be a bug of the simulator."""
        before, now = self.conversations[id], self._clock.now
        after = before
        events = decide(before, command, now, self.rulebook.of(before.queue.group))
        for event in events:
            after = apply(after, event, now)
        self.conversations[id] = after
        self._update_places(before, after)
        for event in events:
            self._on_event(id, event)

    def _update_places(self, before: Conversation, after: Conversation) -> None:
        """Update its place in the queue, at a desk, and its deadlines."""
        if after.phase in QUEUED:
            group = after.queue.group
            if group != before.queue.group:
                self.queues[before.queue.group].remove(after.id)
            self.queues[group].put(after)
            self._changed[group] = None
            if after.is_critical:
                self._urgent[after.id] = None
        elif before.phase in QUEUED:
            self.queues[before.queue.group].remove(after.id)
            self._urgent.pop(after.id, None)
        self._update_desks(before, after)
        rules = self.rulebook.of(after.queue.group)
        running = deadlines(after, rules)
        if running:
            self._schedule(after.id, min(running.values()))

    def _update_desks(self, before: Conversation, after: Conversation) -> None:
        old, new = before.holder, after.holder
        rung, rings = before.phase is Phase.RINGING, after.phase is Phase.RINGING
        if old == new and rung == rings:
            return
        for person, places, bells in ((old, -1, -rung), (new, +1, int(rings))):
            if person is not None:
                desk = self._floor.desks[person.id]
                desk.takes(places, self._clock.now)
                desk.rings += bells
                self.update(desk)

    def assign_everywhere(self) -> None:
        """Assign in every changed group: everybody who waits, in order, while there is room, as the product does."""
        while self._changed:
            for id in list(self._urgent):
                self._assign_urgently(id)
            group, _ = self._changed.popitem()
            self._assign_in(group)

    def _assign_urgently(self, id: str) -> None:
        """Assign a critical emergency to the consultant whom the product would choose."""
        conversation, now = self.conversations[id], self._clock.now
        groups, rules = groups_for(conversation, self._hospital), self.rulebook.of(conversation.queue.group)
        candidates = self._candidates(groups)
        found = takers(conversation, candidates, groups, now, rules)
        if found:
            taker, consultant = found[0], found[0].candidate.consultant
            numbers = why(conversation, taker, len(found), now)
            self._record.given += 1
            self._floor.assigned(taker.group, Choice(consultant, numbers))
            self.carry_out(
                id, AssignUrgently(consultant.person, taker.group, numbers.load, consultant.capacity, numbers)
            )
        elif any(may_take(each, groups, rules) for each in candidates):
            self._check_later(conversation.queue.group)

    def _candidates(self, groups: Collection[str]) -> list[Candidate]:
        desks = self._floor.desks.values()
        return [each.candidate for each in desks if not set(groups).isdisjoint(each.consultant.groups)]

    def _assign_in(self, group: str) -> None:
        pool, line, rules = self._floor.pools[group], self.queues[group], self.rulebook.of(group)
        if not len(pool) or not len(line):
            return
        for id in list(line):
            if not len(pool):
                return
            conversation = self.conversations[id]
            if conversation.phase is not Phase.WAITING or conversation.is_critical:
                continue
            choice = pool.choose(conversation, self._needs[id], self._clock.now, rules)
            if choice is not None:
                self._assign(conversation, choice)
        if len(line) and len(pool):
            self._check_later(group)

    def _check_later(self, group: str) -> None:
        if group not in self._scheduled:
            self._scheduled.add(group)
            self._clock.at(self._clock.now + CHECK_MS, self._check, group)

    def _check(self, group: str) -> None:
        self._scheduled.discard(group)
        self._changed[group] = None

    def _assign(self, conversation: Conversation, choice: Choice) -> None:
        to, capacity = choice.consultant.person, choice.consultant.capacity
        self._record.given += 1
        self._record.lacking += choice.why.lacking
        self._floor.assigned(conversation.queue.group, choice)
        if self._modes[conversation.queue.group] is Mode.RING:
            offer = f"{conversation.id}/{conversation.serving.fence + 1}"
            self.carry_out(conversation.id, Ring(to, offer, choice.why.load, capacity, choice.why))
        else:
            self.carry_out(conversation.id, Assign(to, choice.why.load, capacity, choice.why))

    def _schedule(self, id: str, at: int) -> None:
        """Like the product's deadline rows: perhaps early, never late."""
        known = self._due.get(id)
        if known is None or at < known:
            self._due[id] = at
            self._clock.at(at, self._deadline_reached, id, at)

    def _deadline_reached(self, id: str, planned: int) -> None:
        if self._due.get(id) != planned:
            return
        conversation = self.conversations[id]
        self._due[id] = NEVER
        rules = self.rulebook.of(conversation.queue.group)
        if conversation.serving.owner is not None and conversation.is_critical:
            groups = groups_for(conversation, self._hospital)
            elsewhere = others(conversation, self._candidates(groups), groups, rules)
        elif conversation.serving.owner is not None:
            elsewhere = self._floor.pools[conversation.queue.group].others(conversation.serving.owner.id)
        else:
            elsewhere = bool(rules.overflow_to) and len(self._floor.pools[rules.overflow_to]) > 0
        self.carry_out(id, DeadlineReached(self._is_typing(id), elsewhere))
