"""Opening hours: windows by weekday, exceptions by date, holidays if wanted; when it opens, when it closes.

Pure: the moment, the time zone and the calendar are handed in. Moments are ms since 1970, windows are what a clock on
the wall shows. An hour that comes twice when summer time ends is inside a window from its first to its last minute; one
that is left out is the moment of the jump.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from chatserver.domain.sentence import Sentence, Told

MINUTE = 60_000

DAY = 24 * 60
"""Minutes of a day on the wall."""

WEEKS_AHEAD = 8
"""How far is looked for the next opening or closing: longer than any holiday; beyond that nobody is told a time."""

HORIZON_MS = WEEKS_AHEAD * 7 * DAY * MINUTE


class Day(StrEnum):
    """What the calendar makes of a date. `WORKDAY`: a Saturday or Sunday worked in place of another day (调休)."""

    ORDINARY = "ordinary"
    HOLIDAY = "holiday"
    WORKDAY = "workday"


Calendar = Callable[[date], Day]


def no_holidays(_day: date) -> Day:
    """The calendar of who has none."""
    return Day.ORDINARY


class Window(NamedTuple):
    """From when to when, in minutes from the midnight its day begins with. An end past 24:00 is in the next day."""

    start: int
    end: int


class Span(NamedTuple):
    """A time of openness, ms; the end is not in it any more."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hours:
    """`week`: the windows of each weekday, Monday first. `exceptions` beat all else; none of windows: closed that day.

    With `holidays` it is closed on public holidays, and on a weekend day that is worked in place of another it is open
    as on a Monday: the calendar does not say which day that was. A date that is an exception or a holiday has nothing
    of the night before: what began there ends at midnight.
    """

    week: tuple[tuple[Window, ...], ...]
    exceptions: Mapping[date, tuple[Window, ...]] = field(default_factory=dict)
    holidays: bool = False

    def windows(self, day: date, calendar: Calendar) -> tuple[Window, ...]:
        """What begins on this day."""
        if day in self.exceptions:
            return self.exceptions[day]
        kind = calendar(day) if self.holidays else Day.ORDINARY
        if kind is Day.HOLIDAY:
            return ()
        return self.week[0 if kind is Day.WORKDAY else day.weekday()]

    def stands_alone(self, day: date, calendar: Calendar) -> bool:
        """Whether nothing of the night before reaches into it."""
        return day in self.exceptions or (self.holidays and calendar(day) is Day.HOLIDAY)


USUAL = Hours(((Window(8 * 60 + 10, DAY),),) * 7)
"""DOMAIN: 8:10 to 24:00 every day, holidays off."""

ALWAYS = Hours(((Window(0, DAY),),) * 7)


class Stand(NamedTuple):
    """How it stands at a moment. `changes_at`: when it closes, or opens again; None: not within the next weeks."""

    open: bool
    changes_at: int | None


@dataclass(frozen=True, slots=True)
class Doors:
    """Several hours that must all be open: a site's and a group's."""

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
        """Open, but so near to its end that newcomers are offered a 留言 first."""
        closes_at = self.closes_at(now)
        return closes_at is not None and closes_at - now <= soon_ms

    def due_at(self, now: int, within_ms: int) -> int | None:
        """When a 留言 left now is due: soon, if it is still open then; else so long after the next opening.

        None: it does not open within the next weeks.
        """
        stand = self.stand(now)
        if stand.open and (stand.changes_at is None or now + within_ms <= stand.changes_at):
            return now + within_ms
        opens_at = self.opens_at(stand.changes_at) if stand.open and stand.changes_at is not None else stand.changes_at
        return None if opens_at is None else opens_at + within_ms

    def _spans(self, now: int) -> Iterator[Span]:
        # A window reaches to the end of the next day at most; one day more, and no zone's midnight matters.
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
    """When the clocks on the wall show it, that many minutes into the day. `last`: of two such moments the later."""
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
    """Those that touch or overlap, as one; they come in the order of their starts."""
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
    """Where both are open."""
    a, b = next(one, None), next(other, None)
    while a is not None and b is not None:
        start, end = max(a.start, b.start), min(a.end, b.end)
        if start < end:
            yield Span(start, end)
        if a.end <= b.end:
            a = next(one, None)
        else:
            b = next(other, None)


# As it is written: "08:10-24:00", "22:00-06:00".

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EVERY_DAY, DATES, HOLIDAYS = "every_day", "dates", "holidays"


class BadHours(Told, ValueError):
    """It cannot be read; `sentence` says what is wrong, without a full stop."""


def spelled(hours: Hours) -> dict[str, object]:
    """As people write it: by weekday, or `every_day` when all are the same."""
    written: dict[str, object] = {}
    if len(set(hours.week)) == 1:
        written[EVERY_DAY] = _spelled(hours.week[0])
    else:
        written |= {name: _spelled(windows) for name, windows in zip(WEEKDAYS, hours.week, strict=True) if windows}
    if hours.holidays:
        written[HOLIDAYS] = True
    if hours.exceptions:
        written[DATES] = {day.isoformat(): _spelled(hours.exceptions[day]) for day in sorted(hours.exceptions)}
    return written


def read(written: Mapping[str, object]) -> Hours:
    """The hours that are written so; a weekday that is not named is closed. Raises `BadHours` for the first fault."""
    for where, told in faults(written):
        raise BadHours(Sentence("{where}: {told}", where=where, told=told) if where else told)
    every = written.get(EVERY_DAY, [])
    dates = cast(Mapping[str, object], written.get(DATES, {}))
    week = tuple(_windows(written.get(name, every)) for name in WEEKDAYS)
    exceptions = {_date(day): _windows(windows) for day, windows in dates.items()}
    return Hours(week, exceptions, written.get(HOLIDAYS) is True)


def faults(written: Mapping[str, object]) -> Iterator[tuple[str, Sentence]]:
    """Everything that is wrong with it: in which of its fields, and what."""
    known = (*WEEKDAYS, EVERY_DAY, DATES, HOLIDAYS)
    yield from (
        ("", Sentence("{name!r} is none of every_day, monday to sunday, holidays, dates", name=name))
        for name in written
        if name not in known
    )
    if not isinstance(written.get(HOLIDAYS, False), bool):
        yield "", Sentence("holidays must be true or false")
    wrong = [*_faults_of_days(written), *_faults_of_dates(written.get(DATES, {}))]
    yield from wrong
    if not wrong:
        every = written.get(EVERY_DAY, [])
        # What reaches past Sunday's midnight is in Monday.
        yield from _faults_between(tuple(_windows(written.get(name, every)) for name in WEEKDAYS))


def _faults_of_days(written: Mapping[str, object]) -> Iterator[tuple[str, Sentence]]:
    for name in (*WEEKDAYS, EVERY_DAY):
        if name in written:
            try:
                _windows(written[name])
            except BadHours as why:
                yield name, why.sentence


def _faults_of_dates(dates: object) -> Iterator[tuple[str, Sentence]]:
    if not isinstance(dates, Mapping):
        yield "", Sentence("dates must be a table of dates")
        return
    for day, windows in dates.items():
        for read_part, part, where in ((_date, day, DATES), (_windows, windows, f"{DATES}.{day}")):
            try:
                read_part(part)
            except BadHours as why:
                yield where, why.sentence


def minute(written: str) -> int:
    """`08:10` as minutes; `24:00` is the end of the day. Raises `BadHours`."""
    hour, colon, rest = written.partition(":")
    if not (colon and len(hour) == len(rest) == 2 and (hour + rest).isascii() and (hour + rest).isdigit()):
        raise BadHours("{written!r} is no time such as 08:10", written=written)
    found = int(hour) * 60 + int(rest)
    if int(rest) > 59 or found > DAY:
        raise BadHours("{written!r} is no time of the day", written=written)
    return found


def spelled_minute(found: int) -> str:
    return f"{found // 60:02}:{found % 60:02}"


def window(written: object) -> Window:
    """`08:10-24:00`; one that ends before it starts ends on the next day. Raises `BadHours`."""
    if not isinstance(written, str) or written.count("-") != 1:
        raise BadHours("{written!r} is no window such as 08:10-24:00", written=written)
    start, end = (minute(part.strip()) for part in written.split("-"))
    if start in (DAY, end):
        raise BadHours("{written!r} has no length; 00:00-24:00 is a whole day", written=written)
    return Window(start, end if end > start else end + DAY)


def _windows(written: object) -> tuple[Window, ...]:
    if not isinstance(written, Sequence) or isinstance(written, str):
        raise BadHours("{written!r} is no list of windows such as 08:10-24:00", written=written)
    found = tuple(sorted(window(each) for each in written))
    for one, other in pairwise(found):
        if other.start < one.end:
            first, second = _spelled((one, other))
            raise BadHours("{first} and {second} overlap", first=first, second=second)
    return found


def _faults_between(week: tuple[tuple[Window, ...], ...]) -> Iterator[tuple[str, Sentence]]:
    for number, windows in enumerate(week):
        following = week[(number + 1) % 7]
        if windows and following and windows[-1].end - DAY > following[0].start:
            [first], [second] = _spelled(windows[-1:]), _spelled(following[:1])
            day = WEEKDAYS[number]
            yield (
                "",
                Sentence("{day}'s {first} and the next day's {second} overlap", day=day, first=first, second=second),
            )


def _spelled(windows: Sequence[Window]) -> list[str]:
    ends = [each.end if each.end <= DAY else each.end - DAY for each in windows]
    return [f"{spelled_minute(each.start)}-{spelled_minute(end)}" for each, end in zip(windows, ends, strict=True)]


def _date(written: object) -> date:
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        raise BadHours("{written!r} is no date such as 2026-10-01", written=written) from None
