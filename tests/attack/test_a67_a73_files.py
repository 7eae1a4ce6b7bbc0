"""A67–A73: files that are not what they say, that hide something, that cost too much, and too many of them; and who may
read a file."""

import asyncio
import io

import pytest
from PIL import Image

from chatserver.domain.hospital import Role
from tests.e2e.hospital import CHILDREN, WOMEN, Wanted
from tests.e2e.pictures import (
    picture,
    visitor_puts,
)
from tests.e2e.procs import Answer
from tests.e2e.quarters import CANARY, Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

PEOPLE = [
    Wanted("su", (CHILDREN,), role=Role.SUPERVISOR),
    Wanted("own", (WOMEN,), role=Role.SUPERVISOR),
    Wanted("adam", (), role=Role.ADMINISTRATOR),
    Wanted("lea", (WOMEN,), role=Role.GROUP_LEADER),
    Wanted("aud", (), role=Role.AUDITOR),
]


async def annes(quarters: Quarters, content: bytes, name: str = f"{CANARY}.png", ref: str = "") -> Answer:
    """The honest visitor sends this."""
    return await asyncio.to_thread(
        visitor_puts, quarters.server, quarters.ann.token, quarters.ann.conversation, content, name, ref
    )


def read(quarters: Quarters, path: str, **headers: str) -> Answer:
    return quarters.server.get(path, {name.replace("_", "-"): value for name, value in headers.items()})


async def test_an_image_comes_back_encoded_anew_to_visitor_and_staff(quarters: Quarters) -> None:
    answer = await annes(quarters, picture("JPEG"), f"{CANARY}.jpg")
    assert answer.status == 201, answer.body
    file = answer.json()["file"]
    assert file["type"] == "image/jpeg"
    assert (file["width"], file["height"]) == (40, 30)
    token, cookie = f"Bearer {quarters.ann.token}", f"session={quarters.people['mei'].cookie}"
    for told in (
        read(quarters, f"/v1/visitor/files/{file['id']}", Authorization=token),
        read(quarters, f"/v1/staff/files/{file['id']}", Cookie=cookie),
    ):
        assert told.status == 200
        assert len(told.body) == file["bytes"]
        assert Image.open(io.BytesIO(told.body)).size == (40, 30)
        assert told.headers["cache-control"] == "no-store"
        assert told.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert told.headers["x-content-type-options"] == "nosniff"
        assert told.headers["cross-origin-resource-policy"] == "same-origin"
        assert told.headers["content-disposition"].startswith("inline; filename*=UTF-8''")
