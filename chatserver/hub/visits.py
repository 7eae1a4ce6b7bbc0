"""The two kinds of session: a visitor's tab and a consultant's."""

from chatserver.domain.audience import Audience
from chatserver.domain.commands import Staff
from chatserver.hub.options import HubOptions
from chatserver.hub.session import Bucket, Outlet, Session
from chatserver.store.hellos import VisitorRow

FIVE_MINUTES = 300


class Allowance:
    """What one visitor may send, over all his tabs and whether or not he reconnects."""

    def __init__(self, options: HubOptions) -> None:
        self.messages = Bucket(options.messages_per_second, options.messages_burst)
        self.messages_long = Bucket(options.messages_per_five_minutes / FIVE_MINUTES, options.messages_per_five_minutes)
        self.opens = Bucket(options.opens_per_hour / 3_600, options.opens_per_hour)
        self.offline = Bucket(options.offline_per_hour / 3_600, options.offline_per_hour)

    @property
    def untouched(self) -> bool:
        """Nothing of it is used up: it may be forgotten."""
        return all(bucket.full for bucket in (self.messages, self.messages_long, self.opens, self.offline))


class VisitorSession(Session):
    """A tab of a visitor. `ends_at` moves with what he does; the token's row follows now and then."""

    def __init__(self, id: str, row: VisitorRow, options: HubOptions, outlet: Outlet) -> None:
        super().__init__(id, row.id, Audience.VISITOR, options, outlet)
        self.site = row.site
        self.ends_at = row.ends_at
        self._life_ms = row.life_ms
        self.allowance = Allowance(options)

    def active(self, now: int) -> None:
        """He did something: the token lives on from now."""
        self.lives_until(now + self._life_ms)

    def lives_until(self, end: int) -> None:
        """The token lives at least until then (ms)."""
        self.ends_at = max(self.ends_at, end)


class StaffSession(Session):
    """A tab of a consultant or supervisor. `hash` is the sign-in session's, `ends_at` its end."""

    def __init__(self, id: str, staff: Staff, hash: bytes, ends_at: int, options: HubOptions, outlet: Outlet) -> None:
        super().__init__(id, staff.person.id, Audience.STAFF, options, outlet)
        self.staff = staff
        self.hash = hash
        self.ends_at = ends_at
        self.messages = Bucket(options.staff_messages_per_second, options.staff_messages_burst)
