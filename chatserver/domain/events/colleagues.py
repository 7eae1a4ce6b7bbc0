"""Colleagues who take part beside the owner."""

from dataclasses import dataclass
from typing import Literal

from chatserver.domain.events.base import Event
from chatserver.domain.hospital import Person

AskedFor = Literal["help", "join"]


@dataclass(frozen=True, slots=True)
class ColleagueAsked(Event):
    """协助: a colleague was asked to help in notes, or (`join`) to answer the visitor as well."""

    by: Person
    consultant: Person
    asked_for: AskedFor
    note: str


@dataclass(frozen=True, slots=True)
class ColleagueJoined(Event):
    """三方会话: a second consultant answers, too; the visitor sees who."""

    consultant: Person
    group: str


@dataclass(frozen=True, slots=True)
class ColleagueLeft(Event):
    """A colleague no longer takes part. The visitor sees it only if the colleague had `joined`. Without `by`: the
    connection was lost for longer than the grace period, or the account was closed."""

    is_parting = True

    consultant: Person
    by: Person | None
    joined: bool
