"""Accounts and staff sessions. Passwords arrive here hashed; stored tokens are never returned.

Each change that removes a right ends the affected sessions in the same transaction.
"""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, true, update

from chatserver.domain.hospital import Availability, Consultant, Role, Title
from chatserver.domain.names import wrong_with
from chatserver.domain.sentence import Sentence, Told
from chatserver.domain.text import shows
from chatserver.store import secrets, sign_ins
from chatserver.store.consultants import from_row
from chatserver.store.ids import new_id, new_token
from chatserver.store.meta import bump_people_version
from chatserver.store.session_ends import SessionEnd
from chatserver.store.tables import consultant_groups, consultants, groups, staff_sessions
from chatserver.store.tx import Tx

HASHES_AT_ONCE = 500
"""Hashes per `IN (…)`; SQLite allows some 32,000 parameters."""
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Account:
    """An account that can sign in: login, password hash (argon2id), and the consultant it belongs to."""

    login: str
    password: str
    consultant: Consultant


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What is needed to add an account. `password` is the hash."""

    login: str
    password: str
    name: str
    number: str
    role: Role
    groups: tuple[str, ...]
    capacity: int
    title: Title = Title.CONSULTANT


@dataclass(frozen=True, slots=True)
class Changed:
    """The new values; None keeps the present one."""

    name: str | None = None
    number: str | None = None
    title: Title | None = None
    role: Role | None = None


class CannotAdd(Told):
    """The account cannot be added or changed like this; the text is one sentence saying why."""


@dataclass(frozen=True, slots=True)
class SignInSession:
    """A live session: its token hash (the key to look it up again), its consultant, and when it ends at the latest
    (ms)."""

    hash: bytes
    consultant: Consultant
    ends_at: int


def add(tx: Tx, account: NewAccount) -> str:
    """Add an account and return its id. Raises `CannotAdd` for a login or number in use, or an unknown group."""
    _check_new(tx.conn, account)
    id = new_id()
    tx.conn.execute(
        insert(consultants).values(
            id=id,
            login=account.login,
            password=account.password,
            name=account.name,
            number=account.number,
            title=account.title.value,
            role=account.role.value,
            capacity=account.capacity,
            availability=Availability.OFFLINE.value,
            availability_since=tx.now,
            misses=0,
            last_given_at=0,
            disabled=False,
        )
    )
    for position, group in enumerate(account.groups):
        tx.conn.execute(insert(consultant_groups).values(consultant_id=id, group_id=group, position=position))
    bump_people_version(tx)
    return id


def by_login(conn: Connection, login: str) -> Account | None:
    """The account with that login, even if disabled."""
    row = conn.execute(select(consultants).where(consultants.c.login == login)).one_or_none()
    return None if row is None else Account(row.login, row.password, _consultant(conn, row))


def everybody(conn: Connection) -> list[Account]:
    """All accounts, by staff number."""
    rows = conn.execute(select(consultants).order_by(consultants.c.number)).all()
    return [Account(row.login, row.password, _consultant(conn, row)) for row in rows]


def set_password(tx: Tx, consultant: str, password: str) -> None:
    """Set a new password (hashed). Ends every session; failed sign-ins under the old one are forgotten."""
    login = _change(tx, consultant, password=password)
    sign_ins.end_locks(tx, login)
    revoke_all(tx, consultant, "password")


def change(tx: Tx, consultant: str, to: Changed) -> None:
    """Change name, number, title or role. A new role ends every session, because what a session may show depends on the
    role.

    Raises `CannotAdd` for a number in use or an unreadable name.
    """
    if to.number is not None:
        _check_number(tx.conn, to.number, consultant)
    for text in (to.name, to.number):
        if text is not None:
            _check_readable(text)
    before = tx.conn.execute(select(consultants.c.role).where(consultants.c.id == consultant)).scalar_one()
    values = {"name": to.name, "number": to.number, "title": to.title, "role": to.role}
    changed = {column: value for column, value in values.items() if value is not None}
    if to.role in (None, before):
        _change(tx, consultant, **changed)
        return
    _change(tx, consultant, **changed, availability=Availability.OFFLINE.value, availability_since=tx.now)
    revoke_all(tx, consultant, "changed")


def disable(tx: Tx, consultant: str) -> None:
    """Forbid signing in and end every session. What the consultant wrote stays theirs."""
    _change(tx, consultant, disabled=True, availability=Availability.OFFLINE.value, availability_since=tx.now)
    revoke_all(tx, consultant, "disabled")


def enable(tx: Tx, consultant: str) -> None:
    """Undo `disable`; the consultant has to sign in again."""
    _change(tx, consultant, disabled=False)


def start_session(tx: Tx, consultant: str, life_ms: int) -> str:
    """Start a session and return its token, for the cookie. Only its hash is stored."""
    token = new_token()
    tx.conn.execute(
        insert(staff_sessions).values(
            token_hash=secrets.token_hash(token),
            consultant_id=consultant,
            started_at=tx.now,
            ends_at=tx.now + life_ms,
            revoked_at=None,
        )
    )
    return token


def session(conn: Connection, token: str, now: int) -> SignInSession | None:
    """The session of that token. None for a revoked, expired, disabled or invented one, which are not told apart."""
    wanted = secrets.token_hash(token)
    query = select(staff_sessions.c.token_hash, staff_sessions.c.ends_at, consultants).join(consultants)
    row = conn.execute(query.where(staff_sessions.c.token_hash == wanted, *_live(now))).one_or_none()
    if row is None or not secrets.same(row.token_hash, wanted):
        return None
    return SignInSession(row.token_hash, _consultant(conn, row), row.ends_at)


def live_sessions(conn: Connection, hashes: list[bytes], now: int) -> set[bytes]:
    """Those of `hashes` that are still valid."""
    live: set[bytes] = set()
    for start in range(0, len(hashes), HASHES_AT_ONCE):
        part = hashes[start : start + HASHES_AT_ONCE]
        query = select(staff_sessions.c.token_hash).join(consultants)
        live |= set(conn.scalars(query.where(staff_sessions.c.token_hash.in_(part), *_live(now))))
    return live


def revoke(tx: Tx, token: str) -> None:
    """End this one session (sign-out)."""
    _revoke(tx, staff_sessions.c.token_hash == secrets.token_hash(token), "signed_out")


def revoke_all(tx: Tx, consultant: str, why: SessionEnd) -> None:
    """End every session of one consultant."""
    _revoke(tx, staff_sessions.c.consultant_id == consultant, why)


def revoke_everybody(tx: Tx) -> None:
    """End all sessions, after the database was restored from a backup."""
    _revoke(tx, true(), "restored")


def _live(now: int) -> tuple[Any, ...]:
    return (
        staff_sessions.c.revoked_at.is_(None),
        staff_sessions.c.ends_at > now,
        consultants.c.disabled.is_(False),
    )


def _revoke(tx: Tx, which: Any, why: SessionEnd) -> None:
    good = update(staff_sessions).where(which, staff_sessions.c.revoked_at.is_(None))
    tx.conn.execute(good.values(revoked_at=tx.now, revoked_why=why))


def _change(tx: Tx, consultant: str, **values: Any) -> str:
    """Change a consultant's row and return their login."""
    newer = consultants.c.version + 1
    changed = update(consultants).where(consultants.c.id == consultant).values(version=newer, **values)
    login: str = tx.conn.execute(changed.returning(consultants.c.login)).scalar_one()
    bump_people_version(tx)
    return login


def _consultant(conn: Connection, row: Any) -> Consultant:
    member = select(consultant_groups.c.group_id).where(consultant_groups.c.consultant_id == row.id)
    return from_row(row, tuple(conn.scalars(member.order_by(consultant_groups.c.position))))


def _check_new(conn: Connection, account: NewAccount) -> None:
    if by_login(conn, account.login) is not None:
        raise CannotAdd("The login {login} is in use already.", login=account.login)
    _check_number(conn, account.number)
    there = set(conn.scalars(select(groups.c.id)))
    for group in account.groups:
        if group not in there:
            raise CannotAdd(
                "There is no group {group}; there are: {known}.",
                group=group,
                known=", ".join(sorted(there)) or Sentence("none"),
            )
    _check_readable(account.name)
    _check_readable(account.number)


def _check_number(conn: Connection, number: str, but: str = "") -> None:
    """`but`: the consultant who may have this number."""
    others = select(consultants.c.name).where(consultants.c.number == number, consultants.c.id != but)
    taken = conn.execute(others).scalar()
    if taken is not None:
        raise CannotAdd("The staff number {number} is {taken}'s already.", number=number, taken=taken)


def _check_readable(text: str) -> None:
    """Visitors see this text, so it must be neither empty nor visually deceptive."""
    wrong = wrong_with(text)
    if wrong == "mixed":
        raise CannotAdd("A word of a name does not mix Latin letters with Cyrillic or Greek ones, which look alike.")
    if not shows(text) or wrong is not None or len(text) > LONGEST_NAME:
        raise CannotAdd(
            "A name and a staff number are 1 to {longest_name} printable characters.", longest_name=LONGEST_NAME
        )


def checked_login(login: str) -> str:
    """`login`, if it is well-formed. Raises `CannotAdd`."""
    if not LOGIN.fullmatch(login):
        raise CannotAdd("A login is 2 to 40 of: small letters, digits, dot, hyphen, underscore.")
    return login
