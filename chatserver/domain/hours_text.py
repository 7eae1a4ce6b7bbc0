"""Opening hours as people write them: "08:10-24:00", "22:00-06:00"."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import cast

from chatserver.domain.hours import DAY, Hours, Window
from chatserver.domain.sentence import Sentence, Told

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

EVERY_DAY, DATES, HOLIDAYS = "every_day", "dates", "holidays"


class BadHours(Told, ValueError):
    """The hours cannot be read; `sentence` says why, without a full stop."""


def spelled(hours: Hours) -> dict[str, object]:
    """The hours as people write them: by weekday, or `every_day` when all are the same."""
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
    """Reads what people wrote; a weekday that is not named is closed. Raises `BadHours` for the first fault."""
    for where, told in faults(written):
        raise BadHours(Sentence("{where}: {told}", where=where, told=told) if where else told)
    every = written.get(EVERY_DAY, [])
    dates = cast(Mapping[str, object], written.get(DATES, {}))
    week = tuple(_windows(written.get(name, every)) for name in WEEKDAYS)
    exceptions = {_date(day): _windows(windows) for day, windows in dates.items()}
    return Hours(week, exceptions, written.get(HOLIDAYS) is True)


def faults(written: Mapping[str, object]) -> Iterator[tuple[str, Sentence]]:
    """All faults: the field, and what is wrong with it."""
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
        # A window past midnight on Sunday reaches into Monday.
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


def _spelled(windows: Sequence[Window]) -> list[str]:
    ends = [each.end if each.end <= DAY else each.end - DAY for each in windows]
    return [f"{spelled_minute(each.start)}-{spelled_minute(end)}" for each, end in zip(windows, ends, strict=True)]


def _date(written: object) -> date:
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        raise BadHours("{written!r} is no date such as 2026-10-01", written=written) from None
