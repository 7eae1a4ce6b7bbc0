"""The base of all commands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A request to change a conversation."""
