"""The product as if another node could take over its sockets: `python -m tests.e2e.peered serve`.

One process on SQLite has no peers; this shows how it would send its people to them.
"""

from typing import Any

from chatserver.bus.memory import MemoryBus
from chatserver.cli.main import main


def one_peer() -> None:
    owner: Any = MemoryBus
    assert hasattr(owner, "peers"), "a renamed property would leave the node alone"
    owner.peers = property(lambda self: 1)


if __name__ == "__main__":
    one_peer()
    main(prog_name="chatserver")
