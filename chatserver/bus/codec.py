"""The encoding of messages between nodes: one JSON array per message, `[node, [item, …]]`, with ids and numbers only.

A node of another version may send items that this one cannot decode. That raises `Unreadable`, and the receiver then
re-reads everything from the store.
"""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from chatserver.bus.contract import Bell, Doorbell, DraftBell, SeenBell, SettingBell, StaffBell, TypingBell


class Unreadable(Exception):
    """A received message could not be decoded."""


class _Rang(Struct, array_like=True, tag="c", frozen=True):
    conversation: str
    version: int
    seq: int
    visitor_seq: int


class _StaffRang(Struct, array_like=True, tag="s", frozen=True):
    consultant: str
    version: int


class _SettingRang(Struct, array_like=True, tag="n", frozen=True):
    setting: str
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
    """A connection: its id, the person it belongs to, and when it was opened (ms)."""

    connection: str
    person: str
    since: int


class Moved(Struct, array_like=True, tag="p", frozen=True):
    """Connections opened at the sender and (by id) closed there; this raises its presence to `version`."""

    version: int
    came: tuple[Came, ...]
    left: tuple[str, ...]


class Rewritten(Struct, array_like=True, tag="r", frozen=True):
    """The sender has rewritten its whole list of connections: read it again."""

    version: int


class Gone(Struct, array_like=True, tag="g", frozen=True):
    """The sender is stopping and has no connections any more."""


class Lost(Struct, array_like=True, tag="l", frozen=True):
    """The sender dropped doorbells before this message: re-read everything."""


Item = _Rang | _StaffRang | _SettingRang | _Typed | _Drafted | _Saw | Moved | Rewritten | Gone | Lost
Notice = Bell | Moved | Rewritten | Gone | Lost
"""A decoded item; doorbells have the types of `contract`."""


class _Message(Struct, array_like=True, frozen=True):
    node: str
    items: list[Item]


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Message).decode


def encode(node: str, notices: Iterable[Notice]) -> bytes:
    """Encode one message from this node."""
    return _encode(_Message(node, [_item(each) for each in notices]))


def decode(encoded: bytes) -> tuple[str, list[Notice]]:
    """Decode a message into its sender and its items, in order. Raises `Unreadable`."""
    try:
        message = _decode(encoded)
    except msgspec.MsgspecError as why:
        raise Unreadable(str(why)) from None
    return message.node, [_notice(each) for each in message.items]


def _item(notice: Notice) -> Item:
    match notice:
        case Doorbell():
            return _Rang(*notice)
        case StaffBell():
            return _StaffRang(*notice)
        case SettingBell():
            return _SettingRang(*notice)
        case TypingBell():
            return _Typed(*notice)
        case DraftBell():
            return _Drafted(*notice)
        case SeenBell():
            return _Saw(*notice)
        case _:
            return notice


def _notice(item: Item) -> Notice:
    match item:
        case _Rang():
            return Doorbell(item.conversation, item.version, item.seq, item.visitor_seq)
        case _StaffRang():
            return StaffBell(item.consultant, item.version)
        case _SettingRang():
            return SettingBell(item.setting, item.version)
        case _Typed():
            return TypingBell(item.conversation, item.by_visitor, item.on, item.beside)
        case _Drafted():
            return DraftBell(item.consultant, item.conversation, item.mode)
        case _Saw():
            return SeenBell(item.person, item.conversation, item.seq)
        case _:
            return item
