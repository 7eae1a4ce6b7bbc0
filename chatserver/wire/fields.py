"""What frames are made of: their base class, and the kinds of fields that many of them share."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{22,43}$(?!\n)", description="22 to 43 characters of A-Z a-z 0-9 _ -")]
Ref = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z0-9_-]{22,43}$(?!\n)", description="Made by the client, one per request; UUIDv7 advised"),
]
Key = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,40}$(?!\n)", description="A short name the hospital chose")]
Text = Annotated[str, Meta(max_length=16_384)]
Whole = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Place = Annotated[int, Meta(ge=0, le=2**31 - 1, description="A seq, or 0 for before the first")]
Language = Literal["zh", "en"]


class Frame(Struct, tag_field="type", frozen=True, omit_defaults=True):
    """One frame. `varies`: the fields that may differ when a client sends the same command again. `droppable`: the
    fields that are ignored where they are malformed, instead of refusing the frame."""

    varies: ClassVar[frozenset[str]] = frozenset({"ref", "fence", "draft", "consent"})
    droppable: ClassVar[frozenset[str]] = frozenset()


class Named(Struct, frozen=True):
    """A group, department or site by its names."""

    id: str
    zh: str
    en: str


class EventBase(Struct, tag_field="name", frozen=True, omit_defaults=True):
    """What happened. A field that only staff may see is missing for visitors."""
