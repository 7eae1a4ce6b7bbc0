"""F17: after any change, a tab holds what a fresh tab would get. F18: a visitor's numbers have no gaps, and nothing for
staff only is sent to them.

Both are checked after every single step of a random walk (walks.py).
"""

import asyncio
import json
import random
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatserver.domain.rules import Rules
from chatserver.store import visitors
from chatserver.store.database import Where
from tests.faults.counts import count, dice, within
from tests.faults.walks import ACTS, SECRET, Walk
from tests.hub.harness import Rig, StaffTab, Told, VisitorTab, eventually, opened

STEPS = 20
FRESH_LOOKS = 50
FOR_STAFF = {"note_written", "transfer_offered", "offer_declined", "offer_withdrawn", "offer_expired", "rung"}


@within(quick=180, full=3_600)
def test_f17_after_every_step_a_tab_holds_what_a_fresh_tab_gets() -> None:
    examples = count("F17", quick=500, full=10_000)

    @settings(max_examples=examples // STEPS, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.sampled_from(ACTS), min_size=STEPS, max_size=STEPS), st.randoms())
    def walks(acts: list[str], chance: random.Random) -> None:
        with TemporaryDirectory() as folder:
            asyncio.run(verified(Path(folder), acts, chance))

    walks()


async def verified(place: Where, acts: list[str], chance: random.Random) -> None:
    """Perform the acts, and after each compare what somebody holds with what a new tab would get."""
    async with opened(place) as rig:
        walk = await Walk.begun(rig, chance)
        for what in acts:
            await walk.step(what)
            login = chance.choice(list(walk.staff))
            await same_list(rig, login, walk.staff[login])
            if goes_on := [each for each in walk.visitors if not has_ended(rig, each[0])]:
                await same_entries(rig, *chance.choice(goes_on))


def has_ended(rig: Rig, tab: VisitorTab) -> bool:
    """Whether this visitor has ended it: then a new tab gets nothing."""
    return rig.database.read_now(lambda conn: visitors.is_ended(conn, tab.session.person))


async def same_list(rig: Rig, login: str, tab: StaffTab) -> None:
    """Wait until the list made of changes equals the one that a new tab gets."""
    for _ in range(FRESH_LOOKS):
        fresh = await rig.staff(login)
        is_same = fresh.rows() == tab.rows()
        fresh.leave()
        if is_same:
            return
    assert fresh.rows() == tab.rows()


async def same_entries(rig: Rig, tab: VisitorTab, conversation: str) -> None:
    """Wait until what was pushed equals what the visitor would get on coming back without anything."""
    async with asyncio.timeout(5):
        while tab.entries(conversation) != await entries_of_a_fresh_tab(rig, tab, conversation):
            pass


async def entries_of_a_fresh_tab(rig: Rig, tab: VisitorTab, conversation: str) -> list[Told]:
    fresh = await rig.visitor(tab.token)
    await fresh.hears("live", conversation=conversation)
    entries = fresh.entries(conversation)
    fresh.leave()
    return entries


@within(quick=180, full=3_600)
async def test_f18_a_visitors_numbers_have_no_gaps_and_nothing_of_the_staffs(place: Where) -> None:
    sequences = count("F18", quick=250, full=5_000)
    chance = dice()
    async with opened(place, Rules(queue_limit=sequences)) as rig:
        walk = await Walk.begun(rig, chance)
        for _ in range(sequences):
            tab, conversation = await walk.opens()
            await walk.forget_all_but(3)
            for what in chance.choices(ACTS, k=6):
                await walk.step(what)
            await no_holes(rig, tab, conversation)
            no_leak(walk, tab, conversation)


async def no_holes(rig: Rig, tab: VisitorTab, conversation: str) -> None:
    """Visitors get everything that is for them, numbered 1, 2, 3 …"""
    query = "SELECT last_visitor_seq FROM conversations WHERE id = "

    def stored() -> int:
        return int(rig.database.read_now(lambda conn: conn.exec_driver_sql(f"{query}'{conversation}'").scalar()) or 0)

    def told() -> list[int]:
        return [entry["seq"] for entry in tab.entries(conversation)]

    # Both are read in one step, because a deadline may fire in between.
    try:
        await eventually(lambda: told() == [*range(1, stored() + 1)])
    except TimeoutError:
        raise TimeoutError(f"told {told()}, stored {stored()}, closed {tab.closed}, {tab.told[-3:]}") from None


def no_leak(walk: Walk, tab: VisitorTab, conversation: str) -> None:
    """Nothing that staff wrote for each other, no event for staff, no id of anybody, no fence."""
    everything = json.dumps(tab.told, ensure_ascii=False)
    assert SECRET not in everything
    assert not any(each.id in everything for each in walk.staff.values())
    assert '"fence"' not in everything
    events = {entry["event"]["name"] for entry in tab.entries(conversation) if "event" in entry}
    assert not events & FOR_STAFF
