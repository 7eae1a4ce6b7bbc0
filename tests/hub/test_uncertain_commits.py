"""Uncertain commits: the sender repeats the command, and everybody else is sent the result anyway."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection

from chatserver.domain.refusals import Unavailable
from chatserver.hub import missed_changes
from chatserver.store.database import Where
from chatserver.store.ids import new_id
from chatserver.store.tx import Now, Tx
from tests.hub.harness import Rig, opened


def lose_the_next_answer(rig: Rig, monkeypatch: pytest.MonkeyPatch, *, committed: bool = True) -> None:
    """The next transaction is committed or not, and the store does not answer."""
    write = rig.database.write

    async def silent(work: Callable[[Tx], Any], clock: Now, actor: str) -> Any:
        monkeypatch.setattr(rig.database, "write", write)
        if committed:
            await write(work, clock, actor)
        raise Unavailable()

    monkeypatch.setattr(rig.database, "write", silent)


@pytest.mark.parametrize("committed", [True, False])
async def test_a_message_is_heard_by_all_and_stored_once(
    place: Where, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        await li.row(conversation, state="active")
        await li.follows(conversation)
        lose_the_next_answer(rig, monkeypatch, committed=committed)
        ref = new_id()
        told = await visitor.says(conversation, "还在吗", ref=ref)
        assert (told["code"], told["retry"]) == ("unavailable", "same")
        if committed:
            await li.hears("entry", conversation=conversation, body="还在吗")
        told = await visitor.says(conversation, "还在吗", ref=ref)
        assert (told["type"], told.get("repeat", False)) == ("accepted", committed)
        await visitor.says(conversation, "请回复")
        await li.hears("entry", conversation=conversation, body="请回复")
        for tab in (li, visitor):
            said = [entry["body"] for entry in tab.entries(conversation) if entry["kind"] == "message"]
            assert said[-2:] == ["还在吗", "请回复"]
            seqs = [entry["seq"] for entry in tab.entries(conversation)]
            assert seqs == list(range(1, len(seqs) + 1))


async def test_a_conversation_is_opened_once_and_given(place: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        visitor = await rig.visitor()
        lose_the_next_answer(rig, monkeypatch)
        asked = {"department": "gynecology", "body": "宝宝发烧三十九度怎么办", "ref": new_id()}
        assert (await visitor.ask("conversation.open", **asked))["code"] == "unavailable"
        [conversation] = await li.until(lambda: [*li.rows()])
        told = await visitor.ask("conversation.open", **asked)
        assert (told["type"], told["conversation"], told["repeat"]) == ("accepted", conversation, True)
        await li.row(conversation, state="active")
        await visitor.has_event(conversation, "assigned")
        seqs = [entry["seq"] for entry in visitor.entries(conversation)]
        assert seqs == list(range(1, len(seqs) + 1))
        await visitor.hears("live", conversation=conversation)


async def test_a_choice_of_availability_is_seen(place: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "offline"), await rig.visitor()
        conversation = await visitor.opens()
        lose_the_next_answer(rig, monkeypatch)
        assert (await li.ask("availability.set", availability="online"))["code"] == "unavailable"
        await li.row(conversation, state="active")


async def test_a_check_that_fails_unexpectedly_is_repeated(place: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    everywhere = missed_changes.everywhere

    def fails_once(conn: Connection, known: Any) -> Any:
        monkeypatch.setattr(missed_changes, "everywhere", everywhere)
        raise RuntimeError("something that nobody has thought of")

    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        await li.row(conversation, state="active")
        await li.follows(conversation)
        lose_the_next_answer(rig, monkeypatch)
        monkeypatch.setattr(missed_changes, "everywhere", fails_once)
        assert (await visitor.says(conversation, "还在吗"))["code"] == "unavailable"
        await li.hears("entry", conversation=conversation, body="还在吗")
        lose_the_next_answer(rig, monkeypatch)
        assert (await visitor.says(conversation, "在吗"))["code"] == "unavailable"
        await li.hears("entry", conversation=conversation, body="在吗")
