"""A member of staff: who they are, and whether they receive conversations."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chatserver.wire.fields import Frame, Ref
from chatserver.wire.shifts import ShiftShown

AvailabilityChosen = Literal["online", "busy", "break", "offline"]


class AvailabilitySet(Frame, tag="availability.set", frozen=True, omit_defaults=True):
    """在线 / 忙碌 / 小休 / 离线, with an optional reason."""

    ref: Ref
    availability: AvailabilityChosen
    reason: Annotated[str, Meta(max_length=100)] = ""


class Me(Struct, frozen=True, omit_defaults=True):
    """My account and my state. `availability` may be `paused`, which the system sets after missed rings. `reason`: the
    reason given for it; `shift`: my current shift, or the next one today."""

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
    """My state, after any change to it."""

    me: Me
