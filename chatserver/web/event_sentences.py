"""Which sentence an event gets, and what its placeholders stand for: read from `eventSentences.json`.

The console reads the same file (dashboard/src/console/thread/eventSentences.ts), so that transcripts and console show
the same sentences. This module contains no texts; those are in the catalogue.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

FILE = "eventSentences.json"

Kind = Literal[
    "person",
    "actor",
    "people",
    "department",
    "group",
    "emergency",
    "outcome",
    "clock",
    "moment",
    "length",
    "number",
    "tags",
    "answered",
]
"""How a field is shown. `actor` is the person who did it: the one whom the event names, or else its author."""


class SameAs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The field is the same person as another field."""

    same_as: str


Condition = str | bool | SameAs
"""What a field must be: equal to this value, present (true), missing (false), or the same person as another field."""


class EventSentence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sentence with the key `text`. It fits when all conditions on the event's fields hold."""

    text: str
    when: dict[str, Condition] = {}

    def fits(self, details: Mapping[str, Any]) -> bool:
        return all(_holds(condition, details, details.get(field)) for field, condition in self.when.items())


class EventRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sentences of one event: the first whose conditions hold is used; the last has none. `quote`: the field with
    words that somebody wrote. `fields`: fields that are shown differently for this event."""

    sentences: tuple[EventSentence, ...]
    quote: str | None = None
    fields: dict[str, Kind] = {}


class EventSentences(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file. `fields`: how each field is shown."""

    fields: dict[str, Kind]
    events: dict[str, EventRule]

    @classmethod
    def read(cls, folder: Path) -> "EventSentences":
        return msgspec.json.decode((folder / FILE).read_bytes(), type=cls)

    def text(self, event: str, details: Mapping[str, Any]) -> str:
        """The key of the sentence of an event with these fields."""
        return next(sentence.text for sentence in self.events[event].sentences if sentence.fits(details))

    def kind(self, event: str, field: str) -> Kind | None:
        """How the field is shown; None if no sentence uses it."""
        return self.events[event].fields.get(field) or self.fields.get(field)

    def quote(self, event: str) -> str | None:
        return self.events[event].quote


def _holds(condition: Condition, details: Mapping[str, Any], value: Any) -> bool:
    match condition:
        case SameAs(same_as=other):
            return bool(value.id == details[other].id)
        case bool():
            return condition == (value not in (None, "", ()))
        case str():
            return bool(value == condition)
