"""A58, A59, A60, A63: links, templates, hidden characters and markup are shown as text on all the server's pages."""

from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from html import unescape

import pytest
import pytest_asyncio

from chatserver.domain.hospital import Name, Role
from chatserver.store import hospital
from chatserver.store.database import Database
from tests.e2e.hospital import GYNECOLOGY, SITE, WOMEN, Wanted, found
from tests.e2e.journal import Journal
from tests.e2e.people import Visitor
from tests.e2e.procs import Server
from tests.transactions import tx_at, written

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

MARKUP = '"><script>alert(1)</script><style>*{background:url(//evil.example)}</style>{{7*7}}'
WORDS = (
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox",
    "https://hospital@evil.example",
    "//evil.example",
    "{{7*7}} ${7*7} <%= 7*7 %> {{constructor.constructor('alert(1)')()}}",
    "<img src=x onerror=alert(1)>",
)
HIDING = {"a\u202etxt.exe": "a[U+202E]txt.exe", "a\u200bb": "a[U+200B]b", "a\U000e0041b": "a[U+E0041]b"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def told(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Server, str, dict[str, str]]]:
    """A server whose site, department and group have markup as names, a conversation with hostile text, and a
    supervisor."""
    server = Server(tmp_path_factory.mktemp("text") / "node")
    people = found(server.data, [Wanted("chief", (WOMEN,), role=Role.SUPERVISOR)])
    with closing(Database(server.database)) as database:
        records = database.read_now(hospital.load_hospital)
        evil = Name(MARKUP, MARKUP)
        department = replace(records.departments[GYNECOLOGY], name=evil)
        group = replace(records.groups[WOMEN], name=evil)
        site = replace(records.sites[SITE], name=evil, greeting=evil)
        written(database, lambda conn: hospital.put_department(tx_at(conn), department))
        written(database, lambda conn: hospital.put_group(tx_at(conn), group))
        written(database, lambda conn: hospital.put_site(tx_at(conn), site))
    server.start()
    try:
        visitor = await Visitor.arrive(server, "eve", Journal())
        conversation = await visitor.open(GYNECOLOGY, WORDS[0])
        for words in (*WORDS[1:], *HIDING):
            assert (await visitor.answer(await visitor.say(words)))["type"] == "accepted"
        await visitor.leave()
        yield server, conversation, {"Cookie": f"session={people['chief'].cookie}"}
        server.assert_no_traceback()
    finally:
        server.end()


async def test_a_transcript_shows_text_unchanged_and_hidden_characters_by_code(
    told: tuple[Server, str, dict[str, str]],
) -> None:
    server, conversation, session = told
    page = server.get(f"/transcripts/{conversation}", session).body.decode()
    for words in (*WORDS, *HIDING.values(), MARKUP):
        assert words in unescape(page)
    assert_harmless(page)


@pytest.mark.parametrize("path", ["/transcripts", f"/frame?site={SITE}", f"/frame?site={SITE}&language=en", "/console"])
async def test_names_with_markup_are_text_on_every_page(told: tuple[Server, str, dict[str, str]], path: str) -> None:
    server, _, session = told
    answer = server.get(path, session)
    assert answer.status == 200
    assert_harmless(answer.body.decode())
    assert "unsafe" not in answer.headers["content-security-policy"]


def assert_harmless(page: str) -> None:
    """No element, attribute or link from a stranger, and no evaluated template."""
    for evil in ("<script>alert", "<style>", "<img", 'href="javascript:', 'href="data:', 'href="//', 'href="https://'):
        assert evil not in page
    assert "{{49}}" not in page
    assert ">49" not in page
