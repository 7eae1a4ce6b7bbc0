"""Failed sign-ins and their consequences. Handles no passwords.

Each known place of an account (a device used for it, a network from which it was used recently) has a count of its own:
5 failures within 15 minutes lock the account for that place for 15 minutes, unless the hospital's `SignInPolicy` says
otherwise. Everybody else is a stranger to the account. A stranger's network is locked for the account in the same way.
Otherwise strangers only wait, first 1 s, then twice as long each time, at most 60 s. So nobody can lock an account from
a place where it is not used.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, and_, case, delete, func, insert, select

from chatserver.domain.hospital import AT_CONSOLE, Person, Title
from chatserver.domain.versioned_settings import SignInPolicy
from chatserver.store.ids import new_id
from chatserver.store.tables import consultant_groups, consultants, sign_in_failures, sign_in_networks
from chatserver.store.tx import Tx
from chatserver.store.upserts import insert_or

SECOND, MINUTE, DAY = 1_000, 60_000, 86_400_000

WAIT_WINDOW_MS = 15 * MINUTE
"""Strangers wait because of the failures within this period."""

STRANGERS_FREE = 2
"""How many failures of strangers cause no wait, because people at a new desk mistype their password, too."""
NETWORK_FREE = 50
"""How many failures from one network, for any logins, cause no wait, because hundreds of desks can share an address."""
FIRST_WAIT_MS, LONGEST_WAIT_MS = SECOND, 60 * SECOND

KEPT_MS = 60 * MINUTE
"""How long failures are stored: no rule looks further back than twice the longest lock."""
NETWORK_KNOWN_MS = 30 * DAY

Kind = Literal["locked", "delayed"]


@dataclass(frozen=True, slots=True)
class SignInPlace:
    """Where a sign-in comes from: the keyed hashes of the network, and of the device if the account knows it."""

    network: bytes
    device: bytes | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`known`: the attempt comes from a device or network of the account. `until`: when (ms) the next attempt is
    checked; None: now."""

    known: bool
    until: int | None = None
    kind: Kind = "delayed"


@dataclass(frozen=True, slots=True)
class Lock:
    """An account that cannot be signed in to now, from one of its own places or from elsewhere."""

    login: str
    person: Person
    until: int


def verdict(conn: Connection, login: str, place: SignInPlace, now: int, policy: SignInPolicy) -> Verdict:
    """The verdict on an attempt from there. It is the same for a login that does not exist."""
    known = place.device is not None or _is_known(conn, login, place.network, now)
    locked = _locked_until(conn, login, place, now, policy)
    if locked is not None:
        return Verdict(known, locked, "locked")
    if place.device is not None:
        return Verdict(known)
    waits = [_wait_until(conn, NETWORK_FREE, sign_in_failures.c.address_hash == place.network, _no_device(), now=now)]
    if not known:
        strangers = (sign_in_failures.c.login == login, sign_in_failures.c.stranger)
        waits.append(_wait_until(conn, STRANGERS_FREE, *strangers, now=now))
    until = max(waits)
    return Verdict(known, until if until > now else None)


def note_try(tx: Tx, login: str, place: SignInPlace, policy: SignInPolicy) -> Verdict:
    """The verdict. A permitted attempt is stored as failed until it succeeds, so that concurrent attempts all
    count."""
    found = verdict(tx.conn, login, place, tx.now, policy)
    if found.until is None:
        tx.conn.execute(delete(sign_in_failures).where(sign_in_failures.c.at < tx.now - KEPT_MS))
        tx.conn.execute(
            insert(sign_in_failures).values(
                id=new_id(),
                login=login,
                address_hash=place.network,
                device_hash=place.device,
                stranger=not found.known,
                at=tx.now,
            )
        )
    return found


def succeeded(tx: Tx, login: str, place: SignInPlace) -> None:
    """A correct password from there: reset the count and remember the network."""
    tx.conn.execute(delete(sign_in_failures).where(sign_in_failures.c.login == login, _from(place)))
    row = insert_or(tx.conn, sign_in_networks).values(login=login, address_hash=place.network, last_at=tx.now)
    tx.conn.execute(row.on_conflict_do_update(index_elements=["login", "address_hash"], set_={"last_at": tx.now}))
    tx.conn.execute(delete(sign_in_networks).where(sign_in_networks.c.last_at < tx.now - NETWORK_KNOWN_MS))


def end_locks(tx: Tx, login: str) -> None:
    """End all locks and waits of this account."""
    tx.conn.execute(delete(sign_in_failures).where(sign_in_failures.c.login == login))


def forget_old(tx: Tx) -> None:
    """Remove failures and networks that no rule looks back to."""
    tx.conn.execute(delete(sign_in_failures).where(sign_in_failures.c.at < tx.now - KEPT_MS))
    tx.conn.execute(delete(sign_in_networks).where(sign_in_networks.c.last_at < tx.now - NETWORK_KNOWN_MS))


def locks(conn: Connection, groups: Iterable[str] | None, now: int, policy: SignInPolicy) -> list[Lock]:
    """The accounts that are locked or must wait now, by login. `groups`: only accounts of these groups that use the
    console; None: all accounts.

    It is one query, limited to failures of these accounts, because strangers can name as many logins as they like.
    """
    window_ms = policy.lock_minutes * MINUTE
    looked_at_ms = max(2 * window_ms, WAIT_WINDOW_MS)
    newest_first = (sign_in_failures.c.at.desc(), sign_in_failures.c.id)
    network = case((_no_device(), sign_in_failures.c.address_hash))
    one_place = (sign_in_failures.c.login, sign_in_failures.c.device_hash, network)
    tried = (
        select(
            sign_in_failures.c.login,
            sign_in_failures.c.at,
            sign_in_failures.c.stranger,
            func.row_number().over(partition_by=one_place, order_by=newest_first).label("number"),
            func.lead(sign_in_failures.c.at, policy.lock_after - 1)
            .over(partition_by=one_place, order_by=newest_first)
            .label("first"),
        )
        .where(sign_in_failures.c.login.in_(_within(groups)), sign_in_failures.c.at > now - looked_at_ms)
        .subquery()
    )
    is_lock = and_(tried.c.number == 1, tried.c.at - tried.c.first < window_ms)
    by_stranger = case((and_(tried.c.stranger, tried.c.at > now - WAIT_WINDOW_MS), tried.c.at))
    counted = (
        select(
            tried.c.login,
            func.max(case((is_lock, tried.c.at))).label("locked_at"),
            func.count(by_stranger).label("strangers"),
            func.max(by_stranger).label("last"),
        )
        .group_by(tried.c.login)
        .subquery()
    )
    rows = select(consultants, counted).join(counted, consultants.c.login == counted.c.login)
    found = []
    for row in conn.execute(rows.order_by(consultants.c.login)):
        locked_until = 0 if row.locked_at is None else row.locked_at + window_ms
        until = max(locked_until, _end_of_wait(row.strangers, row.last, STRANGERS_FREE))
        if until > now:
            found.append(Lock(row.login, Person(row.id, row.name, row.number, Title(row.title)), until))
    return found


def _within(groups: Iterable[str] | None) -> Any:
    """The logins of these accounts."""
    logins = select(consultants.c.login)
    if groups is None:
        return logins
    members = select(consultant_groups.c.consultant_id).where(consultant_groups.c.group_id.in_(tuple(groups)))
    return logins.where(consultants.c.id.in_(members), consultants.c.role.in_(AT_CONSOLE))


def _is_known(conn: Connection, login: str, network: bytes, now: int) -> bool:
    seen = select(sign_in_networks.c.last_at).where(
        sign_in_networks.c.login == login,
        sign_in_networks.c.address_hash == network,
        sign_in_networks.c.last_at >= now - NETWORK_KNOWN_MS,
    )
    return conn.execute(seen).scalar() is not None


def _locked_until(conn: Connection, login: str, place: SignInPlace, now: int, policy: SignInPolicy) -> int | None:
    """When (ms) the lock for that place ends; None without a lock. The policy's number of failures within its window
    makes a lock, which lasts one window from the newest failure."""
    window_ms = policy.lock_minutes * MINUTE
    newest = (
        select(sign_in_failures.c.at)
        .where(sign_in_failures.c.login == login, _from(place), sign_in_failures.c.at > now - 2 * window_ms)
        .order_by(sign_in_failures.c.at.desc())
        .limit(policy.lock_after)
    )
    at = list(conn.scalars(newest))
    if len(at) < policy.lock_after or at[0] - at[-1] >= window_ms or at[0] + window_ms <= now:
        return None
    return int(at[0]) + window_ms


def _wait_until(conn: Connection, free: int, *which: Any, now: int) -> int:
    """When the next of these attempts is allowed; 0: at once."""
    counted = select(func.count(), func.max(sign_in_failures.c.at))
    failures, last = conn.execute(counted.where(*which, sign_in_failures.c.at > now - WAIT_WINDOW_MS)).one()
    return _end_of_wait(failures, last, free)


def _end_of_wait(failures: int, last: int | None, free: int) -> int:
    beyond = failures - free
    if beyond <= 0 or last is None:
        return 0
    return last + min(FIRST_WAIT_MS << min(beyond - 1, 10), LONGEST_WAIT_MS)


def _from(place: SignInPlace) -> Any:
    """The failures that count for that place: those of its known device, or else those of its network that came without
    a known device."""
    if place.device is not None:
        return sign_in_failures.c.device_hash == place.device
    return and_(sign_in_failures.c.address_hash == place.network, _no_device())


def _no_device() -> Any:
    return sign_in_failures.c.device_hash.is_(None)
