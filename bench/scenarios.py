"""Every scenario by name: what `make bench` runs, in this order."""

from collections.abc import Awaitable, Callable

from bench import choosing, growth, messages, nodes, sizes
from bench.rows import Length, Result

SCENARIOS: dict[str, Callable[[Length], Awaitable[list[Result]]]] = {
    "messages": messages.run,
    "growth": growth.run,
    "choosing": choosing.run,
    "nodes": nodes.run,
    "sizes": sizes.run,
}
