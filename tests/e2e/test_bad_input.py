"""Bad frames against the real server: a typed refusal each, nothing stored, nobody else disturbed (A30–A44)."""

import asyncio
import json
import secrets
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.badframes import (
    FROM_A_VISITOR,
    FROM_ANOTHER_GROUP,
    FROM_THE_OWNER,
    INVENTED,
    Bad,
    frame,
    history,
    post,
    sized,
)
from tests.e2e.hospital import GYNECOLOGY
from tests.e2e.people import Visitor
from tests.e2e.quarters import CANARY, Quarters
from tests.e2e.rawclient import Client
from tests.e2e.reading import Frame

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def quarters(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Quarters]:
    """One server for all tests of this file: an effect of one test shows in the next ones."""
    quarters = Quarters(tmp_path_factory.mktemp("bad-input"))
    try:
        yield await quarters.start()
        await quarters.leave()
    finally:
        quarters.server.end()
    quarters.assert_discreet()


async def send_bad(client: Client, quarters: Quarters, bad: Bad) -> None:
    """Send it, and expect the right refusal and a connection that still works."""
    ref = secrets.token_urlsafe(24)
    text = bad.text.replace("%R", ref).replace("%O", quarters.mallorys).replace("%F", quarters.ann.conversation)
    text = text.replace('"fence": 1}', f'"fence": {quarters.mei.fence(quarters.ann.conversation)}}}')
    before = len(client.frames)
    await client.send_text(text)
    refused = await client.until(lambda: refusal_since(client, before), "refusal")
    assert (refused["code"], refused["retry"]) == (bad.code, "no"), refused
    assert refused.get("ref") == (ref if bad.names_ref else None)
    answer = await client.asked("heads.get", at=[])
    assert answer["type"] == "heads"


def refusals(client: Client) -> list[Frame]:
    return [each for each in client.frames if each["type"] == "refused"]


async def until_answered(client: Client, times: int) -> None:
    """Wait until so many of its frames were answered, in whatever way, or its connection was closed."""

    def answered() -> bool:
        return sum(each["type"] in ("refused", "heads") for each in client.frames) >= times

    await client.until(lambda: answered() or client.close_code is not None, f"{times} answers")


def refusal_since(client: Client, before: int) -> Frame:
    """The one refusal that came after so many frames; empty while there is none."""
    refused = [each for each in client.frames[before:] if each["type"] == "refused"]
    assert len(refused) <= 1
    return refused[0] if refused else {}


@pytest.mark.parametrize("bad", FROM_A_VISITOR, ids=str)
async def test_a_visitors_bad_frame_is_refused(quarters: Quarters, bad: Bad) -> None:
    mallory = await quarters.mallory()
    async with quarters.undisturbed():
        await send_bad(mallory, quarters, bad)
    await mallory.leave()


@pytest.mark.parametrize("bad", FROM_ANOTHER_GROUP, ids=str)
async def test_a_consultant_of_another_group_learns_nothing(quarters: Quarters, bad: Bad) -> None:
    nosy = await quarters.nosy()
    async with quarters.undisturbed():
        await send_bad(nosy, quarters, bad)
    assert not any(each["type"] in ("entry", "entries", "typing") for each in nosy.frames)
    await nosy.leave()


@pytest.mark.parametrize("bad", FROM_THE_OWNER, ids=str)
async def test_an_owners_bad_frame_is_refused(quarters: Quarters, bad: Bad) -> None:
    tab = await quarters.second_tab()
    async with quarters.undisturbed():
        await send_bad(tab, quarters, bad)
    await tab.leave()


async def test_a_thousand_characters_and_sixteen_kibibytes_are_not_too_much(quarters: Quarters) -> None:
    mallory = await quarters.mallory()
    async with quarters.undisturbed(stored=True):
        for body in ("号" * 1_000, "😀" * 1_000):
            answer = await mallory.answer(await mallory.say(body))
            assert answer["type"] == "accepted"
        ref = secrets.token_urlsafe(24)
        text = sized(16 * 1024).replace("%R", ref).replace("%O", mallory.conversation)
        assert len(text) == 16 * 1024
        await mallory.send_text(text)
        await mallory.until(lambda: ref in mallory.answers, "answer")
        assert mallory.answers[ref][0]["type"] == "accepted"
    await mallory.leave()


async def test_fields_of_other_roles_change_nothing(quarters: Quarters) -> None:
    mallory = await quarters.mallory()
    forged = {
        "author": {"kind": "consultant", "person": {"id": quarters.people["mei"].id, "name": "Mei Li"}},
        "role": "supervisor",
        "visitor": quarters.ann.conversation,
        "seq": 4_000,
        "visitor_seq": 4_000,
        "id": INVENTED,
        "at": 1,
        "kind": "note",
        "epoch": "mine",
        "fence": 77,
        "phase": "closed",
        "__proto__": {"role": "supervisor"},
        "constructor": "toString",
    }
    async with quarters.undisturbed(stored=True):
        before = mallory.held[mallory.conversation].after
        body = f"{CANARY} forged"
        answer = await mallory.asked("message.post", conversation=mallory.conversation, body=body, **forged)
        assert (answer["type"], answer["seq"]) == ("accepted", before + 1)
        entry = await mallory.until(
            lambda: next((each for each in mallory.held[mallory.conversation].entries if each["seq"] > before), None),
            "entry",
        )
        assert (entry["kind"], entry["author"]) == ("message", {"kind": "visitor"})
        row = row_of(quarters, answer["ref"])
        assert row["author_kind"] == "visitor"
        assert row["author"] is None
        assert (row["event"], row["visitor_seq"]) == ("message_posted", before + 1)
        assert row["id"] != INVENTED
        assert row["at"] > 1_700_000_000_000
    await mallory.leave()


async def test_the_same_ref_for_another_text_is_a_conflict(quarters: Quarters) -> None:
    mallory = await quarters.mallory()
    async with quarters.undisturbed(stored=True):
        first = await mallory.asked("message.post", conversation=mallory.conversation, body=f"{CANARY} once")
        ref = first["ref"]
        again = await mallory.asked("message.post", ref=ref, conversation=mallory.conversation, body=f"{CANARY} once")
        assert (again["seq"], again["id"], again["repeat"]) == (first["seq"], first["id"], True)
        other = await mallory.asked("message.post", ref=ref, conversation=mallory.conversation, body=f"{CANARY} twice")
        assert (other["type"], other["code"]) == ("refused", "idempotency_conflict")
        assert row_of(quarters, ref)["body"] == f"{CANARY} once"
    await mallory.leave()


async def test_somebody_elses_ref_does_not_reveal_their_message(quarters: Quarters) -> None:
    mallory = await quarters.mallory()
    async with quarters.undisturbed(stored=True):
        ref = await quarters.ann.say(f"{CANARY} mine")
        theirs = await quarters.ann.answer(ref)
        answer = await mallory.asked("message.post", ref=ref, conversation=mallory.conversation, body=f"{CANARY} mine")
        assert answer["id"] != theirs["id"]
        assert "repeat" not in answer
    await mallory.leave()


async def test_six_invalid_frames_end_the_connection(quarters: Quarters) -> None:
    mallory = await quarters.mallory()
    async with quarters.undisturbed():
        for sent in range(1, 6):
            await mallory.send_text("?")
            await until_answered(mallory, sent)
        assert {each["code"] for each in refusals(mallory)} == {"bad_frame"}
        await mallory.send_text("?")
        assert await mallory.closed_with() == 4500


async def test_refusals_by_the_rules_do_not_count_as_bad_frames(quarters: Quarters) -> None:
    mallory = await quarters.mallory()
    async with quarters.undisturbed():
        for _ in range(8):
            answer = await mallory.asked("message.post", conversation=INVENTED, body="x")
            assert answer["code"] == "not_found"
        assert (await mallory.asked("heads.get", at=[]))["type"] == "heads"
    await mallory.leave()


async def test_a_second_hello_ends_the_connection(quarters: Quarters) -> None:
    mallory = await quarters.mallory()
    async with quarters.undisturbed():
        await mallory.send_text(json.dumps(mallory.hello()))
        assert await mallory.closed_with() == 4501


async def test_a_binary_frame_ends_the_connection(quarters: Quarters) -> None:
    mallory = await quarters.mallory()
    async with quarters.undisturbed():
        await mallory.send_text(post().encode())
        assert await mallory.closed_with() == 1003


@pytest.mark.parametrize("size", [64 * 1024 + 1, 300_000])
async def test_a_frame_over_64_kibibytes_ends_the_connection(quarters: Quarters, size: int) -> None:
    mallory = await quarters.mallory()
    async with quarters.undisturbed():
        await mallory.send_text("x" * size)
        assert await mallory.closed_with() == 1009


async def test_a_consultants_frame_over_64_kibibytes_ends_only_that_connection(quarters: Quarters) -> None:
    tab = await quarters.second_tab()
    async with quarters.undisturbed():
        await tab.send_text("x" * (64 * 1024 + 1))
        assert await tab.closed_with() == 1009


@pytest_asyncio.fixture(loop_scope="module")
async def patient(tmp_path: Path) -> AsyncIterator[Quarters]:
    """A server that allows so few frames a second that a client which waits for each answer sends more, even on a busy
    machine. (One that does not wait is disconnected before it is sent its refusals.)"""
    quarters = Quarters(tmp_path, {"CHATSERVER_VISITOR_FRAMES_PER_S": "10"})
    try:
        yield await quarters.start()
        await quarters.leave()
    finally:
        quarters.server.end()
    quarters.assert_discreet()


async def test_too_many_frames_are_refused_then_end_the_connection(patient: Quarters) -> None:
    quarters = patient
    mallory = await quarters.mallory()
    async with quarters.undisturbed():
        refs = [secrets.token_urlsafe(24) for _ in range(1_000)]
        for sent, ref in enumerate(refs, 1):
            await mallory.send_text(frame("heads.get", at=[]).replace("%R", ref))
            await until_answered(mallory, sent)
            if mallory.close_code is not None:
                break
        assert await mallory.closed_with() == 4029
        assert json.loads(mallory.close_reason)["retry_ms"] > 0
        refused = refusals(mallory)
        assert len(refused) == 5
        assert {(each["code"], each["retry"]) for each in refused} == {("rate_limited", "later")}
        assert all(each["retry_ms"] > 0 and each["ref"] in refs for each in refused)


async def test_a_conversation_ends_once(quarters: Quarters) -> None:
    async with quarters.undisturbed(stored=True):
        eve = await Visitor.arrive(quarters.server, "eve", quarters.journal)
        await eve.open(GYNECOLOGY, f"{CANARY} eve")
        assert (await eve.asked("conversation.close", conversation=eve.conversation))["type"] == "accepted"
        again = await eve.asked("conversation.close", conversation=eve.conversation)
        assert (again["type"], again["code"]) == ("refused", "conversation_closed")
        await eve.leave()


async def test_pages_of_history_run_a_hundred_at_most_and_never_backwards(quarters: Quarters) -> None:
    mallory = await quarters.mallory()
    async with quarters.undisturbed():
        page = await mallory.asked("history.get", conversation=mallory.conversation, after=0, before=1, limit=100)
        seqs = [each["seq"] for each in page["entries"]]
        assert seqs == list(range(1, len(seqs) + 1))
        beyond = await mallory.asked("history.get", conversation=mallory.conversation, after=2**31 - 1)
        assert (beyond["entries"], beyond["more"]) == ([], False)
        text = history(before=0).replace("%O", mallory.conversation).replace("%R", "b" * 32)
        await mallory.send_text(text)
        await mallory.until(lambda: "b" * 32 in mallory.answers, "page")
        assert mallory.answers["b" * 32][0]["entries"] == []
    await mallory.leave()


async def test_heads_of_other_conversations_are_not_returned(quarters: Quarters) -> None:
    mallory = await quarters.mallory()
    async with quarters.undisturbed():
        at = [{"conversation": each, "epoch": "", "after": 0} for each in (quarters.ann.conversation, INVENTED)]
        answer = await mallory.asked("heads.get", at=at)
        assert answer["heads"] == []
    await mallory.leave()


async def test_typing_into_somebody_elses_conversation_is_not_shown(quarters: Quarters) -> None:
    mallory = await quarters.mallory()
    async with quarters.undisturbed():
        before = len(quarters.mei.frames)
        await mallory.tell("typing", conversation=quarters.ann.conversation, on=True)
        await mallory.asked("heads.get", at=[])
        await asyncio.gather(quarters.ann.tell("typing", conversation=quarters.ann.conversation, on=True))
        await quarters.mei.until(lambda: any(each["type"] == "typing" for each in quarters.mei.frames[before:]), "sign")
        assert [each["type"] for each in quarters.mei.frames[before:]].count("typing") == 1
    await mallory.leave()


def row_of(quarters: Quarters, ref: str) -> sqlite3.Row:
    """The one entry made under that ref by a visitor other than Ann."""
    connection = sqlite3.connect(f"file:{quarters.server.database}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        query = "SELECT * FROM entries WHERE ref = ? AND conversation <> ?"
        [row] = connection.execute(query, (ref, quarters.ann.conversation)).fetchall()
    finally:
        connection.close()
    found: sqlite3.Row = row
    return found
