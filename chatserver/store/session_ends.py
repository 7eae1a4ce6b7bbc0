"""Why a staff session has ended, so that the sign-in page can say it. Makes no decisions."""

from typing import Any, Literal, get_args

from sqlalchemy import Connection, select

from chatserver.store import meta, secrets
from chatserver.store.tables import consultants, staff_sessions

SessionEnd = Literal["expired", "signed_out", "disabled", "password", "changed", "restored", "ended"]
"""`changed`: the account's role has changed; `ended`: the reason is unknown."""

SESSION_ENDS: frozenset[str] = frozenset(get_args(SessionEnd))


def why_ended(conn: Connection, hashes: list[bytes], now: int) -> dict[bytes, SessionEnd]:
    """The reason by session hash; live sessions are not in it. A session that the database does not know counts as
    `restored` if a backup was ever restored, else as `ended`."""
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
    """The same for a cookie's token; None while it is valid."""
    return why_ended(conn, [wanted := secrets.token_hash(token)], now).get(wanted)


def _why(row: Any, now: int) -> SessionEnd | None:
    if row.disabled:
        return "disabled"
    if row.revoked_at is not None:
        # 0.1.0 ended sessions without a reason.
        return row.revoked_why if row.revoked_why in SESSION_ENDS else "ended"
    return "expired" if row.ends_at <= now else None
