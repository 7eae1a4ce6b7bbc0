"""Who writes and who answers, as frames name them."""

from typing import Literal

from msgspec import Struct


class Person(Struct, frozen=True, omit_defaults=True):
    """A consultant. `id` is sent to staff only; `part` after the end, to say whom a rating is for."""

    name: str
    number: str
    title: Literal["consultant", "nurse", "physician"]
    id: str | None = None
    part: int | None = None


class Author(Struct, frozen=True, omit_defaults=True):
    """Who wrote or caused an entry; `person` if it was a consultant."""

    kind: Literal["visitor", "consultant", "system"]
    person: Person | None = None
