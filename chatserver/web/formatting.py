"""Times, lengths and sizes as staff read them, in the hospital's zone: 11月21日 10:05. Stored times stay UTC."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from chatserver.web.i18n import Translator


def moment(at: int, now: int, zone: ZoneInfo, t: Translator) -> str:
    """`at` (ms) to the minute; with the year if it is not the present one."""
    then = datetime.fromtimestamp(at / 1000, zone)
    this_year = datetime.fromtimestamp(now / 1000, zone).year
    key = "page.moment" if then.year == this_year else "page.moment_with_year"
    month = t(f"page.month.{then.month}")
    return t(key, year=then.year, month=month, day=then.day, clock=clock(at, zone))


def clock(at: int, zone: ZoneInfo) -> str:
    """10:05"""
    return f"{datetime.fromtimestamp(at / 1000, zone):%H:%M}"


def length(ms: int) -> str:
    """How long: 4:07, or 1:02:03 from an hour on."""
    minutes, seconds = divmod(max(ms, 0) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def size(bytes: int) -> str:
    """1.2 MB, as the console writes it."""
    return f"{bytes / 1_000_000:.1f} MB" if bytes >= 1_000_000 else f"{max(1, round(bytes / 1000))} KB"


def day_start(day: date, zone: ZoneInfo) -> int:
    """The first ms of a day in the hospital's zone."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)


def day_end(day: date, zone: ZoneInfo) -> int:
    """The first ms after that day, which may have 23 or 25 hours."""
    return day_start(day + timedelta(days=1), zone)
