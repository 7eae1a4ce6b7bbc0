"""The two kinds of session: a visitor's tab and a consultant's."""

from chatserver.domain.actors import Staff
from chatserver.domain.audience import Audience
from chatserver.domain.network import network_of
from chatserver.hub.allowances import Allowance
from chatserver.hub.options import HubOptions
from chatserver.hub.session import Outlet, Session
from chatserver.store.visitor_lookup import VisitorRow


class VisitorSession(Session):
    """A tab of a visitor. `ends_at` moves with what they do; the token's row follows now and then: it says at least
    `kept_until`.

    `ending`: the conversation that this tab has asked to end. `only_rates`: the visitor has ended it; the token with
    all it opened has ended, but this tab may rate until `ends_at`. `untold`: it came back for nothing else, and is told
    of nothing. `network` is what its address is counted as, `is_shared` whether that stands for many honest people.
    """

    def __init__(self, id: str, row: VisitorRow, options: HubOptions, outlet: Outlet, address: str = "") -> None:
        super().__init__(id, row.id, Audience.VISITOR, options, outlet)
        self.site = row.site
        self.network = network_of(address)
        self.is_shared = address in options.shared_networks
        self.ends_at = self.kept_until = row.ends_at
        self._life_ms = row.life_ms
        self.allowance = Allowance(options)
        self.ending: str | None = None
        self.only_rates = False
        self.untold = False

    def active(self, now: int) -> None:
        """He did something: the token lives on from now."""
        if not self.only_rates:
            self.lives_until(now + self._life_ms)

    @property
    def owes(self) -> int | None:
        """The end (ms) that is to be written with whatever is accepted next: by the store, less than half of the
        token's life would be left after it. Hardly ever, because it is written every quarter of a minute besides."""
        return self.ends_at if self.ends_at - self.kept_until > self._life_ms / 2 else None

    def rates_until(self, end: int) -> None:
        """From now on nothing but the rating, until then (ms)."""
        self.only_rates = True
        self.ends_at = end

    def lives_until(self, end: int) -> None:
        """The token lives at least until then (ms)."""
        self.ends_at = max(self.ends_at, end)


class StaffSession(Session):
    """A tab of a consultant or supervisor. `hash` is the sign-in session's, `ends_at` its end, `address` where it comes
    from."""

    def __init__(
        self,
        id: str,
        staff: Staff,
        hash: bytes,
        ends_at: int,
        options: HubOptions,
        outlet: Outlet,
        address: str = "",
    ) -> None:
        super().__init__(id, staff.person.id, Audience.STAFF, options, outlet)
        self.staff = staff
        self.hash = hash
        self.address = address
        self.ends_at = ends_at
        self.allowance = Allowance(options)
