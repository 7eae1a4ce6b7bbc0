"""A person is present while at least one of their connections is open."""

import hypothesis.strategies as st
from hypothesis import given

from chatserver.domain.presence import Presence


def test_the_first_connection_makes_a_person_present_and_the_last_one_absent() -> None:
    presence = Presence()
    assert presence.came("李敏", "tab-1")
    assert not presence.came("李敏", "tab-2")
    assert not presence.left("李敏", "tab-1")
    assert presence.here("李敏")
    assert presence.left("李敏", "tab-2")
    assert not presence.here("李敏")


def test_leaving_twice_changes_nothing() -> None:
    presence = Presence()
    presence.came("李敏", "tab-1")
    presence.came("李敏", "tab-2")
    assert not presence.left("李敏", "tab-1")
    assert not presence.left("李敏", "tab-1")
    assert presence.here("李敏")


def test_an_unknown_connection_changes_nothing_when_it_leaves() -> None:
    presence = Presence()
    presence.came("李敏", "tab-1")
    assert not presence.left("王芳", "tab-1")
    assert not presence.left("李敏", "tab-9")
    assert list(presence.everybody()) == ["李敏"]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("李王"), st.sampled_from("123"))))
def test_presence_agrees_with_a_plain_set_of_connections(steps: list[tuple[bool, str, str]]) -> None:
    presence, connections = Presence(), set[tuple[str, str]]()
    for comes, person, connection in steps:
        before = {who for who, _ in connections}
        if comes:
            connections.add((person, connection))
            assert presence.came(person, connection) == (person not in before)
        else:
            connections.discard((person, connection))
            gone = person in before and person not in {who for who, _ in connections}
            assert presence.left(person, connection) == gone
        assert set(presence.everybody()) == {who for who, _ in connections}
