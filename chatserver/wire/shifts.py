"""班次: shifts, and checking in for them."""

from msgspec import Struct

from chatserver.wire.fields import Frame, Ref


class ShiftShown(Struct, frozen=True, omit_defaults=True):
    """班次: a shift; all times in ms. `check_in_from`: when 签到 opens; `receives_from`: when new conversations
    arrive."""

    name: str
    starts_at: int
    ends_at: int
    check_in_from: int
    receives_from: int
    checked_in_at: int | None = None


class ShiftCheckIn(Frame, tag="shift.check_in", frozen=True, omit_defaults=True):
    """签到: check in for my shift, from five minutes before it begins. This also sets me to 在线."""

    ref: Ref
