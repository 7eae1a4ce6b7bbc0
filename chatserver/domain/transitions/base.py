"""What every transition is: it takes a conversation and a command, and returns what happens."""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from chatserver.domain.commands.base import Command
from chatserver.domain.conversation import OPEN, Conversation, Phase
from chatserver.domain.events.base import Event
from chatserver.domain.refusals import Refused
from chatserver.domain.rules import Rules

Events = tuple[Event, ...]

W, R, A, T, C = (frozenset({phase}) for phase in Phase)
"""Each phase as a set of one, so that phases can be joined with `|`."""
EVERY = OPEN | C

Asked = TypeVar("Asked", bound=Command, contravariant=True)


class Cell(NamedTuple, Generic[Asked]):
    """What a command does in one phase, or what happens when a deadline is reached.

    `yields`: all events that may happen, in their order; some of them may not happen. `next`: all phases that may
    follow; empty if the phase stays. `refuses`: if the cell only refuses, the refusal that everybody who knows of the
    conversation gets.
    """

    run: Callable[[Conversation, Asked, int, Rules], Events]
    yields: tuple[type[Event], ...] = ()
    next: frozenset[Phase] = frozenset()
    refuses: type[Refused] | None = None
