"""What is PostgreSQL's own: how its sessions are set up, how a database is held, what its failures mean.

The driver is psycopg 3, the extra `postgres` of the package; SQLAlchemy imports it, nothing here does.
"""

from importlib.util import find_spec
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from chatserver.domain.refusals import ReadOnly, Refused, Unavailable

PATIENCE = 4.0
"""Seconds after which whoever asked is answered `unavailable`, whether or not the database ever says something."""

OPTIONS = {
    "lock_timeout": "2s",
    # The locks of a node that was stopped, or is cut off, end by the server's own doing.
    "statement_timeout": "5s",
    "idle_in_transaction_session_timeout": "5s",
    # Whatever the server's default: an answer to a client leaves after the flush.
    "synchronous_commit": "on",
    # A machine that is gone is noticed by the server too, and its locks end. Without a word on a unix socket.
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "timezone": "UTC",
}
KEEPALIVES = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""Seconds (the last: ms). A machine that has gone silent is noticed after some ten of them, not after two hours."""

CONNECT_S = 3

HELD = 0x68_63_68_61_74
"""The advisory lock of the one node ("hchat"); advisory locks are per database."""

DEADLOCK, SERIALIZATION = "40P01", "40001"
READ_ONLY = ("25006", "53100", "58030")
"""A standby or a read-only database; a full disk; a disk that fails."""

UNAVAILABLE = ("08", "53", "55P03", "57")
"""By beginning: lost or refused connection, too many of them, a lock not had in time, cancelled or shutting down."""

ENDED_IN_TRANSACTION = ("25P03", "25P04")
"""The server ended the session of a transaction that stood still, or lasted too long."""


class NoDriver(Exception):
    """psycopg is not installed."""


class PostgresDatabase:
    """One database of a server. `address` is a `postgresql://` URL with everything libpq understands."""

    patience: float | None = PATIENCE

    def __init__(self, address: str) -> None:
        if find_spec("psycopg") is None:
            raise NoDriver
        self._url = make_url(address).set(drivername="postgresql+psycopg")
        self.place = self._url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)
        self._holding: Connection | None = None

    def engine(self, connections: int, *, writes: bool) -> Engine:
        """A pool of so many sessions, each set up as above. Readers see one picture for a whole transaction."""
        engine = create_engine(
            self._url, connect_args=_arguments(), pool_size=connections, max_overflow=0, hide_parameters=True
        )
        if writes:
            # Rows are loaded under locks, so what was committed while a lock was waited for must be seen.
            return engine.execution_options(isolation_level="READ COMMITTED")
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def migration_engine(self) -> Engine:
        """For the revisions: one transaction for all of them, as long as it takes."""
        return create_engine(self._url, connect_args=_arguments(statement_timeout="0"), poolclass=NullPool)

    def hold(self) -> bool:
        """Take the database for this process alone, or see that it still is; whether that was possible.

        The lock is a session's: it ends with the process, and with the connection. Raises `DBAPIError`.
        """
        if self._holding is not None:
            try:
                self._holding.execute(text("SELECT 1"))
                return True
            except DBAPIError:
                self.let_go()
        engine = create_engine(self._url, connect_args=_arguments(), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        connection = engine.connect()
        if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": HELD}).scalar_one():
            connection.close()
            return False
        self._holding = connection
        return True

    def let_go(self) -> None:
        if self._holding is not None:
            self._holding.invalidate()
            self._holding.close()
            self._holding = None

    def may_run_again(self, failure: DBAPIError) -> bool:
        """Whether a transaction that failed so, before its commit, may simply be tried again."""
        return failure.connection_invalidated or _state(failure) in (DEADLOCK, SERIALIZATION)

    def refusal(self, failure: DBAPIError) -> Refused | None:
        """What a failure means for whoever asked; None for a fault of ours (a broken rule of the schema)."""
        state = _state(failure)
        if state in READ_ONLY:
            return ReadOnly()
        lost = isinstance(failure, OperationalError | InterfaceError) and not state
        passing = state in (DEADLOCK, SERIALIZATION, *ENDED_IN_TRANSACTION) or state.startswith(UNAVAILABLE)
        return Unavailable() if lost or passing or failure.connection_invalidated else None


def _state(failure: DBAPIError) -> str:
    """The SQLSTATE (PostgreSQL, appendix A); empty when the server said nothing any more."""
    return getattr(failure.orig, "sqlstate", None) or ""


def _arguments(**options: str) -> dict[str, Any]:
    settings = " ".join(f"-c {name}={value}" for name, value in (OPTIONS | options).items())
    return KEEPALIVES | {"connect_timeout": CONNECT_S, "application_name": "chatserver", "options": settings}
