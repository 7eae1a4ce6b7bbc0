"""F15: at every limit of replaying, `recovered` is true: everything comes, or the client is told that it will not."""

import json
from typing import Any

import pytest

from chatserver.domain.entry import Author, AuthorKind
from chatserver.domain.events.messages import MessagePosted
from chatserver.domain.rules import Rulebook
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store.database import Where
from chatserver.wire.decoding import Unreadable
from tests.hub.harness import Rig, StaffTab, Told, VisitorTab, opened
from tests.transactions import tx_at, written

REPLAYED, REPLAYED_SIZE = 500, 256 * 1024
"""Entries, and characters as sent (docs/protocol.md)."""


async def begun(rig: Rig) -> tuple[str, str]:
    """A waiting conversation, and its visitor's token."""
    token = rig.new_visitor()
    tab = await rig.visitor(token)
    conversation = await tab.opens()
    tab.leave()
    return conversation, token


async def goes_on(rig: Rig, conversation: str, *bodies: str) -> None:
    """The visitor has said all that while the server was not running."""

    def write(conn: Any) -> None:
        unit = UnitOfWork(tx_at(conn, rig.clock()), Rulebook(rig.rules))
        unit.load([conversation])
        now = unit.conversation(conversation)
        said = [MessagePosted(body, from_visitor=True) for body in bodies]
        unit.record(now, said, Author(AuthorKind.VISITOR, now.visitor))
        unit.write()

    written(rig.database, write)
    await rig.restart()


async def came_back(rig: Rig, token: str, conversation: str, **held: Any) -> tuple[VisitorTab, Told]:
    """A tab that reports how much it holds, or nothing, and what the server answers."""
    tab = await rig.visitor(token, [{"conversation": conversation, **held}] if held else [])
    await tab.hears("live", conversation=conversation)
    [following] = tab.told[0]["following"]
    return tab, following


async def whole(tab: VisitorTab, conversation: str) -> list[Told]:
    """Every entry, page by page."""
    found: list[Told] = []
    more = True
    while more:
        after = found[-1]["seq"] if found else 0
        page = await tab.ask("history.get", conversation=conversation, after=after, limit=100)
        found += page["entries"]
        more = page["more"]
    assert [entry["seq"] for entry in found] == list(range(1, len(found) + 1))
    return found


async def assert_truthful(tab: VisitorTab, following: Told, conversation: str, after: int) -> None:
    """Recovered: everything missing has come. Not recovered: nothing that looks like the rest."""
    stored = await whole(tab, conversation)
    assert following["head"] == len(stored)
    came = tab.entries(conversation)
    if following["recovered"]:
        assert came == stored[after:]
    elif following["why"] == "gap_too_big":
        assert came == []
    else:
        assert came == stored


@pytest.mark.parametrize("missing", [0, 1, 499, 500, 501])
async def test_f15_so_many_entries_are_replayed_and_no_more(place: Where, missing: int) -> None:
    async with opened(place) as rig:
        conversation, token = await begun(rig)
        await goes_on(rig, conversation, *(f"第{number}句" for number in range(510)))
        tab, now = await came_back(rig, token, conversation)
        tab.leave()
        after = now["head"] - missing
        tab, following = await came_back(rig, token, conversation, epoch=now["epoch"], after=after)
        assert following["recovered"] is (missing <= REPLAYED)
        assert following.get("why") == (None if missing <= REPLAYED else "gap_too_big")
        await assert_truthful(tab, following, conversation, after)


@pytest.mark.parametrize("beyond", [-1, 0, 1])
async def test_f15_so_many_bytes_are_replayed_and_no_more(place: Where, beyond: int) -> None:
    async with opened(place) as rig:
        conversation, token = await begun(rig)
        await goes_on(rig, conversation, *("好" * 800 for _ in range(90)))
        tab, now = await came_back(rig, token, conversation)
        said = tab.entries(conversation)
        tab.leave()
        around_the_words = spelled(said[-1]) - len(said[-1]["body"].encode())
        left = REPLAYED_SIZE + beyond - sum(map(spelled, said[1:])) - around_the_words
        await goes_on(rig, conversation, "x" * left)
        tab, following = await came_back(rig, token, conversation, epoch=now["epoch"], after=1)
        assert sum(map(spelled, (await whole(tab, conversation))[1:])) == REPLAYED_SIZE + beyond
        assert following["recovered"] is (beyond <= 0)
        await assert_truthful(tab, following, conversation, 1)


def spelled(entry: Told) -> int:
    """The size of an entry as sent, in bytes."""
    return len(json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode())


@pytest.mark.parametrize(
    ("ahead", "why"), [(0, None), (1, "ahead"), (2**31 - 1, "ahead")], ids=["head", "one ahead", "far ahead"]
)
async def test_f15_a_client_ahead_of_the_store_gets_everything_again(place: Where, ahead: int, why: str | None) -> None:
    async with opened(place) as rig:
        conversation, token = await begun(rig)
        tab, now = await came_back(rig, token, conversation)
        tab.leave()
        after = min(now["head"] + ahead, 2**31 - 1)
        tab, following = await came_back(rig, token, conversation, epoch=now["epoch"], after=after)
        assert (following["recovered"], following.get("why")) == (why is None, why)
        await assert_truthful(tab, following, conversation, after)


async def test_f15_a_negative_position_is_refused(place: Where) -> None:
    async with opened(place) as rig:
        conversation, token = await begun(rig)
        with pytest.raises(Unreadable) as unreadable:
            await rig.visitor(token, [{"conversation": conversation, "epoch": "", "after": -1}])
        assert unreadable.value.refusal.code == "bad_frame"


async def test_f15_another_epoch_is_never_recovered(place: Where) -> None:
    async with opened(place) as rig:
        conversation, token = await begun(rig)
        for after in (0, 1, 2):
            tab, following = await came_back(rig, token, conversation, epoch="another", after=after)
            assert (following["recovered"], following["why"]) == (False, "epoch")
            await assert_truthful(tab, following, conversation, after)
            tab.leave()


async def test_f15_an_ended_conversation_is_resumed_like_any_other(place: Where) -> None:
    async with opened(place) as rig:
        conversation, token = await begun(rig)
        li = await rig.staff("limin", "online")
        fence = (await li.row(conversation, state="active"))["fence"]
        tab, now = await came_back(rig, token, conversation)
        tab.leave()
        await li.ask("conversation.close", conversation=conversation, fence=fence, outcome="answered")
        tab, following = await came_back(rig, token, conversation, epoch=now["epoch"], after=now["head"])
        assert following["recovered"] is True
        assert [entry["event"]["name"] for entry in tab.entries(conversation)] == ["closed"]
        await assert_truthful(tab, following, conversation, now["head"])


async def test_f15_somebody_elses_conversation_is_not_mentioned(place: Where) -> None:
    async with opened(place) as rig:
        conversation, _ = await begun(rig)
        held = [{"conversation": conversation, "epoch": "", "after": 0}]
        stranger = await rig.visitor(resume=held)
        of_another_group = StaffTab(rig)
        await of_another_group.enter("zhangwei", held)
        await of_another_group.hears("colleagues", whole=True)
        for tab in (stranger, of_another_group):
            assert "following" not in tab.told[0] or tab.told[0]["following"] == []
            assert tab.entries(conversation) == []
