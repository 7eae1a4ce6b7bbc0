"""The console's list of conversations: who sees which, and how they appear in it."""

from collections.abc import Iterable
from typing import Literal

from chatserver.domain import consent
from chatserver.domain.actors import Staff
from chatserver.domain.audience import is_held_out, may_read
from chatserver.domain.conversation import QUEUED, Conversation, Offer, Phase
from chatserver.domain.hospital import Role
from chatserver.domain.queue import rank_at
from chatserver.hub.alarms import Alarms
from chatserver.hub.live_list import LiveList
from chatserver.hub.open_conversations import OpenConversations
from chatserver.hub.services import Services
from chatserver.wire import encoding
from chatserver.wire.colleagues import ParticipantShown
from chatserver.wire.conversation_list import ConversationList as ConversationListFrame
from chatserver.wire.conversation_list import Row
from chatserver.wire.identity import IdentityShown
from chatserver.wire.offers import OfferShown


class ConversationList:
    """`live` is the list in every staff session; the other methods are told what happened to conversations."""

    def __init__(self, services: Services, open_conversations: OpenConversations, alarms: Alarms) -> None:
        self._records = services.records
        self._now = services.now
        self._alarms = alarms
        self.live = LiveList("conversations", ConversationListFrame, open_conversations, sees, self.row)

    def changed(self, before: Conversation | None, after: Conversation) -> None:
        """A commit changed the conversation."""
        self.live.changed([after.id])

    def reworded(self, id: str) -> None:
        """Its row has changed, but is still in the same sessions' lists."""
        self.live.reworded(id)

    def text_added(self, before: Conversation | None, after: Conversation) -> None:
        """A text-only commit."""
        self.live.reworded(after.id)

    def ended(self, conversations: Iterable[Conversation]) -> None:
        """These conversations have left the open conversations."""
        for each in conversations:
            self.live.reworded(each.id)

    def _reopen_until(self, conversation: Conversation) -> int | None:
        """Until when (ms) the last owner may reopen it."""
        if conversation.ending.at is None or conversation.ended_by_visitor:
            return None
        return conversation.ending.at + self._records.rulebook.of(conversation.queue.group).reopen_ms

    def row(self, conversation: Conversation, staff: Staff) -> Row:
        """The conversation as it appears in this member of staff's list."""
        talk, serving, queue = conversation.talk, conversation.serving, conversation.queue
        emergency, ending = conversation.emergency, conversation.ending
        owner = serving.owner or (serving.last_owner if conversation.phase is Phase.CLOSED else None)
        alarmed = self._alarms.supervised(conversation.id)
        seen_by = emergency.acknowledged_by if conversation.alarms.acknowledged_at is not None else None
        return Row(
            id=conversation.id,
            label=conversation.visitor[-4:].upper(),
            site=conversation.site,
            department=conversation.subject.department,
            group=queue.group,
            language=conversation.language,
            state=conversation.state,
            opened_at=conversation.opened_at,
            queued_at=queue.since,
            fence=serving.fence,
            head=conversation.last_seq,
            last_line=talk.last_line,
            last_at=talk.last_human_at,
            visitor_here=conversation.connections.visitor_left_at is None,
            owner=None if owner is None else encoding.person(owner),
            offer=None if serving.offer is None else _offer(conversation, serving.offer, staff),
            unanswered_since=talk.unanswered_since,
            replied=talk.replied,
            overdue=talk.overdue,
            inactive=talk.inactive,
            priority=encoding.priority(queue.priority),
            emergency=emergency.kind,
            level=_level(conversation),
            crowded=emergency.crowded and conversation.is_emergency,
            rank_at=rank_at(conversation) if conversation.phase in QUEUED else None,
            participants=tuple(
                ParticipantShown(encoding.person(each.person), each.asked_for, each.joined, each.note)
                for each in conversation.company.participants
            ),
            hops=serving.hops,
            closed_at=ending.at,
            closed_by=ending.by,
            outcome=ending.outcome,  # type: ignore[arg-type]  # the outcome came through the decoder
            reopen_until=self._reopen_until(conversation),
            ended_unanswered=conversation.phase is Phase.CLOSED and talk.unanswered_since is not None,
            supervisor_alarmed=alarmed,
            acknowledged_by=encoding.person(seen_by) if alarmed is not None and seen_by is not None else None,
            acknowledged_at=conversation.alarms.acknowledged_at if alarmed is not None else None,
            consent=consent.standing(conversation.agreed.consents),
            behalf=consent.decision_on(conversation.agreed.consents, "behalf"),
            guardian=consent.decision_on(conversation.agreed.consents, "guardian"),
            locked=consent.lock(conversation.agreed.consents),
            identity=self._identity(conversation, staff),
        )

    def _identity(self, conversation: Conversation, staff: Staff) -> IdentityShown | None:
        """Only who may read the conversation sees the patient number."""
        known = conversation.identity
        if known.name is None or known.verified_at is None:
            return None
        number = known.number if may_read(conversation, staff, self._now()) else None
        return IdentityShown(known.name, known.verified_at, number, known.doubted_at)


def sees(staff: Staff, conversation: Conversation) -> bool:
    """Whether it is in the list of this member of staff: their own conversations, those in which they take part, those
    offered to them, those waiting in their groups; for supervisors all open ones of their groups. An ended one stays in
    its last owner's list for a while."""
    serving = conversation.serving
    me = staff.person.id
    if conversation.phase is Phase.CLOSED:
        return serving.last_owner is not None and serving.last_owner.id == me
    if serving.owner is not None and serving.owner.id == me:
        return True
    if conversation.participant(me) is not None:
        return True
    if serving.offer is not None and is_held_out(conversation, serving.offer, staff):
        return True
    if conversation.queue.group not in staff.groups:
        return False
    return staff.role is Role.SUPERVISOR or conversation.phase in QUEUED


def _level(conversation: Conversation) -> Literal["critical", "attention"] | None:
    if conversation.emergency.kind is None:
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
