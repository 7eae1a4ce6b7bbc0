"""A visitor without a socket, who sends one frame (the form at /chat/SITE), is held to what holds for a tab."""

from dataclasses import replace
from pathlib import Path

import pytest

from chatserver.domain.refusals import PhoneInvalid, RateLimited, TextInvalid
from chatserver.store import visitors
from chatserver.store.ids import new_id
from chatserver.store.tx import VISITOR
from chatserver.store.visitor_lookup import VisitorRow
from chatserver.wire.offline_messages import OfflineLeave
from chatserver.wire.replies import Accepted
from tests.hub.harness import QUICK, Rig, opened

ADDRESS = "198.51.100.7"


async def leaves(rig: Rig, body: str = "请回电", phone: str = "") -> Accepted:
    site = next(iter(rig.hub.hospital.sites))
    person, _, ends_at = await rig.database.write(lambda tx: visitors.start(tx, site, "zh", 60_000), rig.clock, VISITOR)
    frame = OfflineLeave(ref=new_id(), kind="question", body=body, department="gynecology", phone=phone)
    return await rig.hub.visitor_sends(VisitorRow(person, site, "zh", ends_at, 60_000), frame, ADDRESS)


async def test_what_it_leaves_reaches_the_staff(tmp_path: Path) -> None:
    async with opened(tmp_path) as rig:
        left = await leaves(rig, "请问挂号", "13800138000")
        assert left.id
        assert left.answer_by
        assert (await leaves(rig, "我爸突然胸痛")).emergency == "body"


async def test_it_is_refused_what_a_tab_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path) as rig:
        with pytest.raises(TextInvalid):
            await leaves(rig, " ")
        with pytest.raises(PhoneInvalid):
            await leaves(rig, phone="123")


async def test_its_address_can_leave_no_more_than_tabs_there(tmp_path: Path) -> None:
    async with opened(tmp_path, options=replace(QUICK, offline_per_hour_and_address=2)) as rig:
        await leaves(rig)
        await leaves(rig)
        with pytest.raises(RateLimited):
            await leaves(rig)
