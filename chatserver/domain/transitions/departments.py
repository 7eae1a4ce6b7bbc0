"""The department that a conversation is about, and the group that serves it."""

from chatserver.domain.commands.departments import ChangeGroup, SetDepartment
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.departments import DepartmentSet, GroupChanged
from chatserver.domain.events.offers import RingMissed
from chatserver.domain.hospital import Role
from chatserver.domain.refusals import Forbidden
from chatserver.domain.rules import Rules
from chatserver.domain.transitions.access import only_who_knows_of_it
from chatserver.domain.transitions.base import Events


def set_department(conversation: Conversation, command: SetDepartment, now: int, rules: Rules) -> Events:
    """Corrects the department. The conversation stays in its group."""
    only_who_knows_of_it(conversation, command.actor)
    me = command.actor.person.id
    beside = conversation.participant(me)
    answers = (conversation.serving.owner is not None and conversation.serving.owner.id == me) or (
        beside is not None and beside.joined
    )
    directs = command.actor.role is Role.SUPERVISOR and conversation.queue.group in command.actor.groups
    if not (answers or directs):
        raise Forbidden(rule="owner_or_supervisor")
    if command.department == conversation.subject.department:
        return ()
    return (DepartmentSet(command.department, conversation.subject.department, command.actor.person),)


def change_group(conversation: Conversation, command: ChangeGroup, now: int, rules: Rules) -> Events:
    """A waiting conversation follows its department to the new group. A ring is ended first, because it is addressed
    to a member of the old group."""
    if conversation.queue.group != command.previous:
        return ()
    offer = conversation.serving.offer
    changed = GroupChanged(command.previous, command.group, command.closes_at)
    if offer is None or offer.to is None:
        return (changed,)
    return (RingMissed(offer.id, offer.to, "lost"), changed)
