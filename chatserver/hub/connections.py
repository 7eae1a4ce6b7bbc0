"""The two kinds of session: a visitor's tab and a consultant's."""

from collections.abc import Callable

from chatserver.domain.actors import Staff
from chatserver.domain.audience import Audience
from chatserver.domain.network import network_of
from chatserver.hub.allowances import Allowance
from chatserver.hub.options import HubOptions
from chatserver.hub.session import Outlet, Session
from chatserver.store.visitor_lookup import VisitorRow


class VisitorSession(Session):
    """A tab of a visitor. `ends_at` moves with the visitor's activity. The token's row is updated less often; the end
    that it holds is `kept_until` or later.

    `ending`: the conversation that this tab has asked to end. `only_rates`: the visitor has ended it; the token has
    ended too, but this tab may rate until `ends_at`. `untold`: the tab came back only to rate, and is sent nothing
    about the conversation. `network` is the network that its address counts as; `is_shared`: many honest people are
    behind that address.
    """

    def __init__(
        self,
        id: str,
        row: VisitorRow,
        options: HubOptions,
        outlet: Outlet,
        steady: Callable[[], float],
        address: str = "",
    ) -> None:
        super().__init__(id, row.id, Audience.VISITOR, options, outlet, steady)
        self.site = row.site
        self.network = network_of(address)
        self.is_shared = address in options.shared_networks
        self.ends_at = self.kept_until = row.ends_at
        self._life_ms = row.life_ms
        self.allowance = Allowance(options, steady)
        self.ending: str | None = None
        self.only_rates = False
        self.untold = False

    def active(self, now: int) -> None:
        """The visitor did something: the token's lifetime begins again."""
        if not self.only_rates:
            self.lives_until(now + self._life_ms)

    @property
    def owes(self) -> int | None:
        """The end of the token (ms) that must be written with the next accepted command, because the stored one would
        leave it less than half of its lifetime. Rarely needed, because the end is also written every 15 seconds."""
        return self.ends_at if self.ends_at - self.kept_until > self._life_ms / 2 else None

    def rates_until(self, end: int) -> None:
        """From now on this tab may only rate, and only until `end` (ms)."""
        self.only_rates = True
        self.ends_at = end

    def lives_until(self, end: int) -> None:
        """The token lives at least until `end` (ms)."""
        self.ends_at = max(self.ends_at, end)


class StaffSession(Session):
    """A tab of a consultant or supervisor. `hash` names the sign-in session, `ends_at` is its end, `address` the
    address from which it connected."""

    def __init__(
        self,
        id: str,
        staff: Staff,
        hash: bytes,
        ends_at: int,
        options: HubOptions,
        outlet: Outlet,
        steady: Callable[[], float],
        address: str = "",
    ) -> None:
        super().__init__(id, staff.person.id, Audience.STAFF, options, outlet, steady)
        self.staff = staff
        self.hash = hash
        self.address = address
        self.ends_at = ends_at
        self.allowance = Allowance(options, steady)
