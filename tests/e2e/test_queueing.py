"""The check of the queue, on stories short enough to verify by hand: it finds what is wrong, and nothing else."""

import json
from collections.abc import Iterable

from tests.e2e.oracle import Stored
from tests.e2e.queueing import FOREVER, Queue

Story = Iterable[tuple[str, int, str]]
"""Event, seconds, who."""


def told(*stories: Story, capacity: int = 1, here_from: float = 0.0, known: dict[str, float] | None = None) -> Queue:
    """Conversations of one group that mei and jun serve; both are present from that second on. `known`: from which
    second on a conversation was known to wait."""
    stored = Stored()
    for number, story in enumerate(stories):
        id = f"c{number}"
        stored.conversations[id] = {"group": "women"}
        stored.entries[id] = [
            {
                "id": f"{at * 1000:012x}",
                "event": event,
                "at": at * 1000,
                "details": json.dumps({"consultant": {"id": who}} if who else {}),
            }
            for event, at, who in story
        ]
    seen = {id: at * 1000 for id, at in (known or {}).items()}
    people = ("mei", "jun")
    present = {each: [(here_from * 1000, FOREVER)] for each in people}
    return Queue(stored, present, dict.fromkeys(people, "women"), dict.fromkeys(people, capacity), seen)


def findings(queue: Queue) -> list[str]:
    return [*queue.too_many(), *queue.out_of_turn(), *queue.forgotten(5_000)]


def test_a_day_without_faults_has_no_findings() -> None:
    first = [
        ("opened", 0, ""),
        ("rung", 0, "mei"),
        ("ring_missed", 2, "mei"),
        ("rung", 2, "jun"),
        ("assigned", 3, "jun"),
    ]
    second = [("opened", 1, ""), ("assigned", 3, "mei"), ("closed", 9, "")]
    third = [("opened", 4, ""), ("assigned", 9, "mei"), ("returned_to_queue", 70, "mei"), ("closed", 71, "")]
    assert findings(told(first, second, third)) == []


def test_an_assignment_over_capacity_is_found() -> None:
    both = [("opened", 0, ""), ("assigned", 1, "mei")]
    assert len(list(told(both, both).too_many())) == 2
    assert findings(told(both, both, capacity=2)) == []


def test_an_overtaken_visitor_is_found() -> None:
    first = [("opened", 0, ""), ("assigned", 3, "mei")]
    second = [("opened", 1, ""), ("assigned", 2, "jun")]
    [found] = told(first, second).out_of_turn()
    assert found.startswith("c1 was given before c0")


def test_nobody_overtakes_whose_opening_was_not_committed_yet() -> None:
    first = [("opened", 0, ""), ("assigned", 4, "mei")]
    second = [("opened", 1, ""), ("assigned", 3, "jun")]
    assert list(told(first, second, known={"c0": 3.5}).out_of_turn()) == []
    assert len(list(told(first, second, known={"c0": 2.5}).out_of_turn())) == 1


def test_who_is_assigned_later_in_a_transaction_that_began_earlier_overtakes_nobody() -> None:
    """It waited for its locks, meanwhile the first was assigned."""
    first = [("opened", 0, ""), ("assigned", 5, "mei")]
    second = [("opened", 1, ""), ("assigned", 4, "jun")]
    queue = told(first, second)
    queue.given[1].decided = (6_000.0, FOREVER)
    assert list(queue.out_of_turn()) == []


def test_a_returned_conversation_may_overtake() -> None:
    back = [("opened", 2, ""), ("assigned", 2, "jun"), ("returned_to_queue", 3, "jun"), ("assigned", 4, "mei")]
    waits = [("opened", 1, ""), ("assigned", 5, "jun")]
    assert [each for each in told(back, waits).out_of_turn() if "c0" in each.split(" was ")[0]] == [
        "c0 was given before c1, which waited longer"
    ]
    waits = [("opened", 3, ""), ("assigned", 5, "jun")]
    assert list(told(back, waits).out_of_turn()) == []


def test_a_forgotten_visitor_is_found_unless_no_consultant_was_present() -> None:
    waits = [("opened", 0, ""), ("assigned", 9, "mei")]
    assert len(list(told(waits).forgotten(5_000))) == 2
    assert list(told(waits, here_from=5).forgotten(5_000)) == []
    busy = [("opened", 0, ""), ("assigned", 0, "mei"), ("closed", 9, "")]
    [found] = told(waits, busy).forgotten(5_000)
    assert found.endswith("while jun was free")
