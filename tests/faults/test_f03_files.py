"""F03 for files: kill -9 at any moment loses no file that was acknowledged, and leaves nothing that stays without an
entry."""

import asyncio
import hashlib
import http.client
import secrets
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from chatserver.store import files
from chatserver.store.database import Database
from chatserver.store.file_folder import KEPT_MS, FileFolder
from tests.e2e.hospital import DENTISTRY, WOMEN, Wanted, found
from tests.e2e.journal import Journal, tell
from tests.e2e.people import Visitor
from tests.e2e.pictures import picture, visitor_puts
from tests.e2e.procs import WIDE, Server
from tests.faults.counts import count, dice, within

pytestmark = [pytest.mark.whole, pytest.mark.slow]

SENDERS = 3
LONGEST = 1.2
"""Seconds until a kill, at most: a file takes about a quarter of one."""


@within(quick=60, full=600)
async def test_f03_kill_9_loses_no_acknowledged_file_and_leaves_no_orphan(
    tmp_path: Path, servers: Callable[[Server], Server], journal: Journal
) -> None:
    rounds, chance = count("F03", quick=3, full=60), dice()
    found(tmp_path / "data", [Wanted("mei", (WOMEN,))])
    server = servers(Server(tmp_path / "data", WIDE)).start()
    acknowledged: dict[str, str] = {}
    """The id of each file, with the ref under which it was sent."""
    for _ in range(rounds):
        sending = [
            asyncio.create_task(send(server, *await somebody(server, journal), acknowledged)) for _ in range(SENDERS)
        ]
        await asyncio.sleep(LONGEST * chance.random())
        await asyncio.to_thread(server.kill)
        repeats = [repeat for each in await asyncio.gather(*sending) for repeat in each]
        await asyncio.to_thread(server.start)
        for token, conversation, ref, answer in repeats:
            again = await asyncio.to_thread(visitor_puts, server, token, conversation, picture(), "a.png", ref)
            assert again.status == 201
            assert answer in ("", again.json()["file"]["id"]), "a repeat got another answer than the first one"
            acknowledged[again.json()["file"]["id"]] = ref
    assert server.stop() == 0
    judge(server, acknowledged)
    server.assert_no_traceback()


async def somebody(server: Server, journal: Journal) -> tuple[str, str]:
    """A new visitor's token and conversation."""
    visitor = await Visitor.arrive(server, "ann", journal)
    visitor.comes_back = visitor.resends = False
    conversation = await visitor.open(DENTISTRY, "Hello")
    await visitor.leave()
    return visitor.token, conversation


async def send(
    server: Server, token: str, conversation: str, acknowledged: dict[str, str]
) -> list[tuple[str, str, str, str]]:
    """Send files until the server is gone. Returns the last acknowledged one, and the one without an answer: token,
    conversation, ref, and the id that was answered."""
    repeats: list[tuple[str, str, str, str]] = []
    for _ in range(20):
        ref = secrets.token_urlsafe(24)
        try:
            answer = await asyncio.to_thread(visitor_puts, server, token, conversation, picture(), "a.png", ref)
        except (OSError, http.client.HTTPException):
            return [*repeats[-1:], (token, conversation, ref, "")]
        if answer.status != 201:
            break
        id = answer.json()["file"]["id"]
        acknowledged[id] = ref
        repeats.append((token, conversation, ref, id))
    return repeats[-1:]


def judge(server: Server, acknowledged: dict[str, str]) -> None:
    """Every acknowledged file has its row, its entry and its bytes; a day later nothing else is in the folder."""
    folder = FileFolder(server.data / "files")
    with closing(Database(server.database)) as database:
        named = {each.id: each for each in database.read_now(files.named)}
        entries = database.read_now(
            lambda conn: conn.exec_driver_sql("SELECT count(*) FROM entries WHERE event = 'file_posted'").scalar()
        )
        assert entries == len(named)
        assert acknowledged.keys() == named.keys()
        for id, file in named.items():
            content = folder.place(id).read_bytes()
            assert (len(content), hashlib.sha256(content).digest()) == (file.size, file.sha256)
        latest = max(at for _, at in folder.ids())
        swept = folder.sweep(
            latest + KEPT_MS + 1_000, lambda ids: database.read_now(lambda conn: files.known(conn, ids))
        )
    left = {each.name for each in folder.path.iterdir()} - {".database"}
    assert left == named.keys()
    tell(f"{len(named)} files, {server.starts - 1} kills, {swept} files without an entry, deleted a day later")
