"""Ports for servers of the tests, outside of those that the kernel gives to connections.

A port that was free when a test chose it would else be somebody's connection, now and then, before the server takes it.
"""

import random
import socket
from collections.abc import Iterable
from contextlib import ExitStack

CHOSEN_FROM = range(15_000, 32_000)
"""Linux gives connections those from 32,768 on."""

_random = random.SystemRandom()
"""The usual one is set to the same seed in every worker."""


def free_port(also: Iterable[int] = ()) -> int:
    """A port nobody listens on at this moment, and on none so much further (`also`)."""
    while True:
        first = _random.choice(CHOSEN_FROM)
        with ExitStack() as probes:
            try:
                for offset in {0, *also}:
                    probes.enter_context(socket.socket()).bind(("", first + offset))
            except OSError:
                continue
            return first
