"""The publish queue is ordered and bounded, and reports what it dropped."""

import pytest

from chatserver.bus.codec import Came, Lost, Moved
from chatserver.bus.contract import Bell, Doorbell, DraftBell, SeenBell, StaffBell, TypingBell
from chatserver.bus.publish_queue import OwnConnections, PublishQueue

PASSING = (TypingBell("c-1", by_visitor=True, on=True), DraftBell("li", "c-1", "note"), SeenBell("li", "c-1", 3))

passing = pytest.mark.parametrize("bell", PASSING)


def bells(count: int) -> list[Doorbell]:
    return [Doorbell(f"c-{n}", n, n, n) for n in range(count)]


def filled(*, bound: int, count: int) -> PublishQueue:
    backlog = PublishQueue(bound)
    for bell in bells(count):
        backlog.add(bell)
    return backlog


def test_bells_are_taken_once_and_in_order() -> None:
    backlog = filled(bound=10, count=10)
    assert backlog.take() == bells(10)
    assert not backlog
    assert backlog.take() == []


@passing
def test_ephemeral_bells_make_room_for_all_others(bell: Bell) -> None:
    backlog = PublishQueue(bound=3)
    for each in (bell, StaffBell("li", 1), bell, Doorbell("c-1", 1, 1, 1), Doorbell("c-2", 1, 1, 1)):
        backlog.add(each)
    assert backlog.take() == [StaffBell("li", 1), Doorbell("c-1", 1, 1, 1), Doorbell("c-2", 1, 1, 1)]


@passing
def test_an_ephemeral_bell_without_room_is_dropped(bell: Bell) -> None:
    backlog = filled(bound=3, count=3)
    backlog.add(bell)
    assert backlog.take() == bells(3)


def test_it_never_holds_more_than_its_bound_and_says_so() -> None:
    backlog = PublishQueue(bound=3)
    for bell in bells(100):
        backlog.add(bell)
        assert len(backlog) <= 3
    news = backlog.take()
    assert news[0] == Lost()
    assert news[1:] == bells(100)[-len(news) + 1 :]


@passing
def test_an_unpublished_bell_is_reported_as_lost_unless_ephemeral(bell: Bell) -> None:
    backlog = PublishQueue()
    backlog.give_back([bell])
    backlog.lose(bell)
    assert not backlog
    backlog.lose(bells(1)[0])
    assert backlog.take() == [Lost()]
    backlog.give_back(bells(1))
    assert backlog.take() == [Lost()]
    backlog.give_back([Lost()])
    assert backlog.take() == [Lost()]
    backlog.add(bells(1)[0])
    backlog.lose_all()
    assert backlog.take() == [Lost()]


def test_connections_are_published_once_with_a_higher_version() -> None:
    own = OwnConnections()
    own.take_all()
    own.came("li", "s-1", 10)
    own.came("wang", "s-2", 20)
    own.left("wang", "s-2")
    assert own.take() == Moved(2, (Came("s-1", "li", 10),), ("s-2",))
    assert own.take() is None


def test_changes_while_unwritten_are_part_of_the_full_list_only() -> None:
    own = OwnConnections()
    for n in range(1_000):
        own.came("li", f"s-{n}", n)
        own.left("li", f"s-{n}")
    own.came("wang", "s-w", 20)
    assert not own.has_changes
    assert own.take_all() == [Came("s-w", "wang", 20)]
    own.came("li", "s-1", 10)
    own.unwritten()
    assert own.take() is None
    assert own.take_all() == [Came("s-w", "wang", 20), Came("s-1", "li", 10)]
