"""The bare reference: a relay on the same server stack (uvicorn, sans-I/O WebSockets, uvloop, deflate off).

It speaks as much of the chat's protocol as carrying a message takes, and sends the same frames: the acknowledgement to
the sender, the entry to both sides. It stores nothing, authenticates nobody, counts nothing, and contains none of our
code. `python -m bench.references.relay PORT`.

A visitor's token is the number of their conversation; staff name theirs in the query (`?serves=0-9`).
"""

from typing import Any

import msgspec

from bench.references.bare import serve

GO_AHEAD = '{"type":"welcome"}'


class Post(msgspec.Struct):
    type: str
    ref: str = ""
    conversation: str = ""
    body: str = ""
    token: str = ""


class Accepted(msgspec.Struct, tag="accepted"):
    ref: str
    conversation: str
    seq: int
    id: str
    at: int


class Author(msgspec.Struct):
    kind: str


class Entry(msgspec.Struct, tag="entry"):
    conversation: str
    epoch: str
    seq: int
    id: str
    kind: str
    at: int
    author: Author
    body: str
    ref: str


ID = "01985c1e-7d3a-7c4e-9f00-1234567890ab"
AT = 1_790_000_000_000

decode = msgspec.json.Decoder(Post).decode
encode = msgspec.json.Encoder().encode
rooms: dict[str, list[Any]] = {}
heads: dict[str, int] = {}
VISITOR, CONSULTANT = Author("visitor"), Author("consultant")


async def app(scope: Any, receive: Any, send: Any) -> None:
    """One socket."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept", "subprotocol": "hchat.v1"})
    hello = decode((await receive())["text"])
    author = VISITOR if scope["path"] == "/ws/visitor" else CONSULTANT
    for conversation in _served(scope, hello):
        rooms.setdefault(conversation, []).append(send)
    await send({"type": "websocket.send", "text": GO_AHEAD})
    while (message := await receive())["type"] == "websocket.receive":
        post = decode(message["text"])
        if post.type != "message.post":
            continue
        conversation = post.conversation
        seq = heads[conversation] = heads.get(conversation, 0) + 1
        entry = encode(Entry(conversation, "epoch000", seq, ID, "message", AT, author, post.body, post.ref)).decode()
        for member in rooms[conversation]:
            await member({"type": "websocket.send", "text": entry})
        accepted = encode(Accepted(post.ref, conversation, seq, ID, AT)).decode()
        await send({"type": "websocket.send", "text": accepted})
    for members in rooms.values():
        if send in members:
            members.remove(send)


def _served(scope: Any, hello: Post) -> list[str]:
    if hello.token:
        return [hello.token]
    first, last = scope["query_string"].decode().removeprefix("serves=").split("-")
    return [f"{number:036d}" for number in range(int(first), int(last) + 1)]


if __name__ == "__main__":
    serve(app)
