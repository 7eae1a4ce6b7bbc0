"""The keys with which the hospital's own websites sign identity tokens.

A key is derived from the audit log's key, which is a file outside the database, and from the id of its row. So a copy
of the database signs nothing. A site has at most two keys at a time: the present one, and after a change the one before
it, until it ends.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from chatserver.store.audit import Act, write
from chatserver.store.ids import new_id
from chatserver.store.tables import identity_keys
from chatserver.store.tx import Tx

PURPOSE = b"identity tokens"
"""Makes another key of the audit log's key, so that neither use tells anything about the other."""

CHANGE_MS = 24 * 3_600_000
"""How long the key before the present one is still accepted, so that the website has time to change."""


@dataclass(frozen=True, slots=True)
class IdentityKey:
    """A key without its secret. `ends_at` (ms): from then on it is not accepted; None: it is the present one."""

    site: str
    made_at: int
    ends_at: int | None


def accepted(conn: Connection, audit_key: bytes, site: str, now: int) -> list[str]:
    """The keys of a site that are accepted now, as the website's program holds them."""
    ids = conn.scalars(select(identity_keys.c.id).where(identity_keys.c.site == site, _is_accepted(now)))
    return [_secret(audit_key, site, id) for id in ids]


def known(conn: Connection, now: int) -> list[IdentityKey]:
    """All keys that are accepted now, by site, the present one first."""
    columns = identity_keys.c
    newest = select(columns.site, columns.made_at, columns.ends_at).where(_is_accepted(now))
    return [IdentityKey(*row) for row in conn.execute(newest.order_by(columns.site, columns.made_at.desc()))]


def has_key(conn: Connection, site: str) -> bool:
    """Whether the site has a present key."""
    present = select(func.count()).where(identity_keys.c.site == site, identity_keys.c.ends_at.is_(None))
    return bool(conn.scalar(present))


def make(tx: Tx, site: str) -> str:
    """A new key for the site. Only here is it shown. An earlier key is accepted for a while (`CHANGE_MS`), and one that
    was about to end ends now."""
    own = identity_keys.c.site == site
    changed = has_key(tx.conn, site)
    tx.conn.execute(delete(identity_keys).where(own, identity_keys.c.ends_at.is_not(None)))
    tx.conn.execute(update(identity_keys).where(own).values(ends_at=tx.now + CHANGE_MS))
    id = new_id()
    tx.conn.execute(insert(identity_keys).values(id=id, site=site, made_at=tx.now, ends_at=None))
    write(tx, Act("", "identity_key.rotate" if changed else "identity_key.new", "site", site))
    return _secret(tx.audit_key, site, id)


def remove(tx: Tx, site: str) -> bool:
    """Remove all keys of the site: none is accepted any more. Returns whether there was one."""
    removed = tx.conn.execute(delete(identity_keys).where(identity_keys.c.site == site)).rowcount
    if removed:
        write(tx, Act("", "identity_key.remove", "site", site, details={"keys": removed}))
    return removed > 0


def _is_accepted(now: int) -> ColumnElement[bool]:
    return or_(identity_keys.c.ends_at.is_(None), identity_keys.c.ends_at > now)


def _secret(audit_key: bytes, site: str, id: str) -> str:
    key = hmac.digest(audit_key, PURPOSE, "sha256")
    return urlsafe_b64encode(hmac.digest(key, f"{site}/{id}".encode(), "sha256")).decode().rstrip("=")
