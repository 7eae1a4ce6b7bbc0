"""Ports for the tests' servers, outside the kernel's range for connections.

Otherwise a free port could occasionally be taken by somebody's connection before the server uses it.
"""

import random
import socket
from collections.abc import Iterable
from contextlib import ExitStack

CHOSEN_FROM = range(15_000, 32_000)
"""Linux uses those from 32,768 on for connections."""

_random = random.SystemRandom()
"""The default generator has the same seed in every worker."""


def free_port(also: Iterable[int] = ()) -> int:
    """A port that is free now, together with those at these distances (`also`)."""
    while True:
        first = _random.choice(CHOSEN_FROM)
        with ExitStack() as probes:
            try:
                for offset in {0, *also}:
                    probes.enter_context(socket.socket()).bind(("", first + offset))
            except OSError:
                continue
            return first
