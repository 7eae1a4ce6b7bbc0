"""Why a session of staff has ended, for whoever held it: the sign-in page says so. Decides nothing."""

from typing import Any, Literal, get_args

from sqlalchemy import Connection, select

from chatserver.store import meta, secrets
from chatserver.store.tables import consultants, staff_sessions

SessionEnd = Literal["expired", "signed_out", "disabled", "password", "changed", "restored", "ended"]
"""`changed`: the account's role is another one; `ended`: nobody knows any more."""

SESSION_ENDS: frozenset[str] = frozenset(get_args(SessionEnd))


def why_ended(conn: Connection, hashes: list[bytes], now: int) -> dict[bytes, SessionEnd]:
    """By the hash of the session; a live one is not in it. One that is not there was begun in data that are gone."""
    unknown: SessionEnd = "ended" if meta.get(conn, meta.RESTORED_AT) is None else "restored"
    found = dict.fromkeys(hashes, unknown)
    query = select(staff_sessions, consultants.c.disabled).join(consultants)
    for row in conn.execute(query.where(staff_sessions.c.token_hash.in_(hashes))):
        why = _why(row, now)
        if why is None:
            del found[row.token_hash]
        else:
            found[row.token_hash] = why
    return found


def why_token_ended(conn: Connection, token: str, now: int) -> SessionEnd | None:
    """The same of a cookie's token; None while it is good."""
    return why_ended(conn, [wanted := secrets.token_hash(token)], now).get(wanted)


def _why(row: Any, now: int) -> SessionEnd | None:
    if row.disabled:
        return "disabled"
    if row.revoked_at is not None:
        # A session that 0.1.0 ended has no reason.
        return row.revoked_why if row.revoked_why in SESSION_ENDS else "ended"
    return "expired" if row.ends_at <= now else None
