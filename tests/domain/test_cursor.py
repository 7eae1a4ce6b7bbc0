"""A reader's cursor: even if entries are lost, duplicated or reordered on the way, the reader gets 1, 2, 3 … once."""

from typing import TypeAlias

import hypothesis.strategies as st
from hypothesis import given

from chatserver.domain.cursor import HOLD, Cursor

Step: TypeAlias = tuple[str, int]
"""The kind of step and its number. arrive and hear: at which place; fetch: at most how many; reconnect: always 0."""

PLACES = st.integers(0, 40)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["arrive", "arrive", "arrive", "hear"]), PLACES),
        st.tuples(st.just("fetch"), st.integers(0, 10)),
        st.tuples(st.just("reconnect"), st.just(0)),
    ),
    max_size=80,
)


class Reader:
    """Records what the cursors deliver, over any number of connections."""

    def __init__(self, head: int) -> None:
        self.head = head
        self.got: list[int] = []
        self.cursor: Cursor[int] = Cursor(0)

    def step(self, kind: str, number: int) -> None:
        match kind:
            case "arrive" if 1 <= number <= self.head:
                self.got += self.cursor.arrive(number, number)
            case "hear":
                self.cursor.heard(min(number, self.head))
            case "fetch":
                self.fetch(number)
            case "reconnect":
                self.cursor = Cursor(len(self.got))

    def fetch(self, at_most: int) -> None:
        """Reads on from the last place delivered, as `resume` does."""
        after = self.cursor.sent
        for seq in range(after + 1, min(after + at_most, self.head) + 1):
            self.got += self.cursor.arrive(seq, seq)


@given(STEPS, st.integers(0, 40))
def test_everything_comes_once_and_in_order(steps: list[Step], head: int) -> None:
    reader = Reader(head)
    for kind, number in steps:
        reader.step(kind, number)
        assert reader.got == list(range(1, len(reader.got) + 1))
        assert reader.cursor.sent == len(reader.got)
        assert reader.cursor.behind == (reader.cursor.head > reader.cursor.sent)
    reader.cursor.heard(head)
    while reader.cursor.behind:
        reader.fetch(7)
    assert reader.got == list(range(1, head + 1))


@given(st.permutations(range(1, 31)), st.lists(st.integers(1, 30)))
def test_any_order_and_any_doubles_need_no_fetching(order: list[int], again: list[int]) -> None:
    reader = Reader(30)
    for number, seq in enumerate(order):
        reader.step("arrive", seq)
        for double in again[number::30]:
            if double in order[: number + 1]:
                reader.step("arrive", double)
    assert reader.got == list(range(1, 31))
    assert not reader.cursor.behind


def test_it_starts_after_what_is_held_already() -> None:
    cursor: Cursor[str] = Cursor(3)
    assert not cursor.behind
    assert cursor.arrive(3, "old") == []
    assert cursor.arrive(4, "new") == ["new"]


def test_a_lost_last_entry_is_noticed_by_its_head() -> None:
    cursor: Cursor[str] = Cursor(3)
    cursor.heard(4)
    assert cursor.behind
    cursor.heard(2)
    assert cursor.behind


def test_a_gap_holds_what_came_after_it() -> None:
    cursor: Cursor[str] = Cursor(0)
    assert cursor.arrive(2, "two") == []
    assert cursor.behind
    assert cursor.arrive(3, "three") == []
    assert cursor.arrive(1, "one") == ["one", "two", "three"]
    assert not cursor.behind


def test_beyond_256_held_ones_the_rest_is_fetched_again() -> None:
    reader = Reader(HOLD + 10)
    for seq in range(2, HOLD + 11):
        reader.step("arrive", seq)
    assert reader.got == []
    assert len(reader.cursor._held) == HOLD == 256
    reader.step("arrive", 1)
    assert reader.got == list(range(1, HOLD + 2))
    assert reader.cursor.behind
    reader.fetch(1_000)
    assert reader.got == list(range(1, HOLD + 11))
    assert not reader.cursor._held
