"""Sessions: slow readers, silent ones, ended ones; typing, drafts, and what staff may read."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from chatserver.domain.audience import Audience
from chatserver.domain.hospital import Role, Title
from chatserver.domain.refusals import Unavailable
from chatserver.domain.versioned_settings import SignInPolicy
from chatserver.hub import live_list
from chatserver.hub.session import Session
from chatserver.store import accounts, hospital, sign_ins, visitors
from chatserver.store.database import Where
from chatserver.store.ids import new_id
from chatserver.wire.closing import CloseCode
from chatserver.wire.session import Ping
from tests.hub.cuts import no_store
from tests.hub.harness import QUICK, Client, Rig, StaffTab, VisitorTab, opened
from tests.transactions import people_changed, tx_at, writing, written


def session_for(client: Client, **options: float) -> Session:
    """A bare session that sends to this client."""
    return Session("c", "p", Audience.VISITOR, replace(QUICK, **options), client, time.monotonic)  # type: ignore[arg-type]  # names of options


class Unmoving(Client):
    """A client that does not read."""

    async def take(self, text: bytes) -> None:
        await asyncio.Event().wait()


async def test_a_reader_too_slow_is_closed_and_nobody_waits(place: Where) -> None:
    async with opened(place) as rig:
        slow = Unmoving(rig)
        session = session_for(slow, outbox_frames=10)
        session.welcome(Ping(0))
        for number in range(12):
            session.push(Ping(number))
        await slow.until(lambda: slow.closed)
        assert slow.closed == CloseCode.SLOW_CONSUMER


async def test_the_welcome_is_first_whatever_was_pushed_before(place: Where) -> None:
    async with opened(place) as rig:
        client = Client(rig)
        session = session_for(client)
        session.push(Ping(1))
        session.welcome(Ping(0))
        session.push(Ping(2))
        await client.until(lambda: len(client.told) == 3)
        assert [frame["n"] for frame in client.told] == [0, 1, 2]


async def test_a_client_that_gives_no_pong_is_closed(place: Where) -> None:
    async with opened(place) as rig:
        silent, alive = Client(rig), Client(rig)
        sessions = [session_for(each, visitor_ping=0.01, visitor_pong=0.05) for each in (silent, alive)]
        for session in sessions:
            session.welcome(Ping(0))
            session.start_heartbeat()
        while silent.closed is None:
            sessions[1].heard()
            await asyncio.sleep(0.005)
        assert (silent.closed, alive.closed) == (CloseCode.NO_PONG, None)
        sessions[1].gone()


async def test_a_revoked_session_is_closed(place: Where) -> None:
    async with opened(place) as rig:
        li, wang = await rig.staff("limin"), await rig.staff("wangfang")
        await writing(rig.database, lambda conn: accounts.revoke(tx_at(conn, rig.clock()), li.token))
        await li.until(lambda: li.closed)
        assert (li.closed, wang.closed) == (CloseCode.REVOKED, None)


ENDINGS: dict[str, Callable[[Connection, str, int], None]] = {
    "disabled": lambda conn, id, now: accounts.disable(tx_at(conn, now), id),
    "password": lambda conn, id, now: accounts.set_password(tx_at(conn, now), id, "$other"),
    "changed": lambda conn, id, now: accounts.revoke_all(tx_at(conn, now), id, "changed"),
    "restored": lambda conn, _, now: accounts.revoke_everybody(tx_at(conn, now)),
}


@pytest.mark.parametrize("why", ENDINGS)
async def test_staff_whose_session_is_ended_are_told_why(place: Where, why: str) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin")
        await writing(rig.database, lambda conn: ENDINGS[why](conn, li.id, rig.clock()))
        await li.until(lambda: li.closed)
        assert (li.closed, json.loads(li.closing_reason)) == (CloseCode.REVOKED, {"why": why})


async def test_staff_whose_session_has_expired_are_told_so(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin")
        rig.clock.pass_seconds(rig.session_ms / 1000)
        await li.until(lambda: li.closed)
        assert (li.closed, json.loads(li.closing_reason)) == (CloseCode.SESSION_ENDED, {"why": "expired"})


async def test_another_name_shows_everywhere_without_a_new_sign_in(place: Where) -> None:
    async with opened(place) as rig:
        li, wang = await rig.staff("limin"), await rig.staff("wangfang")
        to = accounts.Changed(name="李明", number="112", title=Title.PHYSICIAN)
        await writing(rig.database, lambda conn: accounts.change(tx_at(conn, rig.clock()), li.id, to))
        await li.until(lambda: li.closed)
        assert (li.closed, wang.closed) == (CloseCode.RESYNC, None)
        back = await rig.staff("limin")
        shown = back.told[0]["me"]
        assert (shown["name"], shown["number"]) == ("李明", "112")
        await wang.until(
            lambda: [
                each
                for told in wang.heard("colleagues")
                for each in told.get("put", ())
                if (each["name"], each["number"]) == ("李明", "112")
            ]
        )


async def test_a_new_department_is_there_without_a_restart(place: Where) -> None:
    async with opened(place) as rig:
        wang = await rig.staff("wangfang")
        before = len(wang.heard("colleagues"))
        await writing(rig.database, people_changed)
        await wang.until(lambda: len(wang.heard("colleagues")) > before)


async def test_typing_is_shown_to_the_other_side_only(place: Where) -> None:
    async with opened(place) as rig:
        li, chen = await rig.staff("limin", "online"), await rig.staff("chenjing")
        visitor, stranger = await rig.visitor(), await rig.visitor()
        conversation = await visitor.opens()
        await li.row(conversation, state="active")
        await li.follows(conversation)
        await visitor.send("typing", conversation=conversation, on=True)
        await li.hears("typing", conversation=conversation, on=True)
        await li.send("typing", conversation=conversation, on=True)
        shown = await visitor.hears("typing", conversation=conversation, on=True)
        assert shown["by"] == {"name": "李敏", "number": "012", "title": "consultant"}
        await stranger.send("typing", conversation=conversation, on=True)
        await chen.follows(conversation)
        await chen.send("typing", conversation=conversation, on=True)
        await visitor.says(conversation, "好")
        assert len(visitor.heard("typing")) == 1, "a supervisor's and a stranger's typing does not show"
        assert len(li.heard("typing")) == 1


async def test_drafts_are_kept_per_conversation_and_mode(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        ids = [await (await rig.visitor()).opens() for _ in range(2)]
        for id in ids:
            await li.row(id, state="active")
        for id, mode, body in (
            (ids[0], "reply", "甲的回复"),
            (ids[0], "note", "甲的备注"),
            (ids[1], "reply", "乙的回复"),
        ):
            await li.ask("draft.save", conversation=id, mode=mode, body=body)
        await li.ask("draft.save", conversation=ids[1], mode="reply", body="")
        back = await rig.staff("limin")
        assert {(draft["conversation"], draft["mode"], draft["body"]) for draft in back.told[0]["drafts"]} == {
            (ids[0], "reply", "甲的回复"),
            (ids[0], "note", "甲的备注"),
        }
        rig.clock.pass_seconds(24 * 3600)
        assert "drafts" not in (await rig.staff("limin")).told[0]


async def test_a_colleague_of_the_group_sees_that_it_waits_but_does_not_read_it(place: Where) -> None:
    async with opened(place) as rig:
        li, wang, chen = await rig.staff("limin"), await rig.staff("wangfang"), await rig.staff("chenjing")
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        await wang.row(conversation, state="waiting")
        unread = await wang.ask("history.get", conversation=conversation)
        assert unread["code"] == "not_found"
        read = await chen.ask("history.get", conversation=conversation)
        assert read["type"] == "history", "the supervisor of the group may"
        await li.ask("conversation.claim", conversation=conversation)
        await wang.until(lambda: conversation not in wang.rows())


async def test_the_estimate_is_honest(place: Where) -> None:
    async with opened(place) as rig:
        await handled(rig, 5)
        await rig.restart()
        li, wang = await rig.staff("limin", "online"), await rig.staff("wangfang", "online")
        for tab in (li, wang):
            await tab.is_available("online")
        visitors = [await rig.visitor() for _ in range(5)]
        for visitor in visitors:
            await visitor.opens()
        # The last five conversations took ten minutes each. Four visitors are served at once, so only the fifth waits.
        await visitors[4].hears("conversation", state="waiting", ahead=0, wait_ms=3 * 60_000)


async def handled(rig: Rig, many: int) -> None:
    """This many conversations that took ten minutes each."""
    li = await rig.staff("limin", "online")
    for _ in range(many):
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        row = await li.row(conversation, state="active")
        await li.ask("message.post", conversation=conversation, body="请讲", fence=row["fence"])
        rig.clock.pass_seconds(599)
        await li.ask("conversation.close", conversation=conversation, fence=row["fence"], outcome="answered")
    li.leave()


async def test_an_ended_token_closes_the_socket_but_not_while_the_visitor_waits(place: Where) -> None:
    async with opened(place) as rig:
        idle, waiting = await rig.visitor(), await rig.visitor()
        await waiting.opens()
        rig.clock.pass_seconds(25 * 3600)
        parts = rig.hub._running
        await parts.maintenance.look_at_tokens()
        await idle.until(lambda: idle.closed)
        assert (idle.closed, waiting.closed) == (CloseCode.SESSION_ENDED, None)


@pytest.mark.parametrize("leaves", [False, True])
async def test_a_token_lives_on_though_the_store_was_away_when_that_was_to_be_written(
    place: Where, leaves: bool
) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        rig.clock.pass_seconds(3_600)
        await visitor.ask("heads.get", ref=new_id(), at=[])
        if leaves:
            visitor.leave()
        jobs = rig.hub._running.maintenance
        with no_store(rig, reads=False), pytest.raises(Unavailable):
            await jobs.look_at_tokens()
        await jobs.look_at_tokens()
        await rig.stores("SELECT ends_at FROM visitors", visitor.session.ends_at)


LIFE = 24 * 3_600
"""Seconds for which a token of the rig lives after each activity."""


async def long_ago(rig: Rig) -> tuple[VisitorTab, str]:
    """A visitor whose conversation is answered, and whose token is about to end."""
    li = await rig.staff("limin", "online")
    visitor = await rig.visitor()
    conversation = await visitor.opens()
    row = await li.row(conversation, state="active")
    await li.ask("message.post", conversation=conversation, body="请讲", fence=row["fence"])
    # No regular task runs: the node dies before that.
    await rig.hub._running.maintenance.stop()
    rig.clock.pass_seconds(LIFE - 60)
    return visitor, conversation


def ends_in(rig: Rig) -> float:
    """In how many seconds the token ends, according to the store."""
    ends = rig.database.read_now(lambda conn: conn.exec_driver_sql("SELECT ends_at FROM visitors").scalar_one())
    return (int(ends) - rig.clock()) / 1000


async def test_an_accepted_message_has_given_its_token_at_least_half_of_its_life(place: Where) -> None:
    """Even if this node dies in the next moment."""
    async with opened(place) as rig:
        visitor, conversation = await long_ago(rig)
        assert ends_in(rig) < 61
        assert (await visitor.says(conversation, "我回来了"))["type"] == "accepted"
        assert ends_in(rig) >= LIFE / 2


async def test_a_refused_message_gives_a_token_nothing_in_the_store(place: Where) -> None:
    async with opened(place) as rig:
        visitor, conversation = await long_ago(rig)
        assert (await visitor.says(conversation, "　"))["code"] == "text_invalid"
        assert ends_in(rig) < 61


async def test_a_busy_token_costs_no_write_of_its_own(place: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(place) as rig:
        visitor, conversation = await long_ago(rig)
        await visitor.says(conversation, "我回来了")
        await rig.hub._running.maintenance.look_at_tokens()
        written = list[object]()
        monkeypatch.setattr(visitors, "extend", lambda _conn, ends: written.append(ends))
        for _ in range(10):
            rig.clock.pass_seconds(60)
            await visitor.says(conversation, "还在")
        assert written == []


@pytest.mark.parametrize("reconnects", [False, True])
async def test_opening_the_page_counts_as_activity_and_a_reconnect_does_not(place: Where, reconnects: bool) -> None:
    async with opened(place) as rig:
        visitor, conversation = await long_ago(rig)
        ended = visitor.session.ends_at
        epoch = visitor.entries(conversation)[0]["epoch"]
        held = [{"conversation": conversation, "epoch": epoch, "after": 1}]
        back = await rig.visitor(visitor.token, held if reconnects else [])
        told = (await back.hears("welcome"))["ends_at"]
        assert told == (ended if reconnects else rig.clock() + LIFE * 1_000)


async def test_new_people_are_known_though_the_store_was_away_when_they_were_read(place: Where) -> None:
    def gives_no_answer(*of: object) -> None:
        raise Unavailable()

    async with opened(place) as rig:
        jobs = rig.hub._running.maintenance
        await jobs.stop()
        new = accounts.NewAccount("sunli", "no password", "孙丽", "099", Role.CONSULTANT, ("general",), 2)
        written(rig.database, lambda conn: accounts.add(tx_at(conn, rig.clock()), new))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(hospital, "load_hospital", gives_no_answer)
            with pytest.raises(Unavailable):
                await jobs.look_at_people()
        await jobs.look_at_people()
        await rig.staff("sunli")


async def test_no_change_of_a_list_is_sent_before_the_whole_list(place: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(place) as rig:
        li = StaffTab(rig)
        take = li.take

        async def take_slowly(text: bytes) -> None:
            await take(text)
            if len(li.told) == 2:
                # The client is taking the list of conversations; the other lists are still to come.
                wang = await rig.staff("wangfang", "online")
                visitor = await rig.visitor()
                left = {"kind": "question", "body": "几点上班", "phone": "13800138000", "language": "zh"}
                assert (await visitor.ask("offline.leave", **left))["type"] == "accepted"
                await wang.hears("offline", version=2)

        monkeypatch.setattr(li, "take", take_slowly)
        await li.enter("limin")
        await li.hears("offline", whole=True)
        for name in ("conversations", "colleagues", "offline"):
            assert li.heard(name)[0].get("whole"), name


async def test_what_ends_while_a_long_list_is_sent_does_not_stay_in_it(
    place: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_list, "PIECE", 2)
    # The remaining pieces are sent before the change is.
    async with opened(place, options=replace(QUICK, list_pause=0.3)) as rig:
        visitors = [await rig.visitor() for _ in range(6)]
        waiting = [await visitor.opens(department="eyes") for visitor in visitors]
        li = StaffTab(rig)
        take, ends = li.take, [visitors[0]]

        async def take_slowly(text: bytes) -> None:
            await take(text)
            if li.heard("conversations") and ends:
                await ends.pop().ask("conversation.close", conversation=waiting[0])

        monkeypatch.setattr(li, "take", take_slowly)
        await li.enter("limin")
        await li.until(lambda: li.rows().keys() == set(waiting[1:]))
        assert len(li.heard("conversations")) == 4


async def test_a_mistyped_login_is_forgotten_after_an_hour_though_nobody_tries_again(place: Where) -> None:
    async with opened(place) as rig:
        street = sign_ins.SignInPlace(b"street")
        await writing(
            rig.database, lambda conn: sign_ins.note_try(tx_at(conn, rig.clock()), "hunter2", street, SignInPolicy())
        )
        count = "SELECT count(*) FROM sign_in_failures"
        for seconds, kept in ((3_600, 1), (1, 0)):
            rig.clock.pass_seconds(seconds)
            await rig.hub._running.maintenance.forget_sign_ins()
            assert rig.database.read_now(lambda conn: conn.exec_driver_sql(count).scalar()) == kept
