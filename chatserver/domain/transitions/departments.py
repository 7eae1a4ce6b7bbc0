"""The department that a conversation is about, and the group that serves it."""

from chatserver.domain.commands.departments import ChangeGroup, SetDepartment
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.departments import DepartmentSet, GroupChanged
from chatserver.domain.events.offers import RingMissed
from chatserver.domain.rules import Rules
from chatserver.domain.transitions.access import only_who_answers_or_directs
from chatserver.domain.transitions.base import Events


def set_department(conversation: Conversation, command: SetDepartment, now: int, rules: Rules) -> Events:
    """Corrects the department. The conversation stays in its group."""
    only_who_answers_or_directs(conversation, command.actor)
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
