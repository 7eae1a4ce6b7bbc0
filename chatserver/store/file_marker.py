"""Proves that a folder holds the files of this database: the same random id is in both.

Without it, a node with a folder of its own would show nobody the files that came through another node; and a folder of
another database would lose its files, because none of them has a row here.
"""

import os
import secrets
from contextlib import suppress
from typing import Literal

from sqlalchemy import Connection, select

from chatserver.store.file_folder import FileFolder
from chatserver.store.sqlite_files import sync
from chatserver.store.tables import meta
from chatserver.store.tx import Tx
from chatserver.store.upserts import insert_or

NAME = ".database"
KEY = "files_id"

Proof = Literal["proven", "foreign", "missing", "unknown"]
"""`foreign`: the folder is another database's. `missing`: the folder has no id, although the database has one.
`unknown`: only the folder has one; another node may be about to write it into the database."""


def id_of(conn: Connection) -> str | None:
    """The id in the database; None before its first server."""
    return conn.execute(select(meta.c.value).where(meta.c.key == KEY)).scalar_one_or_none()


def id_in(folder: FileFolder) -> str | None:
    """The id in the folder."""
    with suppress(FileNotFoundError):
        return (folder.path / NAME).read_text("ascii").strip()
    return None


def proof(conn: Connection, folder: FileFolder) -> Proof | None:
    """What the two ids say; None when there is none yet."""
    own, there = id_of(conn), id_in(folder)
    if own is None:
        return None if there is None else "unknown"
    if there is None:
        return "missing"
    return "proven" if own == there else "foreign"


def mark(folder: FileFolder, id: str) -> None:
    """Write the id into the folder, complete or not at all; an id that is there stays."""
    part = folder.path / f"{secrets.token_urlsafe(18)}.part"
    try:
        part.write_text(f"{id}\n", "ascii")
        sync(part)
        with suppress(FileExistsError):
            os.link(part, folder.path / NAME)
        sync(folder.path)
    finally:
        part.unlink(missing_ok=True)


def keep_id(tx: Tx, id: str) -> None:
    """Write the id into the database; an id that is there stays."""
    tx.conn.execute(insert_or(tx.conn, meta).values(key=KEY, value=id).on_conflict_do_nothing())


def new_id() -> str:
    return secrets.token_urlsafe(18)
