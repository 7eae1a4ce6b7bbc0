"""Unsent texts of staff, kept on the server."""

from typing import Literal

from msgspec import Struct

from chatserver.wire.fields import Frame, Id, Ref, Text, Whole
from chatserver.wire.replies import HttpRefusal


class DraftSave(Frame, tag="draft.save", frozen=True, omit_defaults=True):
    """Save an unsent text on the server, per conversation and mode; an empty `body` deletes it. `after`: the `at` of
    the saved draft that this one continues (0: none); refused when another one was saved since. Without `after`, the
    saved one is replaced. `turned`: the `at` of a draft of the other mode that became this one and is deleted. Answered
    by `accepted` with its `at`."""

    ref: Ref
    conversation: Id
    mode: Literal["reply", "note"]
    body: Text
    after: Whole | None = None
    turned: Whole | None = None


class Draft(Struct, frozen=True):
    """An unsent text of mine, saved `at` (ms); every change has a later `at`."""

    conversation: str
    mode: Literal["reply", "note"]
    body: str
    at: int = 0


class DraftPut(Struct, frozen=True, forbid_unknown_fields=True):
    """Save a text over HTTP. `version`: the `at` of the saved draft that this one continues (0: none)."""

    body: Text
    version: Whole


class DraftConflict(Struct, frozen=True):
    """Refused, because another draft was saved since that version. `current`: the draft that is saved now."""

    error: HttpRefusal
    current: Draft


class DraftShown(Frame, tag="draft", frozen=True, omit_defaults=True):
    """Another session of mine saved a draft; with an empty `body` and no `at`: it was sent or deleted there. A client
    whose user is typing keeps its own text and says so."""

    conversation: str
    mode: Literal["reply", "note"]
    body: str
    at: int = 0
