"""Colleagues who take part beside the owner."""

import dataclasses

from chatserver.domain.changes.base import Company
from chatserver.domain.conversation import Conversation, Participant
from chatserver.domain.events.colleagues import ColleagueAsked, ColleagueJoined, ColleagueLeft
from chatserver.domain.events.presence import ColleagueAway, ColleagueBack


def colleague_asked(before: Conversation, event: ColleagueAsked, at: int) -> Company:
    others = tuple(each for each in before.participants if each.person.id != event.consultant.id)
    return {"participants": (*others, Participant(event.consultant, event.asked_for, event.note))}


def colleague_joined(before: Conversation, event: ColleagueJoined, at: int) -> Company:
    others = tuple(each for each in before.participants if each.person.id != event.consultant.id)
    known = before.participant(event.consultant.id)
    note = "" if known is None else known.note
    return {"participants": (*others, Participant(event.consultant, "join", note, joined=True))}


def colleague_left(before: Conversation, event: ColleagueLeft, at: int) -> Company:
    return {"participants": tuple(each for each in before.participants if each.person.id != event.consultant.id)}


def colleague_away(before: Conversation, event: ColleagueAway, at: int) -> Company:
    return {"participants": _since(before, event.consultant, at)}


def colleague_back(before: Conversation, event: ColleagueBack, at: int) -> Company:
    return {"participants": _since(before, event.consultant, None)}


def _since(before: Conversation, consultant: str, left_at: int | None) -> tuple[Participant, ...]:
    return tuple(
        dataclasses.replace(each, left_at=left_at) if each.person.id == consultant else each
        for each in before.participants
    )
