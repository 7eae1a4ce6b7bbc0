"""A45, A46: every staff frame and every page, sent by everybody who lacks the right to it.

A new frame or route without a row fails. What somebody may not see does not exist for them, whichever frame they use,
and asking changes nothing.
"""

import asyncio
import re
import secrets
import sqlite3
from pathlib import Path
from typing import Any, get_args

import pytest

from chatserver.domain.hospital import Role
from chatserver.domain.versioned_settings import SIGN_IN_POLICY
from chatserver.web import routes
from chatserver.wire.closing import CloseCode
from chatserver.wire.frames import StaffFrame
from tests.attack.peer import CLOSE, STAFF, TEXT, Peer, Port, hello, text
from tests.e2e.badframes import INVENTED
from tests.e2e.hospital import CHILDREN, GYNECOLOGY, WOMEN, Wanted
from tests.e2e.people import Visitor
from tests.e2e.pictures import picture, visitor_puts
from tests.e2e.quarters import CANARY, Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

PEOPLE = [
    Wanted("su", (CHILDREN,), role=Role.SUPERVISOR),
    Wanted("own", (WOMEN,), role=Role.SUPERVISOR),
    Wanted("adam", (), role=Role.ADMINISTRATOR),
    Wanted("lea", (WOMEN,), role=Role.GROUP_LEADER),
    Wanted("aud", (), role=Role.AUDITOR),
    Wanted("gone", (WOMEN,)),
    Wanted("late", (WOMEN,)),
]

SELF = {"hello", "availability.set", "shift.check_in", "list.get", "heads.get"}
"""About themselves only."""
SILENT = {"typing", "conversation.seen", "pong", "bye", "conversation.unfollow"}
"""Frames without an answer."""

ASKED: dict[str, dict[str, Any]] = {
    "message.post": {"body": CANARY, "fence": 1},
    "conversation.close": {"fence": 1, "outcome": "answered"},
    "history.get": {},
    "conversation.follow": {},
    "conversation.claim": {},
    "conversation.reopen": {"fence": 1},
    "outcome.set": {"outcome": "booked"},
    "note.post": {"body": CANARY},
    "transfer.offer": {"fence": 1, "note": CANARY, "consultant": "%bo"},
    "offer.accept": {"offer": INVENTED},
    "offer.decline": {"offer": INVENTED},
    "offer.withdraw": {"offer": INVENTED},
    "conversation.assign": {"fence": 1, "consultant": "%bo", "above": True},
    "conversation.forward": {},
    "conversation.release": {"fence": 1, "note": CANARY},
    "colleague.ask": {"consultant": "%bo", "asked_for": "join", "note": CANARY},
    "colleague.join": {},
    "colleague.leave": {},
    "consent.set": {"kind": "behalf", "decision": "asked"},
    "department.set": {"department": GYNECOLOGY},
    "emergency.dismiss": {},
    "draft.save": {"mode": "reply", "body": CANARY},
    "alarm.acknowledge": {},
    "offline.take": {},
    "offline.reveal": {},
    "offline.settle": {"result": "answered", "note": CANARY},
    "callback.take": {},
    "callback.reveal": {},
    "callback.report": {"result": "reached", "note": CANARY},
}
"""What is sent in addition to the conversation or the id."""

SOURCE = Path(routes.__file__).read_text("utf-8")
STRANGERS = ("bo", "su")
HIDDEN = {"not_found", "forbidden"}


def tags() -> set[str]:
    """The tags of all frames that staff can send."""
    return {str(each.__struct_config__.tag) for each in get_args(StaffFrame)}


async def test_every_staff_frame_has_its_row() -> None:
    assert tags() == set(ASKED) | SELF | SILENT


@pytest.mark.parametrize("whose", ["served", "waiting", "ended"])
@pytest.mark.parametrize("stranger", STRANGERS)
async def test_another_groups_conversation_does_not_exist(
    quarters: Quarters, port: Port, stranger: str, whose: str
) -> None:
    conversation = await a_conversation(quarters, whose)
    left, call = await a_left_message(quarters), await a_callback(quarters)
    peer = await port.peer()
    await peer.enter_staff(quarters.people[stranger].cookie)
    async with quarters.undisturbed():
        others = {"offline": left, "callback": call}
        ids = {type: others.get(type.partition(".")[0], conversation) for type in ASKED}
        answers = {type: await asked(peer, quarters, type, id) for type, id in ids.items()}
        wrong = {type: answer for type, answer in answers.items() if answer not in HIDDEN}
        assert not wrong


@pytest.mark.parametrize("who", ["adam", "aud"])
async def test_administrators_and_auditors_have_no_console(quarters: Quarters, port: Port, who: str) -> None:
    async with quarters.undisturbed():
        peer = await port.peer()
        await peer.upgrade(STAFF, {"Cookie": f"session={quarters.people[who].cookie}"})
        peer.send(text(hello()))
        assert await peer.closed() == CloseCode.FORBIDDEN


async def a_conversation(quarters: Quarters, whose: str) -> str:
    """A conversation of a group that the strangers do not belong to."""
    if whose == "served":
        return quarters.ann.conversation
    if whose == "waiting":
        return quarters.mallorys
    eve = await Visitor.arrive(quarters.server, "eve", quarters.journal)
    conversation = await eve.open(GYNECOLOGY, f"{CANARY} eve")
    await eve.asked("conversation.close", conversation=conversation)
    await eve.leave()
    return conversation


async def a_left_message(quarters: Quarters) -> str:
    """A 留言 for a group that the strangers do not belong to."""
    eve = await Visitor.arrive(quarters.server, "eve", quarters.journal)
    told = {"kind": "question", "body": f"{CANARY} call me", "phone": "13800138000", "department": GYNECOLOGY}
    assert (await eve.asked("offline.leave", **told))["type"] == "accepted"
    await eve.leave()
    return only_id(quarters, "offline_messages")


async def a_callback(quarters: Quarters) -> str:
    """A 回电 for a group that the strangers do not belong to."""
    eve = await Visitor.arrive(quarters.server, "eve", quarters.journal)
    told = {"body": f"{CANARY} call me", "phone": "13800138000", "department": GYNECOLOGY}
    assert (await eve.asked("callback.request", **told))["type"] == "accepted"
    await eve.leave()
    return only_id(quarters, "callbacks")


def only_id(quarters: Quarters, table: str) -> str:
    connection = sqlite3.connect(f"file:{quarters.server.database}?mode=ro", uri=True)
    try:
        return str(connection.execute(f"SELECT id FROM {table}").fetchone()[0])
    finally:
        connection.close()


async def asked(peer: Peer, quarters: Quarters, type: str, id: str) -> str:
    """The code of the refusal, or the type of another answer."""
    about = "id" if type.partition(".")[0] in ("alarm", "offline", "callback") else "conversation"
    fields = {name: quarters.people["bo"].id if value == "%bo" else value for name, value in ASKED[type].items()}
    ref = secrets.token_urlsafe(24)
    peer.send(text({"type": type, "ref": ref, about: id} | fields))
    while True:
        told = await peer.next_frame()
        assert told.opcode != CLOSE, f"{type} closed with {told.code}"
        if told.opcode == TEXT and (answer := told.json()).get("ref") == ref:
            return str(answer.get("code", answer["type"]))


EVERYBODY = ("nobody", "visitor", "mei", "lea", "own", "su", "adam", "aud", "gone", "late")

PAGES: dict[str, dict[str, int]] = {}


def row(path: str, *statuses: int) -> None:
    PAGES[path] = dict(zip(EVERYBODY, statuses, strict=True))


#                           nobody visitor mei lea own su adam aud gone late
row("GET /console",          303, 303,    200, 200, 200, 200, 303, 303, 303, 303)  # fmt: skip
row("GET /transcripts",      303, 303,    303, 303, 200, 200, 303, 303, 303, 303)  # fmt: skip
row("GET /transcripts/{id}", 303, 303,    403, 403, 200, 404, 403, 403, 303, 303)  # fmt: skip
row("GET /deletions",        303, 303,    303, 303, 200, 200, 303, 303, 303, 303)  # fmt: skip
row("GET /visits",           303, 303,    303, 303, 200, 200, 200, 303, 303, 303)  # fmt: skip
row("GET /",                 303, 303,    303, 303, 303, 303, 200, 303, 303, 303)  # fmt: skip
row("GET /audit",            303, 303,    303, 303, 303, 303, 303, 200, 303, 303)  # fmt: skip
row("GET /locks",            303, 303,    303, 200, 200, 200, 200, 303, 303, 303)  # fmt: skip
row("GET /sign-in",          200, 200,    303, 303, 303, 303, 303, 303, 200, 200)  # fmt: skip

FOR_ALL = {
    "GET /widget.js", "GET /widget-panel.js", "GET /frame", "GET /embed-check.js", "GET /assets/{name}", "GET /live",
    "GET /ready", "GET /favicon.ico", "POST /v1/visitor/session", "DELETE /v1/visitor/session", "GET /v1/visitor/words",
    "POST /sign-in", "POST /sign-out", "POST /v1/visitor/line", "GET /chat/{site}", "POST /chat/{site}",
    "GET /widget-swt.js", "GET /widget-invitation.js", "PUT /v1/visitor/session",
    "POST /v1/site-counts",
    "POST /v1/visitor/lookup-code", "GET /answers", "POST /answers", "POST /answers/deletion",
}  # fmt: skip
"""They require no identity, or establish one."""
#                           nobody visitor mei lea own su adam aud gone late
row("POST /locks",           303, 303,    403, 303, 303, 404, 303, 403, 303, 303)  # fmt: skip
row("POST /deletions",       303, 303,    403, 403, 422, 422, 403, 403, 303, 303)  # fmt: skip
row("PUT /v1/staff/drafts/{conversation}/{mode}",
                             401, 401,    200, 404, 200, 404, 403, 403, 401, 401)  # fmt: skip
row("PUT /v1/staff/conversations/{conversation}/files/{ref}",
                             401, 401,    409, 409, 409, 404, 403, 403, 401, 401)  # fmt: skip
row("GET /v1/staff/conversations/{conversation}/visit",
                             401, 401,    200, 404, 200, 404, 403, 403, 401, 401)  # fmt: skip
row("GET /v1/staff/offline-messages/{offline_message}/visit",
                             401, 401,    404, 404, 404, 404, 403, 403, 401, 401)  # fmt: skip
row("GET /v1/staff/callbacks/{callback}/visit",
                             401, 401,    404, 404, 404, 404, 403, 403, 401, 401)  # fmt: skip
row("GET /v1/staff/files/{file}",
                             401, 401,    200, 404, 200, 404, 403, 403, 401, 401)  # fmt: skip
row("GET /v1/visitor/files/{file}",
                             401, 401,    401, 401, 401, 401, 401, 401, 401, 401)  # fmt: skip
row("PUT /v1/visitor/files/{ref}",
                             401, 401,    401, 401, 401, 401, 401, 401, 401, 401)  # fmt: skip
row("GET /v1/staff/settings/{name}",
                             401, 401,    403, 403, 403, 403, 200, 403, 401, 401)  # fmt: skip
row("PUT /v1/staff/settings/{name}",
                             401, 401,    403, 403, 403, 403, 409, 403, 401, 401)  # fmt: skip


async def test_every_route_has_its_row() -> None:
    found = re.findall(r'Route\("([^"]+)",[^\n]*?(?:, methods=\["(\w+)"\])?\),\n', SOURCE)
    assert {f"{method or 'GET'} {path}" for path, method in found} == set(PAGES) | FOR_ALL


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_opens_for_the_right_people_only(quarters: Quarters, page: str) -> None:
    due = PAGES[page]
    cookies = await the_cookies(quarters)
    own = {"{id}": quarters.ann.conversation, "{conversation}": quarters.ann.conversation, "{mode}": "reply"}
    own |= {"{name}": SIGN_IN_POLICY.name, "{ref}": secrets.token_urlsafe(24)}
    if "{file}" in page:
        sent = await asyncio.to_thread(
            visitor_puts, quarters.server, quarters.ann.token, quarters.ann.conversation, picture()
        )
        own["{file}"] = sent.json()["file"]["id"]
    for placeholder, value in own.items():
        page = page.replace(placeholder, value)
    method, _, path = page.partition(" ")
    async with quarters.undisturbed():
        told = {who: await asyncio.to_thread(status, quarters, method, path, cookie) for who, cookie in cookies.items()}
        assert told == due


@pytest.mark.parametrize("page", [page for page in PAGES if not page.startswith("GET")])
async def test_a_form_from_another_site_changes_nothing(quarters: Quarters, page: str) -> None:
    method, _, path = page.partition(" ")
    cookie = quarters.people["own"].cookie
    async with quarters.undisturbed():
        for origin in ("https://evil.example", "null"):
            assert await asyncio.to_thread(status, quarters, method, path, cookie, origin) == 403


BODIES = {"POST": b"login=mei", "PUT": b'{"body":"","version":0}'}
SETTING = b'{"value":{},"version":9}'
"""It continues a version that does not exist, so that nothing is changed."""


def status(quarters: Quarters, method: str, path: str, cookie: str, origin: str = "") -> int:
    headers = {"Cookie": f"session={cookie}"} if cookie else {}
    body = SETTING if method == "PUT" and "/settings/" in path else BODIES.get(method, b"")
    if body:
        headers["Content-Type"] = "application/json" if method == "PUT" else "application/x-www-form-urlencoded"
    answer = quarters.server.request(method, path, body, headers, origin)
    assert CANARY.encode() not in answer.body or answer.status == 200
    return answer.status


async def the_cookies(quarters: Quarters) -> dict[str, str]:
    """The cookies of everybody. `gone` is disabled, `late`'s session has ended."""
    await asyncio.to_thread(end_two, quarters)
    people = {who: quarters.people[who].cookie for who in EVERYBODY[2:]}
    return {"nobody": "", "visitor": quarters.token} | people


def end_two(quarters: Quarters) -> None:
    connection = sqlite3.connect(quarters.server.database, timeout=10)
    with connection:
        connection.execute("UPDATE consultants SET disabled = 1 WHERE id = ?", (quarters.people["gone"].id,))
        ended = (quarters.people["late"].id,)
        connection.execute("UPDATE staff_sessions SET ends_at = started_at WHERE consultant_id = ?", ended)
    connection.close()
