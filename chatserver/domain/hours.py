"""Opening hours: windows by weekday, exceptions by date, and public holidays if wanted.

Pure: the moment, the time zone and the calendar are passed in. Moments are ms since 1970; windows are local clock
times. When summer time ends, one hour occurs twice; a window that contains it is open both times. When summer time
begins, some local times do not occur; they count as the moment of the jump.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTE = 60_000

DAY = 24 * 60
"""Minutes of a day, as local clocks show it."""

WEEKS_AHEAD = 8
"""How far ahead the next opening or closing is searched. This is longer than any holiday. If nothing is found, no time
is shown."""

HORIZON_MS = WEEKS_AHEAD * 7 * DAY * MINUTE


class Day(StrEnum):
    """What the calendar says about a date. `WORKDAY`: a Saturday or Sunday that is worked in place of another day
    (调休)."""

    ORDINARY = "ordinary"
    HOLIDAY = "holiday"
    WORKDAY = "workday"


Calendar = Callable[[date], Day]


def no_holidays(_day: date) -> Day:
    """A calendar without public holidays."""
    return Day.ORDINARY


class Window(NamedTuple):
    """Open from `start` to `end`, in minutes after the midnight at which its day begins. An end past 24:00 is in the
    next day."""

    start: int
    end: int


class Span(NamedTuple):
    """From when to when it is open (ms); the end is not part of it."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hours:
    """`week`: the windows of each weekday, Monday first. `exceptions` replace everything else on their dates; an
    exception without windows means closed. With `holidays`, public holidays are closed, and a weekend day that is
    worked in place of another has the hours of a Monday, because the calendar does not say which day it replaces. On a
    date that is an exception or a holiday, a window of the day before ends at midnight."""

    week: tuple[tuple[Window, ...], ...]
    exceptions: Mapping[date, tuple[Window, ...]] = field(default_factory=dict)
    holidays: bool = False

    def windows(self, day: date, calendar: Calendar) -> tuple[Window, ...]:
        """The windows that begin on this day."""
        if day in self.exceptions:
            return self.exceptions[day]
        kind = calendar(day) if self.holidays else Day.ORDINARY
        if kind is Day.HOLIDAY:
            return ()
        return self.week[0 if kind is Day.WORKDAY else day.weekday()]

    def stands_alone(self, day: date, calendar: Calendar) -> bool:
        """Whether a window of the day before ends at the midnight at which this day begins."""
        return day in self.exceptions or (self.holidays and calendar(day) is Day.HOLIDAY)


USUAL = Hours(((Window(8 * 60 + 10, DAY),),) * 7)
"""8:10 to 24:00 every day, public holidays ignored."""

ALWAYS = Hours(((Window(0, DAY),),) * 7)


class Stand(NamedTuple):
    """Open or closed at one moment. `changes_at`: when that changes; None: not within the next weeks."""

    open: bool
    changes_at: int | None


@dataclass(frozen=True, slots=True)
class CombinedHours:
    """Several opening hours at once: it is open only while all of them are, such as the site's and the group's."""

    hours: tuple[Hours, ...]
    zone: ZoneInfo
    calendar: Calendar = no_holidays

    def stand(self, now: int) -> Stand:
        """Open or not, and until when."""
        for span in self._spans(now):
            if span.end <= now:
                continue
            if span.start > now:
                return Stand(False, _within(span.start, now))
            return Stand(True, _within(span.end, now))
        return Stand(False, None)

    def is_open(self, now: int) -> bool:
        return self.stand(now).open

    def closes_at(self, now: int) -> int | None:
        """When it closes; None: it is closed already, or stays open for weeks."""
        stand = self.stand(now)
        return stand.changes_at if stand.open else None

    def opens_at(self, now: int) -> int | None:
        """The first moment from now on at which it is open; None: not within the next weeks."""
        stand = self.stand(now)
        return now if stand.open else stand.changes_at

    def closing(self, now: int, soon_ms: int) -> bool:
        """Whether it closes so soon that new visitors are offered a 留言 first."""
        closes_at = self.closes_at(now)
        return closes_at is not None and closes_at - now <= soon_ms

    def due_at(self, now: int, within_ms: int) -> int | None:
        """When a 留言 left now is due: after `within_ms`, if it is still open then; otherwise `within_ms` after the
        next opening. None: it does not open within the next weeks."""
        stand = self.stand(now)
        if stand.open and (stand.changes_at is None or now + within_ms <= stand.changes_at):
            return now + within_ms
        opens_at = self.opens_at(stand.changes_at) if stand.open and stand.changes_at is not None else stand.changes_at
        return None if opens_at is None else opens_at + within_ms

    def spans(self, now: int) -> Iterator[Span]:
        """When it is open from now on, in order; only what begins within the next weeks."""
        for span in self._spans(now):
            if span.start - now > HORIZON_MS:
                return
            if span.end > now:
                yield span

    def _spans(self, now: int) -> Iterator[Span]:
        # Begin two days back. A window reaches to the end of the next day at most; the second day is a margin for time
        # zones that change their clocks around midnight.
        first = datetime.fromtimestamp(now / 1000, self.zone).date() - timedelta(days=2)
        each = [_joined(self._days(hours, first)) for hours in self.hours]
        spans = each[0]
        for other in each[1:]:
            spans = _common(spans, other)
        return spans

    def _days(self, hours: Hours, first: date) -> Iterator[Span]:
        for number in range(WEEKS_AHEAD * 7 + 4):
            day = first + timedelta(days=number)
            alone = hours.stands_alone(day + timedelta(days=1), self.calendar)
            for window in sorted(hours.windows(day, self.calendar)):
                start, end = moment(day, window.start, self.zone), moment(day, window.end, self.zone, last=True)
                if alone:
                    end = min(end, moment(day, DAY, self.zone, last=True))
                if start < end:
                    yield Span(start, end)


@lru_cache(maxsize=4_096)
def moment(day: date, minute: int, zone: ZoneInfo, *, last: bool = False) -> int:
    """The moment (ms) at which local clocks show this minute of the day. `last`: the later one when there are two."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001 the zone is put on below
    first, second = (_utc(wall.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    if second < first:
        return _jump(second, first, zone)
    return second if last else first


def _jump(before: int, after: int, zone: ZoneInfo) -> int:
    """The minute between two moments at which the clocks were put forward."""
    target = _offset(after, zone)
    low, high = before // MINUTE, after // MINUTE
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _offset(middle * MINUTE, zone) == target else (middle + 1, high)
    return low * MINUTE


def _offset(at: int, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(at / 1000, zone).utcoffset()


def _utc(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp()) * 1000


def _within(at: int, now: int) -> int | None:
    return at if at - now <= HORIZON_MS else None


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Merges spans that touch or overlap. They must be sorted by their start."""
    held: Span | None = None
    for span in spans:
        if held is not None and span.start <= held.end:
            held = Span(held.start, max(held.end, span.end))
            continue
        if held is not None:
            yield held
        held = span
    if held is not None:
        yield held


def _common(one: Iterator[Span], other: Iterator[Span]) -> Iterator[Span]:
    """The times at which both are open."""
    a, b = next(one, None), next(other, None)
    while a is not None and b is not None:
        start, end = max(a.start, b.start), min(a.end, b.end)
        if start < end:
            yield Span(start, end)
        if a.end <= b.end:
            a = next(one, None)
        else:
            b = next(other, None)
