"""A waiting visitor is told whether nobody is there, all are busy, or the department is closed: three different
things."""

import pytest
from sqlalchemy import Connection

from chatserver.domain.hospital import Group, Mode, Name
from chatserver.store import hospital
from chatserver.store.database import Where
from tests.hub.harness import opened
from tests.transactions import tx_at


@pytest.mark.parametrize(
    ("availability", "service"),
    [("busy", "busy"), ("break", "nobody"), ("offline", "nobody")],
)
async def test_somebody_who_is_here_but_busy_is_not_called_absent(
    place: Where, availability: str, service: str
) -> None:
    async with opened(place) as rig:
        await rig.staff("limin", availability)
        visitor = await rig.visitor()
        await visitor.opens()
        told = await visitor.hears("conversation", state="waiting", service=service)
        assert told.get("nobody", False) is (service == "nobody")


async def test_full_is_busy_and_the_visitor_hears_when_everybody_has_gone(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        for _ in range(2):
            await li.row(await (await rig.visitor()).opens(), state="active")
        visitor = await rig.visitor()
        await visitor.opens()
        await visitor.hears("conversation", state="waiting", service="busy")
        assert (await li.ask("availability.set", availability="break"))["type"] == "accepted"
        await visitor.hears("conversation", state="waiting", service="nobody", nobody=True)


async def test_somebody_in_the_overflow_group_counts(place: Where) -> None:
    def helped_out(conn: Connection) -> None:
        hospital.put_group(tx_at(conn), Group("children", Name("儿科咨询组", "Children"), Mode.RING, "general"))

    async with opened(place, more=helped_out) as rig:
        await rig.staff("limin", "busy")
        visitor = await rig.visitor()
        await visitor.opens("孩子咳嗽", "pediatrics")
        await visitor.hears("conversation", state="waiting", service="busy")
