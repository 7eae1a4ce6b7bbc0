"""What a committed transaction changed."""

from dataclasses import dataclass, field

from chatserver.domain.conversation import Conversation
from chatserver.domain.entry import Entry
from chatserver.domain.hospital import Consultant


@dataclass(slots=True)
class Change:
    """What one transaction did to one conversation. `before` is None for a new one. `only_words`: only messages or
    notes were added; nobody's load, place in a queue or right to read has changed."""

    before: Conversation | None
    after: Conversation
    entries: list[Entry] = field(default_factory=list)
    only_words: bool = False


@dataclass(slots=True)
class Outcome:
    """Everything that a committed transaction changed; it is announced next."""

    changes: list[Change]
    consultants: list[Consultant]


def by_their_parts(spoken: list[Change]) -> tuple[list[Conversation], list[Conversation]]:
    """Two lists: conversations whose parts are unchanged (most of them), and those in which somebody gave one of their
    first answers."""
    plain: list[Conversation] = []
    grown: list[Conversation] = []
    for change in spoken:
        before, after = change.before, change.after
        (plain if before is not None and after.answers is before.answers else grown).append(after)
    return plain, grown
