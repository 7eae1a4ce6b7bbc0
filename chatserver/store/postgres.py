"""The PostgreSQL side: how its sessions are set up, how a database is held, what its errors mean.

The driver is psycopg 3, the package's extra `postgres`. SQLAlchemy imports it; this module does not.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from chatserver.domain.refusals import ReadOnly, Refused, Unavailable
from chatserver.store.addresses import arguments, parsed, shown
from chatserver.store.cancellation import Cancellation

PATIENCE = 4.0
"""Seconds after which a caller gets `unavailable`, even if the database would answer later."""

OPTIONS = {
    "lock_timeout": "2s",
    # The server itself ends the locks of a node that was stopped or is cut off.
    "statement_timeout": "5s",
    "idle_in_transaction_session_timeout": "5s",
    # Set here in case the server's default differs: a client is answered after the flush.
    "synchronous_commit": "on",
    # With these the server, too, notices when a machine is gone, and releases its locks. Ignored on a Unix socket.
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
"""Parameters of libpq; times in seconds, the last one in ms. A silent machine is noticed after some ten seconds instead
of two hours."""

CONNECT_S = 3

UNHURRIED = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0"}
"""For commands that read everything and take as long as they need."""

HELD = 0x68_63_68_61_74
"""The advisory lock of the nodes ("hchat"), shared or exclusive; advisory locks are per database."""
TAKE = {True: "SELECT pg_try_advisory_lock_shared(:key)", False: "SELECT pg_try_advisory_lock(:key)"}
WHICH = "SELECT oid FROM pg_database WHERE datname = current_database()"

DEADLOCK, SERIALIZATION = "40P01", "40001"
READ_ONLY = ("25006", "53100", "58030")
"""A standby or read-only database, a full disk, a failing disk."""

UNAVAILABLE = ("08", "53", "55P03", "57")
"""Prefixes: connection lost or refused, too many connections, lock not obtained in time, cancelled or shutting down."""

ENDED_IN_TRANSACTION = ("25P03", "25P04")
"""The server ended the session because its transaction was idle or took too long."""


class NoDriver(Exception):
    """psycopg is not installed."""


class Replaced(Exception):
    """The name now belongs to another database: a backup was restored while this process was disconnected."""


class PostgresDatabase:
    """One database of a server, or of several servers that replicate it. `address`: a `postgresql://` URL
    (store/addresses.py)."""

    patience: float | None = PATIENCE

    def __init__(self, address: str) -> None:
        if find_spec("psycopg") is None:
            raise NoDriver
        self.url = parsed(address)
        self.place = shown(self.url)
        self._holding: Connection | None = None
        self._held: int | None = None

    @property
    def name(self) -> str:
        """The database's name on the server."""
        return str(arguments(self.url).get("dbname", ""))

    def beside(self, name: str, *, role: str = "") -> "PostgresDatabase":
        """Another database of the same server. With `role`, its connections act as that role."""
        other = self.url.set(database=name)
        if role:
            escaped = re.sub(r"([\\\s])", r"\\\1", role)
            options = f"{arguments(self.url).get('options', '')} -c role={escaped}".strip()
            other = other.update_query_dict({"options": options})
        return PostgresDatabase(other.render_as_string(hide_password=False))

    @property
    def address(self) -> str:
        """The address as given, password included: for connecting, never for a log."""
        return self.url.render_as_string(hide_password=False)

    def engine(self, connections: int, *, writes: bool, together: bool = True) -> Engine:
        """A pool of so many sessions, set up as above. Readers see one snapshot per transaction; if not `together`,
        they use no transactions and each statement sees its own snapshot.

        Connecting raises `Replaced` when another database was held before.
        """
        only_reads = {} if together else {"default_transaction_read_only": "on"}
        engine = create_engine(
            self.url,
            connect_args=_arguments(self.url, **only_reads),
            pool_size=connections,
            max_overflow=0,
            hide_parameters=True,
        )
        event.listen(engine, "connect", self._recognize)
        if writes:
            # Rows are loaded under locks, so what was committed while waiting for a lock must be visible.
            return engine.execution_options(isolation_level="READ COMMITTED")
        if not together:
            return engine.execution_options(isolation_level="AUTOCOMMIT")
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @contextmanager
    def cancellable(self, connection: Connection, cancellation: Cancellation, seconds: float) -> Iterator[None]:
        """Cancel the running query soon after the caller has given up. The server also gets the time limit, so it stops
        by itself."""
        driver: Any = connection.connection.driver_connection
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {max(1, round(seconds * 1000))}")
        try:
            with cancellation.calling(lambda: driver.cancel_safe(timeout=CONNECT_S)):
                yield
        finally:
            if cancellation.is_cancelled:
                # The cancellation may reach the server late, and would then cancel the next query.
                connection.invalidate()

    def unhurried_engine(self, **options: Any) -> Engine:
        """One session at a time, without time limits: for the command line, never for answering clients."""
        return create_engine(self.url, connect_args=_arguments(self.url, **UNHURRIED), poolclass=NullPool, **options)

    def migration_engine(self) -> Engine:
        """For migrations: one transaction for all revisions, without a time limit."""
        return self.unhurried_engine()

    def hold(self, *, shared: bool = False) -> bool:
        """Take the database for this process alone, or shared with others; or check that it is still held. Returns
        whether it is held.

        The lock belongs to a session: it ends with the process, and with the connection. Raises `DBAPIError` or
        `Replaced`.
        """
        if self._holding is not None:
            try:
                self._holding.execute(text("SELECT 1"))
                return True
            except DBAPIError:
                self.release()
        engine = create_engine(
            self.url, connect_args=_arguments(self.url), poolclass=NullPool, isolation_level="AUTOCOMMIT"
        )
        event.listen(engine, "connect", self._recognize)
        connection = engine.connect()
        if not connection.execute(text(TAKE[shared]), {"key": HELD}).scalar_one():
            connection.close()
            return False
        self._holding = connection
        self._held = connection.execute(text(WHICH)).scalar_one()
        return True

    def release(self) -> None:
        if self._holding is not None:
            self._holding.invalidate()
            self._holding.close()
            self._holding = None

    def _recognize(self, session: Any, _record: object) -> None:
        """Check the database's number (oid), because its name may have been given to another database."""
        if self._held is None:
            return
        try:
            with session.cursor() as cursor:
                [found] = cursor.execute(WHICH).fetchone()
            session.rollback()
            if found != self._held:
                raise Replaced
        except BaseException:
            # The pool does not know this session yet and would never close it.
            session.close()
            raise

    def may_run_again(self, failure: DBAPIError) -> bool:
        """Whether a transaction that failed like this, before its commit, can be run again."""
        return failure.connection_invalidated or _state(failure) in (DEADLOCK, SERIALIZATION)

    def refusal(self, failure: DBAPIError) -> Refused | None:
        """The refusal that this failure means for the caller; None for a bug of ours, such as a violated constraint."""
        state = _state(failure)
        if state in READ_ONLY:
            return ReadOnly()
        lost = isinstance(failure, OperationalError | InterfaceError) and not state
        passing = state in (DEADLOCK, SERIALIZATION, *ENDED_IN_TRANSACTION) or state.startswith(UNAVAILABLE)
        return Unavailable() if lost or passing or failure.connection_invalidated else None


def _state(failure: DBAPIError) -> str:
    """The SQLSTATE (PostgreSQL, appendix A); empty when the server sent none."""
    return getattr(failure.orig, "sqlstate", None) or ""


def _arguments(url: URL, **options: str) -> dict[str, Any]:
    settings = " ".join(f"-c {name}={value}" for name, value in (OPTIONS | options).items())
    own = f"{arguments(url).get('options', '')} {settings}".strip()
    return KEEPALIVES | {"connect_timeout": CONNECT_S, "application_name": "chatserver", "options": own}
