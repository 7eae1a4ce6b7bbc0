"""班次: shifts, and checking in for them."""

from msgspec import Struct

from chatserver.wire.fields import Frame, Ref


class ShiftShown(Struct, frozen=True, omit_defaults=True):
    """班次: one shift of somebody (ms). `check_in_from`: 签到 opens; `receives_from`: new conversations come."""

    name: str
    starts_at: int
    ends_at: int
    check_in_from: int
    receives_from: int
    checked_in_at: int | None = None


class ShiftCheckIn(Frame, tag="shift.check_in", frozen=True, omit_defaults=True):
    """签到: I am here for my shift; makes me 在线, too. From five minutes before it begins."""

    ref: Ref
