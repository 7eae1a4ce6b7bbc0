"""Text-only commits, which nearly all are: few columns are written, few people are notified, and nothing is lost."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, get_type_hints

import hypothesis.strategies as st
import pytest
from hypothesis import Phase, given, settings
from msgspec import structs
from sqlalchemy import Connection

from chatserver.domain.changes.base import PLACES
from chatserver.domain.changes.table import apply
from chatserver.domain.conversation import Conversation, Priority, Queueing
from chatserver.domain.conversation import Phase as ConversationPhase
from chatserver.domain.deadlines import deadlines as running
from chatserver.domain.events.base import Event
from chatserver.domain.rules import HOUR, Rulebook, Rules
from chatserver.hub import live_list
from chatserver.hub.outcome import Change, Outcome
from chatserver.hub.slight import SLIGHT
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import conversation_rows, conversations, deadlines, tables
from chatserver.store.database import Where
from chatserver.store.message_path import Writing, write
from tests.hub.harness import QUICK, Rig, StaffTab, VisitorTab, eventually, opened
from tests.transactions import tx_at, written

RULEBOOK = Rulebook(Rules())

times = st.integers(0, 2**40)


def built(kind: type[Any], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind).items()
    return st.builds(kind, **{name: times if of is int else st.from_type(of) for name, of in hints} | fields)


groups = {name: built(kind) for kind, name in PLACES.items() if kind is not ConversationPhase}
groups["queue"] = built(Queueing, priority=st.sampled_from(Priority))
anyhow: st.SearchStrategy[Conversation] = built(Conversation, **groups)
"""A conversation in any state, whether it makes sense or not."""
slight: st.SearchStrategy[Event] = st.sampled_from(SLIGHT).flatmap(st.from_type)


async def served(rig: Rig) -> tuple[VisitorTab, StaffTab, str, int]:
    """A visitor who is served by 李敏, and the conversation's fence."""
    li = await rig.staff("limin", "online")
    visitor = await rig.visitor()
    conversation = await visitor.opens()
    row = await li.row(conversation, state="active")
    await li.follows(conversation)
    return visitor, li, conversation, row["fence"]


def stored(rig: Rig, id: str) -> Conversation:
    return rig.database.read_now(lambda conn: conversations.load(conn, [id])[id])


def clocks(rig: Rig, id: str) -> set[str]:
    """The kinds of deadlines that have a row."""
    return set(rig.database.read_now(lambda conn: deadlines.load(conn, deadlines.CONVERSATION, [id]).get(id, {})))


def picture(rig: Rig, id: str) -> Conversation | None:
    """The copy on which the node would decide."""
    return rig.hub._running.announcer.announced(id)


# Writing few columns.


@settings(phases=[Phase.generate])  # shrinking 45 fields takes minutes and explains nothing
@given(anyhow, slight, times)
def test_a_slight_event_changes_only_the_columns_that_are_written(before: Conversation, event: Event, at: int) -> None:
    after = apply(before, event, at)
    old, new = (conversation_rows.written(each) for each in (before, after))
    columns = set(conversations.WORDS)
    if after.answers is not before.answers:
        columns |= set(conversations.PARTS)
    assert {name for name in old if old[name] != new[name]} <= columns


@settings(phases=[Phase.generate])  # as above
@given(anyhow, anyhow, st.sampled_from(sorted(conversation_rows.PATHS)))
def test_only_texts_count_as_texts_only(before: Conversation, other: Conversation, column: str) -> None:
    name, _, field = conversation_rows.PATHS[column].partition(".")
    value = getattr(other, name)
    if field:
        one: dict[str, Any] = {field: getattr(value, field)}
        value = structs.replace(getattr(before, name), **one)
    changed: dict[str, Any] = {name: value}
    after = structs.replace(before, **changed)
    is_said = column in {*conversations.WORDS, "parts"} - {"owner_left_at", "visitor_left_at", "reply_until"}
    assert conversations.only_words(before, after) is (is_said or after == before)


async def test_from_the_third_answer_of_somebody_on_a_message_writes_what_it_always_wrote(
    place: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    words, words_of_a_part = conversations.words, conversations.words_of_a_part

    def narrowly(rows: Sequence[Conversation]) -> Writing:
        written.extend("words" for _ in rows)
        return words(rows)

    def with_the_part(rows: Sequence[Conversation]) -> Writing:
        written.extend("words and part" for _ in rows)
        return words_of_a_part(rows)

    async with opened(place) as rig:
        _, li, conversation, fence = await served(rig)
        monkeypatch.setattr(conversations, "words", narrowly)
        monkeypatch.setattr(conversations, "words_of_a_part", with_the_part)
        for number in range(5):
            await li.ask("message.post", conversation=conversation, body=f"第{number}句", fence=fence)
        assert written == ["words and part"] * 2 + ["words"] * 3
        assert not {*conversations.PARTS} & {*conversations.WORDS}
        kept, known = stored(rig, conversation), picture(rig, conversation)
        assert known is not None
        assert kept.answers.parts == known.answers.parts
        assert [(each.number, each.person.name, each.answers) for each in kept.answers.parts] == [(1, "李敏", 2)]


def test_the_columns_of_texts_are_in_no_index() -> None:
    indexed = {column.name for index in tables.conversations.indexes for column in index.columns}
    assert indexed & set(conversations.WORDS) == set()


async def test_row_and_copy_agree_after_texts_in_every_state(place: Where) -> None:
    async with opened(place) as rig:
        checked: list[str] = []

        def sound(id: str) -> None:
            kept = picture(rig, id)
            assert kept is not None
            assert stored(rig, id) == kept
            checked.append(kept.phase)

        visitor = await rig.visitor()
        id = await visitor.opens()
        await visitor.says(id, "有人吗")
        sound(id)
        li, wang = await rig.staff("limin", "online"), await rig.staff("wangfang", "online")
        fence = (await li.row(id, state="active"))["fence"]
        await li.follows(id)
        await visitor.says(id, "您好")
        sound(id)
        rig.clock.pass_seconds(60)
        await li.row(id, overdue=True)
        await li.ask("note.post", conversation=id, body="病历在此")
        sound(id)
        await li.ask("message.post", conversation=id, body="请讲", fence=fence)
        assert not stored(rig, id).talk.overdue
        sound(id)
        rig.clock.pass_seconds(10 * 60)
        await li.row(id, inactive=True)
        await visitor.says(id, "还在")
        assert not stored(rig, id).talk.inactive
        sound(id)
        offered = await li.ask("transfer.offer", conversation=id, fence=fence, consultant=wang.id, note="请接")
        assert offered["type"] == "accepted", offered
        await visitor.says(id, "谢谢")
        sound(id)
        assert set(checked) == {"waiting", "active", "transferring"}


async def test_row_and_copy_agree_after_presence_changes(place: Where) -> None:
    async with opened(place) as rig:
        visitor, li, id, _ = await served(rig)
        for tab, column, again in (
            (li, "owner_left_at", lambda: rig.staff("limin")),
            (visitor, "visitor_left_at", lambda: rig.visitor(visitor.token)),
        ):
            tab.leave()
            await rig.stores(f"SELECT {column} IS NULL FROM conversations", 0)
            await eventually(lambda: stored(rig, id) == picture(rig, id))
            rig.clock.pass_seconds(20)
            await again()
            await rig.stores(f"SELECT {column} IS NULL FROM conversations", 1)
            await eventually(lambda: stored(rig, id) == picture(rig, id))
        assert stored(rig, id).connections.reply_until


# A copy is only used when the row's mark says that they are equal.


OTHERS = {
    "a later version": "version = version + 1",
    "another entry": "last_seq = last_seq + 1",
    "another moment": "last_human_at = last_human_at + 1",
    "another fence": "fence = fence + 1",
}


@pytest.mark.parametrize("what", OTHERS)
async def test_a_copy_that_differs_from_the_row_is_not_used(place: Where, what: str) -> None:
    async with opened(place) as rig:
        *_, id, _ = await served(rig)
        before = picture(rig, id)
        change = f"UPDATE conversations SET language = 'en', {OTHERS[what]}"

        def look(conn: Connection) -> tuple[Conversation, Conversation]:
            unit = UnitOfWork(tx_at(conn, rig.clock()), RULEBOOK, lambda _id: before)
            unit.load([id])
            conn.exec_driver_sql(change)
            anew = UnitOfWork(tx_at(conn, rig.clock()), RULEBOOK, lambda _id: before)
            anew.load([id])
            return unit.conversation(id), anew.conversation(id)

        believed, read = written(rig.database, look)
        assert believed is before
        assert (read.language, conversations.mark_of(read)) != ("zh", conversations.mark_of(believed))
        assert read == stored(rig, id)


async def test_texts_are_added_to_a_row_that_somebody_else_changed(place: Where) -> None:
    async with opened(place) as rig:
        visitor, _, id, _ = await served(rig)
        written(
            rig.database, lambda conn: conn.exec_driver_sql("UPDATE conversations SET hops = 2, version = version + 1")
        )
        answer = await visitor.says(id, "您好")
        assert answer["type"] == "accepted"
        found = stored(rig, id)
        assert (found.serving.hops, found.talk.last_line) == (2, "您好")
        assert picture(rig, id) == found


async def test_words_that_another_node_told_of_meanwhile_are_announced_in_full(
    place: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(place) as rig:
        visitor, li, id, _ = await served(rig)
        followers, told = rig.hub._running.followers, list[str]()
        tell = followers.text_added

        def narrowly(change: Change) -> None:
            told.append(change.after.talk.last_line)
            tell(change)

        monkeypatch.setattr(followers, "text_added", narrowly)
        await visitor.says(id, "甲")
        await li.row(id, last_line="甲")
        assert told == ["甲"]
        kept = picture(rig, id)
        assert kept is not None
        after = structs.replace(kept, version=kept.version + 1, talk=structs.replace(kept.talk, last_line="乙"))
        rig.hub._running.announcer.announce(Outcome([Change(structs.replace(kept), after, only_words=True)], []))
        await li.row(id, last_line="乙")
        assert told == ["甲"]


# Deadline rows that no longer apply.


async def test_a_deadline_row_that_no_longer_applies_fires_once_without_effect(place: Where) -> None:
    async with opened(place) as rig:
        visitor, li, id, fence = await served(rig)
        await li.ask("message.post", conversation=id, body="请讲", fence=fence)
        assert {"alarm", "first_reply", "inactive"} <= clocks(rig, id), "the first two have stopped, and were left"
        before, told = stored(rig, id), len(visitor.entries(id))
        rig.clock.pass_seconds(5 * 60)
        await rig.stores("SELECT count(*) FROM deadlines WHERE clock <> 'inactive'", 0)
        assert clocks(rig, id) == {"inactive"}
        assert stored(rig, id) == before
        assert len(visitor.entries(id)) == told


async def test_every_deadline_that_texts_start_has_a_row_in_time(place: Where) -> None:
    async with opened(place) as rig:
        visitor, li, id, fence = await served(rig)

        def none_is_late() -> None:
            held = rig.database.read_now(lambda conn: deadlines.load(conn, deadlines.CONVERSATION, [id])[id])
            due = running(stored(rig, id), Rules())
            assert {clock: held.get(clock) for clock in due if held.get(clock, 2**60) > due[clock]} == {}

        for _ in range(3):
            rig.clock.pass_seconds(20)
            await li.ask("message.post", conversation=id, body="请讲", fence=fence)
            none_is_late()
            rig.clock.pass_seconds(20)
            await visitor.says(id, "您好")
            none_is_late()
        rig.clock.pass_seconds(Rules().follow_up_alarm_ms / 1000)
        await li.row(id, overdue=True)


async def test_a_row_later_than_the_deadline_that_texts_start_is_moved_forward(place: Where) -> None:
    async with opened(place) as rig:
        *_, id, _ = await served(rig)
        late, due, early = (rig.clock() + hours * HOUR for hours in (7, 5, 3))

        def held_after(at: int) -> int:
            def hasten(conn: Connection) -> int:
                write(tx_at(conn), deadlines.hastened([(deadlines.CONVERSATION, id, "abandon", at)]))
                return deadlines.load(conn, deadlines.CONVERSATION, [id])[id]["abandon"]

            return written(rig.database, hasten)

        assert [held_after(at) for at in (late, due, late, early, due)] == [late, due, due, early, early]


async def test_an_ended_conversation_leaves_no_deadline_row(place: Where) -> None:
    async with opened(place) as rig:
        visitor, li, id, fence = await served(rig)
        await li.ask("message.post", conversation=id, body="请讲", fence=fence)
        assert len(clocks(rig, id)) > 1
        await visitor.ask("conversation.close", conversation=id)
        assert clocks(rig, id) == set()


# Announcing to few.


class HandLoop:
    """An event loop's clock, moved by hand."""

    def __init__(self) -> None:
        self.at = 1e9
        self.waiting: list[tuple[float, Callable[[], None]]] = []

    def time(self) -> float:
        return self.at

    def call_later(self, delay: float, call: Callable[..., None], *arguments: object) -> Any:
        self.waiting.append((self.at + delay, lambda: call(*arguments)))
        return SimpleNamespace(cancel=lambda: None)

    def pass_until_next(self) -> float:
        """Move to the next scheduled call and make it; returns how long that took."""
        came_from, (self.at, call) = self.at, self.waiting.pop(0)
        call()
        return round(self.at - came_from, 6)


async def test_a_text_into_an_inactive_conversation_takes_a_place_again(place: Where) -> None:
    async with opened(place) as rig:
        visitor, li, id, fence = await served(rig)
        chen = await rig.staff("chenjing")
        await li.ask("message.post", conversation=id, body="请讲", fence=fence)
        rig.clock.pass_seconds(10 * 60)

        async def is_told(load: int) -> None:
            await li.until(lambda: li.heard("me") and li.heard("me")[-1]["me"]["load"] == load)
            await chen.until(lambda: load_shown(chen, li.id) == load)

        await is_told(0)
        await visitor.says(id, "还在")
        await is_told(1)


def load_shown(tab: StaffTab, consultant: str) -> int | None:
    """The consultant's load, as the tab was sent it last."""
    rows = [row for told in tab.heard("colleagues") for row in told.get("put", ()) if row["id"] == consultant]
    return rows[-1]["load"] if rows else None


async def test_texts_reach_exactly_the_lists_that_show_the_row(place: Where) -> None:
    async with opened(place) as rig:
        visitor, li, id, fence = await served(rig)
        again, chen, wang = await rig.staff("limin"), await rig.staff("chenjing"), await rig.staff("wangfang", "online")
        shown = rig.hub._running.conversation_list.live._shown_to
        assert set(shown[id]) == {each.session.id for each in (li, again, chen)}
        quiet = len(wang.heard("conversations"))
        await visitor.says(id, "听得到吗")
        for tab in (li, again, chen):
            await tab.row(id, last_line="听得到吗")
        await wang.ask("heads.get", at=[])
        assert len(wang.heard("conversations")) == quiet
        again.leave()
        await li.ask("transfer.offer", conversation=id, fence=fence, consultant=wang.id, note="请接")
        offer = await wang.offer(id)
        await wang.ask("offer.accept", conversation=id, offer=offer["id"])
        await li.until(lambda: id not in li.rows())
        assert set(shown[id]) == {each.session.id for each in (wang, chen)}
        quiet = len(li.heard("conversations"))
        await visitor.says(id, "现在呢")
        for tab in (wang, chen):
            await tab.row(id, last_line="现在呢")
        await li.ask("heads.get", at=[])
        assert len(li.heard("conversations")) == quiet
        for tab in (li, wang, chen):
            tab.leave()
        assert shown == {}


async def test_a_busy_list_rests_and_then_sends_the_latest_state(place: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(place, options=replace(QUICK, list_pause=0.05, list_rest=0.2)) as rig:
        visitor, li, id, _ = await served(rig)
        hand = HandLoop()
        pushes = rig.hub._running.lists._pushes[li.session.id]
        await li.until(lambda: pushes.timer is None)
        monkeypatch.setattr(live_list, "asyncio", SimpleNamespace(get_running_loop=lambda: hand))
        for first, last, pause in (("一", "二", 0.05), ("三", "四", 0.2), ("五", "六", 0.2)):
            frames = len(li.heard("conversations"))
            await visitor.says(id, first)
            await visitor.says(id, last)
            assert len(hand.waiting) == 1
            assert hand.pass_until_next() == pause
            await li.row(id, last_line=last)
            assert len(li.heard("conversations")) == frames + 1
        hand.at += 1
        await visitor.says(id, "七")
        assert hand.pass_until_next() == 0.05, "it has rested"
        await li.row(id, last_line="七")
