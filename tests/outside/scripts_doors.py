"""Sessions at the door: unreadable frames, who is let in, and how a connection ends."""

import json
from dataclasses import replace

from sqlalchemy import Connection

from chatserver.domain.hospital import Department, Group, Mode, Name, Role
from chatserver.domain.hours import Hours, Window
from chatserver.domain.shifts import Shift
from chatserver.store import accounts, shifts
from chatserver.store.hospital import load_hospital, put_department, put_group, put_site
from tests.hub.harness import furnish
from tests.transactions import tx_at

from .scripts_talk import opened
from .stage import BINARY, HEAD, Stage

CLIENT = {"name": "script", "version": "1"}
HELLO = {"type": "hello", "version": 1, "client": CLIENT}
HOUR = 3_600_000
AFTERNOON = Hours(((Window(13 * 60, 17 * 60),),) * 7)


def hospital(conn: Connection, now: int) -> None:
    """The usual hospital, with a department that opens in an hour, an administrator, and a consultant whose shift
    begins in ten minutes."""
    furnish(conn, now)
    put_group(tx_at(conn), Group("day", Name("日间组", "Day desk"), Mode.AUTOMATIC, hours=AFTERNOON))
    put_department(tx_at(conn), Department("dental", Name("口腔科", "Dental"), "day", "east"))
    site = load_hospital(conn).sites["main"]
    put_site(tx_at(conn), replace(site, departments=(*site.departments, "dental")))
    accounts.add(tx_at(conn, now), accounts.NewAccount("admin", "none", "周强", "001", Role.ADMINISTRATOR, (), 5))
    new = accounts.NewAccount("sunli", "none", "孙丽", "023", Role.CONSULTANT, ("children",), 2)
    sun = accounts.add(tx_at(conn, now), new)
    begins = now + 10 * 60_000
    shifts.replace_ending_after(tx_at(conn), 0, [Shift(sun, "白班", begins, begins + 8 * HOUR)])


def text(frame: dict[str, object]) -> str:
    """The frame as clients write it."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


async def bad_frames(stage: Stage) -> None:
    visitor, li = await stage.visitor(), await stage.staff("limin")
    deep = '{"type":"pong","n":' + "[" * 200 + "]" * 200 + "}"
    for told in (
        '{"type":"conversation.open","ref":"r-open----------------","body":"\\u0000"}',
        "{",
        '{"type":"nothing","ref":"r-nothing-------------"}',
        '{"type":"message.post","ref":"short","conversation":"x","body":"y"}',
        '{"type":"message.post","ref":"r-short---------------","body":5}',
        deep,
        '{"type":"note.post","ref":"r-note----------------","conversation":"x","body":"y"}',
    ):
        await visitor.sends_text(told)
    for told in (
        '{"type":"conversation.open","ref":"r-open----------------","body":"y"}',
        '{"type":"pong","n":1,"unknown":true}',
        '{"type":"pong","n":"1"}',
        '{"type":"conversation.seen","conversation":"0000000000000000000000","seq":-1}',
        '["pong"]',
        text(HELLO),
    ):
        await li.sends_text(told)


async def hellos(stage: Stage) -> None:
    token = await stage.token()
    hello = {**HELLO, "token": token}
    for name, path, told in (
        ("late", "/ws/visitor", ""),
        ("none", "/ws/visitor", '{"type":"pong","n":1}'),
        ("unread", "/ws/visitor", "hello"),
        ("other-version", "/ws/visitor", text({**hello, "version": 2})),
        ("invented", "/ws/visitor", text({**HELLO, "token": "t" * 43})),
        ("tokenless", "/ws/visitor", text(HELLO)),
        ("signed-out", "/ws/staff", text(HELLO)),
    ):
        tab = stage.tab(name)
        await tab.connects(path)
        if told:
            await tab.sends_text(told)
        else:
            await stage.passes(5)
            await stage.passes(5)
    admin = stage.tab("admin")
    await admin.connects("/ws/staff", stage.cookie("admin"))
    await admin.sends("hello", version=1, client=CLIENT)
    binary = stage.tab("binary")
    await binary.connects("/ws/visitor")
    await binary.sends_text("hello", BINARY)
    visitor = await stage.visitor()
    await visitor.sends_text("pong", BINARY)
    large = await stage.visitor("large")
    await large.sends_text(text({**hello, "padding": "x" * 70_000}))
    leaving = await stage.visitor("leaving")
    await leaving.sends("bye")


async def upgrades(stage: Stage) -> None:
    """The whole answers to upgrades, one accepted and the others refused."""
    for name, path, headers in (
        ("usual", "/ws/visitor", HEAD),
        ("elsewhere", "/ws/nowhere", HEAD),
        ("other-host", "/ws/visitor", HEAD.replace("Host: 127", "Host: 128")),
        ("other-origin", "/ws/staff", HEAD.replace("Origin: http://127", "Origin: http://128")),
        ("no-subprotocol", "/ws/visitor", HEAD.replace("hchat.v1", "chat")),
        ("other-version", "/ws/visitor", HEAD.replace("Version: 13", "Version: 12")),
    ):
        tab = stage.tab(name)
        tab.shows_head = True
        await tab.connects(path, headers=headers)


async def superseded(stage: Stage) -> None:
    page, other = "p" * 22, "q" * 22
    li = await stage.staff("limin", instance=page)
    await stage.staff("limin", name="limin-again", instance=page)
    await stage.staff("limin", name="limin-other", instance=other)
    for number in range(3):
        await stage.staff("limin", name=f"limin-{number}")
    token = await stage.token()
    for number in range(6):
        await stage.hello(stage.tab(f"visitor-{number}"), token)
    await stage.hello(stage.tab("visitor-first"), token, instance=page)
    await stage.hello(stage.tab("visitor-again"), token, instance=page)
    assert li.told


async def signed_out(stage: Stage) -> None:
    """Sign-in sessions that end while their sockets are open."""
    li = stage.tab("limin")
    cookie = stage.cookie("limin")
    await li.connects("/ws/staff", cookie)
    await li.sends("hello", version=1, client=CLIENT)
    await stage.http("POST", "/sign-out", headers={"Cookie": f"session={cookie}"})
    await stage.passes(5)
    wang = await stage.staff("wangfang", "online")
    await stage.passes(24 * 3_600)
    await stage.passes(5)
    assert wang.told
    visitor = stage.tab("visitor")
    token = await stage.token()
    await stage.hello(visitor, token)
    await opened(visitor)
    await stage.http("DELETE", "/v1/visitor/session", headers={"Authorization": f"Bearer {token}"})
    await stage.passes(2)
    await stage.hello(visitor, token)


async def heartbeat(stage: Stage) -> None:
    li = await stage.staff("limin")
    li.answers_pings = False
    await stage.passes(8)
    await stage.passes(8)
    await li.sends("pong", n=1)
    for _ in range(6):
        await stage.passes(8)


async def limits(stage: Stage) -> None:
    """The fourth question within an hour, and too many offline messages."""
    li = await stage.staff("limin", "online")
    visitor = await stage.visitor()
    for number in range(4):
        answer = await visitor.asks("conversation.open", department="gynecology", body=f"{number}", language="zh")
        if answer["type"] == "accepted":
            id = answer["conversation"]
            await li.asks("conversation.close", conversation=id, fence=1, outcome="test")
    for number in range(6):
        await visitor.asks("offline.leave", kind="question", body=f"{number}", language="zh")


async def the_server_stops(stage: Stage) -> None:
    await stage.staff("limin")
    await stage.visitor()
    stage.server.should_exit = True
    await stage.step("the server is told to stop")


SCRIPTS = (
    bad_frames,
    hellos,
    upgrades,
    superseded,
    signed_out,
    heartbeat,
    limits,
    the_server_stops,
)
