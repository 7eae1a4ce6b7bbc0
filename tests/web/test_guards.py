"""Host and Origin must match exactly, every answer carries its headers, and an internal error reveals nothing."""

import contextlib
import json
import re
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Route
from starlette.testclient import TestClient, WebSocketDenialResponse, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from chatserver.domain.refusals import Unavailable
from chatserver.hub.session import Session
from chatserver.web.context import Context
from chatserver.web.gate.connection_limits import ConnectionLimits, SocketPlace
from chatserver.web.gate.staff_upgrades import StaffUpgrades
from chatserver.web.options import Limits
from chatserver.web.routes import application, routes
from chatserver.wire.closing import CloseCode
from tests.hub.harness import eventually

from .application import HERE, HOST, Clock, Doors, doors

FOREIGN = (
    "https://evil.example",
    "null",
    "http://127.0.0.1:8001",
    "https://127.0.0.1:8000",
    "http://127.0.0.1",
    "http://127.0.0.1:8000.evil.example",
    "http://evil.example/127.0.0.1:8000",
    "HTTP://127.0.0.1:8000",
    "http://localhost:8000",
    "http://127.0.0.1:8000/",
    "http://127.0.0.1:8000`$",
    "",
)
UNSAFE = [
    (method, route.path)
    for route in routes(cast(Context, SimpleNamespace(now=Clock(), options=SimpleNamespace(limits=Limits()))))
    if isinstance(route, Route)
    for method in sorted((route.methods or set()) - {"GET", "HEAD", "OPTIONS"})
]
"""Every route that changes something, taken from the routing table, so that a new one is covered from its first day."""
FROM_HERE = [each for each in UNSAFE if each != ("POST", "/v1/site-counts")]
"""All but the one that pages of the hospital's websites send, which checks the Origin itself and answers all alike."""
SOCKETS = ("/ws/visitor", "/ws/staff")


def test_the_routes_that_change_something_are_found() -> None:
    assert {("POST", "/sign-in"), ("POST", "/sign-out"), ("DELETE", "/v1/visitor/session"), ("POST", "/locks")} <= {
        *UNSAFE
    }
    assert ("PUT", "/v1/staff/drafts/{conversation}/{mode}") in UNSAFE


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize(("method", "path"), FROM_HERE)
def test_nothing_is_changed_from_another_origin(browser: TestClient, method: str, path: str, origin: str) -> None:
    assert browser.request(method, path, headers={"Origin": origin}).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(("method", "path"), FROM_HERE)
def test_nothing_is_changed_without_an_origin_or_with_two(browser: TestClient, method: str, path: str) -> None:
    assert browser.request(method, path).status_code == HTTPStatus.FORBIDDEN
    twice = [("Origin", HERE), ("Origin", HERE)]
    assert browser.request(method, path, headers=twice).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(("method", "path"), UNSAFE)
def test_an_overridden_method_changes_nothing(here: Doors, method: str, path: str) -> None:
    """`X-HTTP-Method-Override` and `_method` have no effect."""
    browser = here.signed_in("chenjing")
    override = {"X-HTTP-Method-Override": method, "X-Method-Override": method}
    answer = browser.get(path, params={"_method": method}, headers=override)
    assert answer.status_code == browser.get(path).status_code
    assert browser.get("/transcripts").status_code == HTTPStatus.OK, "still signed in"


def test_a_browser_that_says_cross_site_is_believed(browser: TestClient) -> None:
    headers = {"Origin": HERE, "Sec-Fetch-Site": "cross-site"}
    assert browser.post("/sign-out", headers=headers).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8000.", "LOCALHOST:8000"])
def test_no_other_name_is_answered(browser: TestClient, host: str) -> None:
    answer = browser.get("/sign-in", headers={"Host": host})
    assert answer.status_code == HTTPStatus.MISDIRECTED_REQUEST
    assert answer.text == "这个地址不是本系统的地址，请用医院给出的网址打开。\n"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_a_request_from_elsewhere_is_refused_in_a_sentence(browser: TestClient) -> None:
    answer = browser.post("/sign-out?lang=en", headers={"Origin": "https://evil.example"})
    assert (
        answer.text
        == "This request did not come from a page of this system, so nothing was done. Please sign in anew.\n"
    )


def test_probers_may_use_any_name(browser: TestClient) -> None:
    assert browser.get("/live", headers={"Host": "10.1.2.3:8000"}).json() == {"live": True}


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("path", SOCKETS)
def test_no_socket_opens_from_another_origin(browser: TestClient, path: str, origin: str) -> None:
    assert refused_upgrade(browser, path, {"Origin": origin}) == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("path", SOCKETS)
def test_no_socket_opens_without_an_origin_or_under_another_host(browser: TestClient, path: str) -> None:
    assert refused_upgrade(browser, path, {}) == HTTPStatus.FORBIDDEN
    elsewhere = {"Origin": "http://evil.example", "Host": "evil.example"}
    assert refused_upgrade(browser, path, elsewhere) == HTTPStatus.MISDIRECTED_REQUEST


@pytest.mark.parametrize("offered", [[], ["hchat.v0"], ["chat"]])
def test_no_socket_opens_in_an_unknown_protocol(browser: TestClient, offered: list[str]) -> None:
    assert refused_upgrade(browser, "/ws/visitor", {"Origin": HERE}, offered) == HTTPStatus.BAD_REQUEST


def test_no_socket_opens_while_the_hub_is_away(here: Doors) -> None:
    here.hub.why_not_ready = "starting"
    assert refused_upgrade(here.client, "/ws/visitor", {"Origin": HERE}) == HTTPStatus.SERVICE_UNAVAILABLE


def opened(browser: TestClient, path: str) -> WebSocketTestSession:
    """A socket as our own page opens it."""
    return browser.websocket_connect(f"ws://{HOST}{path}", subprotocols=["hchat.v1"], headers={"Origin": HERE})


def refused_upgrade(browser: TestClient, path: str, headers: dict[str, str], offered: list[str] | None = None) -> int:
    protocols = ["hchat.v1"] if offered is None else offered
    with pytest.raises(WebSocketDenialResponse) as refused:
        browser.websocket_connect(f"ws://{HOST}{path}", subprotocols=protocols, headers=headers).__enter__()
    return int(refused.value.status_code)


@pytest.mark.parametrize(
    "path", ["/sign-in", "/frame?site=demo", "/widget.js", "/nothing", "/live", "/v1/nothing", "/console"]
)
def test_every_answer_carries_the_headers(browser: TestClient, path: str) -> None:
    headers = browser.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in ("no-referrer", "same-origin")
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert re.fullmatch("[0-9a-f]{12}", headers["X-Request-Id"])
    assert "Strict-Transport-Security" not in headers
    assert "Server" not in headers


def test_https_is_remembered_by_browsers(secure: Doors) -> None:
    assert secure.client.get("/sign-in").headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize("path", ["/broken", "/v1/broken"])
def test_an_internal_error_reveals_only_its_number(here: Doors, path: str) -> None:
    async def broken(_request: Request) -> None:
        raise ValueError("the patient's words")

    app = application(here.context)
    app.router.routes.append(Route(path, broken))
    answer = TestClient(app, HERE).get(path)
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "patient" not in answer.text
    assert "ValueError" not in answer.text
    if path.startswith("/v1/"):
        assert answer.json() == {"error": {"code": "internal", "retry": "same", "details": {}}}
    else:
        assert answer.headers["X-Request-Id"] in answer.text
        assert "服务器出了点问题" in answer.text


def test_an_address_that_opens_too_fast_waits_and_others_do_not() -> None:
    clock = Clock()
    limits = ConnectionLimits(Limits(handshakes_per_s=1, handshakes_burst=2), clock)
    assert [limits.refused("one") for _ in range(3)] == [None, None, HTTPStatus.TOO_MANY_REQUESTS]
    assert limits.refused("two") is None
    clock.forward(1_000)
    assert limits.refused("one") is None


def test_setting_the_clock_back_refuses_nobody() -> None:
    clock = Clock()
    limits = ConnectionLimits(Limits(handshakes_per_s=1, handshakes_burst=2), clock)
    assert limits.refused("one") is None
    clock.forward(-600_000)
    assert limits.refused("one") is None
    clock.forward(1_000)
    assert limits.refused("one") is None


def talking(place: SocketPlace) -> SocketPlace:
    """A connection that has said hello and has an open conversation."""
    place.taken(cast(Session, FakeSession()))
    return place


class FakeSession:
    """Remembers how it was closed."""

    def __init__(self) -> None:
        self.told: tuple[CloseCode, int] | None = None

    def close(self, code: CloseCode, retry_ms: int) -> None:
        self.told = code, retry_ms


def test_an_address_has_a_limit_of_sockets() -> None:
    limits = ConnectionLimits(Limits(sockets_per_address=1), Clock())
    with limits.inside("one", talking(SocketPlace())):
        assert limits.refused("one") == HTTPStatus.TOO_MANY_REQUESTS
        assert limits.refused("two") is None
    assert limits.refused("one") is None


def test_at_a_full_address_silent_sockets_make_room_then_idle_ones_but_never_talking_ones() -> None:
    limits = ConnectionLimits(Limits(sockets_per_address=4), Clock())
    cut: list[str] = []
    older, newer = FakeSession(), FakeSession()
    with ExitStack() as sockets:
        for session in (older, newer):
            idle = SocketPlace()
            idle.taken(cast(Session, session), idle=lambda: True)
            sockets.enter_context(limits.inside("one", idle))
        sockets.enter_context(limits.inside("one", talking(SocketPlace())))
        sockets.enter_context(limits.inside("one", SocketPlace(lambda: cut.append("silent"))))
        for _ in range(3):
            assert limits.refused("one") is None
            sockets.enter_context(limits.inside("one", talking(SocketPlace())))
        assert cut == ["silent"]
        for session in (older, newer):
            assert session.told is not None
            code, retry_ms = session.told
            assert code == CloseCode.OVERLOADED
            assert 30_000 <= retry_ms <= 60_000
        assert limits.refused("one") == HTTPStatus.TOO_MANY_REQUESTS
    assert limits._altogether == 0, "a socket that made room is counted only once"


@pytest.mark.parametrize("wrong", [{"Origin": "https://evil.example"}, {"Origin": HERE, "Host": "evil.example"}])
def test_handshakes_that_are_refused_are_counted_too(database_path: Path, wrong: dict[str, str]) -> None:
    there = doors(database_path, limits=Limits(handshakes_per_s=1, handshakes_burst=3))
    browser = TestClient(application(there.context), HERE)
    statuses = [refused_upgrade(browser, "/ws/visitor", wrong) for _ in range(4)]
    assert HTTPStatus.TOO_MANY_REQUESTS not in statuses[:3]
    assert statuses[3] == HTTPStatus.TOO_MANY_REQUESTS
    there.end()


# Staff sockets are counted by the session of the signed-in person, not by network.


def upgrade_of(here: Doors, browser: TestClient | None = None, **cookies: str) -> dict[str, Any]:
    """The scope of a WebSocket upgrade with this browser's cookies."""
    app = SimpleNamespace(state=SimpleNamespace(context=here.context))
    told = {**(dict(browser.cookies) if browser else {}), **cookies}
    header = "; ".join(f"{name}={value}" for name, value in told.items())
    return {"type": "websocket", "app": app, "path": "/ws/staff", "headers": [(b"cookie", header.encode())]}


async def test_only_the_session_of_a_signed_in_browser_is_found(here: Doors) -> None:
    door, desk = StaffUpgrades(here.context), here.signed_in("limin")
    session = await door.session_of(upgrade_of(here, desk), "ward")
    assert session is not None
    assert await door.session_of(upgrade_of(here, desk), "elsewhere") == session
    assert await door.session_of(upgrade_of(here, here.signed_in("wangfang")), "ward") not in (None, session)
    assert await door.session_of(upgrade_of(here), "ward") is None
    assert await door.session_of(upgrade_of(here, session="x" * 43), "ward") is None


async def test_lookups_of_false_cookies_are_limited_and_known_devices_and_sessions_get_past(
    here: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, before, later = StaffUpgrades(here.context), here.signed_in("limin"), here.signed_in("wangfang")
    remembered = await door.session_of(upgrade_of(here, before), "ward")
    looked: list[int] = []
    read = here.context.database.read

    async def counted(fn: Any) -> Any:
        looked.append(1)
        return await read(fn)

    monkeypatch.setattr(here.context.database, "read", counted)
    for number in range(100):
        assert await door.session_of(upgrade_of(here, session=f"invented {number}"), "ward") is None
    assert len(looked) == 40
    assert await door.session_of(upgrade_of(here, before), "ward") == remembered
    without = upgrade_of(here, None, session=later.cookies["session"])
    assert await door.session_of(without, "ward") is None
    assert await door.session_of(upgrade_of(here, later), "ward") is not None


async def test_while_the_database_is_unreachable_the_network_is_counted(
    here: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_fn: Any) -> Any:
        raise Unavailable

    desk = here.signed_in("limin")
    monkeypatch.setattr(here.context.database, "read", away)  # as while it restarts
    assert await StaffUpgrades(here.context).session_of(upgrade_of(here, desk), "ward") is None


def test_a_full_server_says_so_to_everybody() -> None:
    limits = ConnectionLimits(Limits(sockets=5), Clock())
    with ExitStack() as visitors:
        for number in range(5):
            assert not limits.full
            visitors.enter_context(limits.inside(str(number)))
        assert limits.full
        assert limits.refused("another") is None, "it is admitted to get the retry time"
        visitors.enter_context(limits.inside("another"))
        assert limits.refused("one more") == HTTPStatus.SERVICE_UNAVAILABLE, "admitting more would cost too much"
    assert not limits.full


async def test_a_refused_client_counts_until_it_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatserver.web.gate.connection_limits.LET_GO_WITHIN", 0.01)
    limits = ConnectionLimits(Limits(sockets=1), Clock())
    limits.count_briefly("one")
    assert limits.full
    await eventually(lambda: not limits.full)


def test_a_full_server_admits_a_socket_to_send_the_retry_time(database_path: Path) -> None:
    there = doors(database_path, limits=Limits(sockets=1))
    app = application(there.context)
    with app.sockets._limits["/ws/visitor"].inside("10.0.0.1"):
        with opened(TestClient(app, HERE), "/ws/visitor") as socket, pytest.raises(WebSocketDisconnect) as told:
            socket.receive_text()
        assert told.value.code == CloseCode.OVERLOADED
        assert 10_000 <= json.loads(told.value.reason)["retry_ms"] <= 20_000
        assert b'chat_closes_total{code="4013"} 1.0' in there.context.metrics.text()
    there.end()


@pytest.mark.parametrize("why", ["starting", "draining", "unavailable"])
def test_a_refused_upgrade_says_when_to_try_again(here: Doors, why: str) -> None:
    here.hub.why_not_ready = why
    with pytest.raises(WebSocketDenialResponse) as refused, opened(here.client, "/ws/visitor"):
        pass
    assert refused.value.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert int(refused.value.headers["Retry-After"]) > 0


def test_the_tests_use_the_server_s_host(here: Doors) -> None:
    assert here.context.options.hosts == {HOST}


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/sign-in", "/sign-in"),
        ("/transcripts/0193", "/transcripts/{id}"),
        ("/assets/a.js", "/assets/{name}"),
        ("/ws/staff", "other"),
        ("/wp-login.php", "other"),
        ("/a patient's name", "other"),
        ("/assets/a/b", "other"),
    ],
)
def test_a_refused_path_is_logged_by_its_pattern(
    browser: TestClient, capsys: pytest.CaptureFixture[str], path: str, told: str
) -> None:
    browser.get(path, headers={"Host": "evil.example"})
    said = capsys.readouterr().out
    assert re.search(rf"path={re.escape(told)}\s", said), said
    assert told == path or path not in said


def test_a_refused_upgrade_is_logged_by_its_route(browser: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    refused_upgrade(browser, "/ws/visitor", {})
    refused_upgrade(browser, "/ws/secret-name", {})
    said = capsys.readouterr().out
    assert "path=/ws/visitor" in said
    assert "path=other" in said
    assert "secret-name" not in said


def test_a_body_that_breaks_off_is_not_logged_as_an_error(here: Doors, capsys: pytest.CaptureFixture[str]) -> None:
    async def broken_off(_request: Request) -> None:
        raise ClientDisconnect

    app = application(here.context)
    app.router.routes.append(Route("/broken", broken_off))
    with contextlib.suppress(Exception):
        # There is no answer, because the client is gone.
        TestClient(app, HERE).get("/broken")
    said = capsys.readouterr().out
    assert "request_broken_off" in said
    assert "Traceback" not in said
