"""身份 on both databases and between two nodes: what the hospital's own website has signed is shown to staff and to
nobody else, a token counts once, and none of it gives a right."""

import asyncio
from itertools import count
from typing import Any

from sqlalchemy import func, select

from chatserver.store import identity_keys
from chatserver.store.database import Where
from chatserver.store.tables import identity_tokens
from tests.hub.harness import QUICK, Rig, StaffTab, Told, VisitorTab, opened, two_nodes
from tests.identity import NAME, NUMBER, claims, signed
from tests.transactions import tx_at, written

SITE = "main"
numbers = count(1)


def a_key(rig: Rig) -> str:
    return written(rig.database, lambda conn: identity_keys.make(tx_at(conn, rig.clock()), SITE))


def a_token(rig: Rig, key: str, **others: Any) -> str:
    return signed(key, claims(SITE, rig.clock() / 1000, **{"jti": f"jti-{next(numbers)}"} | others))


async def identifies(tab: VisitorTab, conversation: str, token: str, **fields: Any) -> Told:
    return await tab.ask("visitor.identify", conversation=conversation, token=token, **fields)


async def owned(li: StaffTab, visitor: VisitorTab) -> str:
    """A conversation that this consultant has."""
    conversation = await visitor.opens()
    await li.row(conversation, state="active")
    await li.follows(conversation)
    return conversation


def is_refused(answer: Told, code: str = "identity_refused") -> bool:
    """The answer names nothing but the refusal."""
    extra = set(answer) - {"type", "code", "retry", "ref"}
    return answer["type"] == "refused" and answer["code"] == code and not extra


def used(rig: Rig) -> int:
    found = rig.database.read_now(lambda conn: conn.scalar(select(func.count()).select_from(identity_tokens)))
    assert found is not None
    return found


async def test_staff_see_who_it_is_live_and_after_a_restart_and_the_visitor_does_not(place: Where) -> None:
    async with opened(place) as rig:
        key = a_key(rig)
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await owned(li, visitor)
        rig.clock.pass_seconds(5)
        assert (await identifies(visitor, conversation, a_token(rig, key)))["type"] == "accepted"
        shown = {"name": NAME, "number": NUMBER, "at": rig.clock()}
        assert await li.row(conversation, identity=shown)
        event = await li.has_event(conversation, "identified")
        assert (event["visitor_name"], event["visitor_number"]) == (NAME, NUMBER)
        assert NAME not in str(visitor.told)
        assert NUMBER not in str(visitor.told)
        await rig.restart()
        assert await (await rig.staff("limin")).row(conversation, identity=shown)
        again = await rig.visitor(visitor.token)
        assert NUMBER not in str(await again.ask("history.get", conversation=conversation, after=0))


async def test_a_colleague_who_may_not_read_it_sees_no_number(place: Where) -> None:
    async with opened(place) as rig:
        key = a_key(rig)
        visitor, wang = await rig.visitor(), await rig.staff("wangfang")
        conversation = await visitor.opens()
        await identifies(visitor, conversation, a_token(rig, key))
        assert await wang.row(conversation, identity={"name": NAME, "at": rig.clock()})
        assert NUMBER not in str(wang.told)


async def test_a_token_counts_once_for_anybody_also_after_a_restart(place: Where) -> None:
    async with opened(place) as rig:
        key = a_key(rig)
        first, second = await rig.visitor(), await rig.visitor()
        one, other = await first.opens(), await second.opens()
        token = a_token(rig, key)
        assert (await identifies(first, one, token))["type"] == "accepted"
        assert is_refused(await identifies(first, one, token))
        assert is_refused(await identifies(second, other, token))
        await rig.restart()
        again = await rig.visitor(second.token)
        assert is_refused(await identifies(again, other, token))
        assert (await again.says(other, "那我直接问"))["type"] == "accepted"


async def test_a_request_that_is_sent_again_is_answered_again(place: Where) -> None:
    """Its answer was lost with the connection."""
    async with opened(place) as rig:
        key = a_key(rig)
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        token = a_token(rig, key)
        first = await identifies(visitor, conversation, token)
        second = await identifies(visitor, conversation, token, ref=first["ref"])
        assert (second["type"], second.get("repeat")) == ("accepted", True)
        other = await identifies(visitor, conversation, a_token(rig, key), ref=first["ref"])
        assert is_refused(other, "idempotency_conflict")


async def test_of_a_hundred_at_once_at_two_nodes_one_wins(place: Where) -> None:
    async with two_nodes(place, options=QUICK) as (one, other):
        key = a_key(one)
        tabs = [await rig.visitor() for _ in range(10) for rig in (one, other)]
        conversations = [await tab.opens() for tab in tabs]
        token = a_token(one, key)
        asked = [identifies(*each, token) for each in zip(tabs, conversations, strict=True) for _ in range(5)]
        answers = await asyncio.gather(*asked)
        accepted = [each for each in answers if each["type"] == "accepted"]
        refused = [each for each in answers if is_refused(each)]
        assert (len(accepted), len(refused)) == (1, 99)
        seen = f"SELECT count(*) FROM conversations WHERE verified_number = '{NUMBER}'"
        await one.stores(seen, 1)


async def test_the_same_person_again_changes_nothing_and_another_ends_the_trust(place: Where) -> None:
    async with opened(place) as rig:
        key = a_key(rig)
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await owned(li, visitor)
        at = rig.clock()
        for _ in range(2):
            assert (await identifies(visitor, conversation, a_token(rig, key)))["type"] == "accepted"
        await li.has_event(conversation, "identified")
        events = [each["event"]["name"] for each in li.entries(conversation) if "event" in each]
        assert events.count("identified") == 1
        rig.clock.pass_seconds(60)
        other = await identifies(visitor, conversation, a_token(rig, key, name="李四", number="P-0043"))
        assert is_refused(other, "identity_changed")
        doubted = {"name": NAME, "number": NUMBER, "at": at, "doubted_at": rig.clock()}
        assert await li.row(conversation, identity=doubted)
        assert await li.has_event(conversation, "identity_doubted")
        assert "李四" not in str(li.told)
        first = await identifies(visitor, conversation, a_token(rig, key))
        assert is_refused(first, "identity_changed")
        assert await li.row(conversation, identity=doubted)
        assert (await visitor.says(conversation, "还在吗"))["type"] == "accepted"


async def test_it_opens_no_earlier_conversation_and_does_not_go_on_in_the_next(place: Where) -> None:
    async with opened(place) as rig:
        key = a_key(rig)
        li, first = await rig.staff("limin", "online"), await rig.visitor()
        earlier = await owned(li, first)
        await identifies(first, earlier, a_token(rig, key))
        # The same person on another device.
        second = await rig.visitor()
        later = await owned(li, second)
        await identifies(second, later, a_token(rig, key))
        assert (await second.ask("history.get", conversation=earlier, after=0))["code"] == "not_found"
        assert (await second.says(earlier, "我是张三"))["code"] == "not_found"
        assert (await identifies(second, earlier, a_token(rig, key)))["code"] == "not_found"
        assert earlier not in str(second.told)
        # The same browser, after the end.
        await first.ask("conversation.close", conversation=earlier)
        next_one = await rig.visitor()
        assert "identity" not in await li.row(await owned(li, next_one))


async def test_nothing_is_accepted_after_the_end(place: Where) -> None:
    async with opened(place) as rig:
        key = a_key(rig)
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await owned(li, visitor)
        fence = (await li.row(conversation))["fence"]
        await li.ask("conversation.close", conversation=conversation, fence=fence, outcome="answered")
        answer = await identifies(visitor, conversation, a_token(rig, key))
        assert is_refused(answer, "conversation_closed")


async def test_a_name_that_speaks_for_the_hospital_is_not_shown(place: Where) -> None:
    async with opened(place) as rig:
        key = a_key(rig)
        visitor, wang = await rig.visitor(), await rig.staff("wangfang")
        for name in ("医生", "康宁医院"):
            conversation = await visitor.opens() if name == "医生" else await (visitor := await rig.visitor()).opens()
            await identifies(visitor, conversation, a_token(rig, key, name=name))
            code = visitor.session.person[-4:].upper()
            assert await wang.row(conversation, identity={"name": f"#{code}", "at": rig.clock()})


async def test_the_key_before_is_accepted_for_a_day_and_a_removed_one_not_at_all(place: Where) -> None:
    async with opened(place) as rig:
        before = a_key(rig)
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        present = a_key(rig)
        assert present != before
        for key in (before, present):
            assert (await identifies(visitor, conversation, a_token(rig, key)))["type"] == "accepted"
        rig.clock.pass_seconds(24 * 3_600)
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        assert is_refused(await identifies(visitor, conversation, a_token(rig, before)))
        assert (await identifies(visitor, conversation, a_token(rig, present)))["type"] == "accepted"
        newest, third = a_key(rig), await rig.visitor()
        conversation = await third.opens()
        assert written(rig.database, lambda conn: identity_keys.remove(tx_at(conn, rig.clock()), SITE))
        for key in (before, present, newest):
            assert is_refused(await identifies(third, conversation, a_token(rig, key)))


async def test_a_token_is_remembered_until_it_is_too_old_and_not_longer(place: Where) -> None:
    async with opened(place) as rig:
        key = a_key(rig)
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        await identifies(visitor, conversation, a_token(rig, key))
        for seconds, left in ((149, 1), (2, 0)):
            rig.clock.pass_seconds(seconds)
            await rig.hub.staff_desk.parts.maintenance.forget_identities()
            assert used(rig) == left


async def test_too_many_tokens_are_held_back(place: Where) -> None:
    async with opened(place, steady=lambda: 0.0) as rig:
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        codes = [(await identifies(visitor, conversation, "garbage"))["code"] for _ in range(7)]
        assert codes == ["identity_refused"] * 5 + ["rate_limited"] * 2
        assert (await visitor.says(conversation, "您好"))["type"] == "accepted"
