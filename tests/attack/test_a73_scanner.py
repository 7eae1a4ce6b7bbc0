"""A73: a virus in a picture is refused, and while the scanner is away every file is."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.pictures import EICAR, code_of, picture, visitor_puts
from tests.e2e.procs import Answer
from tests.e2e.quarters import Quarters
from tests.web.scanners import scanner

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

SOCKET = Path(tempfile.mkdtemp(prefix="clamd-")) / "clamd.sock"
SETTINGS = {"CHATSERVER_CLAMD": str(SOCKET)}


@pytest.fixture(scope="module", autouse=True)
def _no_folder_left() -> Iterator[None]:
    yield
    SOCKET.unlink(missing_ok=True)
    SOCKET.parent.rmdir()


async def sent(quarters: Quarters, content: bytes) -> Answer:
    ann = quarters.ann
    return await asyncio.to_thread(visitor_puts, quarters.server, ann.token, ann.conversation, content)


async def test_a_virus_is_refused_and_a_clean_picture_taken(quarters: Quarters) -> None:
    async with scanner(str(SOCKET)):
        async with quarters.undisturbed():
            answer = await sent(quarters, picture() + EICAR)
            assert (answer.status, code_of(answer)) == (422, "file_malware")
        assert (await sent(quarters, picture())).status == 201


@pytest.mark.parametrize("answer", [None, b"\0", b"INSTREAM size limit exceeded. ERROR\0", b"nonsense\0", b"OK"])
async def test_without_the_scanners_word_no_file_is_taken(quarters: Quarters, answer: bytes | None) -> None:
    async with quarters.undisturbed():
        if answer is None:
            refused = await sent(quarters, picture())
        else:
            async with scanner(str(SOCKET), answer):
                refused = await sent(quarters, picture())
        assert (refused.status, code_of(refused)) == (503, "file_scan_unavailable")
    assert not list((quarters.server.data / "files").glob("*.part"))
