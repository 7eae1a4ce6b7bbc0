"""The key that signs the audit log. It is a file outside the database, so that somebody who can change the database
cannot sign what they changed. The first program that finds no file creates it, readable only by its owner."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from chatserver.store.sqlite_files import Unusable, explained, part_of, sync

BYTES = 32
FOREIGN = 0o027
"""The permissions that are refused: any for others, and writing for the group. The group may read the file, which is
how some systems give several nodes one file."""


def key_in(file: Path) -> bytes:
    """The key in the file; a missing file is created. Raises `Unusable`."""
    with explained(file):
        if not file.exists():
            with suppress(FileExistsError):
                _make(file)
        return _read(file)


def key_if_there(file: Path) -> bytes | None:
    """The key in the file; None when the file is missing. Raises `Unusable`."""
    with explained(file):
        return _read(file) if file.exists() else None


def _make(file: Path) -> None:
    """Create the file, complete or not at all, because another process may look for it at the same moment."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with part_of(file) as part:
        part.write_text(secrets.token_hex(BYTES) + "\n", "ascii")
        sync(part)
        os.link(part, file)
        # Otherwise a power failure could leave a signed log without its key.
        sync(file.parent)


def _read(file: Path) -> bytes:
    if file.stat().st_mode & FOREIGN:
        raise Unusable("Others may read or change {file}, the key of the audit log; run chmod 600 first.", file=file)
    try:
        key = bytes.fromhex(file.read_text("ascii"))
    except ValueError:
        key = b""
    if len(key) < BYTES:
        raise Unusable("{file} does not hold a key of the audit log, which is 64 hexadecimal digits.", file=file)
    return key
