"""A list kept up by its changes is the same as the list fetched whole."""

import random

import pytest

from chatserver.store.database import Where
from tests.hub.rig import Rig, StaffTab, VisitorTab, opened

SEEDS = range(6)


@pytest.mark.parametrize("seed", SEEDS)
async def test_stale_list_and_changes_are_the_fresh_list(place: Where, seed: int) -> None:
    chance = random.Random(seed)
    async with opened(place) as rig:
        staff = {login: await rig.staff(login, "online") for login in ("limin", "wangfang", "zhangwei", "chenjing")}
        visitors: list[tuple[VisitorTab, str]] = []
        for _ in range(40):
            await act(rig, chance, staff, visitors)
        for login, tab in staff.items():
            await same_as_fresh(rig, login, tab)


async def same_as_fresh(rig: Rig, login: str, tab: StaffTab) -> None:
    """Until the tab's list, made of changes, equals the one a new tab is sent whole."""
    for _ in range(50):
        fresh = await rig.staff(login)
        if fresh.rows() == tab.rows():
            fresh.leave()
            return
        fresh.leave()
    assert fresh.rows() == tab.rows()


async def act(
    rig: Rig, chance: random.Random, staff: dict[str, StaffTab], visitors: list[tuple[VisitorTab, str]]
) -> None:
    """Somebody does something; refusals are part of life."""
    what = chance.choice(["opens", "says", "ends", "replies", "closes", "transfers", "accepts", "waits", "changes"])
    tab = chance.choice(list(staff.values()))
    rows = list(tab.rows().values())
    row = chance.choice(rows) if rows else None
    if what == "opens" or not visitors:
        visitor = await rig.visitor()
        department = chance.choice(["gynecology", "pediatrics", "eyes"])
        visitors.append((visitor, await visitor.opens(department=department)))
    elif what == "says":
        visitor, conversation = chance.choice(visitors)
        await visitor.says(conversation, "还在吗")
    elif what == "ends":
        visitor, conversation = chance.choice(visitors)
        await visitor.ask("conversation.close", conversation=conversation)
    elif what == "waits":
        rig.clock.pass_seconds(chance.choice([1, 20, 100, 700]))
    elif what == "changes":
        await tab.is_available(chance.choice(["online", "busy", "online"]))
    elif row is not None:
        await act_on(tab, row, what, chance, staff)


async def act_on(
    tab: StaffTab, row: dict[str, object], what: str, chance: random.Random, staff: dict[str, StaffTab]
) -> None:
    asked = {"conversation": row["id"], "fence": row["fence"]}
    if what == "replies":
        await tab.ask("message.post", body="您好", **asked)
    elif what == "closes":
        await tab.ask("conversation.close", outcome="answered", **asked)
    elif what == "transfers":
        to = chance.choice(list(staff.values()))
        await tab.ask("transfer.offer", consultant=to.id, note="请接手", **asked)
    elif what == "accepts":
        offer = row.get("offer")
        if isinstance(offer, dict):
            await tab.ask("offer.accept", conversation=row["id"], offer=offer["id"])
        else:
            await tab.ask("conversation.claim", conversation=row["id"])
