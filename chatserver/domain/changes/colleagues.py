"""Colleagues who take part beside the owner."""

import dataclasses

from chatserver.domain.conversation import Company, Conversation, Participant
from chatserver.domain.events.colleagues import ColleagueAsked, ColleagueJoined, ColleagueLeft
from chatserver.domain.events.presence import ColleagueAway, ColleagueBack


def colleague_asked(before: Conversation, event: ColleagueAsked, at: int) -> tuple[Company]:
    asked = Participant(event.consultant, event.asked_for, event.note)
    return (Company((*_others(before, event.consultant.id), asked)),)


def colleague_joined(before: Conversation, event: ColleagueJoined, at: int) -> tuple[Company]:
    known = before.participant(event.consultant.id)
    note = "" if known is None else known.note
    joined = Participant(event.consultant, "join", note, joined=True)
    return (Company((*_others(before, event.consultant.id), joined)),)


def colleague_left(before: Conversation, event: ColleagueLeft, at: int) -> tuple[Company]:
    return (Company(_others(before, event.consultant.id)),)


def colleague_away(before: Conversation, event: ColleagueAway, at: int) -> tuple[Company]:
    return (_since(before, event.consultant, at),)


def colleague_back(before: Conversation, event: ColleagueBack, at: int) -> tuple[Company]:
    return (_since(before, event.consultant, None),)


def _others(before: Conversation, consultant: str) -> tuple[Participant, ...]:
    return tuple(each for each in before.company.participants if each.person.id != consultant)


def _since(before: Conversation, consultant: str, left_at: int | None) -> Company:
    return Company(
        tuple(
            dataclasses.replace(each, left_at=left_at) if each.person.id == consultant else each
            for each in before.company.participants
        )
    )
