"""Ports for the tests' servers, outside the kernel's range for connections.

Otherwise a free port could occasionally be taken by somebody's connection before the server uses it. For the same
reason each worker of a run has a share of its own, and gives no port again that it gave lately: a server that is down
for a moment comes back to its port.
"""

import os
import random
import socket
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import ExitStack

CHOSEN_FROM = range(15_000, 32_000)
"""Linux uses those from 32,768 on for connections."""
FARTHEST = 32
"""The largest distance in `also`."""

_random = random.SystemRandom()
"""The default generator has the same seed in every worker."""
_given: deque[int] = deque(maxlen=1_000)


def free_port(also: Iterable[int] = ()) -> int:
    """A port that is free now, together with those at these distances (`also`)."""
    offsets = {0, *also}
    assert max(offsets) <= FARTHEST
    while True:
        first = _random.choice(share_of(os.environ))
        ports = {first + offset for offset in offsets}
        if not ports.isdisjoint(_given):
            continue
        with ExitStack() as probes:
            try:
                for port in ports:
                    probes.enter_context(socket.socket()).bind(("", port))
            except OSError:
                continue
        _given.extend(ports)
        return first


def share_of(worker: Mapping[str, str]) -> range:
    """The first ports that a worker with this environment may choose; no other one reaches them, or those beside them
    (`also`)."""
    number, of = int(worker.get("PYTEST_XDIST_WORKER", "gw0")[2:]), int(worker.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    size = len(CHOSEN_FROM) // of
    return CHOSEN_FROM[number * size : (number + 1) * size - FARTHEST]
