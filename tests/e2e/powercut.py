"""What a power cut leaves of a database, according to the trace of its writes (filetrace.py).

What was synced is there. Of what was written after a file's last sync, each 512-byte sector may be there or missing.
"""

import random
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.filetrace import FILES, Record

SECTOR = 512


class Disk:
    """The files as they are on the disk; `apply` records in order, `cut` at any time."""

    def __init__(self, database: bytes) -> None:
        self._safe = {FILES[0]: bytearray(database), FILES[1]: bytearray()}
        self._pending: dict[str, list[Record]] = {name: [] for name in FILES}

    def apply(self, record: Record) -> None:
        if record.kind == "sync":
            for written in self._pending[record.file]:
                _put(self._safe[record.file], written)
            self._pending[record.file].clear()
        elif record.kind != "answer":
            self._pending[record.file].append(record)

    def cut(self, folder: Path, chance: random.Random) -> Path:
        """The power fails now. Returns the database found when it is back."""
        folder.mkdir(exist_ok=True)
        for name in FILES:
            left = bytearray(self._safe[name])
            luck = chance.choice((0.0, 0.5, 1.0))
            for written in self._pending[name]:
                _put_some(left, written, luck, chance)
            (folder / name).write_bytes(left)
        (folder / f"{FILES[0]}-shm").unlink(missing_ok=True)
        return folder / FILES[0]


def whole(database: bytes, records: Sequence[Record]) -> dict[str, bytes]:
    """The files as the server itself saw them after these records."""
    files = {FILES[0]: bytearray(database), FILES[1]: bytearray()}
    for record in records:
        if record.kind in ("write", "truncate"):
            _put(files[record.file], record)
    return {name: bytes(content) for name, content in files.items()}


def _put(content: bytearray, record: Record) -> None:
    if record.kind == "truncate":
        del content[record.at :]
        return
    end = record.at + len(record.data)
    content.extend(bytes(max(0, end - len(content))))
    content[record.at : end] = record.data


def _put_some(content: bytearray, record: Record, luck: float, chance: random.Random) -> None:
    if record.kind == "truncate":
        if chance.random() < luck:
            _put(content, record)
        return
    for start in range(0, len(record.data), SECTOR):
        if chance.random() < luck:
            piece = record.data[start : start + SECTOR]
            _put(content, Record("write", record.file, record.at + start, piece))
