"""Negative controls of the walks and of resuming: the same checks, on a hub with one promise broken."""

import random
from pathlib import Path

import pytest

from chatserver.domain.audience import Audience, Seen, view
from chatserver.domain.entry import Entry
from chatserver.hub import delivery
from chatserver.hub.conversation_list import ConversationList
from chatserver.hub.digests import HASH_BYTES, VERSION, Digests
from chatserver.hub.resume import Resume
from tests.faults.test_f15_resume_edges import assert_truthful, begun, came_back, goes_on
from tests.faults.test_f17_f18_walks import no_holes, no_leak, same_list
from tests.faults.walks import Walk
from tests.hub.cuts import has_been_told_all
from tests.hub.harness import eventually, opened


async def test_f15_trusting_a_position_ahead_is_detected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Resume, "_why_not_recovered", lambda self, held, head: None)
    async with opened(tmp_path) as rig:
        conversation, token = await begun(rig)
        tab, now = await came_back(rig, token, conversation)
        tab.leave()
        await goes_on(rig, conversation, "还在吗")
        tab, following = await came_back(rig, token, conversation, epoch="another", after=now["head"])
        with pytest.raises(AssertionError):
            await assert_truthful(tab, following, conversation, now["head"])


async def test_f11_a_ref_known_without_its_author_is_detected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Digests, "of", lambda self, frame: VERSION + bytes(HASH_BYTES))
    async with opened(tmp_path) as rig:
        tab = await rig.visitor()
        conversation = await tab.opens()
        first = await tab.says(conversation, "第一句")
        other = await tab.says(conversation, "别的话", ref=first["ref"])
        assert other["type"] == "accepted"


async def test_f17_a_list_that_misses_a_change_is_detected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = ConversationList.changed

    def forgetful(self: ConversationList, before: object, after: object) -> None:
        if before is None:
            changed(self, None, after)  # type: ignore[arg-type]  # a conversation, as given

    monkeypatch.setattr(ConversationList, "changed", forgetful)
    async with opened(tmp_path) as rig:
        walk = await Walk.begun(rig, random.Random(1))
        await walk.opens()
        with pytest.raises(AssertionError):
            await all_lists(walk)


async def test_f18_a_note_that_goes_to_everybody_is_detected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(entry: Entry, audience: Audience) -> Seen | None:
        return view(entry, audience) or view(entry, Audience.STAFF)

    monkeypatch.setattr(delivery, "view", careless)
    async with opened(tmp_path) as rig:
        walk = await Walk.begun(rig, random.Random(1))
        tab, conversation = await walk.opens()
        await eventually(lambda: any(walk.rows()))  # Nobody writes into what nobody sees yet.
        for _ in range(20):
            await walk.step("notes")
        await has_been_told_all(tab)
        with pytest.raises(AssertionError):
            no_leak(walk, tab, conversation)
        with pytest.raises(TimeoutError):
            await no_holes(rig, tab, conversation)


async def all_lists(walk: Walk) -> None:
    """Compare everybody's list with a fresh one."""
    for login, tab in walk.staff.items():
        await same_list(walk.rig, login, tab)
