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
    """A tab of a visitor. `ends_at` moves with what he does; the token's row follows now and then.

    `ending`: the conversation that this tab has asked to end. `only_rates`: the visitor has ended it; the token with
    all it opened has ended, but this tab may rate until `ends_at`. `untold`: it came back for nothing else, and is told
    of nothing.
    """

    def __init__(self, id: str, row: VisitorRow, options: HubOptions, outlet: Outlet) -> None:
        super().__init__(id, row.id, Audience.VISITOR, options, outlet)
        self.site = row.site
        self.ends_at = row.ends_at
        self._life_ms = row.life_ms
        self.allowance = Allowance(options)
        self.ending: str | None = None
        self.only_rates = False
        self.untold = False

    def active(self, now: int) -> None:
        """He did something: the token lives on from now."""
        if not self.only_rates:
            self.lives_until(now + self._life_ms)

    def rates_until(self, end: int) -> None:
        """From now on nothing but the rating, until then (ms)."""
        self.only_rates = True
        self.ends_at = end

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
