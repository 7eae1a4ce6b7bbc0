"""What an event may replace of a conversation is said once, by the type that its change returns."""

import pytest

from chatserver.domain.audience import may_read
from chatserver.domain.changes.base import COUNTED, PLACES
from chatserver.domain.changes.table import TOUCHES, entry_kinds
from chatserver.domain.conversation import Conversation, Subject
from chatserver.domain.events.assignment import Assigned
from chatserver.domain.events.base import Event
from chatserver.domain.events.departments import DepartmentChosen, GroupChanged
from chatserver.domain.events.offers import Transferred
from chatserver.domain.events.queue import Opened, Overflowed

from .people import EVERYBODY, NOON
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


def test_the_events_that_take_a_conversation_from_somebody_say_so() -> None:
    taken_by = {
        type(event)
        for step in walked()
        for before, event, after in step.changes
        for who in EVERYBODY
        if may_read(before, who, NOON) and not may_read(after, who, NOON)
    }
    # These only take it from the supervisors of the former group.
    assert {kind for kind in TOUCHES if kind.is_parting} == taken_by - {GroupChanged, DepartmentChosen, Overflowed}


def test_the_events_that_choose_the_group_by_the_department_say_so() -> None:
    changes = [each for step in walked() for each in step.changes]
    moved = {type(event) for before, event, after in changes if before.queue.group != after.queue.group}
    about = {kind for kind, groups in TOUCHES.items() if Subject in groups}
    # Somebody took it with them or a colleague gave it to them, or the group that helps out has it.
    for_other_reasons = {Assigned, Transferred, Overflowed}
    by_department = {kind for kind in entry_kinds().values() if kind.by_department}
    assert by_department == {Opened} | about | moved - for_other_reasons
