"""What an event may set of a conversation is said once, by the type that its change returns."""

from typing import get_type_hints

import pytest

from chatserver.domain.changes import base
from chatserver.domain.changes.base import COUNTED, Changes
from chatserver.domain.changes.table import TOUCHES
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.base import Event

from .walks import walked

FIXED = {"id", "site", "visitor", "language", "opened_at"}
"""What stays as it was when the conversation was opened."""

GROUPS = (
    base.Talk,
    base.Answers,
    base.Connections,
    base.Company,
    base.Serving,
    base.Queueing,
    base.Emergency,
    base.Ending,
    base.Subject,
)


def test_changes_have_the_fields_of_a_conversation_with_their_types() -> None:
    fields = get_type_hints(Conversation)
    assert get_type_hints(Changes) == {name: fields[name] for name in fields if name not in FIXED | {*COUNTED}}


def test_every_field_is_in_one_group() -> None:
    grouped = [name for group in GROUPS for name in get_type_hints(group)]
    assert sorted(grouped) == sorted(set(grouped)) == sorted(get_type_hints(Changes))


@pytest.mark.parametrize("kind", TOUCHES, ids=lambda kind: str(kind.__name__))
def test_an_event_sets_nothing_that_its_change_does_not_name(kind: type[Event]) -> None:
    set_by = {
        name
        for step in walked()
        for before, event, after in step.changes
        if type(event) is kind
        for name in Conversation.__struct_fields__
        if getattr(before, name) != getattr(after, name)
    }
    assert set_by <= TOUCHES[kind]
