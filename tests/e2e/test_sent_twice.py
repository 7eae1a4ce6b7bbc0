"""Whatever a visitor sends twice at the same moment, by a double click or because a browser repeats a request, is
stored once: every form of a visitor, over HTTP and over the socket."""

import asyncio
import json
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from chatserver.domain.consent import FORM_HEALTH
from chatserver.store.ids import new_id
from tests.e2e.hospital import GYNECOLOGY, Member, Wanted, found
from tests.e2e.journal import Journal
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import WIDE, Server

pytestmark = pytest.mark.whole

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TIMES = 4


@dataclass
class Desk:
    """A server, a visitor whose conversation was answered and has ended, and the code of the 留言 that they left."""

    server: Server
    visitor: Visitor
    left: str
    code: str

    def posts(self, path: str, fields: dict[str, str]) -> str:
        answer = self.server.request("POST", path, urlencode(fields).encode(), FORM)
        assert answer.status == 200, (answer.status, answer.body.decode())
        page = answer.body.decode()
        return page[page.index("<h1") :]

    def count(self, query: str) -> int:
        with closing(sqlite3.connect(f"file:{self.server.database}?mode=ro", uri=True)) as connection:
            return int(connection.execute(query).fetchone()[0])

    async def at_once(self, send: Callable[[], Awaitable[Any]]) -> list[Any]:
        return list(await asyncio.gather(*(send() for _ in range(TIMES))))


async def code(server: Server, token: str, **asked: str) -> str:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = json.dumps(asked).encode()
    answer = await asyncio.to_thread(server.request, "POST", "/v1/visitor/lookup-code", body, headers)
    assert answer.status == 200, answer.body
    return str(answer.json()["code"])


@pytest.fixture
async def desk(tmp_path: Path, journal: Journal, servers: Callable[[Server], Server]) -> AsyncIterator[Desk]:
    people: dict[str, Member] = found(tmp_path / "data", [Wanted("mei")])
    server = servers(Server(tmp_path / "data", WIDE))
    await asyncio.to_thread(server.start)
    mei = await Consultant.sit_down(server, people["mei"], journal)
    visitor = await Visitor.arrive(server, "ann", journal)
    await visitor.open(GYNECOLOGY, "请问几点上班？")
    await mei.until_owned(visitor.conversation)
    await mei.say(visitor.conversation, "八点。")
    await visitor.until_received("八点。")
    left = new_id()
    fields = {"kind": "question", "department": GYNECOLOGY, "body": "明天可以挂号吗？", "phone": "13812345678"}
    answer = await visitor.answer(await visitor.ask("offline.leave", **fields))
    left = answer["ref"]
    yield Desk(server, visitor, left, await code(server, visitor.token, offline=left))
    await visitor.leave()
    await mei.leave()


async def the_form_without_a_script(desk: Desk) -> tuple[list[Any], str]:
    page = await asyncio.to_thread(desk.server.get, "/chat/demo")
    hidden = dict(re.findall(r'name="(key|notice)" value="([^"]+)"', page.body.decode()))
    fields = hidden | {"body": "最近总是咳嗽，想挂号", "phone": "13900139000", "health": FORM_HEALTH[0].sha256}
    answers = await desk.at_once(lambda: asyncio.to_thread(desk.posts, "/chat/demo", fields))
    return answers, "SELECT count(*) FROM offline_messages WHERE visitor NOT IN (SELECT visitor FROM conversations)"


async def a_message_left_in_the_widget(desk: Desk) -> tuple[list[Any], str]:
    fields = {"type": "offline.leave", "ref": new_id(), "kind": "suggestion", "body": "请多开一个窗口"}
    for _ in range(TIMES):
        await desk.visitor.tell(**fields)
    # The answer to a later request shows that those before it were carried out.
    await desk.visitor.asked("offline.leave", kind="complaint", body="最后一条")
    return [], "SELECT count(*) FROM offline_messages WHERE kind = 'suggestion'"


async def a_code(desk: Desk) -> tuple[list[Any], str]:
    await desk.at_once(lambda: code(desk.server, desk.visitor.token, offline=desk.left))
    return [], "SELECT count(*) FROM lookup_codes"


async def a_look_with_the_code(desk: Desk) -> tuple[list[Any], str]:
    fields = {"code": desk.code, "proof": "5678"}
    answers = await desk.at_once(lambda: asyncio.to_thread(desk.posts, "/answers", fields))
    return answers, "SELECT count(*) FROM lookup_tries"


async def a_deletion_request(desk: Desk) -> tuple[list[Any], str]:
    fields = {"code": desk.code, "proof": "5678"}
    answers = await desk.at_once(lambda: asyncio.to_thread(desk.posts, "/answers/deletion", fields))
    return answers, "SELECT count(*) FROM deletion_requests"


async def a_rating(desk: Desk) -> tuple[list[Any], str]:
    fields = {"conversation": desk.visitor.conversation, "stars": 5, "tags": [], "comment": ""}
    await desk.visitor.asked("conversation.close", conversation=desk.visitor.conversation)
    for _ in range(TIMES):
        await desk.visitor.tell("conversation.rate", ref="r" * 22, **fields)
    await desk.visitor.asked("conversation.rate", **fields)
    return [], "SELECT count(*) FROM ratings"


@pytest.mark.parametrize(
    "sends",
    [
        the_form_without_a_script,
        a_message_left_in_the_widget,
        a_code,
        a_look_with_the_code,
        a_deletion_request,
        a_rating,
    ],
)
async def test_what_is_sent_twice_at_once_is_stored_once(
    desk: Desk, sends: Callable[[Desk], Awaitable[tuple[list[Any], str]]]
) -> None:
    answers, stored = await sends(desk)
    assert len(set(answers)) <= 1, "each of them gets the same page"
    assert desk.count(stored) == 1
