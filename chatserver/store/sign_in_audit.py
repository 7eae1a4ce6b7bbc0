"""Sign-ins, failures and sign-outs in the audit log. A flood of failures writes one row a minute for an account, and
one a minute for all logins that do not exist: each says how many failures there were since the one before. What was
typed as a login is not stored, because it may be a password."""

from sqlalchemy import func, select, update

from chatserver.domain.hospital import Consultant
from chatserver.store import accounts
from chatserver.store.accounts import Account
from chatserver.store.audit import Act, done_since, write
from chatserver.store.sign_ins import KEPT_MS, MINUTE, SignInPlace
from chatserver.store.tables import consultants, sign_in_failures
from chatserver.store.tx import Tx

UNKNOWN = "unknown"
"""Stands for every login that does not exist."""
FAILED = "sign_in.failed"


def signed_in(tx: Tx, who: Consultant, place: SignInPlace) -> None:
    """A sign-in with the right password, from that network."""
    write(tx, Act(who.role.value, "sign_in", "consultant", who.id, place.network))


def failed(tx: Tx, account: Account | None, login: str, place: SignInPlace) -> None:
    """A wrong password, a disabled account or an unknown login.

    Something is always written, even when this minute already has its row. Without a flush to the disk the answer would
    come sooner, and that would tell which logins do not exist: they share one row a minute.
    """
    newest = select(sign_in_failures.c.id).where(sign_in_failures.c.login == login)
    this_one = newest.order_by(sign_in_failures.c.at.desc()).limit(1).scalar_subquery()
    tx.conn.execute(
        update(sign_in_failures).where(sign_in_failures.c.id == this_one).values(stranger=sign_in_failures.c.stranger)
    )
    object_id = UNKNOWN if account is None else account.consultant.id
    last = done_since(tx.conn, tx.actor, (FAILED,), object_id, tx.now - KEPT_MS).last
    if last is not None and last > tx.now - MINUTE:
        return
    column = sign_in_failures.c.login
    theirs = column.not_in(select(consultants.c.login)) if account is None else column == login
    counted = select(func.count()).select_from(sign_in_failures).where(theirs, sign_in_failures.c.at > (last or 0))
    tries = {"failures": tx.conn.execute(counted).scalar_one()}
    write(tx, Act("", FAILED, "consultant", object_id, place.network, tries))


def signed_out(tx: Tx, token: str) -> None:
    """End the session, and record whose it was, if it had not ended yet."""
    session = accounts.session(tx.conn, token, tx.now)
    accounts.revoke(tx, token)
    if session is not None:
        who = session.consultant
        write(tx.by(who.id), Act(who.role.value, "sign_out", "consultant", who.id))
