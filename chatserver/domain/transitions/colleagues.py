"""Colleagues who take part beside the owner."""

from chatserver.domain.commands.colleagues import AskColleague, Join, Leave
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.colleagues import ColleagueAsked, ColleagueJoined, ColleagueLeft
from chatserver.domain.hospital import Role
from chatserver.domain.refusals import Forbidden, NotServing
from chatserver.domain.rules import Rules
from chatserver.domain.text import checked_note
from chatserver.domain.transitions.access import only_who_knows_of_it, supervisor_only
from chatserver.domain.transitions.base import Events
from chatserver.domain.transitions.taking import group_with


def ask_colleague(conversation: Conversation, command: AskColleague, now: int, rules: Rules) -> Events:
    serving = conversation.serving
    only_who_knows_of_it(conversation, command.actor)
    assert serving.owner is not None
    is_supervisor = command.actor.role is Role.SUPERVISOR and conversation.queue.group in command.actor.groups
    if serving.owner.id != command.actor.person.id and not is_supervisor:
        raise Forbidden(rule="owner_or_supervisor")
    known = conversation.participant(command.to.id)
    if command.to.id == serving.owner.id or (known is not None and known.joined):
        raise NotServing(why="same")
    note = checked_note(command.note, rules)
    return (ColleagueAsked(command.actor.person, command.to, command.asked_for, note),)


def join(conversation: Conversation, command: Join, now: int, rules: Rules) -> Events:
    only_who_knows_of_it(conversation, command.actor)
    assert conversation.serving.owner is not None
    if conversation.serving.owner.id == command.actor.person.id:
        raise NotServing(why="same")
    known = conversation.participant(command.actor.person.id)
    if known is not None and known.joined:
        return ()
    if known is None or known.asked_for != "join":
        supervisor_only(conversation, command.actor)
    return (ColleagueJoined(command.actor.person, group_with(conversation.queue.group, command.actor)),)


def leave(conversation: Conversation, command: Leave, now: int, rules: Rules) -> Events:
    """Colleagues leave by themselves, or the owner removes them."""
    only_who_knows_of_it(conversation, command.actor)
    leaving = command.consultant or command.actor.person.id
    is_owner = conversation.serving.owner is not None and conversation.serving.owner.id == command.actor.person.id
    if leaving != command.actor.person.id and not is_owner:
        raise Forbidden(rule="owner_only")
    known = conversation.participant(leaving)
    return () if known is None else (ColleagueLeft(known.person, command.actor.person, known.joined),)
