"""Ratings by visitors."""

from typing import Annotated

from msgspec import Meta, Struct

from chatserver.wire.fields import EventBase, Frame, Id, Ref
from chatserver.wire.people import Person

Stars = Annotated[int, Meta(ge=1, le=5)]
Tag = Annotated[str, Meta(min_length=1, max_length=20)]


class ConversationRate(Frame, tag="conversation.rate", frozen=True, omit_defaults=True):
    """Rate a consultant who answered, within 24 h after the end; a second rating replaces the first. Without a `part`
    it is for the one who answered last."""

    ref: Ref
    conversation: Id
    stars: Stars
    tags: Annotated[tuple[Tag, ...], Meta(max_length=3)] = ()
    comment: Annotated[str, Meta(max_length=500)] = ""
    part: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None


class Rateable(Struct, frozen=True, omit_defaults=True):
    """A consultant who answered and can be rated until `until` (ms), as `part`. `stars`: the rating given so far."""

    part: int
    person: Person
    until: int
    stars: int | None = None


class RatedEvent(EventBase, tag="rated", frozen=True, omit_defaults=True):
    """The visitor rated a consultant."""

    consultant: Person
    stars: int
    tags: tuple[str, ...]
    comment: str
    part: int | None = None
