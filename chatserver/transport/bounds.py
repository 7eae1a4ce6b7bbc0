"""How long a connection may stay in each of its states, and how many bytes it may send there.

docs/security.md holds the same table for people, with the test of each line; tests/docs compares the two.
"""

from enum import Enum
from typing import NamedTuple


class State(Enum):
    """The states of a connection."""

    HEAD = "head"
    BODY = "body"
    ANSWER = "answer"
    REST = "rest"
    UPLOAD = "upload"
    DROPPED = "dropped"
    UNREAD = "unread"
    IDLE = "idle"
    LEAVING = "leaving"
    HANDSHAKE = "handshake"
    HELLO = "hello"
    GOODBYE = "goodbye"


class Bound(NamedTuple):
    """The limits of a state: the connection ends when it stays in the state for more than `seconds`, or sends more than
    `bytes` in it."""

    seconds: float
    bytes: int


FRAME = 64 * 1024
"""Bytes of one WebSocket message, in any number of frames. A longer one closes the socket with 1009."""

BOUNDS: dict[State, Bound] = {
    State.HEAD: Bound(5, 32 * 1024),
    # Longer than the application waits for a body, so that it can answer first (web/gate/request_body.py).
    State.BODY: Bound(15, 16 * 1024),
    State.ANSWER: Bound(60, 0),
    State.REST: Bound(5, 16 * 1024),
    # A file; also longer than the application waits (web/files/receiving.py), and larger than it takes.
    State.UPLOAD: Bound(65, 12 * 1024 * 1024),
    # A file that was answered before its end. Browsers see the answer only if what they still send is read.
    State.DROPPED: Bound(30, 12 * 1024 * 1024),
    State.UNREAD: Bound(15, 0),
    State.IDLE: Bound(5, 0),
    State.LEAVING: Bound(2, 256 * 1024),
    State.HANDSHAKE: Bound(10, 0),
    State.HELLO: Bound(5, FRAME),
    State.GOODBYE: Bound(2, 64 * 1024),
}

HEADERS = 100
"""Header lines allowed in one request."""
