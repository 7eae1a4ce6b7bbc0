"""Who asks something of a conversation."""

from dataclasses import dataclass

from chatserver.domain.hospital import Person, Role


@dataclass(frozen=True, slots=True)
class Visitor:
    """A visitor. Whether the conversation is theirs is checked by each transition."""

    id: str


@dataclass(frozen=True, slots=True)
class Staff:
    """A signed-in member of staff."""

    person: Person
    role: Role
    groups: tuple[str, ...]
