"""A plain TCP balancer for several nodes on one's own machine: each connection goes to the next node that is ready.

It has no sticky sessions and does not parse what it carries, so it shows what several nodes must cope with behind any
balancer. For trying things out (`make nodes`); a hospital uses nginx or the like, see docs/operations/nodes.md.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from contextlib import AsyncExitStack

HOST = "127.0.0.1"
CHECK_EVERY_S = 0.5
ANSWERS_WITHIN_S = 1.0
"""A node that does not answer for so long gets no new connections."""
LEAVE_WITHIN_S = 3.0
CHUNK = 64 * 1024
READY = b"HTTP/1.1 200"


class Balancer:
    """Listens on `port`; forwards to `nodes`, which are ports of this machine."""

    def __init__(self, port: int, nodes: Sequence[int]) -> None:
        self._port = port
        self._nodes = list(nodes)
        self._ready: set[int] = set()
        self._turn = 0
        self._carrying: set[asyncio.Task[None]] = set()

    async def serve(self, leaving: asyncio.Event) -> None:
        """Serve until `leaving` is set, then give open connections a moment to finish. Raises `OSError` for a port in
        use."""
        server = await asyncio.start_server(self._carry, HOST, self._port, limit=CHUNK)
        checking = asyncio.create_task(self._check_again())
        await leaving.wait()
        checking.cancel()
        server.close()
        if self._carrying:
            await asyncio.wait(self._carrying, timeout=LEAVE_WITHIN_S)

    async def _check_again(self) -> None:
        while True:
            await self._check()
            await asyncio.sleep(CHECK_EVERY_S)

    async def _check(self) -> None:
        answers = await asyncio.gather(*(_is_ready(node) for node in self._nodes))
        ready = {node for node, answer in zip(self._nodes, answers, strict=True) if answer}
        for node in sorted(ready ^ self._ready):
            print(f"{HOST}:{node} {'is ready' if node in ready else 'gets nobody new'}", flush=True)
        self._ready = ready

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Copy in both directions, until the node has closed, or both have."""
        async with AsyncExitStack() as ends:
            task = asyncio.current_task()
            assert task is not None
            self._carrying.add(task)
            ends.callback(self._carrying.discard, task)
            ends.push_async_callback(_close, writer)
            # If a connection breaks, just close both sides: clients reconnect.
            ends.enter_context(contextlib.suppress(OSError))
            node = await self._dial()
            if node is None:
                return
            from_node, to_node = node
            ends.push_async_callback(_close, to_node)
            asking = asyncio.create_task(_pump(reader, to_node))
            ends.callback(asking.cancel)
            await _pump(from_node, writer)

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for _ in self._nodes:
            self._turn = (self._turn + 1) % len(self._nodes)
            node = self._nodes[self._turn]
            if node in self._ready:
                with contextlib.suppress(OSError):
                    return await asyncio.open_connection(HOST, node, limit=CHUNK)
        return None


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy everything, then the end of the stream."""
    with contextlib.suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
        writer.write_eof()


async def _is_ready(node: int) -> bool:
    try:
        async with asyncio.timeout(ANSWERS_WITHIN_S), AsyncExitStack() as ends:
            reader, writer = await asyncio.open_connection(HOST, node)
            ends.push_async_callback(_close, writer)
            writer.write(f"GET /ready HTTP/1.1\r\nHost: {HOST}:{node}\r\nConnection: close\r\n\r\n".encode())
            return await reader.readexactly(len(READY)) == READY
    except (OSError, EOFError, TimeoutError):
        return False


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
