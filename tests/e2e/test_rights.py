"""Who gets in and who is disconnected while the server runs: sign-in, sign-out, disabled accounts; and who gets
what."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.e2e.hospital import DENTISTRY, Member, Wanted, found
from tests.e2e.journal import Journal
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, complain
from tests.e2e.patience import allowed
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import END_WITHIN, ROOT, WIDE, Server

pytestmark = pytest.mark.whole

Care = Callable[[Server], Server]
REVOKED_WITHIN = 2.0
"""Seconds, as promised; the machine's own delays come on top."""
SLACK = 1.0
PASSWORD = "a long enough sentence"


def sign_in(server: Server, login: str, password: str) -> str | None:
    """Sign in over HTTP like the sign-in page; returns the session's token."""
    form = urlencode({"login": login, "password": password, "next": ""}).encode()
    answer = server.request("POST", "/sign-in", form, {"Content-Type": "application/x-www-form-urlencoded"})
    cookies = SimpleCookie(answer.headers.get("set-cookie", ""))
    if "session" not in cookies:
        assert answer.status in (403, 429)
        return None
    assert answer.status == 303
    assert cookies["session"]["httponly"]
    assert cookies["session"]["samesite"].lower() == "lax"
    return cookies["session"].value


async def signed_in(server: Server, member: Member, journal: Journal, name: str) -> Consultant:
    cookie = await asyncio.to_thread(sign_in, server, member.login, PASSWORD)
    assert cookie is not None
    at = Consultant(server.port, name, journal, Member(**vars(member) | {"cookie": cookie}))
    at.comes_back = False
    await at.start()
    return at


async def test_signing_in_over_http_opens_the_console_until_signing_out(
    tmp_path: Path, servers: Care, journal: Journal
) -> None:
    people = found(tmp_path / "data", [Wanted("mei", password=PASSWORD)])
    server = servers(Server(tmp_path / "data", WIDE)).start()
    assert await asyncio.to_thread(sign_in, server, "mei", "another sentence") is None
    here = await signed_in(server, people["mei"], journal, "here")
    elsewhere = await signed_in(server, people["mei"], journal, "elsewhere")
    cookie = {"Cookie": f"session={here.member.cookie}"}
    assert (await asyncio.to_thread(server.request, "POST", "/sign-out", b"", cookie)).status == 303
    assert await here.closed_with(allowed(REVOKED_WITHIN + SLACK)) == 4510
    assert (await elsewhere.asked("list.get", list="conversations"))["type"] == "accepted"
    await elsewhere.leave()
    again = Consultant(server.port, "again", journal, here.member)
    again.comes_back = False
    with pytest.raises(AssertionError, match="4401"):
        await again.start()
    assert server.stop() == 0


@pytest.mark.parametrize("command", ["disable", "reset"])
async def test_a_disabled_account_is_disconnected_everywhere_within_two_seconds(
    tmp_path: Path, servers: Care, journal: Journal, command: str
) -> None:
    people = found(tmp_path / "data", [Wanted("mei", password=PASSWORD), Wanted("jun")])
    server = servers(Server(tmp_path / "data", WIDE)).start()
    jun = await Consultant.sit_down(server, people["jun"], journal)
    tabs = [await signed_in(server, people["mei"], journal, f"tab {number}") for number in range(3)]
    ended = await asyncio.to_thread(account, server, command, "mei")
    assert ended.returncode == 0, ended.stderr
    codes = await asyncio.gather(*(tab.closed_with(allowed(REVOKED_WITHIN + SLACK)) for tab in tabs))
    assert codes == [4510, 4510, 4510]
    assert await asyncio.to_thread(sign_in, server, "mei", PASSWORD) is None
    assert (await jun.asked("list.get", list="colleagues"))["type"] == "accepted"
    await jun.leave()
    assert server.stop() == 0


async def test_of_two_simultaneous_claims_one_wins_and_the_other_learns_who(
    tmp_path: Path, servers: Care, journal: Journal
) -> None:
    teeth = ("teeth",)
    people = found(tmp_path / "data", [Wanted("mei", teeth, capacity=50), Wanted("jun", teeth, capacity=50)])
    server = servers(Server(tmp_path / "data", WIDE)).start()
    both = [await Consultant.sit_down(server, member, journal) for member in people.values()]
    for number in range(20):
        visitor = await Visitor.arrive(server, f"v{number}", journal)
        id = await visitor.open(DENTISTRY, "my tooth")
        answers = await asyncio.gather(*(each.asked("conversation.claim", conversation=id) for each in both))
        [winner] = [each for each, answer in zip(both, answers, strict=True) if answer["type"] == "accepted"]
        [lost] = [answer for answer in answers if answer["type"] == "refused"]
        assert (lost["code"], lost["details"]) == ("offer_gone", {"why": "taken", "by": winner.member.name})
        await winner.until_owned(id)
        served_by = (await visitor.until_standing("being served", state="active"))["served_by"]
        assert served_by["name"] == winner.member.name
        await visitor.leave()
    stored = await drained(both, server.database)
    for client in both:
        await client.leave()
    assert server.stop() == 0
    complain(Oracle(journal, list(both), stored).verdict())
    assert all([row["event"] for row in rows].count("assigned") == 1 for rows in stored.entries.values())


def account(server: Server, command: str, login: str) -> "subprocess.CompletedProcess[str]":
    """Run `chatserver account …` beside the running server."""
    arguments = [sys.executable, "-m", "chatserver", "account", command, login]
    if command == "reset":
        arguments.append("--password-stdin")
    return subprocess.run(
        arguments,
        cwd=ROOT,
        env=server.environment(),
        input="quite another sentence\n",
        capture_output=True,
        text=True,
        timeout=END_WITHIN,
        check=False,
    )
