"""Nobody there, all busy, a free place, closed: what a visitor is told is true."""

from dataclasses import replace

from sqlalchemy import Connection

from chatserver.domain.hours_text import read
from chatserver.store import hospital
from chatserver.store.database import Where
from tests.hub.harness import Rig, StaffTab, Told, VisitorTab, opened, two_nodes
from tests.hub.test_changed_records import changed
from tests.hub.test_opening_hours import hours_of
from tests.transactions import tx_at


def last_told(visitor: VisitorTab) -> Told:
    """The latest frame with the hours; after the welcome there is none until they change."""
    return (visitor.heard("hours") or visitor.heard("welcome"))[-1]


async def full(rig: Rig) -> StaffTab:
    """李敏 is online and full; nobody else is there."""
    li = await rig.staff("limin", "online")
    for _ in range(2):
        visitor = await rig.visitor()
        await visitor.opens()
        await visitor.hears("conversation", state="active")
    return li


async def waits(rig: Rig) -> VisitorTab:
    visitor = await rig.visitor()
    await visitor.opens()
    return visitor


def serves(visitor: VisitorTab) -> tuple[str, bool] | None:
    """The service, and whether nobody is there, as the waiting visitor was told last; None before that."""
    told = visitor.heard("conversation", state="waiting")
    return (told[-1]["service"], told[-1].get("nobody", False)) if told else None


async def test_whoever_waits_is_told_when_somebody_comes_and_goes(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await waits(rig)
        await visitor.until(lambda: serves(visitor) == ("nobody", True))
        li = await rig.staff("limin", "busy")
        await visitor.until(lambda: serves(visitor) == ("busy", False))
        li.leave()
        await visitor.until(lambda: serves(visitor) == ("nobody", True))


async def test_a_supervisor_who_looks_on_does_not_count(place: Where) -> None:
    async with opened(place) as rig:
        await rig.staff("chenjing", "online")
        visitor = await waits(rig)
        await visitor.hears("conversation", state="waiting", service="nobody")


async def test_those_who_help_out_count_and_are_told_of(place: Where) -> None:
    async with opened(place) as rig:
        changed(
            rig,
            lambda conn: hospital.put_group(
                tx_at(conn), replace(hospital.load_hospital(conn).groups["general"], overflow="children")
            ),
        )
        visitor = await waits(rig)
        await visitor.until(lambda: serves(visitor) == ("nobody", True))
        zhang = await rig.staff("zhangwei", "busy")
        await visitor.until(lambda: serves(visitor) == ("busy", False))
        await zhang.is_available("offline")
        await visitor.until(lambda: serves(visitor) == ("nobody", True))


async def test_an_emergency_at_night_is_told_whether_anybody_is_there(place: Where) -> None:
    async with opened(place) as rig:

        def close(conn: Connection) -> None:
            site = hospital.load_hospital(conn).sites["main"]
            hospital.put_site(tx_at(conn), replace(site, hours=read({"every_day": []})))

        await rig.staff("limin", "break")
        changed(rig, close)
        visitor = await rig.visitor()
        await visitor.until(lambda: hours_of(last_told(visitor))["service"] == "closed")
        await visitor.opens("我胸痛得厉害，喘不上气")
        await visitor.hears("conversation", state="waiting", service="nobody")


async def test_who_has_not_asked_yet_is_told_the_same(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        assert hours_of(visitor.told[0])["service"] == "nobody"
        li = await rig.staff("limin", "online")
        await visitor.until(lambda: hours_of(last_told(visitor))["service"] == "free")
        assert hours_of(last_told(visitor), "unsure")["service"] == "free"
        assert hours_of(last_told(visitor), "pediatrics")["service"] == "nobody"
        for _ in range(2):
            await waits(rig)
        await visitor.until(lambda: hours_of(last_told(visitor))["service"] == "busy")
        li.leave()
        await visitor.until(lambda: hours_of(last_told(visitor))["service"] == "nobody")


async def test_people_at_another_node_are_there_too(place: Where) -> None:
    async with two_nodes(place) as (one, other):
        visitor = await waits(one)
        await visitor.until(lambda: serves(visitor) == ("nobody", True))
        await other.staff("limin", "busy")
        await visitor.until(lambda: serves(visitor) == ("busy", False))


async def test_a_visitor_for_whom_it_rings_is_not_told_that_all_are_busy(place: Where) -> None:
    async with opened(place) as rig:
        await rig.staff("zhangwei", "online")
        first, second = await rig.visitor(), await rig.visitor()
        await first.opens(department="pediatrics")
        await first.hears("conversation", state="waiting", service="free")
        await second.opens(department="pediatrics")
        await second.hears("conversation", state="waiting", service="busy", ahead=1)
