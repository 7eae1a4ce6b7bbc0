"""Identity tokens that were used. Each is accepted once, at whichever node, also after a restart."""

import hashlib

from sqlalchemy import delete

from chatserver.store.tables import identity_tokens
from chatserver.store.tx import Tx
from chatserver.store.upserts import insert_or


def hash_of(site: str, id: str) -> bytes:
    """What is stored of a token: the hash of its `jti`, which two sites may choose alike."""
    return hashlib.sha256(f"{site}/{id}".encode("utf-8", "surrogatepass")).digest()


def use(tx: Tx, token: bytes, until: int) -> bool:
    """Use a token (its hash), which is too old from `until` (ms) on. Returns False if it was used before. Of two nodes
    at the same moment, one waits until the other has committed."""
    row = insert_or(tx.conn, identity_tokens).values(token_hash=token, ends_at=until)
    fresh = row.on_conflict_do_nothing(index_elements=["token_hash"]).returning(identity_tokens.c.ends_at)
    return tx.conn.scalar(fresh) is not None


def forget_old(tx: Tx) -> None:
    """Remove the tokens that are too old to be accepted again."""
    tx.conn.execute(delete(identity_tokens).where(identity_tokens.c.ends_at <= tx.now))
