"""What a change is: the groups of the conversation that an event replaces.

The function that makes a change names those groups in its return type. The type checker enforces that, and `groups_of`
reads the type for code that needs to know which groups an event can replace.
"""

from collections.abc import Callable
from itertools import chain
from typing import Any, TypeAlias, get_args, get_type_hints

from chatserver.domain.conversation import (
    Agreed,
    Alarms,
    Answers,
    Company,
    Connections,
    Conversation,
    Emergency,
    Ending,
    Identity,
    Phase,
    Queueing,
    Serving,
    Subject,
    Talk,
)

Group: TypeAlias = (
    Phase
    | Talk
    | Alarms
    | Answers
    | Connections
    | Company
    | Serving
    | Queueing
    | Emergency
    | Ending
    | Subject
    | Agreed
    | Identity
)
"""Everything that events can replace. The other fields never change, or the unit of work counts them."""

PLACES: dict[type[Group], str] = {
    kind: name for name, kind in get_type_hints(Conversation).items() if kind in get_args(Group)
}
"""The name that each group has in a conversation."""

COUNTED = ("last_seq", "last_visitor_seq", "version")
"""The fields that the unit of work counts; no event sets them."""


def groups_of(change: Callable[..., Any]) -> frozenset[type[Group]]:
    """The groups that this change may replace."""
    returned = get_args(get_type_hints(change)["return"])
    each_or_some = (get_args(each) or (each,) for each in returned if each is not ...)
    return frozenset(chain.from_iterable(each_or_some))
