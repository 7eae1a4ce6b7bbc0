"""The department that a conversation is about, and the group that serves it."""

from chatserver.domain.commands.departments import ChangeGroup, ChooseDepartment, SetDepartment
from chatserver.domain.conversation import QUEUED, Conversation
from chatserver.domain.events.departments import DepartmentChosen, DepartmentSet, GroupChanged
from chatserver.domain.events.offers import RingMissed
from chatserver.domain.hospital import UNSURE
from chatserver.domain.rules import Rules
from chatserver.domain.transitions.access import only_its_visitor, only_who_answers_or_directs
from chatserver.domain.transitions.base import Events


def set_department(conversation: Conversation, command: SetDepartment, now: int, rules: Rules) -> Events:
    """Corrects the department. The conversation stays in its group."""
    only_who_answers_or_directs(conversation, command.actor)
    if command.department == conversation.subject.department:
        return ()
    return (DepartmentSet(command.department, conversation.subject.department, command.actor.person),)


def choose_department(conversation: Conversation, command: ChooseDepartment, now: int, rules: Rules) -> Events:
    """A conversation that waits goes to the group of its department. A ring for a member of the old group is ended, but
    not in an emergency, where that person may be about to answer. Once somebody serves, they are only told. A
    department that is known already, because staff have set it, stays."""
    only_its_visitor(conversation, command.actor)
    if conversation.subject.department != UNSURE or command.department == UNSURE:
        return ()
    queue, offer = conversation.queue, conversation.serving.offer
    stays = conversation.phase not in QUEUED or conversation.is_critical
    if stays or command.group is None or command.group == queue.group:
        return (DepartmentChosen(command.department),)
    chosen = DepartmentChosen(command.department, command.group, queue.group, command.closes_at)
    if offer is None or offer.to is None:
        return (chosen,)
    return (RingMissed(offer.id, offer.to, "lost"), chosen)


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
