"""图片和文件 rows: which files the conversations have. The bytes are in the folder of `store/file_folder.py`."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, inspect, select

from chatserver.domain.files import File, FileType
from chatserver.store.file_copies import Named
from chatserver.store.sealed_text import seal, unseal
from chatserver.store.tables import files
from chatserver.store.tx import Tx

AT_ONCE = 500
"""Ids per query."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file whose bytes are in the folder, with what they must be."""

    id: str
    conversation: str
    type: FileType
    name: str
    size: int
    sha256: bytes


def add(tx: Tx, conversation: str, entry: str, file: File, sha256: bytes) -> None:
    """Add the row of a file, in the transaction of its entry."""
    row = {
        "id": file.id,
        "conversation": conversation,
        "entry": entry,
        "type": file.type.value,
        "bytes": file.bytes,
        "width": file.width,
        "height": file.height,
        "name": seal(file.name, conversation, file.id),
        "sha256": sha256,
        "at": tx.now,
    }
    tx.conn.execute(insert(files).values(row))


def held(conn: Connection, conversation: str) -> tuple[int, int]:
    """How many files the conversation has, and how many bytes they have together."""
    summed = select(func.count(), func.coalesce(func.sum(files.c.bytes), 0))
    count, total = conn.execute(summed.where(files.c.conversation == conversation)).one()
    return int(count), int(total)


def load(conn: Connection, id: str) -> StoredFile | None:
    """The file with this id."""
    row = conn.execute(select(files).where(files.c.id == id)).one_or_none()
    if row is None:
        return None
    name = unseal(row.name, row.conversation, row.id)
    return StoredFile(row.id, row.conversation, FileType(row.type), name, row.bytes, row.sha256)


def known(conn: Connection, ids: Iterable[str]) -> set[str]:
    """Those of these files that have a row."""
    wanted, found = sorted(set(ids)), set[str]()
    for at in range(0, len(wanted), AT_ONCE):
        found |= set(conn.scalars(select(files.c.id).where(files.c.id.in_(wanted[at : at + AT_ONCE]))))
    return found


def named(conn: Connection) -> list[Named]:
    """Every file that the database names; none in a database of an earlier version, which has no such table."""
    if not inspect(conn).has_table(files.name):
        return []
    rows = conn.execute(select(files.c.id, files.c.bytes, files.c.sha256).order_by(files.c.id))
    return [Named(row.id, row.bytes, row.sha256) for row in rows]
