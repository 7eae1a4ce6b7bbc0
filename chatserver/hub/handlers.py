"""How the hub runs the handlers of frames. What each frame does is written in `chatserver.actions`, one module per
noun.

A handler returns one of three things: a command, which is queued and answered after it was carried out; an awaitable,
which may return such a command; or None.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from chatserver.domain.commands.base import Command
from chatserver.domain.permissions import Permission
from chatserver.hub.inbox import Opening, SentDraft, Then
from chatserver.hub.live_list import ListOf
from chatserver.hub.live_parts import LivePart


class StaffAsk(NamedTuple):
    """A command of a member of staff. `draft` is the draft that the text came from."""

    conversation: str
    command: Command
    draft: SentDraft | None = None


class VisitorAsk(NamedTuple):
    """A command of a visitor. `then` is called with the result, and answers the tab."""

    conversation: str
    command: Command
    then: Then
    opening: Opening | None = None


class StaffHandler(NamedTuple):
    """`run` is given the `StaffDesk`, the session and the frame. `permission` is what the role needs; the conversations
    for which it holds are checked where they are loaded. `at_once`: the handler waits for nothing. `buckets`: what the
    frame takes from (`hub.allowances`)."""

    run: Callable[[Any, Any, Any], StaffAsk | Awaitable[StaffAsk | None] | None]
    permission: Permission | None = None
    at_once: bool = False
    buckets: tuple[str, ...] = ("staff: acts",)


class VisitorHandler(NamedTuple):
    """`run` is given the `VisitorDesk`, the session, the frame and what the frame took from the buckets.
    `after_the_end`: the frame is allowed in a tab whose visitor has ended the conversation. `buckets`: what the frame
    takes from (`hub.allowances`), the one that refills fastest first. `department`: for a frame whose `body` is
    searched for signs of an emergency; it is given the desk, the session and the frame, and returns the department that
    the text is for."""

    run: Callable[[Any, Any, Any, Any], VisitorAsk | Awaitable[VisitorAsk | None] | None]
    after_the_end: bool = False
    buckets: tuple[str, ...] = ("acts",)
    department: Callable[[Any, Any, Any], str | None] | None = None


StaffHandlers = dict[type, StaffHandler]
VisitorHandlers = dict[type, VisitorHandler]
"""Handlers by frame type."""


DeadlineHandlers = dict[str, Callable[[Any, Sequence[str]], Awaitable[None]]]
"""Handlers of deadlines, by kind of subject. Each is given the `Parts` and the ids of the subjects that are due."""


@dataclass(frozen=True, slots=True)
class Handlers:
    """What `chatserver.actions` gives the hub.

    `staff`, `visitor`: the handlers of all frames after the hello, except `pong` and `bye`. `live`: what its modules
    keep in memory. `lists`: the live lists that are sent after the hub's own. `deadlines`: the handlers of deadlines,
    except those of conversations, which the hub handles itself.
    """

    staff: StaffHandlers
    visitor: VisitorHandlers
    live: tuple[LivePart, ...]
    lists: tuple[ListOf, ...]
    deadlines: DeadlineHandlers = field(default_factory=dict)
