"""Unsent texts of staff, kept on the server."""

from typing import Literal

from msgspec import Struct

from chatserver.wire.fields import Frame, Id, Ref, Text, Whole


class DraftSave(Frame, tag="draft.save", frozen=True, omit_defaults=True):
    """Keep what is being written, on the server, per conversation and mode; empty forgets it. `after`: the `at` of the
    kept draft that it grew from (0: there was none); refused when another one is kept by now. Without it, whatever is
    kept is replaced. `turned`: the `at` of the draft of the other mode that it was until now, forgotten with this.
    Answered by `accepted` with its `at`."""

    ref: Ref
    conversation: Id
    mode: Literal["reply", "note"]
    body: Text
    after: Whole | None = None
    turned: Whole | None = None


class Draft(Struct, frozen=True):
    """An unsent text of mine, as kept `at` (ms); each change of it has a later one."""

    conversation: str
    mode: Literal["reply", "note"]
    body: str
    at: int = 0


class DraftShown(Frame, tag="draft", frozen=True, omit_defaults=True):
    """A draft of mine was kept from another of my sessions; with an empty `body` and without `at`: it was sent or
    emptied there. Whoever is writing there keeps the own text, and is told."""

    conversation: str
    mode: Literal["reply", "note"]
    body: str
    at: int = 0
