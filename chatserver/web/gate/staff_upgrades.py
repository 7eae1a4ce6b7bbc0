"""Sockets of signed-in staff are counted by session, so that other traffic from the same address (such as a machine
that connects endlessly without a cookie) does not keep them from their work.

To count a socket, the session of its cookie is looked up first. These lookups are limited: a session that was valid
within the last hour is remembered, each known device has a limit of its own, and each network has one for everybody
else. A lookup grants nothing: the hello checks every time what a session may do.
"""

from starlette.requests import HTTPConnection
from starlette.types import Scope

from chatserver.domain.refusals import Refused
from chatserver.store import accounts
from chatserver.store.secrets import token_hash
from chatserver.web.context import Context
from chatserver.web.gate import sessions
from chatserver.web.gate.device_cookie import device_of
from chatserver.web.gate.rate_limits import RateLimits

LOOKS_AT_ONCE = 40
LOOKS_PER_S = 5.0

REMEMBERED = 5_000
REMEMBERED_MS = 3_600_000


class StaffUpgrades:
    """Finds the staff session of a socket's upgrade."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._looks = RateLimits(LOOKS_PER_S, LOOKS_AT_ONCE, context.now)
        self._good: dict[bytes, int] = {}

    async def session_of(self, scope: Scope, network: str) -> str | None:
        """A key for the valid session of the cookie; None when there is none, or when too many were looked up."""
        connection = HTTPConnection(scope)
        token = sessions.cookie(connection)
        if not token:
            return None
        hash = token_hash(token)
        if self._good.get(hash, 0) > self._context.now():
            return hash.hex()
        device = device_of(connection)
        if self._looks.take(network if device is None else device.id):
            return None
        return hash.hex() if await self._is_good(hash) else None

    async def _is_good(self, hash: bytes) -> bool:
        now = self._context.now()
        try:
            live = await self._context.database.read(lambda conn: accounts.live_sessions(conn, [hash], now))
        except Refused:
            return False
        if hash in live:
            if len(self._good) >= REMEMBERED:
                del self._good[next(iter(self._good))]
            self._good[hash] = now + REMEMBERED_MS
        return hash in live
