"""Who may do what to a conversation. Each check raises `Refused` or returns nothing.

First comes the check whether the person may know of the conversation, so that nobody else learns anything; then the
fence; then the rule.
"""

from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.audience import offered_to
from chatserver.domain.conversation import Conversation
from chatserver.domain.hospital import Role
from chatserver.domain.refusals import FenceStale, Forbidden, NotFound


def only_its_visitor(conversation: Conversation, visitor: Visitor) -> None:
    if visitor.id != conversation.visitor:
        raise NotFound()


def only_who_knows_of_it(conversation: Conversation, staff: Staff) -> None:
    """Passes the owner (without one, the last owner), those it is offered to, participants, and the group that serves
    it. For everybody else it does not exist. More people pass this check than may read the conversation
    (`audience.may_read`)."""
    serving = conversation.serving
    owner = serving.owner or serving.last_owner
    if owner is not None and owner.id == staff.person.id:
        return
    if serving.offer is not None and offered_to(serving.offer, staff):
        return
    if conversation.participant(staff.person.id) is not None:
        return
    if conversation.queue.group not in staff.groups:
        raise NotFound()


def owner_with_fence(conversation: Conversation, staff: Staff, fence: int | None) -> None:
    serving = conversation.serving
    if not any(part.person.id == staff.person.id for part in conversation.answers.parts):
        only_who_knows_of_it(conversation, staff)
    if fence != serving.fence:
        raise FenceStale(fence=serving.fence)
    if serving.owner is None or serving.owner.id != staff.person.id:
        raise Forbidden(rule="owner_only")


def speaker_with_fence(conversation: Conversation, staff: Staff, fence: int | None) -> None:
    """The owner, or a colleague who has joined, with the current fence."""
    beside = conversation.participant(staff.person.id)
    if beside is None or not beside.joined:
        owner_with_fence(conversation, staff, fence)
    elif fence != conversation.serving.fence:
        raise FenceStale(fence=conversation.serving.fence)


def only_who_answers_or_directs(conversation: Conversation, staff: Staff) -> None:
    """The owner, a colleague who has joined, and the group's supervisors."""
    only_who_knows_of_it(conversation, staff)
    me = staff.person.id
    beside = conversation.participant(me)
    answers = (conversation.serving.owner is not None and conversation.serving.owner.id == me) or (
        beside is not None and beside.joined
    )
    directs = staff.role is Role.SUPERVISOR and conversation.queue.group in staff.groups
    if not (answers or directs):
        raise Forbidden(rule="owner_or_supervisor")


def supervisor_only(conversation: Conversation, staff: Staff) -> None:
    only_who_knows_of_it(conversation, staff)
    if staff.role is not Role.SUPERVISOR or conversation.queue.group not in staff.groups:
        raise Forbidden(rule="supervisor_only")


def owner_or_supervisor_with_fence(conversation: Conversation, staff: Staff, fence: int | None) -> None:
    if staff.role is not Role.SUPERVISOR or conversation.queue.group not in staff.groups:
        owner_with_fence(conversation, staff, fence)
    elif fence != conversation.serving.fence:
        raise FenceStale(fence=conversation.serving.fence)
