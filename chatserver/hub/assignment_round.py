"""One assignment round of a group, inside the writer's transaction: planned from memory, checked against the rows.

The pool says who comes next. Before anything is assigned, the rows of those chosen are locked and their loads counted.
Where the pool was wrong (another node assigned somebody a conversation a moment ago), it is corrected and the plan is
made again.
"""

from dataclasses import replace

from chatserver.domain.commands.assignment import Assign
from chatserver.domain.commands.offers import Ring
from chatserver.domain.conversation import Conversation, Phase
from chatserver.domain.entry import SYSTEM
from chatserver.domain.hospital import Hospital, Mode
from chatserver.domain.routing import Candidate, Choice, Needs, Pool
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import conversations, locks
from chatserver.store.ids import new_id

PAGE = 20
"""How many waiting conversations one query reads. The next ones are read only while somebody in the pool has room."""

ROUNDS = 5
"""The most plans that one round makes. A new plan is needed when the rows have shown that the pool was wrong about
somebody."""

Plan = dict[str, Choice]


class AssignmentRound:
    """Assigns as many waiting conversations as there is room for. `pool` belongs to this round, which changes it."""

    def __init__(self, group: str, hospital: Hospital, pool: Pool) -> None:
        self._group = group
        self._hospital = hospital
        self._pool = pool

    def give(self, unit: UnitOfWork) -> None:
        """In the writer thread: assign waiting conversations in order, each to the next consultant, while there is
        room."""
        locks.lock_group(unit.conn, self._group)
        plan, wrong = Plan(), set[str]()
        for _ in range(ROUNDS):
            plan = self._plan(unit)
            unit.load(plan)
            unit.load_consultants(choice.consultant.id for choice in plan.values())
            wrong = self._mended(unit, plan)
            if not wrong:
                break
        for id, choice in plan.items():
            # Consultants whose entries were still wrong in the last plan get nothing; the next round finds somebody
            # else.
            if choice.consultant.id not in wrong:
                self._give(unit, id, choice)

    def _plan(self, unit: UnitOfWork) -> Plan:
        """Who would get what. Conversations are read without locks, so the result is checked again."""
        pool, plan = self._pool.copy(), Plan()
        last: Conversation | None = None
        while len(pool):
            page = conversations.next_waiting(unit.conn, self._group, PAGE, last)
            if not page:
                break
            for conversation in page:
                choice = self._choose(unit, pool, conversation)
                if choice is not None:
                    plan[conversation.id] = choice
            last = page[-1]
        return plan

    def _choose(self, unit: UnitOfWork, pool: Pool, conversation: Conversation) -> Choice | None:
        if conversation.is_critical:
            # `hub/urgency.py` assigns critical emergencies, also to people who are at their capacity.
            return None
        rules = unit.rulebook.of(self._group)
        left = conversation.connections.visitor_left_at
        if left is not None and unit.now - left >= rules.visitor_away_ms:
            # The visitor is away: assign nobody, but leave the conversation in its place in the queue.
            return None
        needs = Needs.of(conversation, self._hospital.departments.get(conversation.subject.department))
        choice = pool.choose(conversation, needs, unit.now, rules)
        if choice is None:
            return None
        id = choice.consultant.id
        known = pool.get(id)
        assert known is not None
        given = replace(known.consultant, last_given_at=unit.now)
        # Nobody is rung for a second conversation while the first still rings.
        pool.put(replace(known, consultant=given, load=known.load + 1, rung=self._mode is Mode.RING))
        return choice

    def _mended(self, unit: UnitOfWork, plan: Plan) -> set[str]:
        """The people whose pool entries were wrong and have just been corrected."""
        people = {choice.consultant.id for choice in plan.values()}
        loads, rung = conversations.loads(unit.conn, people), conversations.rung(unit.conn, people)
        mended = set()
        for id in people:
            pictured = self._pool.get(id)
            assert pictured is not None
            true = replace(pictured, consultant=unit.consultant(id), load=loads[id], rung=id in rung)
            if _differ(pictured, true):
                self._pool.put(true)
                mended.add(id)
        return mended

    def _give(self, unit: UnitOfWork, id: str, choice: Choice) -> None:
        conversation = unit.loaded(id)
        if conversation is None or conversation.phase is not Phase.WAITING or conversation.queue.group != self._group:
            return
        to, load, capacity = choice.consultant.person, choice.why.load, choice.consultant.capacity
        command: Ring | Assign = Assign(to, load, capacity, choice.why)
        if self._mode is Mode.RING:
            command = Ring(to, new_id(), load, capacity, choice.why)
        unit.decide(id, command, SYSTEM)

    @property
    def _mode(self) -> Mode:
        return self._hospital.groups[self._group].mode


def _differ(pictured: Candidate, true: Candidate) -> bool:
    """Whether they differ in what decides the assignment. `last_given_at` does not count: another node may know a later
    one."""
    before, after = pictured.consultant, true.consultant
    return (
        (pictured.load, pictured.rung) != (true.load, true.rung)
        or before.availability is not after.availability
        or (before.capacity, before.groups, before.disabled) != (after.capacity, after.groups, after.disabled)
    )
