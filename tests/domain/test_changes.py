"""What an event may replace of a conversation is said once, by the type that its change returns."""

import pytest

from chatserver.domain.changes.base import COUNTED, PLACES
from chatserver.domain.changes.table import TOUCHES
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.base import Event

from .walks import walked

FIXED = {"id", "site", "visitor", "language", "opened_at"}
"""What stays as it was when the conversation was opened."""


def test_every_field_is_fixed_or_counted_or_a_group_of_its_own_that_an_event_replaces() -> None:
    assert {*Conversation.__struct_fields__} == FIXED | {*COUNTED} | {*PLACES.values()}
    assert set().union(*TOUCHES.values()) == {*PLACES}


@pytest.mark.parametrize("kind", TOUCHES, ids=lambda kind: str(kind.__name__))
def test_an_event_replaces_nothing_that_its_change_does_not_name(kind: type[Event]) -> None:
    set_by = {
        group
        for step in walked()
        for before, event, after in step.changes
        if type(event) is kind
        for group, name in PLACES.items()
        if getattr(before, name) != getattr(after, name)
    }
    assert set_by <= TOUCHES[kind]
