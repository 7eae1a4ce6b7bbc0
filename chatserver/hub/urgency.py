"""Assigns one critical emergency at once, inside the writer's transaction: planned from memory, decided by the rows.

This node's memory says in which order people are asked. Before the conversation is assigned, the rows of the next
people are locked and their loads counted. The groups that are searched are locked first, so that nothing else is
assigned in them meanwhile.
"""

from collections.abc import Sequence
from dataclasses import replace

from chatserver.domain.commands.assignment import AssignUrgently
from chatserver.domain.conversation import QUEUED, Conversation, Phase
from chatserver.domain.entry import SYSTEM
from chatserver.domain.hospital import Hospital
from chatserver.domain.routing import Candidate
from chatserver.domain.urgent import Taker, groups_for, takers, why
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import conversations, locks

AT_ONCE = 10
"""How many people are checked together. One of the first ten can take it, unless this node's memory is very old."""


class GivingUrgently:
    """`pictured` is the conversation as this node knows it, `candidates` are the people of its groups."""

    def __init__(self, pictured: Conversation, hospital: Hospital, candidates: Sequence[Candidate]) -> None:
        self._pictured = pictured
        self._hospital = hospital
        self._candidates = candidates

    def give(self, unit: UnitOfWork) -> None:
        """Assign it. Runs in the writer thread."""
        groups = groups_for(self._pictured, self._hospital)
        locks.lock_groups(unit.conn, groups)
        unit.load([self._pictured.id])
        conversation = unit.loaded(self._pictured.id)
        if conversation is None or conversation.phase not in QUEUED or not conversation.is_critical:
            return
        if groups_for(conversation, self._hospital) != groups:
            # It went to another group a moment ago; the node that moved it looks for somebody there.
            return
        planned = self._takers(unit, conversation, groups, self._candidates)
        for start in range(0, len(planned), AT_ONCE):
            some = planned[start : start + AT_ONCE]
            true = self._takers(unit, conversation, groups, self._as_they_are(unit, conversation, some))
            if true:
                taker = true[0]
                command = AssignUrgently(
                    taker.candidate.consultant.person,
                    taker.group,
                    taker.candidate.load,
                    taker.candidate.consultant.capacity,
                    why(conversation, taker, len(planned), unit.now),
                )
                unit.decide(conversation.id, command, SYSTEM)
                return

    def _takers(
        self, unit: UnitOfWork, conversation: Conversation, groups: Sequence[str], candidates: Sequence[Candidate]
    ) -> list[Taker]:
        return takers(conversation, candidates, groups, unit.now, unit.rulebook.of(conversation.queue.group))

    def _as_they_are(self, unit: UnitOfWork, conversation: Conversation, some: Sequence[Taker]) -> list[Candidate]:
        """These people as their rows say, locked. A place that is reserved for this very conversation is not
        counted."""
        ids = [each.id for each in some]
        unit.load_consultants(ids)
        loads = conversations.loads(unit.conn, ids)
        rung = (
            conversation.serving.offer.to
            if conversation.phase is Phase.RINGING and conversation.serving.offer
            else None
        )
        return [
            replace(
                each.candidate,
                consultant=unit.consultant(each.id),
                load=loads[each.id] - (rung is not None and rung.id == each.id),
            )
            for each in some
        ]
