"""What a visitor, a member of staff and an address may ask for; anything beyond is told when to try again."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from chatserver.actions.features import HANDLERS
from chatserver.actions.offline_messages.live import Left
from chatserver.domain.network import Networks
from chatserver.domain.rules import Rules
from chatserver.hub import allowances, turn
from chatserver.hub.allowances import BUCKETS, Addresses
from chatserver.hub.handlers import StaffHandler, VisitorHandler
from chatserver.hub.options import HubOptions
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.wire.following import ConversationUnfollow
from tests.hub.harness import PATIENCE, QUICK, Rig, Told, VisitorTab, eventually, opened

EVERY_HANDLER = [*HANDLERS.visitor.items(), *HANDLERS.staff.items()]
ONE_ADDRESS = "203.0.113.9"
CRY = "我胸口剧痛"


@pytest.mark.parametrize(
    ("kind", "handler"), EVERY_HANDLER, ids=[f"{kind.__name__} {type(each).__name__}" for kind, each in EVERY_HANDLER]
)
def test_every_frame_that_touches_the_store_takes_from_a_bucket(
    kind: type, handler: StaffHandler | VisitorHandler
) -> None:
    """Unfollowing alone touches nothing."""
    assert bool(handler.buckets) is (kind is not ConversationUnfollow)
    assert all(name in BUCKETS for name in handler.buckets)
    own = [name.startswith("staff: ") for name in handler.buckets]
    assert all(own) if isinstance(handler, StaffHandler) else not any(own)


def test_a_bucket_of_an_address_is_never_the_first() -> None:
    """What visitors are refused for their own limits takes nothing from their neighbours."""
    for handler in HANDLERS.visitor.values():
        assert not handler.buckets[0].startswith(allowances.OF_ADDRESS)


def rows(rig: Rig, table: str) -> int:
    query = f"SELECT count(*) FROM {table}"
    return int(rig.database.read_now(lambda conn: conn.exec_driver_sql(query).scalar()) or 0)


def in_one_moment() -> float:
    """The steady clock of a test in which a limit gives nothing back, however long the machine takes."""
    return 0.0


def has_answer(tab: VisitorTab) -> bool:
    return bool(tab.heard("accepted") or tab.heard("refused"))


async def closed_conversation(rig: Rig, tab: VisitorTab) -> str:
    """A conversation that somebody answered and ended, so that it may be rated."""
    consultant = await rig.staff("limin", "online")
    conversation = await tab.opens("请问挂号")
    row = await consultant.row(conversation, state="active")
    fence = row["fence"]
    await consultant.ask("message.post", conversation=conversation, body="您好", fence=fence)
    await consultant.ask("conversation.close", conversation=conversation, fence=fence, outcome="answered")
    await tab.hears("conversation", state="closed")
    return conversation


async def test_a_rating_is_changed_ten_times_an_hour_and_no_more(tmp_path: Path) -> None:
    options = replace(QUICK, ratings_per_hour=HubOptions().ratings_per_hour)
    async with opened(tmp_path, options=options) as rig:
        tab = await rig.visitor()
        conversation = await closed_conversation(rig, tab)
        before = rows(rig, "entries")
        answers = [
            await tab.ask("conversation.rate", conversation=conversation, stars=1 + n % 5, comment=str(n))
            for n in range(30)
        ]
        accepted = [each for each in answers if each["type"] == "accepted"]
        refused = [each for each in answers if each["type"] == "refused"]
        assert len(accepted) == 10
        assert rows(rig, "entries") - before == 10
        assert {each["code"] for each in refused} == {"rate_limited"}
        assert all(each["retry_ms"] > 0 for each in refused)


async def test_the_same_rating_sent_again_uses_nothing_up(tmp_path: Path) -> None:
    async with opened(tmp_path, options=replace(QUICK, ratings_per_hour=2)) as rig:
        tab = await rig.visitor()
        conversation = await closed_conversation(rig, tab)
        first = {"ref": "r" * 22, "conversation": conversation, "stars": 5}
        answers = [await tab.ask("conversation.rate", **first) for _ in range(6)]
        assert [each["type"] for each in answers] == ["accepted"] * 6
        again = await tab.ask("conversation.rate", conversation=conversation, stars=4)
        assert again["type"] == "accepted"
        # The bucket is empty, but the answer to an earlier request may have been lost.
        assert (await tab.ask("conversation.rate", **first))["type"] == "accepted"
        assert (await tab.ask("conversation.rate", conversation=conversation, stars=3))["code"] == "rate_limited"


async def test_limits_hold_across_tabs_and_reconnects(tmp_path: Path) -> None:
    async with opened(tmp_path, options=replace(QUICK, offline_per_hour=5)) as rig:
        token = rig.new_visitor()
        left: list[Told] = []
        for n in range(8):
            tab = await rig.visitor(token)
            left.append(await tab.ask("offline.leave", kind="question", body=f"请回电 {n}"))
            if n % 2:
                tab.leave()
        assert [each["type"] for each in left] == ["accepted"] * 5 + ["refused"] * 3
        assert rows(rig, "offline_messages") == 5


OF_AN_ADDRESS = {
    "opens_per_hour_and_address": ("conversation.open", {"body": "请问挂号"}, "conversations"),
    "offline_per_hour_and_address": ("offline.leave", {"kind": "question", "body": "请回电"}, "offline_messages"),
}


@pytest.mark.parametrize("limit", OF_AN_ADDRESS)
async def test_the_limit_of_an_address_holds_for_any_number_of_tokens(limit: str, tmp_path: Path) -> None:
    kind, fields, table = OF_AN_ADDRESS[limit]
    wanted: Any = {limit: 4}
    options = replace(QUICK, **wanted)
    async with opened(tmp_path, options=options) as rig:
        tabs = [await rig.visitor(address=ONE_ADDRESS) for _ in range(7)]
        answers = [await tab.ask(kind, **fields) for tab in tabs]
        assert [each["type"] for each in answers] == ["accepted"] * 4 + ["refused"] * 3
        assert {each["code"] for each in answers[4:]} == {"rate_limited"}
        assert rows(rig, table) == 4
        elsewhere = await rig.visitor(address="203.0.113.10")
        assert (await elsewhere.ask(kind, **fields))["type"] == "accepted"


FIRST_WORDS = {
    "conversation.open": {"department": "gynecology"},
    "offline.leave": {"department": "gynecology", "kind": "question"},
}
USED_UP = {
    "the visitor's own": {"opens_per_hour": 1, "offline_per_hour": 1},
    "the address's": {"opens_per_hour_and_address": 1, "offline_per_hour_and_address": 1},
    "five minutes of messages": {"messages_per_five_minutes": 1},
}


@pytest.mark.parametrize("limits", USED_UP)
@pytest.mark.parametrize("kind", FIRST_WORDS)
async def test_an_emergency_is_accepted_whatever_limits_are_reached(kind: str, limits: str, tmp_path: Path) -> None:
    wanted: Any = USED_UP[limits]
    async with opened(tmp_path, options=replace(QUICK, **wanted)) as rig:
        tab = await rig.visitor(address=ONE_ADDRESS)
        first = await tab.ask(kind, body="请问挂号", **FIRST_WORDS[kind])
        assert first["type"] == "accepted"
        again = tab
        if limits == "the address's":
            again = await rig.visitor(address=ONE_ADDRESS)
        assert (await again.ask(kind, body="请问几点", **FIRST_WORDS[kind]))["code"] == "rate_limited"
        for _ in range(2):
            answer = await again.ask(kind, body=CRY, **FIRST_WORDS[kind])
            assert answer["type"] == "accepted", answer
            if kind == "offline.leave":
                assert answer["emergency"] == "body"
            else:
                await again.has_event(answer["conversation"], "emergency_noticed")
        assert (await again.ask(kind, body="请问几点", **FIRST_WORDS[kind]))["code"] == "rate_limited"


async def test_an_emergency_in_a_chat_is_not_held_back_by_the_number_of_messages(tmp_path: Path) -> None:
    async with opened(tmp_path, options=replace(QUICK, messages_per_five_minutes=3)) as rig:
        tab = await rig.visitor()
        conversation = await tab.opens("请问挂号")
        answers = [await tab.says(conversation, "还在吗") for _ in range(3)]
        assert [each["type"] for each in answers] == ["accepted"] * 2 + ["refused"]
        assert (await tab.says(conversation, CRY))["type"] == "accepted"
        await tab.has_event(conversation, "emergency_noticed")
        assert (await tab.says(conversation, "还在吗"))["code"] == "rate_limited"


async def test_the_limit_per_second_holds_for_everybody(tmp_path: Path) -> None:
    """A flood of emergencies does not get around every limit; a visitor who is held back here may try again in a
    moment."""
    options = replace(QUICK, messages_per_second=1, messages_burst=3)
    async with opened(tmp_path, options=options, steady=in_one_moment) as rig:
        tab = await rig.visitor()
        answers = [await tab.ask("conversation.open", body=CRY, department="gynecology") for _ in range(5)]
        assert [each["type"] for each in answers] == ["accepted"] * 3 + ["refused"] * 2
        assert answers[-1]["retry_ms"] == 1_001, "a second, rounded up"


async def test_the_ref_of_a_counted_rating_does_not_pay_for_an_opening(tmp_path: Path) -> None:
    options = replace(QUICK, opens_per_hour=1, opens_per_hour_and_address=1)
    async with opened(tmp_path, options=options) as rig:
        tab = await rig.visitor()
        conversation = await closed_conversation(rig, tab)
        refs = ["a" * 22, "b" * 22]
        for ref in refs:
            rated = await tab.ask("conversation.rate", ref=ref, conversation=conversation, stars=len(ref) % 5 + 1)
            assert rated["type"] == "accepted"
        answers = [await tab.ask("conversation.open", ref=ref, body="请问挂号") for ref in refs]
        assert [each.get("code") for each in answers] == ["rate_limited"] * 2


def nobody(_id: str) -> None:
    return None


def test_an_address_that_is_used_is_not_forgotten_for_new_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowances, "ADDRESSES", 100)
    addresses = Addresses(HubOptions(), nobody, lambda: 0.0)
    honest = addresses.of("honest")
    honest.crowd.had_priority("someone")
    for n in range(1_000):
        addresses.of(f"10.0.0.{n}").crowd.had_priority("another")
        assert addresses.of("honest") is honest


def test_a_flood_of_addresses_is_looked_through_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking through all addresses is slow, so it must not be done for each new one."""
    monkeypatch.setattr(allowances, "ADDRESSES", 100)
    looks = 0
    at = 0.0

    class Counting(Addresses):
        def forget(self) -> None:
            nonlocal looks
            looks += 1
            super().forget()

    addresses = Counting(HubOptions(), nobody, lambda: at)
    for n in range(2_000):
        addresses.of(f"10.0.0.{n}").crowd.had_priority("someone")
    assert looks == 1
    at = 1.5
    for n in range(2_000):
        addresses.of(f"10.0.1.{n}").crowd.had_priority("someone")
    assert looks == 2


OF_A_LISTED_ONE = ("opens_per_hour_and_address", "offline_per_hour_and_address")


@pytest.mark.parametrize("limit", OF_A_LISTED_ONE)
async def test_a_listed_network_may_do_ten_times_as_much(limit: str, tmp_path: Path) -> None:
    kind, fields, table = OF_AN_ADDRESS[limit]
    wanted: Any = {limit: 1, "shared_networks": Networks(["203.0.113.0/24"])}
    async with opened(tmp_path, options=replace(QUICK, **wanted)) as rig:
        tabs = [await rig.visitor(address=ONE_ADDRESS) for _ in range(12)]
        answers = [await tab.ask(kind, **fields) for tab in tabs]
        assert [each["type"] for each in answers] == ["accepted"] * 10 + ["refused"] * 2
        assert rows(rig, table) == 10


async def test_a_household_is_one_address_however_many_it_has(tmp_path: Path) -> None:
    async with opened(tmp_path, options=replace(QUICK, offline_per_hour_and_address=2)) as rig:
        tabs = [await rig.visitor(address=f"2001:db8:1:2::{n}") for n in range(1, 5)]
        answers = [await tab.ask("offline.leave", kind="question", body="请回电") for tab in tabs]
        assert [each["type"] for each in answers] == ["accepted", "accepted", "refused", "refused"]


async def test_what_is_refused_for_the_address_takes_nothing_of_the_visitors_own(tmp_path: Path) -> None:
    options = replace(QUICK, opens_per_hour=1, opens_per_hour_and_address=1)
    async with opened(tmp_path, options=options) as rig:
        first, second = await rig.visitor(address=ONE_ADDRESS), await rig.visitor(address=ONE_ADDRESS)
        await first.opens("请问挂号")
        assert (await second.ask("conversation.open", body="请问挂号"))["code"] == "rate_limited"
        second.leave()
        moved = await rig.visitor(second.token, address="203.0.113.10")
        assert (await moved.ask("conversation.open", body="请问挂号"))["type"] == "accepted"


async def test_a_first_message_that_was_not_taken_uses_up_nothing(tmp_path: Path) -> None:
    """Neither a refused one, nor one that is sent again with its ref after a lost connection."""
    async with opened(tmp_path, Rules(queue_limit=1), replace(QUICK, opens_per_hour=1)) as rig:
        other, tab = await rig.visitor(), await rig.visitor()
        conversation = await other.opens("请问挂号")
        for _ in range(3):
            assert (await tab.ask("conversation.open", body="请问挂号"))["code"] == "queue_full"
        await other.ask("conversation.close", conversation=conversation)
        same = {"ref": "s" * 22, "body": "请问挂号"}
        answers = [await tab.ask("conversation.open", **same) for _ in range(4)]
        assert [each["type"] for each in answers] == ["accepted"] * 4


async def test_a_flood_of_reads_is_slowed_down(tmp_path: Path) -> None:
    options = replace(QUICK, reads_per_second=2, staff_reads_per_second=3)
    async with opened(tmp_path, options=options, steady=in_one_moment) as rig:
        tab, consultant = await rig.visitor(), await rig.staff("limin", "online")
        conversation = await tab.opens("请问挂号")
        await consultant.row(conversation, state="active")
        asked = [await tab.ask("history.get", conversation=conversation, after=0) for _ in range(40)]
        heads = await tab.ask("heads.get", at=[])
        lists = [await consultant.ask("list.get", list="colleagues") for _ in range(50)]
        assert sum(each["type"] == "history" for each in asked) == 20
        assert heads["code"] == "rate_limited"
        assert sum(each["type"] == "accepted" for each in lists) == 30


async def test_a_flood_of_signs_is_not_passed_on_and_nobody_is_told(tmp_path: Path) -> None:
    async with opened(tmp_path, steady=in_one_moment) as rig:
        tab, consultant = await rig.visitor(), await rig.staff("limin", "online")
        conversation = await tab.opens("请问挂号")
        await consultant.row(conversation, state="active")
        await consultant.follows(conversation)
        tabs = [tab, *[await rig.visitor(tab.token) for _ in range(3)]]
        for n in range(100):
            await tabs[n % 4].send("typing", conversation=conversation, on=True)
        await tab.says(conversation, "还在吗")
        # What was passed on of the signs came before it.
        await consultant.hears("entry", body="还在吗")
        assert 0 < len(consultant.heard("typing")) <= 25
        assert not any(each.heard("refused") for each in tabs)


async def test_an_address_leaves_the_last_places_of_a_queue_to_others(tmp_path: Path) -> None:
    async with opened(tmp_path, Rules(queue_limit=20)) as rig:
        crowd = [await rig.visitor(address=ONE_ADDRESS) for _ in range(14)]
        answers = [await tab.ask("conversation.open", body="请问挂号", department="gynecology") for tab in crowd]
        assert [each["type"] for each in answers] == ["accepted"] * 10 + ["refused"] * 4
        assert {each["code"] for each in answers[10:]} == {"queue_full"}
        assert answers[10]["details"]["why"] == "address"
        others = [await rig.visitor() for _ in range(11)]
        answers = [await tab.ask("conversation.open", body="请问挂号", department="gynecology") for tab in others]
        assert [each["type"] for each in answers] == ["accepted"] * 10 + ["refused"]


async def test_many_at_once_from_one_address_get_no_more_than_one_after_the_other(tmp_path: Path) -> None:
    async with opened(tmp_path, Rules(queue_limit=20)) as rig:
        crowd = [await rig.visitor(address=ONE_ADDRESS) for _ in range(20)]
        for tab in crowd:
            await tab.send("conversation.open", ref="a" * 22, body="请问挂号", department="gynecology")
        for tab in crowd:
            await tab.until(partial(has_answer, tab))
        assert sum(bool(tab.heard("accepted")) for tab in crowd) == 10


async def test_a_listed_network_may_have_three_quarters(tmp_path: Path) -> None:
    listed = replace(QUICK, shared_networks=Networks(["203.0.113.0/24"]))
    async with opened(tmp_path, Rules(queue_limit=20), listed) as rig:
        crowd = [await rig.visitor(address=ONE_ADDRESS) for _ in range(18)]
        answers = [await tab.ask("conversation.open", body="请问挂号", department="gynecology") for tab in crowd]
        assert [each["type"] for each in answers] == ["accepted"] * 15 + ["refused"] * 3


async def test_a_place_that_is_free_again_may_be_taken_again(tmp_path: Path) -> None:
    async with opened(tmp_path, Rules(queue_limit=4)) as rig:
        other, first, second = [await rig.visitor(address=ONE_ADDRESS) for _ in range(3)]
        await other.opens("请问挂号")
        conversation = await first.opens("请问挂号")
        assert (await second.ask("conversation.open", body="请问挂号"))["code"] == "queue_full"
        await first.ask("conversation.close", conversation=conversation)
        assert (await second.ask("conversation.open", body="请问挂号"))["type"] == "accepted"


async def test_after_a_restart_who_comes_back_still_holds_the_place(tmp_path: Path) -> None:
    async with opened(tmp_path, Rules(queue_limit=4)) as rig:
        other, first, second = [await rig.visitor(address=ONE_ADDRESS) for _ in range(3)]
        await other.opens("请问挂号")
        await first.opens("请问挂号")
        await rig.restart()
        await rig.visitor(other.token, address=ONE_ADDRESS)
        await rig.visitor(first.token, address=ONE_ADDRESS)
        again = await rig.visitor(second.token, address=ONE_ADDRESS)
        assert (await again.ask("conversation.open", body="请问挂号"))["code"] == "queue_full"


async def leaves(tab: VisitorTab, body: str) -> Told:
    return await tab.ask("offline.leave", kind="question", body=body, department="gynecology")


async def test_while_the_store_stalls_offline_messages_are_refused_and_emergencies_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "PATIENCE", 0.3)
    async with opened(tmp_path, options=replace(QUICK, emergencies_per_hour_and_address=1)) as rig:
        tabs = [await rig.visitor() for _ in range(30)]
        criers = [await rig.visitor(address=ONE_ADDRESS) for _ in range(2)]
        stalled, cried = asyncio.Event(), list[str]()
        transact = rig.hub._running.dispatch.transact

        async def slowly(work: Callable[[UnitOfWork], Left]) -> Left:
            cried.append("came")
            await stalled.wait()
            return await transact(work)

        monkeypatch.setattr(rig.hub._running.dispatch, "transact", slowly)
        leaving = [asyncio.create_task(leaves(tab, "请回电")) for tab in tabs]
        crying = [asyncio.create_task(leaves(tab, CRY)) for tab in criers]
        await eventually(lambda: sum(task.done() for task in leaving) == 28)
        assert len(cried) == 4, "two that have their turn, and both cries"
        early = [task.result() for task in leaving if task.done()]
        assert {each["code"] for each in early} == {"busy"}
        assert all(each["retry_ms"] > 0 for each in early)
        stalled.set()
        answers = await asyncio.gather(*leaving, *crying)
        assert sum(each["type"] == "accepted" for each in answers) == 4
        assert all(each["emergency"] == "body" for each in answers[-2:])
        again = await leaves(tabs[-1], "请回电")
        assert again["type"] == "accepted"


async def test_a_message_does_not_wait_behind_many_offline_messages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each 留言 is a commit of its own; however many come at once, messages of conversations go in between. None is
    refused for the time that a busy machine takes for all."""
    monkeypatch.setattr(turn, "PATIENCE", PATIENCE)
    async with opened(tmp_path) as rig:
        honest = await rig.visitor()
        conversation = await honest.opens()
        others = [await rig.visitor() for _ in range(turn.WAITING)]
        left: list[Told] = []

        async def leaves_one(tab: VisitorTab) -> None:
            left.append(await leaves(tab, "请回电"))

        leaving = [asyncio.create_task(leaves_one(tab)) for tab in others]
        await asyncio.sleep(0)
        answer = await honest.says(conversation, "还有一个问题")
        before = len(left)
        await asyncio.gather(*leaving)
        assert answer["type"] == "accepted"
        assert {each["type"] for each in left} == {"accepted"}
        assert before <= 10
