"""The product, recording every write, truncation and sync of its SQLite files and every answer sent: `python -m
tests.e2e.filetrace TRACE [FAULT] serve`.

Three functions of SQLite's interface to the operating system (its VFS) are wrapped; this needs neither root nor a
tracer. A sync is recorded after it was done, an answer before it is sent: so if the trace says that a sync came too
late, it did. FAULT is one of broken.py's.
"""

import ctypes
import os
import struct
import sys
import threading
from collections.abc import Iterator, Sequence
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Kind = Literal["write", "truncate", "sync", "answer"]
KINDS: tuple[Kind, ...] = ("write", "truncate", "sync", "answer")
HEAD = struct.Struct("<BBqI")
FILES = ("chat.db", "chat.db-wal")
"""The recorded files; the shared-memory index is rebuilt after a crash."""


@dataclass(frozen=True, slots=True)
class Record:
    """One event. `at` is an offset, or the new size; `data` is what was written, or the frame sent."""

    kind: Kind
    file: str
    at: int
    data: bytes


def read(trace: Path) -> Iterator[Record]:
    """What a server recorded, in order; a last record cut off by its death is dropped."""
    told = memoryview(trace.read_bytes())
    at = 0
    while at + HEAD.size <= len(told):
        kind, file, offset, size = HEAD.unpack_from(told, at)
        at += HEAD.size
        if at + size > len(told):
            return
        yield Record(KINDS[kind], FILES[file], offset, bytes(told[at : at + size]))
        at += size


class _File(Structure):
    """sqlite3_file: one pointer, then private data of the VFS."""


class _Methods(Structure):
    """sqlite3_io_methods (sqlite3.h)."""


_Close = CFUNCTYPE(c_int, c_void_p)
_Write = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Truncate = CFUNCTYPE(c_int, c_void_p, c_int64)
_Sync = CFUNCTYPE(c_int, c_void_p, c_int)
_Open = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_Methods._fields_ = [
    ("version", c_int),
    ("close", _Close),
    ("read", c_void_p),
    ("write", _Write),
    ("truncate", _Truncate),
    ("sync", _Sync),
    *((f"other{number}", c_void_p) for number in range(13)),
]
_File._fields_ = [("methods", POINTER(_Methods))]


class _Vfs(Structure):
    """sqlite3_vfs, up to `xOpen`."""

    _fields_ = [
        ("version", c_int),
        ("file_size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("own", c_void_p),
        ("open", _Open),
    ]


class Tracer:
    """Wraps SQLite's default VFS from `install` until the process ends."""

    def __init__(self, trace: Path) -> None:
        self._out = os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()
        self._open_files: dict[int, str] = {}
        self._original: Any = None
        self._kept: list[object] = []
        self._methods: _Methods | None = None

    def note(self, kind: Kind, file: str, at: int = 0, data: bytes = b"") -> None:
        with self._lock:
            os.write(self._out, HEAD.pack(KINDS.index(kind), FILES.index(file), at, len(data)) + data)

    def install(self) -> None:
        import _sqlite3

        library = ctypes.CDLL(getattr(_sqlite3, "__file__", None))
        library.sqlite3_vfs_find.restype = POINTER(_Vfs)
        vfs = library.sqlite3_vfs_find(None).contents
        whole = ctypes.cast(vfs.open, c_void_p).value
        assert whole is not None
        self._kept.append(original := _Open(whole))

        def opened(own: Any, name: int | None, file: int, flags: int, out: Any) -> int:
            # Pass the name's address on unchanged: SQLite keeps it, and a copy of ours would be freed.
            result = int(original(own, name, file, flags, out))
            base = os.path.basename(ctypes.string_at(name).decode()) if name else ""
            if result == 0 and base in FILES:
                self._open_files[file] = base
                self._watch(file)
            return result

        vfs.open = self._keep(_Open(opened))

    def _watch(self, file: int) -> None:
        """Replace the file's functions by ours, which call them."""
        held = ctypes.cast(file, POINTER(_File)).contents
        if self._methods is None:
            self._original = whole = _Methods.from_buffer_copy(held.methods.contents)
            ours = _Methods.from_buffer_copy(whole)
            ours.write = self._keep(_Write(self._write))
            ours.truncate = self._keep(_Truncate(self._truncate))
            ours.sync = self._keep(_Sync(self._sync))
            self._methods = ours
        held.methods = ctypes.pointer(self._methods)

    def _write(self, file: int, data: int, size: int, at: int) -> int:
        result = int(self._original.write(file, data, size, at))
        if result == 0:
            self.note("write", self._open_files[file], at, ctypes.string_at(data, size))
        return result

    def _truncate(self, file: int, size: int) -> int:
        result = int(self._original.truncate(file, size))
        if result == 0:
            self.note("truncate", self._open_files[file], size)
        return result

    def _sync(self, file: int, flags: int) -> int:
        result = int(self._original.sync(file, flags))
        if result == 0:
            self.note("sync", self._open_files[file])
        return result

    def _keep(self, function: Any) -> Any:
        self._kept.append(function)
        return function


def _serve(trace: Path) -> None:
    from chatserver.cli.main import main
    from chatserver.web.sockets.socket import Socket
    from tests.e2e.broken import FAULTS, replace

    if sys.argv[1] in FAULTS:
        FAULTS[sys.argv.pop(1)]()
    tracer = Tracer(trace)
    tracer.install()
    write = Socket.write

    def told(self: Socket[Any], texts: Sequence[bytes]) -> None:
        for text in texts:
            if b'"accepted"' in text:
                tracer.note("answer", FILES[0], data=text)
        write(self, texts)

    replace(Socket, "write", told)
    main(prog_name="chatserver")


if __name__ == "__main__":
    _serve(Path(sys.argv.pop(1)))
