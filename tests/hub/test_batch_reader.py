"""Batched reads: each question gets its own answer, and one that fails does not affect the others."""

import asyncio
import threading
from collections.abc import Sequence

import pytest
from sqlalchemy import Connection

from chatserver.domain.refusals import Internal, Unauthenticated, Unavailable
from chatserver.hub import batch_reader, resume
from chatserver.hub.batch_reader import BatchReader
from chatserver.store import visitor_lookup
from chatserver.store.database import Database, Where
from tests.hub.cuts import HeldBack, no_store
from tests.hub.harness import PATIENCE, Rig, VisitorTab, eventually, opened


class Reading:
    """A read that doubles numbers and fails for negative ones. The first read lasts until `go_on`."""

    def __init__(self, database: Database) -> None:
        self.batches: list[list[int]] = []
        self.unavailable = False
        self._under_way, self._goes_on = threading.Event(), threading.Event()
        self.gathering = BatchReader[int, int](database, self._read)

    async def under_way(self) -> None:
        await eventually(self._under_way.is_set)

    def go_on(self) -> None:
        self._goes_on.set()

    def _read(self, _conn: Connection, numbers: Sequence[int]) -> list[int]:
        self.batches.append(list(numbers))
        self._under_way.set()
        self._goes_on.wait(PATIENCE)
        if self.unavailable:
            raise Unavailable()
        if any(number < 0 for number in numbers):
            raise ValueError(numbers)
        return [2 * number for number in numbers]


async def asked(reading: Reading, *numbers: int) -> "list[asyncio.Task[int]]":
    """Ask these questions, in this order; all of them are waiting afterwards."""
    tasks = [asyncio.create_task(reading.gathering.ask(number)) for number in numbers]
    await asyncio.sleep(0)
    return tasks


async def test_questions_of_one_moment_share_one_read(place: Where) -> None:
    async with opened(place) as rig:
        reading = Reading(rig.database)
        reading.go_on()
        assert await asyncio.gather(*await asked(reading, 1, 2, 3)) == [2, 4, 6]
        assert reading.batches == [[1, 2, 3]]


async def test_a_question_during_a_read_waits_for_the_next_one(place: Where) -> None:
    """The question is about what is true after it was asked."""
    async with opened(place) as rig:
        reading = Reading(rig.database)
        first = await asked(reading, 1)
        await reading.under_way()
        others = await asked(reading, 2, 3)
        reading.go_on()
        assert await asyncio.gather(*first, *others) == [2, 4, 6]
        assert reading.batches == [[1], [2, 3]]


async def test_a_read_answers_a_limited_number_of_questions(place: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_reader, "AT_ONCE", 2)
    async with opened(place) as rig:
        reading = Reading(rig.database)
        reading.go_on()
        assert await asyncio.gather(*await asked(reading, 1, 2, 3)) == [2, 4, 6]
        assert reading.batches == [[1, 2], [3]]


async def test_a_question_that_fails_fails_alone(place: Where) -> None:
    async with opened(place) as rig:
        reading = Reading(rig.database)
        reading.go_on()
        answered = asyncio.gather(*await asked(reading, 1, -1, 3), return_exceptions=True)
        good, bad, better = await asyncio.wait_for(answered, PATIENCE)
        assert (good, type(bad), better) == (2, Internal, 6)


async def test_without_a_store_all_questions_are_refused_after_one_try(place: Where) -> None:
    async with opened(place) as rig:
        reading = Reading(rig.database)
        reading.unavailable = True
        first = await asked(reading, 1)
        await reading.under_way()
        others = await asked(reading, 2, 3)
        reading.go_on()
        answers = await asyncio.gather(*first, *others, return_exceptions=True)
        assert [type(each) for each in answers] == [Unavailable] * 3
        assert reading.batches == [[1]]
        reading.unavailable = False
        assert await asyncio.gather(*await asked(reading, 4)) == [8]


async def test_nothing_is_read_for_a_client_that_has_gone(place: Where) -> None:
    async with opened(place) as rig:
        reading = Reading(rig.database)
        first = await asked(reading, 1)
        await reading.under_way()
        gone, other = await asked(reading, 2, 3)
        gone.cancel()
        await asyncio.sleep(0)
        reading.go_on()
        assert await asyncio.gather(*first, other) == [2, 6]
        assert reading.batches == [[1], [3]]


async def talking(rig: Rig, many: int) -> list[tuple[str, str]]:
    """This many visitors who have a conversation and have left: their tokens and the conversations' ids."""
    known = []
    for number in range(many):
        token = rig.new_visitor()
        visitor = await rig.visitor(token)
        known.append((token, await visitor.opens(f"第{number}位")))
        visitor.leave()
    return known


async def test_hellos_of_one_moment_each_get_their_own_answer(place: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(place) as rig:
        known = await talking(rig, 4)
        batches: list[int] = []
        read = visitor_lookup.known

        def counted(conn: Connection, tokens: Sequence[str], *rest: object) -> object:
            batches.append(len(tokens))
            return read(conn, tokens, *rest)  # type: ignore[arg-type]  # passed on unchanged

        monkeypatch.setattr(visitor_lookup, "known", counted)
        tokens = [token for token, _ in known]
        came = await asyncio.gather(*map(rig.visitor, [*tokens[:2], "nobody's", *tokens[2:]]), return_exceptions=True)
        assert batches == [5]
        assert isinstance(came.pop(2), Unauthenticated)
        for number, (tab, (_, conversation)) in enumerate(zip(came, known, strict=True)):
            assert isinstance(tab, VisitorTab)
            await tab.hears("live", conversation=conversation)
            assert [each["conversation"] for each in tab.told[0]["following"]] == [conversation]
            assert f"第{number}位" in [entry.get("body") for entry in tab.entries(conversation)]


async def test_what_is_said_while_the_hello_reads_comes_once_and_in_order(
    place: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(place) as rig:
        token = rig.new_visitor()
        visitor = await rig.visitor(token)
        conversation = await visitor.opens()
        reading = HeldBack(monkeypatch, resume, "_read_rests")
        tab = VisitorTab(rig)
        entering = asyncio.create_task(tab.enter(token))
        await reading.has_read()
        await visitor.says(conversation, "在吗")
        await visitor.hears("entry", body="在吗")
        reading.may_return()
        await entering
        await tab.hears("entry", body="在吗")
        await visitor.says(conversation, "还在吗")
        await tab.hears("entry", body="还在吗")
        seqs = [entry["seq"] for entry in tab.entries(conversation)]
        assert seqs == list(range(1, len(seqs) + 1))


async def test_hellos_that_fail_leave_nothing_behind(place: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(place) as rig:
        known = await talking(rig, 2)
        node = rig.hub._running
        monkeypatch.setattr(resume, "_read_rests", unavailable)
        came = await asyncio.gather(*(rig.visitor(token) for token, _ in known), return_exceptions=True)
        assert [type(each) for each in came] == [Unavailable] * 2
        with no_store(rig):
            came = await asyncio.gather(*(rig.visitor(token) for token, _ in known), return_exceptions=True)
        assert [type(each) for each in came] == [Unavailable] * 2
        assert not list(node.sessions.visitors())
        assert not any(node.delivery.is_followed(conversation) for _, conversation in known)


def unavailable(*_: object) -> None:
    raise Unavailable()
