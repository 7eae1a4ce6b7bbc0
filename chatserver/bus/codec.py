"""How nodes spell what they tell each other: one JSON array per message, `[node, [item, …]]`. Ids and numbers only.

A node of another version may send what this one cannot read: `Unreadable`, and whoever hears that looks at everything.
"""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from chatserver.bus.contract import Bell, Doorbell, DraftBell, SeenBell, StaffBell, TypingBell


class Unreadable(Exception):
    """What was heard is no message of ours."""


class _Rang(Struct, array_like=True, tag="c", frozen=True):
    conversation: str
    version: int
    seq: int
    visitor_seq: int


class _StaffRang(Struct, array_like=True, tag="s", frozen=True):
    consultant: str
    version: int


class _Typed(Struct, array_like=True, tag="t", frozen=True):
    conversation: str
    by_visitor: bool
    on: bool
    beside: bool = False


class _Drafted(Struct, array_like=True, tag="d", frozen=True):
    consultant: str
    conversation: str
    mode: str


class _Saw(Struct, array_like=True, tag="v", frozen=True):
    person: str
    conversation: str
    seq: int


class Came(Struct, array_like=True, frozen=True):
    """A connection, whose it is, and since when (ms)."""

    connection: str
    person: str
    since: int


class Moved(Struct, array_like=True, tag="p", frozen=True):
    """Connections that came to the sender and (by id) left it; with them its presence is this `version`."""

    version: int
    came: tuple[Came, ...]
    left: tuple[str, ...]


class Rewritten(Struct, array_like=True, tag="r", frozen=True):
    """The sender has written down anew who is with it: read it."""

    version: int


class Gone(Struct, array_like=True, tag="g", frozen=True):
    """The sender stops, its connections are no more."""


class Lost(Struct, array_like=True, tag="l", frozen=True):
    """Bells of the sender's were lost before this message: look at everything."""


Item = _Rang | _StaffRang | _Typed | _Drafted | _Saw | Moved | Rewritten | Gone | Lost
News = Bell | Moved | Rewritten | Gone | Lost
"""What an item says, with bells as the contract has them."""


class _Message(Struct, array_like=True, frozen=True):
    node: str
    items: list[Item]


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Message).decode


def spell(node: str, news: Iterable[News]) -> bytes:
    """One message of this node's."""
    return _encode(_Message(node, [_item(each) for each in news]))


def read(spelled: bytes) -> tuple[str, list[News]]:
    """The sender, and what it says in order. Raises `Unreadable`."""
    try:
        message = _decode(spelled)
    except msgspec.MsgspecError as why:
        raise Unreadable(str(why)) from None
    return message.node, [_news(each) for each in message.items]


def _item(news: News) -> Item:
    match news:
        case Doorbell():
            return _Rang(*news)
        case StaffBell():
            return _StaffRang(*news)
        case TypingBell():
            return _Typed(*news)
        case DraftBell():
            return _Drafted(*news)
        case SeenBell():
            return _Saw(*news)
        case _:
            return news


def _news(item: Item) -> News:
    match item:
        case _Rang():
            return Doorbell(item.conversation, item.version, item.seq, item.visitor_seq)
        case _StaffRang():
            return StaffBell(item.consultant, item.version)
        case _Typed():
            return TypingBell(item.conversation, item.by_visitor, item.on, item.beside)
        case _Drafted():
            return DraftBell(item.consultant, item.conversation, item.mode)
        case _Saw():
            return SeenBell(item.person, item.conversation, item.seq)
        case _:
            return item
