"""How long a connection may stay in each of its states, and how many bytes it may send there.

docs/security.md holds the same table for people, with the test of each line; tests/docs compares the two.
"""

from enum import Enum
from typing import NamedTuple


class State(Enum):
    """Where a connection stands."""

    HEAD = "head"
    BODY = "body"
    ANSWER = "answer"
    REST = "rest"
    UNREAD = "unread"
    IDLE = "idle"
    LEAVING = "leaving"
    HANDSHAKE = "handshake"
    HELLO = "hello"
    GOODBYE = "goodbye"


class Bound(NamedTuple):
    """What ends a connection that is still there: seconds, or one byte more than so many."""

    seconds: float
    bytes: int


FRAME = 64 * 1024
"""Bytes of one message of a socket, in however many frames it comes. Longer ones are closed with 1009."""

BOUNDS: dict[State, Bound] = {
    State.HEAD: Bound(5, 32 * 1024),
    # Longer than a page waits for it, which then says so itself (web/gate/request_body.py).
    State.BODY: Bound(15, 16 * 1024),
    State.ANSWER: Bound(60, 0),
    State.REST: Bound(5, 16 * 1024),
    State.UNREAD: Bound(15, 0),
    State.IDLE: Bound(5, 0),
    State.LEAVING: Bound(2, 256 * 1024),
    State.HANDSHAKE: Bound(10, 0),
    State.HELLO: Bound(5, FRAME),
    State.GOODBYE: Bound(2, 64 * 1024),
}

HEADERS = 100
"""Of one request."""
