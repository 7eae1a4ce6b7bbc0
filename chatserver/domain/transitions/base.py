"""What every transition is: it takes a conversation and a command, and returns what happens."""

from collections.abc import Callable
from typing import Any

from chatserver.domain.conversation import Conversation
from chatserver.domain.events.base import Event
from chatserver.domain.rules import Rules

Events = tuple[Event, ...]

Cell = Callable[[Conversation, Any, int, Rules], Events]
