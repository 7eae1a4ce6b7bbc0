"""What a change is: the groups of the conversation that an event replaces.

The return type of the function that makes a change names those groups. The type checker holds it to that, and
`groups_of` reads it for everybody who needs to know what an event can touch.
"""

from collections.abc import Callable
from itertools import chain
from typing import Any, TypeAlias, get_args, get_type_hints

from chatserver.domain.conversation import (
    Alarms,
    Answers,
    Company,
    Connections,
    Conversation,
    Emergency,
    Ending,
    Phase,
    Queueing,
    Serving,
    Subject,
    Talk,
)

Group: TypeAlias = (
    Phase | Talk | Alarms | Answers | Connections | Company | Serving | Queueing | Emergency | Ending | Subject
)
"""All that events can replace; the rest is fixed, or counted by the unit of work."""

PLACES: dict[type[Group], str] = {
    kind: name for name, kind in get_type_hints(Conversation).items() if kind in get_args(Group)
}
"""The name that each group has in a conversation."""

COUNTED = ("last_seq", "last_visitor_seq", "version")
"""What the unit of work counts; no event sets it."""


def groups_of(change: Callable[..., Any]) -> frozenset[type[Group]]:
    """The groups that this change may replace."""
    returned = get_args(get_type_hints(change)["return"])
    each_or_some = (get_args(each) or (each,) for each in returned if each is not ...)
    return frozenset(chain.from_iterable(each_or_some))
