"""The bare reference for reconnects: an application on the same server stack that accepts every socket and nothing
else.

`python -m bench.references.handshakes PORT`.
"""

from typing import Any

from bench.references.bare import serve


async def app(scope: Any, receive: Any, send: Any) -> None:
    """One socket, until it ends."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept", "subprotocol": "hchat.v1"})
    while (await receive())["type"] != "websocket.disconnect":
        pass


if __name__ == "__main__":
    serve(app)
