"""Of the emergencies from one address the first have priority; the others are told of 120 and accepted all the same."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from chatserver.domain.rules import Rules
from chatserver.hub.crowd import Crowd
from chatserver.hub.options import HubOptions
from chatserver.store.database import Where
from tests.hub.harness import QUICK, Rig, VisitorTab, eventually, opened

ONE_ADDRESS = "203.0.113.9"
CRY = "胸痛得厉害，喘不上气"
NARROW = replace(QUICK, emergencies_per_hour_and_address=HubOptions().emergencies_per_hour_and_address)


def stored(rig: Rig, columns: str, table: str = "conversations") -> list[dict[str, Any]]:
    query = f"SELECT {columns} FROM {table} ORDER BY id"
    return [dict(row) for row in rig.database.read_now(lambda conn: conn.exec_driver_sql(query).mappings().all())]


async def all_at_once(tabs: list[VisitorTab]) -> None:
    """All of them send an emergency at the same moment."""
    for tab in tabs:
        await tab.send("conversation.open", ref="a" * 22, body=CRY, department="gynecology")
    for tab in tabs:
        assert await tab.hears("accepted")


async def test_all_are_told_of_120_and_taken_and_three_have_priority(place: Where) -> None:
    async with opened(place, Rules(queue_limit=5), NARROW) as rig:
        chen = await rig.staff("chenjing")
        tabs = [await rig.visitor(address=ONE_ADDRESS) for _ in range(20)]
        await all_at_once(tabs)
        for tab in tabs:
            accepted = await tab.hears("accepted")
            event = await tab.has_event(accepted["conversation"], "emergency_noticed")
            assert event["emergency"] == "body"
            assert "crowded" not in event, "the visitor is not told how many neighbours cried"
        rows = stored(rig, "priority, crowded, phase")
        assert [bool(each["crowded"]) for each in rows].count(False) == 3
        assert sum(each["priority"] == 20 for each in rows) == 3
        assert all(each["phase"] == "waiting" for each in rows)
        await eventually(lambda: len(chen.rows()) == 20)
        marked = [each for each in chen.rows().values() if each.get("crowded")]
        assert len(marked) == 17
        assert {each["level"] for each in marked} == {"attention"}, "an older console puts it in front of nothing"
        alarms = await chen.until(lambda: next((f for f in reversed(chen.told) if f["type"] == "alarms"), None))
        assert len(alarms["alarms"]) == 3


async def test_they_keep_nobody_else_out(place: Where) -> None:
    async with opened(place, Rules(queue_limit=5), NARROW) as rig:
        await all_at_once([await rig.visitor(address=ONE_ADDRESS) for _ in range(12)])
        other = await rig.visitor()
        assert (await other.ask("conversation.open", body="请问挂号", department="gynecology"))["type"] == "accepted"
        cry = await rig.visitor(address="203.0.113.10")
        await cry.opens(CRY)
        assert stored(rig, "crowded, priority")[-1]["priority"] == 20


async def test_whoever_had_priority_keeps_it_for_other_words_too(tmp_path: Path) -> None:
    async with opened(tmp_path, options=NARROW) as rig:
        tabs = [await rig.visitor(address=ONE_ADDRESS) for _ in range(3)]
        await all_at_once(tabs)
        conversation = (await tabs[0].hears("accepted"))["conversation"]
        await tabs[0].says(conversation, "我不想活了")
        await eventually(lambda: "mind" in str(stored(rig, "emergencies")))
        assert not any(each["crowded"] for each in stored(rig, "crowded"))


async def test_words_in_a_chat_that_runs_already_count_as_well(tmp_path: Path) -> None:
    async with opened(tmp_path, options=NARROW) as rig:
        tabs = [await rig.visitor(address=ONE_ADDRESS) for _ in range(6)]
        talks = [await tab.opens("请问挂号") for tab in tabs]
        for tab, talk in zip(tabs, talks, strict=True):
            assert (await tab.says(talk, CRY))["type"] == "accepted"
        assert sum(bool(each["crowded"]) for each in stored(rig, "crowded")) == 3


async def test_a_dismissal_ends_the_mark(tmp_path: Path) -> None:
    async with opened(tmp_path, options=NARROW) as rig:
        chen = await rig.staff("chenjing")
        await all_at_once([await rig.visitor(address=ONE_ADDRESS) for _ in range(8)])
        await eventually(lambda: sum(bool(each.get("crowded")) for each in chen.rows().values()) == 5)
        for id in [each["id"] for each in chen.rows().values() if each.get("crowded")]:
            assert (await chen.ask("emergency.dismiss", conversation=id))["type"] == "accepted"
        await eventually(lambda: not any(each.get("crowded") for each in chen.rows().values()))
        other = await rig.visitor()
        assert (await other.ask("conversation.open", body="请问挂号", department="gynecology"))["type"] == "accepted"


async def test_offline_emergencies_beyond_the_first_alarm_nobody(place: Where) -> None:
    async with opened(place, options=NARROW) as rig:
        chen = await rig.staff("chenjing")
        for _ in range(6):
            tab = await rig.visitor(address=ONE_ADDRESS)
            answer = await tab.ask("offline.leave", kind="question", body=CRY, department="gynecology")
            assert (answer["type"], answer["emergency"]) == ("accepted", "body"), "120 is shown at once"
        kept = stored(rig, "crowded", "offline_messages")
        assert [bool(each["crowded"]) for each in kept] == [False] * 3 + [True] * 3
        listed = await chen.until(lambda: [row for f in chen.heard("offline") for row in f.get("put", ())][5:])
        assert len(listed) == 1
        await chen.until(lambda: any(len(f["alarms"]) == 3 for f in chen.heard("alarms") if "alarms" in f))
        assert not any(len(f.get("alarms", ())) > 3 for f in chen.heard("alarms"))


def test_after_an_hour_the_next_have_priority_again() -> None:
    at = 0.0
    crowd = Crowd(lambda _id: None, 3, lambda: at)
    for visitor in "abc":
        assert not crowd.is_beyond(visitor)
        crowd.had_priority(visitor)
    at = 3_599.0
    assert crowd.is_beyond("d")
    assert not crowd.is_beyond("a")
    at = 3_601.0
    assert not crowd.is_beyond("d")
    assert crowd.is_empty


class Meanwhile(float):
    """A time; while it is being compared, another thread does something."""

    does: Callable[[], object] | None = None
    threads: ClassVar[list[threading.Thread]] = []

    def __gt__(self, other: object) -> bool:
        if Meanwhile.does is not None:
            thread = threading.Thread(target=Meanwhile.does)
            Meanwhile.threads.append(thread)
            thread.start()
            thread.join(0.05)
        return True


def test_what_the_writer_notes_while_old_ones_are_forgotten_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Emergencies are counted in the writer thread and forgotten in the event loop's."""
    crowd = Crowd(lambda _id: None, 3, Meanwhile)
    crowd.had_priority("a")
    monkeypatch.setattr(Meanwhile, "does", lambda: crowd.had_priority("b"))
    assert not crowd.is_empty
    monkeypatch.setattr(Meanwhile, "does", None)
    for thread in Meanwhile.threads:
        thread.join()
    crowd.had_priority("c")
    assert crowd.is_beyond("d"), "a, b and c had it"
