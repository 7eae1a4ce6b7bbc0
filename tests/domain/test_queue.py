"""The queue: the router and the position that visitors see use the same order."""

from collections.abc import Iterable
from itertools import pairwise
from random import Random

import hypothesis.strategies as st
import pytest
from hypothesis import given
from msgspec import structs

from chatserver.domain.conversation import Conversation, Priority
from chatserver.domain.queue import HEAD_START, Line, estimate, is_beyond_share, is_long, rank, rank_at
from chatserver.domain.rules import MINUTE, SECOND

from .people import NOON, RULES, active, fresh, ringing


def waits(id: str, queued_at: int = NOON, priority: int = Priority.NORMAL) -> Conversation:
    conversation = fresh()
    queue = structs.replace(conversation.queue, since=queued_at, priority=priority)
    return structs.replace(conversation, id=id, queue=queue)


def in_order(queue: Iterable[Conversation]) -> list[str]:
    """The ids in the order of the queue."""
    line = Line()
    for each in queue:
        line.put(each)
    return list(line)


conversations = st.lists(
    st.builds(
        waits,
        id=st.uuids().map(str),
        queued_at=st.integers(NOON, NOON + 3),
        priority=st.sampled_from(Priority),
    ),
    unique_by=lambda each: each.id,
    max_size=12,
)


@given(conversations, st.randoms())
def test_the_order_is_total_and_does_not_depend_on_how_they_come(queue: list[Conversation], random: Random) -> None:
    shuffled = random.sample(queue, len(queue))
    assert in_order(queue) == in_order(shuffled)
    by_id = {each.id: each for each in queue}
    places = [rank(by_id[id]) for id in in_order(queue)]
    assert all(first < second for first, second in pairwise(places))


@given(conversations)
def test_a_later_conversation_comes_behind(queue: list[Conversation]) -> None:
    newcomer = waits("z" * 40, NOON + 4)
    assert in_order([newcomer, *queue])[-1] == newcomer.id


def test_returned_ones_come_first_then_the_longest_waiting() -> None:
    old, new, back = waits("a", NOON), waits("b", NOON + 1), waits("c", NOON + 2, Priority.RETURNED)
    assert in_order([new, back, old]) == ["c", "a", "b"]


def test_between_equals_the_id_decides() -> None:
    assert in_order([waits("b"), waits("a")]) == ["a", "b"]


def test_an_emergency_goes_before_all_who_came_today() -> None:
    urgent = waits("d", NOON, Priority.EMERGENCY)
    lesser = (Priority.NORMAL, Priority.FORWARD, Priority.RETURNED)
    others = [waits(str(each), NOON - each * MINUTE, each) for each in lesser]
    assert in_order([*others, urgent])[0] == "d"


@pytest.mark.parametrize("priority", Priority)
def test_nobody_starves(priority: Priority) -> None:
    """A normal conversation that has waited longer than a head start is served before those that arrive with it."""
    patient = waits("a", NOON)
    assert in_order([waits("b", NOON + HEAD_START[priority] + 1, priority), patient])[0] == "a"


@given(conversations, st.data())
def test_the_place_is_the_place_in_the_order(queue: list[Conversation], data: st.DataObject) -> None:
    """Also after conversations were added, removed or got another priority."""
    line = Line()
    for each in queue:
        line.put(each)
    if queue:
        for moved in data.draw(st.lists(st.sampled_from(queue))):
            line.put(
                structs.replace(
                    moved, queue=structs.replace(moved.queue, priority=data.draw(st.sampled_from(Priority)))
                )
            )
        for gone in data.draw(st.lists(st.sampled_from(queue))):
            line.remove(gone.id)
            assert line.ahead_of(gone.id) is None
    assert [line.ahead_of(id) for id in line] == list(range(len(line)))


@given(conversations)
def test_the_order_does_not_change_by_itself(queue: list[Conversation]) -> None:
    """The rank includes the head start, so sorted lists and stored columns stay in order as time passes."""
    assert all(rank(each) == (rank_at(each), each.id) for each in queue)
    assert in_order(queue) == [each.id for each in sorted(queue, key=rank)]


def test_a_missed_ring_keeps_the_place() -> None:
    story = ringing()
    place = rank(story.conversation)
    story.passes(RULES.ring_ms)
    assert rank(story.conversation) == place


def test_taken_from_its_owner_it_stands_before_all_others() -> None:
    story = active()
    story.passes(RULES.first_reply_ms)
    assert in_order([waits("a", NOON - 1_000_000), story.conversation])[0] == story.conversation.id


FIVE_MINUTES = [5 * MINUTE] * 5


@pytest.mark.parametrize(
    ("ahead", "handle_times", "serving", "minutes"),
    [
        (0, FIVE_MINUTES, 1, 5),
        (1, FIVE_MINUTES, 1, 10),
        (2, FIVE_MINUTES, 4, 4),  # 3.75
        (0, FIVE_MINUTES, 5, 1),
        (0, [5 * MINUTE + 1] * 5, 5, 2),  # a fifth of a millisecond over
        (0, [1 * SECOND] * 5, 9, 1),
        (0, [0] * 5, 1, 1),
        (0, [1 * MINUTE, 2 * MINUTE, 3 * MINUTE, 60 * MINUTE, 60 * MINUTE], 1, 3),
        (0, [1 * MINUTE] * 3 + [2 * MINUTE] * 3, 1, 2),
    ],
)
def test_the_estimate_is_rounded_up_to_minutes(ahead: int, handle_times: list[int], serving: int, minutes: int) -> None:
    assert estimate(ahead, handle_times, serving, RULES) == minutes * MINUTE


def test_a_long_wait_is_said_to_be_long() -> None:
    assert not is_long(RULES.offer_message_ahead, RULES.offer_message_ms, RULES)
    assert is_long(RULES.offer_message_ahead + 1, None, RULES)
    assert is_long(0, RULES.offer_message_ms + 1, RULES)


def test_no_number_is_invented() -> None:
    assert estimate(0, FIVE_MINUTES[:4], 1, RULES) is None
    assert estimate(0, [], 1, RULES) is None
    assert estimate(0, FIVE_MINUTES, 0, RULES) is None


@given(st.integers(0, 50), st.lists(st.integers(0, 10**8), min_size=5, max_size=30), st.integers(1, 50))
def test_more_ahead_never_means_less_waiting(ahead: int, handle_times: list[int], serving: int) -> None:
    now, later = (estimate(each, handle_times, serving, RULES) for each in (ahead, ahead + 1))
    assert now is not None
    assert later is not None
    assert MINUTE <= now <= later
    assert now % MINUTE == 0


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("limit", range(1, 41))
def test_nobody_is_kept_out_of_a_queue_that_is_less_than_half_full(limit: int, shared: bool) -> None:
    """This holds however many of the places their address already has."""
    waiting = [each for each in range(limit) if each * 2 < limit]
    assert not any(is_beyond_share(held, each, limit, shared=shared) for each in waiting for held in range(each + 1))


@pytest.mark.parametrize("limit", range(1, 41))
def test_two_of_one_address_are_never_too_many(limit: int) -> None:
    assert not any(is_beyond_share(1, waiting, limit, shared=False) for waiting in range(limit))


@pytest.mark.parametrize("limit", range(3, 41))
def test_one_address_never_fills_a_queue(limit: int) -> None:
    taken = 0
    while taken < limit and not is_beyond_share(taken, taken, limit, shared=False):
        taken += 1
    assert taken <= limit - min(10, limit // 2) + 1
    assert taken < limit
