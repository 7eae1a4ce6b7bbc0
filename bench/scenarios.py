"""Every scenario by name: what `make bench` runs, in this order."""

from collections.abc import Awaitable, Callable

from bench import fanout, idle, latency, messages, reconnect
from bench.rows import Length, Result

SCENARIOS: dict[str, Callable[[Length], Awaitable[list[Result]]]] = {
    "messages": messages.run,
    "fanout": fanout.run,
    "latency": latency.run,
    "reconnect": reconnect.run,
    "idle": idle.run,
}
