"""The console's live lists: each staff session holds a list with a version, and is sent what changed since.

A list is not a log: a client that missed a version asks for the whole list.
"""

import asyncio
from collections.abc import Iterable
from typing import Literal

from chatserver.domain.actors import Staff
from chatserver.domain.audience import is_held_out
from chatserver.domain.conversation import QUEUED, Conversation, Offer, Phase
from chatserver.domain.hospital import AT_CONSOLE, Consultant, Role
from chatserver.domain.queue import rank_at
from chatserver.domain.routing import why_not_offered
from chatserver.hub.alarms import Alarms
from chatserver.hub.open_conversations import OpenConversations, holders
from chatserver.hub.services import Services
from chatserver.hub.session import Session
from chatserver.hub.staff_directory import StaffDirectory
from chatserver.wire import encoding
from chatserver.wire.availability import Me, MeChanged
from chatserver.wire.colleagues import Colleague, ColleagueList, ParticipantShown, SkillShown
from chatserver.wire.conversation_list import ConversationList, Row
from chatserver.wire.offers import OfferShown

PIECE = 100
"""Rows in one frame of a whole list."""


class _Held:
    """What one session holds of its lists."""

    __slots__ = (
        "colleagues_dirty",
        "colleagues_version",
        "dirty",
        "me",
        "pushed_at",
        "session",
        "shown",
        "staff",
        "timer",
        "version",
    )

    def __init__(self, session: Session, staff: Staff) -> None:
        self.session = session
        self.staff = staff
        self.version = 0
        self.colleagues_version = 0
        self.shown: set[str] = set()
        self.dirty: set[str] = set()
        self.colleagues_dirty: set[str] = set()
        self.me: Me | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.pushed_at = 0.0


class Lists:
    """The lists of all staff sessions. `sees` decides who sees which row."""

    def __init__(
        self, services: Services, open_conversations: OpenConversations, directory: StaffDirectory, alarms: Alarms
    ) -> None:
        self._open_conversations = open_conversations
        self._directory = directory
        self._records = services.records
        self._options = services.options
        self._alarms = alarms
        self._held: dict[str, _Held] = {}
        self._shown_to: dict[str, dict[str, _Held]] = {}

    def add(self, session: Session, staff: Staff) -> None:
        """Give the session its lists; `send_whole` sends them the first time."""
        self._held[session.id] = _Held(session, staff)

    def remove(self, session: Session) -> None:
        held = self._held.pop(session.id, None)
        if held is None:
            return
        for id in list(held.shown):
            self._hide(held, id)
        if held.timer is not None:
            held.timer.cancel()

    async def send_conversations(self, session: Session) -> None:
        """Send the whole conversation list. A long one goes in several frames, each sent after the client took the one
        before."""
        held = self._held[session.id]
        seen = [each.id for each in self._open_conversations if sees(held.staff, each)]
        for id in list(held.shown):
            self._hide(held, id)
        whole = True
        for start in range(0, max(1, len(seen)), PIECE):
            piece = [self._open_conversations.get(id) for id in seen[start : start + PIECE]]
            rows = [each for each in piece if each is not None and sees(held.staff, each)]
            told = {each.id for each in rows}
            for id in told:
                self._show(held, id)
            held.dirty -= told
            held.version += 1
            put = tuple(self.row(each, held.staff) for each in rows)
            session.push(ConversationList(version=held.version, whole=whole, put=put))
            whole = False
            await session.has_room()

    def send_colleagues(self, session: Session) -> None:
        """Send all colleagues."""
        held = self._held[session.id]
        held.colleagues_dirty.clear()
        held.colleagues_version += 1
        rows = tuple(self.colleague(each) for each in self._directory if _is_colleague(each))
        session.push(ColleagueList(version=held.colleagues_version, whole=True, put=rows))

    def changed(self, before: Conversation | None, after: Conversation) -> None:
        """A commit changed the conversation: mark it for everybody who sees it or saw it."""
        for held in self._held.values():
            if after.id in held.shown or sees(held.staff, after):
                held.dirty.add(after.id)
                self._soon(held)
        if _places_taken(before) != _places_taken(after):
            self.people_changed(holders(before) + holders(after))

    def reworded(self, id: str) -> None:
        """Its row has changed, but is still in the same lists."""
        for held in self._shown_to.get(id, {}).values():
            held.dirty.add(id)
            self._soon(held)

    def text_added(self, before: Conversation | None, after: Conversation) -> None:
        """A text-only commit."""
        self.reworded(after.id)

    def ended(self, conversations: Iterable[Conversation]) -> None:
        """These conversations have left the open conversations."""
        gone = {each.id for each in conversations}
        for held in self._held.values():
            if held.shown & gone:
                held.dirty |= held.shown & gone
                self._soon(held)

    def people_changed(self, ids: Iterable[str]) -> None:
        """Availability, presence or load of these consultants changed."""
        changed = set(ids)
        if not changed:
            return
        for held in self._held.values():
            held.colleagues_dirty |= changed
            self._soon(held)

    def me(self, consultant: Consultant) -> Me:
        """The consultant's own status."""
        return Me(
            id=consultant.id,
            name=consultant.person.name,
            number=consultant.person.number,
            title=consultant.person.title.value,
            role=consultant.role.value,
            groups=consultant.groups,
            capacity=consultant.capacity,
            load=self._open_conversations.load(consultant.id),
            availability=consultant.availability.value,
            availability_since=consultant.availability_since,
            misses=consultant.misses,
            reason=consultant.reason,
            shift=self._directory.shifts.shown(consultant.id),
        )

    def stop(self) -> None:
        for held in self._held.values():
            if held.timer is not None:
                held.timer.cancel()

    def _soon(self, held: _Held) -> None:
        """Changes of a moment go in one frame, and a busy list rests before the next frame. Without that rest, sending
        rows faster than anybody can read them was a fifth of all work under full load."""
        if held.timer is None:
            loop = asyncio.get_running_loop()
            rest = held.pushed_at + self._options.list_rest - loop.time()
            held.timer = loop.call_later(max(self._options.list_pause, rest), self._push, held)

    def _push(self, held: _Held) -> None:
        held.timer = None
        held.pushed_at = asyncio.get_running_loop().time()
        self._push_conversations(held)
        self._push_colleagues(held)

    def _push_conversations(self, held: _Held) -> None:
        put, gone = [], []
        for id in sorted(held.dirty):
            conversation = self._open_conversations.get(id)
            if conversation is not None and sees(held.staff, conversation):
                self._show(held, id)
                put.append(self.row(conversation, held.staff))
            elif id in held.shown:
                self._hide(held, id)
                gone.append(id)
        held.dirty.clear()
        if put or gone:
            held.version += 1
            held.session.push(ConversationList(version=held.version, put=tuple(put), gone=tuple(gone)))

    def _show(self, held: _Held, id: str) -> None:
        held.shown.add(id)
        self._shown_to.setdefault(id, {})[held.session.id] = held

    def _hide(self, held: _Held, id: str) -> None:
        held.shown.discard(id)
        shown_to = self._shown_to.get(id, {})
        shown_to.pop(held.session.id, None)
        if not shown_to:
            self._shown_to.pop(id, None)

    def _push_colleagues(self, held: _Held) -> None:
        if not held.colleagues_dirty or held.colleagues_version == 0:
            # The whole list is sent first, and includes this change.
            return
        people = [self._directory.get(id) for id in sorted(held.colleagues_dirty)]
        put = tuple(self.colleague(each) for each in people if each is not None and _is_colleague(each))
        gone = tuple(each.id for each in people if each is not None and not _is_colleague(each))
        me = self._directory.get(held.staff.person.id)
        held.colleagues_dirty.clear()
        held.colleagues_version += 1
        held.session.push(ColleagueList(version=held.colleagues_version, put=put, gone=gone))
        if me is not None and self.me(me) != held.me:
            held.me = self.me(me)
            held.session.push(MeChanged(held.me))

    def colleague(self, consultant: Consultant) -> Colleague:
        """The consultant as the transfer picker shows them."""
        candidate = self._directory.candidate(consultant)
        return Colleague(
            id=consultant.id,
            name=consultant.person.name,
            number=consultant.person.number,
            title=consultant.person.title.value,
            role=consultant.role.value,
            groups=consultant.groups,
            availability=consultant.availability.value,
            present=candidate.present,
            load=candidate.load,
            capacity=consultant.capacity,
            why_not=why_not_offered(candidate, self._records.rules),
            skills=tuple(SkillShown(id, level) for id, level in sorted(consultant.skills.items())),
            languages=consultant.languages,
            shift=self._directory.shifts.shown(consultant.id),
        )

    def _reopen_until(self, conversation: Conversation) -> int | None:
        """Until when (ms) the last owner may reopen it."""
        if conversation.closed_at is None or conversation.ended_by_visitor:
            return None
        return conversation.closed_at + self._records.rulebook.of(conversation.group).reopen_ms

    def row(self, conversation: Conversation, staff: Staff) -> Row:
        """The conversation as it appears in this member of staff's list."""
        owner = conversation.owner or (conversation.last_owner if conversation.phase is Phase.CLOSED else None)
        alarmed = self._alarms.supervised(conversation.id)
        seen_by = conversation.acknowledged_by if conversation.acknowledged_at is not None else None
        return Row(
            id=conversation.id,
            label=conversation.visitor[-4:].upper(),
            site=conversation.site,
            department=conversation.department,
            group=conversation.group,
            language=conversation.language,
            state=conversation.state,
            opened_at=conversation.opened_at,
            queued_at=conversation.queued_at,
            fence=conversation.fence,
            head=conversation.last_seq,
            last_line=conversation.last_line,
            last_at=conversation.last_human_at,
            visitor_here=conversation.visitor_left_at is None,
            owner=None if owner is None else encoding.person(owner),
            offer=None if conversation.offer is None else _offer(conversation, conversation.offer, staff),
            unanswered_since=conversation.unanswered_since,
            replied=conversation.replied,
            overdue=conversation.overdue,
            inactive=conversation.inactive,
            priority=encoding.priority(conversation.priority),
            emergency=conversation.emergency,
            level=_level(conversation),
            crowded=conversation.crowded and conversation.is_emergency,
            rank_at=rank_at(conversation) if conversation.phase in QUEUED else None,
            participants=tuple(
                ParticipantShown(encoding.person(each.person), each.asked_for, each.joined, each.note)
                for each in conversation.participants
            ),
            hops=conversation.hops,
            closed_at=conversation.closed_at,
            closed_by=conversation.closed_by,
            outcome=conversation.outcome,  # type: ignore[arg-type]  # the outcome came through the decoder
            reopen_until=self._reopen_until(conversation),
            ended_unanswered=conversation.phase is Phase.CLOSED and conversation.unanswered_since is not None,
            supervisor_alarmed=alarmed,
            acknowledged_by=encoding.person(seen_by) if alarmed is not None and seen_by is not None else None,
            acknowledged_at=conversation.acknowledged_at if alarmed is not None else None,
        )


def sees(staff: Staff, conversation: Conversation) -> bool:
    """Whether it is in the list of this member of staff: their own conversations, those offered to them, those waiting
    in their groups; for supervisors all open ones of their groups. An ended one stays with its last owner for a
    while."""
    me = staff.person.id
    if conversation.phase is Phase.CLOSED:
        return conversation.last_owner is not None and conversation.last_owner.id == me
    if conversation.owner is not None and conversation.owner.id == me:
        return True
    if conversation.participant(me) is not None:
        return True
    if conversation.offer is not None and is_held_out(conversation, conversation.offer, staff):
        return True
    if conversation.group not in staff.groups:
        return False
    return staff.role is Role.SUPERVISOR or conversation.phase in QUEUED


def _level(conversation: Conversation) -> Literal["critical", "attention"] | None:
    if conversation.emergency is None:
        return None
    return "critical" if conversation.is_critical else "attention"


def _offer(conversation: Conversation, offer: Offer, staff: Staff) -> OfferShown:
    return OfferShown(
        id=offer.id,
        kind="ring" if offer.is_ring else "transfer",
        ends_at=offer.ends_at,
        mine=is_held_out(conversation, offer, staff),
        by=None if offer.by is None else encoding.person(offer.by),
        consultant=None if offer.to is None else encoding.person(offer.to),
        group=offer.group,
        note=offer.note,
    )


def _is_colleague(consultant: Consultant) -> bool:
    """Whether the person uses the console."""
    return not consultant.disabled and consultant.role in AT_CONSOLE


def _places_taken(conversation: Conversation | None) -> tuple[object, ...]:
    if conversation is None:
        return (False, ())
    return (conversation.counts, holders(conversation))
