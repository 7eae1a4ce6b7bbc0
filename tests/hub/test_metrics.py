"""What is measured is what happened, and no label can ever name a person."""

import re
from collections.abc import Callable

from chatserver.hub.loop_lag import SPAN, LoopLag
from chatserver.hub.metrics import Metrics
from chatserver.store.database import Where
from chatserver.wire.closing import CloseCode
from tests.hub.harness import Rig, opened

LABELS = {"audience", "group", "kind", "result", "cause", "code"}


def value(measures: Metrics, sample: str) -> float:
    """The value of this sample, which is named with its labels."""
    [found] = re.findall(rf"^{re.escape(sample)} (\S+)$", measures.text().decode(), re.MULTILINE)
    return float(found)


def measured(rig: Rig) -> Callable[[str], float]:
    measures = rig.hub._metrics
    measures.watch_hub(lambda: rig.hub.standing)
    return lambda sample: value(measures, sample)


async def test_a_conversation_is_measured_from_end_to_end(place: Where) -> None:
    async with opened(place) as rig:
        told = measured(rig)
        token = rig.new_visitor()
        visitor = await rig.visitor(token)
        conversation = await visitor.opens()
        assert told("chat_open_conversations") == 1
        assert told('chat_queue_length{group="general"}') == 1
        assert told('chat_queue_length{group="children"}') == 0
        entries = told("chat_entries_total")
        await visitor.says(conversation, "您好")
        assert told("chat_entries_total") == entries + 1
        assert told("chat_answer_seconds_count") == 2
        assert told("chat_commit_seconds_count") >= 2
        assert told("chat_batch_commands_count") >= 2
        visitor.leave()
        held = {"conversation": conversation, "epoch": "", "after": 0}
        await rig.visitor(token, [held])
        await rig.visitor(token, [held | {"epoch": "another"}])
        assert told('chat_resumes_total{result="recovered"}') == 1
        assert told('chat_resumes_total{result="epoch"}') == 1


async def test_each_object_has_a_registry_of_its_own() -> None:
    one, other = Metrics(), Metrics()
    one.closed(CloseCode.SLOW_CONSUMER)
    assert value(one, "chat_outbox_overflows_total") == 1
    assert value(one, 'chat_closes_total{code="4008"}') == 1
    assert value(other, "chat_outbox_overflows_total") == 0
    assert "4008" not in other.text().decode()


async def test_every_metric_is_ours_and_no_label_names_anybody() -> None:
    for each in Metrics().described:
        assert each.name.startswith("chat_")
        assert each.name.endswith("_total") is (each.kind == "counter")
        assert set(each.labels) <= LABELS
        assert each.meaning.endswith((".", ")"))


async def test_the_longest_stall_is_told_until_two_spans_have_passed() -> None:
    now = 0.0
    stalls = LoopLag(lambda: now)
    stalls.noted(2.0)
    stalls.noted(0.5)
    assert stalls.longest() == 2.0
    now = SPAN + 1
    stalls.noted(0.1)
    assert stalls.longest() == 2.0
    now = 2 * SPAN + 1
    assert stalls.longest() == 0.1
    now = 9 * SPAN
    assert stalls.longest() == 0.0
