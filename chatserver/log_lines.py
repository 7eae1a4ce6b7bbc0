"""Limits the log lines of each kind per minute, and recognises uvicorn's and asyncio's messages about a client.

A client can cause the same line a thousand times a second, and the disk is finite. A kind is the name of an event, or
the template of another library's message, so the number of kinds is bounded.
"""

import asyncio
import copy
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

from starlette.requests import ClientDisconnect

MINUTE = 60.0
LINES_A_MINUTE = 60
"""Warnings and errors of one kind. Clients cannot cause `info` lines in quantity, so these are not limited."""
OTHERS = 200
"""Kinds that are counted separately; all further ones are counted together."""

LEFT_OUT = "log_lines_left_out"

BY_A_STRANGER: dict[str, str] = {
    "Invalid HTTP request received.": "http_not_understood",
    "Unsupported upgrade request.": "upgrade_not_understood",
    "Invalid UTF-8 sequence received from client.": "text_not_utf8",
    "ASGI callable returned without starting response.": "request_broken_off",
    "ASGI callable returned without completing response.": "request_broken_off",
}
"""uvicorn's sentence about what a client did → the event that is logged instead, without a traceback."""

FALSE = "ASGI callable returned without completing handshake."
"""uvicorn logs this for every upgrade that was properly refused, which has a line of its own (`upgrade_refused`)."""

GONE = (ClientDisconnect, ConnectionError, TimeoutError, asyncio.CancelledError)
"""Ends of a connection, or of this server during a request: not errors."""

LIBRARIES = ("uvicorn", "asyncio", "websockets")


@dataclass
class Count:
    """The lines of one kind since a time (seconds of the handler's clock)."""

    since: float
    lines: int = 0
    left_out: int = 0


class BoundedHandler(logging.StreamHandler[TextIO]):
    """Writes at most `LINES_A_MINUTE` lines of each kind, and after the minute one line with the number left out."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream)
        self._clock = clock
        self._counts: dict[str, Count] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg == FALSE:
            return
        record = as_told(record)
        for left_out in self._ended(self._clock()):
            super().emit(left_out)
        if record.levelno < logging.WARNING or self._has_room(kind_of(record)):
            super().emit(record)

    def close(self) -> None:
        """Before closing, log how many lines of each kind were left out."""
        for left_out in self._ended(self._clock() + MINUTE):
            super().emit(left_out)
        super().close()

    def _has_room(self, kind: str) -> bool:
        if kind not in self._counts and len(self._counts) >= OTHERS:
            kind = "others"
        count = self._counts.setdefault(kind, Count(self._clock()))
        if count.lines < LINES_A_MINUTE:
            count.lines += 1
            return True
        count.left_out += 1
        return False

    def _ended(self, now: float) -> list[logging.LogRecord]:
        """For each kind whose minute is over: the line with the number left out."""
        over = [(kind, count) for kind, count in self._counts.items() if now - count.since >= MINUTE]
        for kind, _ in over:
            del self._counts[kind]
        return [_left_out(kind, count.left_out) for kind, count in over if count.left_out]


def kind_of(record: logging.LogRecord) -> str:
    """The kind under which the record is counted."""
    if isinstance(record.msg, dict):
        return str(record.msg.get("event"))
    # The further lines of asyncio's messages hold addresses of objects.
    first, *_ = str(record.msg).split("\n")
    return f"{record.name}: {first}"


def as_told(record: logging.LogRecord) -> logging.LogRecord:
    """The record to be written: a library's message about a client becomes one event without a traceback. All others
    stay as they are."""
    if isinstance(record.msg, dict) or record.name.split(".")[0] not in LIBRARIES:
        return record
    failure = record.exc_info[1] if record.exc_info else None
    event = BY_A_STRANGER.get(str(record.msg))
    if event is None and isinstance(failure, GONE):
        event = "connection_broken_off"
    if event is None:
        return record
    told = copy.copy(record)
    told.msg, told.args, told.exc_info, told.exc_text = event, (), None, None
    told.levelno, told.levelname = logging.WARNING, "WARNING"
    return told


def _left_out(kind: str, lines: int) -> logging.LogRecord:
    return logging.LogRecord(__name__, logging.WARNING, "", 0, f"{LEFT_OUT} kind={kind!r} lines={lines}", (), None)
