"""Host and Origin are exact, every answer carries its headers, and a fault of ours tells nothing."""

import json
import re
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.routing import Route
from starlette.testclient import TestClient, WebSocketDenialResponse, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from chatserver.web.house import Limits
from chatserver.web.routes import application
from chatserver.web.turnstile import Turnstile
from chatserver.wire.closing import CloseCode
from tests.hub.rig import eventually

from .house import HERE, HOST, Clock, Doors, doors

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
POSTED = ("/sign-in", "/sign-out", "/v1/visitor/session")
SOCKETS = ("/ws/visitor", "/ws/staff")


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("path", POSTED)
def test_nothing_is_posted_from_another_origin(browser: TestClient, path: str, origin: str) -> None:
    assert browser.post(path, headers={"Origin": origin}).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("path", POSTED)
def test_nothing_is_posted_from_no_origin_or_two(browser: TestClient, path: str) -> None:
    assert browser.post(path).status_code == HTTPStatus.FORBIDDEN
    twice = [("Origin", HERE), ("Origin", HERE)]
    assert browser.post(path, headers=twice).status_code == HTTPStatus.FORBIDDEN


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
def test_a_fault_of_ours_tells_nothing_but_its_number(here: Doors, path: str) -> None:
    async def broken(_request: Request) -> None:
        raise ValueError("the patient's words")

    app = application(here.house)
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
    turnstile = Turnstile(Limits(handshakes_per_s=1, handshakes_burst=2), clock)
    assert [turnstile.refused("one") for _ in range(3)] == [None, None, HTTPStatus.TOO_MANY_REQUESTS]
    assert turnstile.refused("two") is None
    clock.forward(1_000)
    assert turnstile.refused("one") is None


def test_a_clock_that_is_set_back_refuses_nobody_for_it() -> None:
    clock = Clock()
    turnstile = Turnstile(Limits(handshakes_per_s=1, handshakes_burst=2), clock)
    assert turnstile.refused("one") is None
    clock.forward(-600_000)
    assert turnstile.refused("one") is None
    clock.forward(1_000)
    assert turnstile.refused("one") is None


def test_an_address_holds_only_so_many_sockets() -> None:
    turnstile = Turnstile(Limits(sockets_per_address=1), Clock())
    with turnstile.inside("one"):
        assert turnstile.refused("one") == HTTPStatus.TOO_MANY_REQUESTS
        assert turnstile.refused("two") is None
    assert turnstile.refused("one") is None


def test_a_full_house_says_so_to_everybody() -> None:
    turnstile = Turnstile(Limits(sockets=5), Clock())
    with ExitStack() as visitors:
        for number in range(5):
            assert not turnstile.full
            visitors.enter_context(turnstile.inside(str(number)))
        assert turnstile.full
        assert turnstile.refused("another") is None, "he is let in to be told"
        visitors.enter_context(turnstile.inside("another"))
        assert turnstile.refused("one more") == HTTPStatus.SERVICE_UNAVAILABLE, "even telling him is too dear"
    assert not turnstile.full


async def test_whoever_was_told_counts_until_he_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatserver.web.turnstile.LET_GO_WITHIN", 0.01)
    turnstile = Turnstile(Limits(sockets=1), Clock())
    turnstile.told("one")
    assert turnstile.full
    await eventually(lambda: not turnstile.full)


def test_a_full_house_lets_a_socket_in_to_tell_it_when_to_come_back(database_path: Path) -> None:
    house = doors(database_path, limits=Limits(sockets=1))
    app = application(house.house)
    with app.sockets._turnstiles["/ws/visitor"].inside("10.0.0.1"):
        with opened(TestClient(app, HERE), "/ws/visitor") as socket, pytest.raises(WebSocketDisconnect) as told:
            socket.receive_text()
        assert told.value.code == CloseCode.OVERLOADED
        assert 10_000 <= json.loads(told.value.reason)["retry_ms"] <= 20_000
        assert b'chat_closes_total{code="4013"} 1.0' in house.house.measures.text()
    house.end()


@pytest.mark.parametrize("why", ["starting", "draining", "unavailable"])
def test_a_refused_upgrade_says_when_to_try_again(here: Doors, why: str) -> None:
    here.hub.why_not_ready = why
    with pytest.raises(WebSocketDenialResponse) as refused, opened(here.client, "/ws/visitor"):
        pass
    assert refused.value.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert int(refused.value.headers["Retry-After"]) > 0


def test_the_host_of_the_tests_is_the_house_s(here: Doors) -> None:
    assert here.house.options.hosts == {HOST}
