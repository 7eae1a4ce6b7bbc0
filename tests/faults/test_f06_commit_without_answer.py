"""F06: a COMMIT that was carried out but never answered makes one entry, one position, and one message to everybody."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.hospital import GYNECOLOGY, Member, Wanted, found
from tests.e2e.journal import Journal
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import WIDE, Server
from tests.e2e.reading import Frame
from tests.e2e.tcpproxy import Proxy
from tests.faults.counts import count, within
from tests.faults.places import behind_proxy, say
from tests.postgres import Postgres

pytestmark = [pytest.mark.whole, pytest.mark.slow]

COMMIT = b"COMMIT"


@within(quick=120, full=600)
async def test_f06_a_commit_without_an_answer_is_done_once(
    tmp_path: Path, postgres: Postgres, servers: Callable[[Server], Server], journal: Journal
) -> None:
    rounds = count("F06", quick=20, full=100)
    with postgres.database() as address:
        people = found(address, [Wanted("mei")])
        async with behind_proxy(address) as (proxy, settings):
            server = await asyncio.to_thread(servers(Server(tmp_path / "data", WIDE | settings)).start)
            ann, mei = await met(server, people["mei"], journal)
            for number in range(rounds):
                await speak(proxy, ann, mei, number)
            await drained([ann, mei], address)
            await ann.leave()
            await mei.leave()
            assert await asyncio.to_thread(server.stop) == 0
        complain(Oracle(journal, [ann, mei], Stored.read(address)).verdict())
    assert proxy.swallowed == rounds
    answers = answers_to_messages(journal)
    assert len(answers) == rounds
    # How often it is refused before depends on how soon the server trusts its database again.
    assert {told[0]["type"] for told in answers} == {"refused"}
    assert all(told[-1].get("repeat") for told in answers)


async def test_f06_control_without_refs_it_is_done_twice(
    tmp_path: Path, postgres: Postgres, servers: Callable[[Server], Server], journal: Journal
) -> None:
    with postgres.database() as address:
        people = found(address, [Wanted("mei")])
        say(address, "DROP INDEX uq_entries_ref")
        async with behind_proxy(address) as (proxy, settings):
            broken = ("tests.e2e.broken", "forget_refs")
            server = servers(Server(tmp_path / "data", WIDE | settings, module=broken))
            await asyncio.to_thread(server.start)
            ann, mei = await met(server, people["mei"], journal)
            await speak(proxy, ann, mei, 0)
            await ann.leave()
            await mei.leave()
        found_wrong = Oracle(journal, [], Stored.read(address)).once_per_ref()
    assert any("made 2 entries" in each for each in found_wrong), found_wrong


async def met(server: Server, member: Member, journal: Journal) -> tuple[Visitor, Consultant]:
    """A visitor and a consultant in one conversation."""
    mei = await Consultant.sit_down(server, member, journal)
    ann = await Visitor.arrive(server, "ann", journal)
    await mei.until_owned(await ann.open(GYNECOLOGY, "hello"))
    return ann, mei


def answers_to_messages(journal: Journal) -> list[list[Frame]]:
    """The answers to each message, in order."""
    sent = [line.told["frame"] for line in journal.of("sent")]
    answers: dict[str, list[Frame]] = {each["ref"]: [] for each in sent if each["type"] == "message.post"}
    for line in journal.of("accepted", "refused"):
        if (ref := line.told["frame"].get("ref")) in answers:
            answers[ref].append(line.told["frame"])
    return list(answers.values())


async def speak(proxy: Proxy, ann: Visitor, mei: Consultant, number: int) -> None:
    """The two speak in turn; each COMMIT is carried out, and its answer lost."""
    body = f"message {number} of this run"
    proxy.swallow_answer_to(COMMIT, after=body.encode())
    if number % 2:
        ref = await mei.say(ann.conversation, body)
        assert (await mei.answer(ref))["type"] == "accepted"
        await ann.until_received(body)
    else:
        assert (await ann.answer(await ann.say(body)))["type"] == "accepted"
        await mei.until_received(ann.conversation, body)
