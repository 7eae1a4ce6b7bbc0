"""Transactions of two nodes that write into the audit log at once, on PostgreSQL: none waits for another one that waits
for it. A deadlock would not show in an answer, because the transaction is run again; so the runs are counted."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from chatserver.demo.seed import seed
from chatserver.domain.hospital import Consultant
from chatserver.domain.versioned_settings import SignInPolicy
from chatserver.store import account_audit, accounts, audit, audit_chain, consultants, locks, sign_in_audit, sign_ins
from chatserver.store.accounts import Changed
from chatserver.store.database import Database
from chatserver.store.sign_ins import SignInPlace
from chatserver.store.tx import Tx
from chatserver.web import transcripts
from chatserver.web.gate import sign_in_locks
from chatserver.web.gate.sign_ins import _begin
from tests.e2e.patience import allowed
from tests.transactions import AUDIT_KEY, tx_at, written

from .application import EMBEDDER, NOON
from .stories import Story

PLACE = SignInPlace(b"a network")
CONTEXT: Any = SimpleNamespace(options=SimpleNamespace(staff_session_ms=60_000))
ROUNDS = 8


@dataclass
class Hospital:
    """One database that two nodes have open. `li` is a consultant, `chen` leads the group."""

    nodes: tuple[Database, Database]
    li: Consultant
    chen: Consultant
    conversation: str = ""
    runs: list[str] = field(default_factory=list)

    def runs_on(self, node: int, path: str, work: Callable[[Tx], object] | None = None) -> None:
        """One transaction of that node. Each of its runs is counted."""

        def counted(tx: Tx) -> None:
            self.runs.append(path)
            # A busy machine is not a failure.
            for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
                tx.conn.exec_driver_sql(f"SET LOCAL {name} = '120s'")
            (work or partial(PATHS[path], self))(tx)

        self.nodes[node].write_now(counted, lambda: NOON, self.li.id)


def sign_in(here: Hospital, tx: Tx) -> None:
    _begin(tx, CONTEXT, "limin", here.li, None, PLACE)


def fail(here: Hospital, tx: Tx) -> None:
    sign_ins.note_try(tx, "limin", PLACE, SignInPolicy())
    account = accounts.by_login(tx.conn, "limin")
    sign_in_audit.failed(tx, account, "limin", PLACE)


def sign_out(here: Hospital, tx: Tx) -> None:
    sign_in_audit.signed_out(tx, accounts.start_session(tx, here.li.id, 60_000))


def end_lock(here: Hospital, tx: Tx) -> None:
    sign_in_locks._end(tx, here.chen, "limin")


def change(here: Hospital, tx: Tx) -> None:
    account_audit.changed(tx, here.li, Changed(number=f"9{threading.get_ident() % 90 + 10}"))


def disable(here: Hospital, tx: Tx) -> None:
    account_audit.done(tx, here.li.id, "disable", accounts.disable)


def reset(here: Hospital, tx: Tx) -> None:
    account_audit.reset(tx, here.li.id, "hashed")


def read(here: Hospital, tx: Tx) -> None:
    audit.write(tx, audit.Act("supervisor", transcripts.READ, "conversation", here.conversation))


def reveal(here: Hospital, tx: Tx) -> None:
    consultants.load(tx.conn, [here.li.id], lock=True)
    audit.write(tx, audit.Act("consultant", "offline.reveal", "offline_message", "one"))


def assign(here: Hospital, tx: Tx) -> None:
    """It writes no row, and locks what the others lock."""
    locks.lock_group_of(tx.conn, here.conversation)
    people = consultants.load(tx.conn, [here.li.id, here.chen.id], lock=True)
    consultants.save(tx, people[here.li.id])


PATHS: dict[str, Callable[[Hospital, Tx], None]] = {
    each.__name__: each for each in (sign_in, fail, sign_out, end_lock, change, disable, reset, read, reveal, assign)
}


@pytest.fixture
def hospital(postgres_database: str) -> Iterator[Hospital]:
    with closing(Database(postgres_database, AUDIT_KEY)) as one, closing(Database(postgres_database, AUDIT_KEY)) as two:
        written(one, lambda conn: seed(tx_at(conn, NOON), (EMBEDDER,), 5))
        people = {each.login: each.consultant for each in one.read_now(accounts.everybody)}
        here = Hospital((one, two), people["limin"], people["chenjing"])

        def tell(conn: object) -> None:
            story = Story(conn, NOON)  # type: ignore[arg-type]  # a Connection
            here.conversation = story.asks("您好").id

        written(one, tell)
        yield here


def breaks(here: Hospital) -> list[str]:
    return here.nodes[0].read_now(lambda conn: list(audit_chain.findings(conn, AUDIT_KEY)))


@pytest.mark.usefixtures("head_is_last")
@pytest.mark.parametrize("path", PATHS)
def test_the_head_is_the_last_lock_of_each_transaction(hospital: Hospital, path: str) -> None:
    hospital.runs_on(0, path)


def test_an_account_is_changed_while_somebody_signs_in_to_it_without_a_deadlock(hospital: Hospital) -> None:
    """A changed staff number locks the account's row so that no session of it can be added."""
    has_row, waits = threading.Event(), threading.Event()

    def changes(tx: Tx) -> None:
        accounts.change(tx, hospital.li.id, Changed(number="977"))
        has_row.set()
        assert waits.wait(allowed(20))
        audit.write(tx, audit.Act("", "account.change", "consultant", hospital.li.id))

    def waiting() -> bool:
        held = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return bool(hospital.nodes[0].read_now(lambda conn: conn.exec_driver_sql(held).scalar_one()))

    with ThreadPoolExecutor(2) as both:
        changing = both.submit(hospital.runs_on, 0, "change", changes)
        assert has_row.wait(allowed(20))
        signing_in = both.submit(hospital.runs_on, 1, "sign_in")
        while not waiting():
            assert not signing_in.done()
        waits.set()
        changing.result()
        signing_in.result()
    assert sorted(hospital.runs) == ["change", "sign_in"]
    assert breaks(hospital) == []


def test_everything_that_is_recorded_is_recorded_by_two_nodes_at_once_without_a_deadlock(hospital: Hospital) -> None:
    def works(node: int, shift: int) -> None:
        paths = list(PATHS)
        for path in (paths[shift:] + paths[:shift]) * ROUNDS:
            hospital.runs_on(node, path)

    with ThreadPoolExecutor(2) as both:
        for each in [both.submit(works, node, 3 * node) for node in range(2)]:
            each.result()
    assert len(hospital.runs) == 2 * ROUNDS * len(PATHS), "none had to be run again"
    assert breaks(hospital) == []
