"""A95: consultants see a number instead of a visitor's name that is the hospital's or visually deceptive."""

from typing import Any

import pytest

from tests.e2e.hospital import GYNECOLOGY
from tests.e2e.people import Visitor
from tests.e2e.quarters import CANARY, Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

NUMBERED = ("系统", "医生", "示范", "医院在线咨询", "a" + "\u0301" * 39, "H\u043espital Admin")
AS_THEY_ARE = ("王芳", "李女士Amy")
SPELLED = {"王\u202e芳": "王[U+202E]芳", "王\u200b芳": "王[U+200B]芳"}


@pytest.mark.parametrize("name", [*NUMBERED, *AS_THEY_ARE, *SPELLED])
async def test_a_name_is_never_refused_and_never_the_hospital_s(quarters: Quarters, name: str) -> None:
    async with quarters.undisturbed():
        visitor = await Visitor.arrive(quarters.server, "eve", quarters.journal)
        body = f"{CANARY} {NUMBERED.index(name) if name in NUMBERED else name}"
        told = {"kind": "question", "body": body, "phone": "13800138000", "department": GYNECOLOGY}
        assert (await visitor.asked("offline.leave", name=name, **told))["type"] == "accepted"
        row = await quarters.mei.until(lambda: left(quarters, body), f"the words of {name!r}")
        await visitor.leave()
    if name in NUMBERED:
        assert row["name"].startswith("#")
        assert len(row["name"]) == 5
    else:
        assert row["name"] == SPELLED.get(name, name)


def left(quarters: Quarters, body: str) -> dict[str, Any]:
    """What a consultant sees of it; empty while it is not there."""
    lists = [each for each in quarters.mei.frames if each["type"] == "offline"]
    rows = [row for each in lists for row in each.get("put", []) if row["body"] == body]
    return rows[-1] if rows else {}
