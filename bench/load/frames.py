"""The fields a load's tab reads of the frames it receives, and what it keeps of a conversation."""

from dataclasses import dataclass
from typing import Any

import msgspec


class Frame(msgspec.Struct):
    """The fields of any frame that are read."""

    type: str
    conversation: str = ""
    epoch: str = ""
    seq: int = 0
    ref: str = ""
    kind: str = ""
    body: str = ""
    author: dict[str, Any] = msgspec.field(default_factory=dict)
    state: str = ""
    code: str = ""
    retry: str = ""
    retry_ms: int = 0
    n: int = 0
    entries: list["Frame"] = []
    following: Any = None
    standing: dict[str, Any] | None = None
    whole: bool = False
    put: list[dict[str, Any]] = []
    gone: list[str] = []


read = msgspec.json.Decoder(Frame).decode


@dataclass
class Place:
    """How far a conversation has been read. `jumps`: too much was missing, so its head comes with `live`."""

    epoch: str = ""
    after: int = 0
    jumps: bool = False
