"""China's public holidays, and the weekend days that are worked in exchange, from the library `holidays`.

The State Council announces them up to the end of this year or the next. For later years only the festivals themselves
are known. A hospital corrects the calendar by exceptions in its own hours.
"""

from datetime import date, timedelta
from functools import cache

from chatserver.domain.hours import Calendar, Day

SATURDAY = 5


def chinese() -> Calendar:
    """The calendar; dates that were asked for are remembered."""
    # Imported only here, because loading all holidays takes time, and a hospital without holidays in its hours does not
    # need it.
    from holidays import country_holidays

    announced = country_holidays("CN")

    @cache
    def of(day: date) -> Day:
        # Asking loads the year, and with it which of its weekend days are worked.
        off = day in announced
        if day in announced.weekend_workdays:
            return Day.WORKDAY
        return Day.HOLIDAY if off or _joins_a_holiday(day) else Day.ORDINARY

    def _joins_a_holiday(day: date) -> bool:
        """A weekend within a holiday, or right beside it, is announced as a part of it; the library leaves it out."""
        return day.weekday() >= SATURDAY and any(_meets_a_holiday(day, timedelta(days=step)) for step in (-1, 1))

    def _meets_a_holiday(day: date, step: timedelta) -> bool:
        day += step
        while day not in announced and day.weekday() >= SATURDAY and day not in announced.weekend_workdays:
            day += step
        return day in announced

    return of


def when_asked() -> Calendar:
    """The same calendar, but loaded only when it is first needed."""
    loaded = cache(chinese)
    return lambda day: loaded()(day)
