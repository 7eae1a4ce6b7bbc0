"""The two kinds of events: those that are entries of the transcript, and those that are not."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; an entry of the transcript unless it is a `SilentEvent`.

    `is_parting`: it takes a conversation, or an offer of it, away from somebody. `by_department`: it says which group
    serves the conversation because of its department.
    """

    is_parting: ClassVar[bool] = False
    by_department: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class SilentEvent(Event):
    """Changes the conversation, leaves no entry."""
