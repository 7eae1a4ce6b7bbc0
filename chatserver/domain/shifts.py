"""班次: when somebody is on the roster, whether they have checked in (签到), and when they receive new conversations.

A shift has an effect only from the opening of its 签到 to its end. Outside it, the roster restricts nobody: people who
are not on it, or who work longer voluntarily, get conversations as if there were no roster.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chatserver.domain.refusals import NotFound, NotOpen
from chatserver.domain.rules import Rules


@dataclass(frozen=True, slots=True)
class Shift:
    """`name`: 早班, 中班, 晚班 or another. Times are in ms; the end is not part of the shift."""

    consultant: str
    name: str
    starts_at: int
    ends_at: int


@dataclass(frozen=True, slots=True)
class OnShift:
    """A shift with its times (ms). `check_in_from`: when 签到 opens; `receives_from`: when new conversations arrive."""

    shift: Shift
    check_in_from: int
    receives_from: int
    checked_in_at: int | None = None

    def runs(self, now: int) -> bool:
        """Whether it is between the opening of its 签到 and its end."""
        return self.check_in_from <= now < self.shift.ends_at

    def receives(self, now: int) -> bool:
        return self.checked_in_at is not None and now >= self.receives_from


class Duties:
    """One consultant's shifts, and the times (ms) of their check-ins."""

    def __init__(self, shifts: Iterable[Shift], check_ins: Iterable[int], rules: Rules) -> None:
        self._check_ins = sorted(check_ins)
        self._rules = rules
        self._on: list[OnShift] = []
        begins, ends_at = 0, None
        for shift in sorted(shifts, key=lambda each: (each.starts_at, each.ends_at)):
            # When a shift follows another one without a pause, it has no quiet start of its own, because the consultant
            # is at work already.
            if ends_at is None or shift.starts_at > ends_at:
                begins = shift.starts_at
            ends_at = max(shift.ends_at, ends_at or 0)
            self._on.append(self._on_shift(shift, begins))

    def receiving(self, now: int) -> bool:
        """Whether the roster lets the consultant receive new conversations now."""
        running = [each for each in self._on if each.runs(now)]
        return not running or any(each.receives(now) for each in running)

    def shown(self, now: int, day_ends_at: int) -> OnShift | None:
        """The current shift, or the next one that starts before the day ends."""
        coming = [each for each in self._on if now < each.shift.ends_at and each.check_in_from < day_ends_at]
        running = [each for each in coming if each.shift.starts_at <= now]
        return next(iter(running or coming), None)

    def to_check_in(self, now: int) -> OnShift:
        """The shift that a 签到 at this moment is for. Raises `NotOpen` before it opens, `NotFound` without any."""
        running = [each for each in self._on if each.runs(now)]
        if running:
            return running[-1]
        coming = next((each for each in self._on if each.check_in_from > now), None)
        if coming is None:
            raise NotFound()
        raise NotOpen(opens_at=coming.check_in_from)

    def may_check_in(self, now: int) -> bool:
        """Whether a 签到 now would be the first for its shift."""
        return any(each.runs(now) and each.checked_in_at is None for each in self._on)

    def _on_shift(self, shift: Shift, begins: int) -> OnShift:
        opens = begins - self._rules.check_in_early_ms
        checked_in_at = next((at for at in self._check_ins if opens <= at < shift.ends_at), None)
        early = shift.starts_at - self._rules.check_in_early_ms
        return OnShift(shift, early, begins + self._rules.shift_quiet_ms, checked_in_at)


def on_duty(shifts: Sequence[Shift], at: int) -> set[str]:
    """The consultants who have a shift at that moment."""
    return {each.consultant for each in shifts if each.starts_at <= at < each.ends_at}
