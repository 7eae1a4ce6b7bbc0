"""Deadlines of any subject reach the handler of its kind."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert

from chatserver.actions.features import HANDLERS
from chatserver.hub.parts import Parts
from chatserver.hub.timers import AT_ONCE
from chatserver.store import deadlines
from chatserver.store.database import Where
from chatserver.store.tables import deadlines as rows
from tests.hub.harness import START, eventually, opened
from tests.transactions import tx_at, written

KIND = "call_back"


class CallBacks:
    """A subject that is no conversation: its deadline makes a call, once."""

    def __init__(self) -> None:
        self.called: list[str] = []

    async def reach(self, parts: Parts, ids: Sequence[str]) -> None:
        def work(unit: Any) -> None:
            held = deadlines.load(unit.conn, KIND, ids)
            deadlines.settle(unit.tx, KIND, held, {id: {} for id in held}, frozenset(held))

        await parts.dispatch.transact(work)
        self.called += ids


@pytest.fixture
def call_backs(monkeypatch: pytest.MonkeyPatch) -> CallBacks:
    made = CallBacks()
    monkeypatch.setattr("tests.hub.harness.HANDLERS", replace(HANDLERS, deadlines={KIND: made.reach}))
    return made


def put(conn: Any, kind: str, id: str, due_at: int) -> None:
    deadlines.settle(tx_at(conn), kind, {}, {id: {"call": due_at}}, frozenset())


async def test_a_deadline_of_another_subject_reaches_its_handler_once_it_is_due(
    place: Where, call_backs: CallBacks
) -> None:
    async with opened(place, more=lambda conn: put(conn, KIND, "later", START + 60_000)) as rig:
        written(rig.database, lambda conn: put(conn, KIND, "now", START))
        await eventually(lambda: call_backs.called == ["now"])
        rig.clock.pass_seconds(60)
        await eventually(lambda: call_backs.called == ["now", "later"])
        await rig.stores(f"SELECT count(*) FROM deadlines WHERE subject_kind = '{KIND}'", 0)


async def test_a_subject_with_the_id_of_a_conversation_has_deadlines_of_its_own(
    place: Where, call_backs: CallBacks
) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        conversation = await visitor.opens(department="eyes")
        before = rig.database.read_now(lambda conn: deadlines.load(conn, deadlines.CONVERSATION, [conversation]))
        assert before[conversation]
        written(rig.database, lambda conn: put(conn, KIND, conversation, START))
        await eventually(lambda: call_backs.called == [conversation])
        held = rig.database.read_now(lambda conn: deadlines.load(conn, deadlines.CONVERSATION, [conversation]))
        assert held == before


async def test_deadlines_that_this_version_does_not_know_are_left_and_delay_no_others(
    place: Where, call_backs: CallBacks
) -> None:
    """A newer node of the same database may have written them."""
    many = AT_ONCE + 1

    def more(conn: Any) -> None:
        strange = [{"subject_kind": "visit", "subject_id": f"{n}", "clock": "begins", "due_at": 0} for n in range(many)]
        conn.execute(insert(rows), strange)
        put(conn, KIND, "now", START)

    async with opened(place, more=more) as rig:
        await eventually(lambda: call_backs.called == ["now"])
        await rig.stores("SELECT count(*) FROM deadlines WHERE subject_kind = 'visit'", many)
