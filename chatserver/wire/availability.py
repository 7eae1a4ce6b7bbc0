"""A member of staff: who they are, and whether they receive conversations."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chatserver.wire.fields import Frame, Ref
from chatserver.wire.shifts import ShiftShown

AvailabilityChosen = Literal["online", "busy", "break", "offline"]


class AvailabilitySet(Frame, tag="availability.set", frozen=True, omit_defaults=True):
    """在线 / 忙碌 / 小休 / 离线, with a reason if wanted."""

    ref: Ref
    availability: AvailabilityChosen
    reason: Annotated[str, Meta(max_length=100)] = ""


class Me(Struct, frozen=True, omit_defaults=True):
    """Who I am and how I stand. `availability` may be `paused`: the system did that after missed rings. `reason`: what
    was said about it; `shift`: mine that runs or comes next today."""

    id: str
    name: str
    number: str
    title: str
    role: str
    groups: tuple[str, ...]
    capacity: int
    load: int
    availability: str
    availability_since: int
    misses: int = 0
    reason: str = ""
    shift: ShiftShown | None = None


class MeChanged(Frame, tag="me", frozen=True, omit_defaults=True):
    """How I stand, after any change to it."""

    me: Me
