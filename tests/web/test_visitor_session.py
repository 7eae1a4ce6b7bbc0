"""A visitor gets a token once and can end it. Strangers, other origins and malformed bodies get a typed refusal."""

import hashlib
from http import HTTPStatus
from pathlib import Path

import pytest
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from chatserver.store import visitor_lookup, visitors
from chatserver.store.tables import visitors as visitors_table
from chatserver.web.options import Limits
from tests.transactions import tx_at

from .application import HERE, MINUTE, NOON, Doors, doors

PATH = "/v1/visitor/session"
ASKED = {"site": "demo", "language": "zh", "touch": False}


def ask(browser: TestClient, **changes: object) -> Response:
    return browser.post(PATH, json=ASKED | changes, headers={"Origin": HERE})


def error_of(answer: Response) -> str:
    return str(answer.json()["error"]["code"])


def test_a_visitor_gets_a_token_the_database_does_not_hold(here: Doors) -> None:
    answer = ask(here.client)
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    token = answer.json()["token"]
    assert len(token) == 43
    stored = here.context.database.read_now(lambda conn: conn.execute(select(visitors_table)).one())
    assert stored.token_hash == hashlib.sha256(token.encode()).digest()
    assert (stored.site_id, stored.language) == ("demo", "zh")


@pytest.mark.parametrize(("touch", "minutes"), [(False, 30), (True, 24 * 60)])
def test_a_token_lasts_half_an_hour_on_a_desktop_and_a_day_on_a_phone(here: Doors, touch: bool, minutes: int) -> None:
    told = ask(here.client, touch=touch).json()
    assert told["ends_at"] == NOON + minutes * MINUTE
    read = here.context.database.read_now
    assert read(lambda conn: visitor_lookup.known(conn, [told["token"]], told["ends_at"] - 1)) != [None]
    assert read(lambda conn: visitor_lookup.known(conn, [told["token"]], told["ends_at"])) == [None]


def test_a_token_lasts_thirty_days_on_a_device_of_ones_own(here: Doors) -> None:
    assert ask(here.client, own=True).json()["ends_at"] == NOON + 30 * 24 * 60 * MINUTE


def kept(here: Doors, token: str) -> int:
    headers = {"Origin": HERE, "Authorization": f"Bearer {token}"}
    return here.client.put(PATH, headers=headers).status_code


def test_a_token_is_kept_longer_once_the_device_is_said_to_be_ones_own(here: Doors) -> None:
    token = ask(here.client).json()["token"]
    here.clock.forward(MINUTE)
    assert kept(here, token) == HTTPStatus.NO_CONTENT
    row = here.context.database.read_now(lambda conn: conn.execute(select(visitors_table)).one())
    month = 30 * 24 * 60 * MINUTE
    assert (row.life_ms, row.ends_at) == (month, NOON + MINUTE + month)


def test_a_token_that_has_ended_is_not_kept(here: Doors) -> None:
    token = ask(here.client).json()["token"]
    here.write(lambda conn: visitors.end_for_the_next(tx_at(conn, NOON), token))
    assert kept(here, token) == HTTPStatus.UNAUTHORIZED
    late = ask(here.client).json()
    here.clock.at = late["ends_at"]
    assert kept(here, late["token"]) == HTTPStatus.UNAUTHORIZED
    assert kept(here, "x" * 43) == HTTPStatus.UNAUTHORIZED


def test_two_visitors_get_different_tokens(here: Doors) -> None:
    assert ask(here.client).json()["token"] != ask(here.client).json()["token"]


def test_an_unknown_site_is_refused(browser: TestClient) -> None:
    answer = ask(browser, site="another")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert error_of(answer) == "not_found"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b"{",
        b'{"site":"demo","language":"zh"}',
        b'{"site":"demo","language":"de","touch":false}',
        b'{"site":"demo","language":"zh","touch":0}',
        b'{"site":"demo","language":"zh","touch":"false"}',
        b'{"site":{"$ne":null},"language":"zh","touch":false}',
        b'{"site":"DEMO","language":"zh","touch":false}',
        b'{"site":"demo","language":"zh","touch":false,"role":"supervisor"}',
        b"[" * 2_000,
        b'{"site":"\xff","language":"zh","touch":false}',
    ],
)
def test_odd_bodies_are_a_bad_frame(here: Doors, body: bytes) -> None:
    headers = {"Origin": HERE, "Content-Type": "application/json"}
    answer = here.client.post(PATH, content=body, headers=headers)
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert answer.json()["error"] == {"code": "bad_frame", "retry": "no", "details": {"why": "shape"}}
    assert here.context.database.read_now(lambda conn: conn.execute(select(visitors_table)).all()) == []


def test_a_body_over_four_kilobytes_is_not_read_to_its_end(browser: TestClient) -> None:
    headers = {"Origin": HERE, "Content-Type": "application/json"}
    answer = browser.post(PATH, content=b" " * 5_000, headers=headers)
    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert error_of(answer) == "too_large"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_simple_form_of_another_page_is_not_accepted_as_json(browser: TestClient, kind: str) -> None:
    body = b'{"site":"demo","language":"zh","touch":false}'
    answer = browser.post(PATH, content=body, headers={"Origin": HERE, "Content-Type": kind})
    assert answer.json()["error"]["details"] == {"why": "content_type"}


def test_an_embedding_page_s_own_origin_gets_nothing(browser: TestClient) -> None:
    answer = browser.post(PATH, json=ASKED, headers={"Origin": "http://127.0.0.1:8001"})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert error_of(answer) == "forbidden"


def test_an_address_that_starts_too_many_sessions_waits(database_path: Path) -> None:
    narrow = doors(database_path, limits=Limits(sessions_per_hour_and_address=2))
    try:
        assert [ask(narrow.client).status_code for _ in range(3)] == [200, 200, 429]
        refused = ask(narrow.client)
        error = refused.json()["error"]
        assert (error["code"], error["retry"]) == ("rate_limited", "later")
        narrow.clock.forward(error["details"]["retry_ms"])
        assert ask(narrow.client).status_code == HTTPStatus.OK
    finally:
        narrow.end()


def test_the_addresses_of_one_household_are_counted_together(database_path: Path) -> None:
    narrow = doors(database_path, limits=Limits(sessions_per_hour_and_address=2))
    try:
        app = narrow.client.app
        browsers = [TestClient(app, HERE, client=(f"2001:db8:1:2::{each}", 50_000)) for each in range(1, 4)]
        assert [ask(browser).status_code for browser in browsers] == [200, 200, 429]
        assert ask(TestClient(app, HERE, client=("2001:db8:1:3::1", 50_000))).status_code == HTTPStatus.OK
    finally:
        narrow.end()


# Ending a visitor's session because somebody else starts to use the browser.

TOKEN = "t" * 43


def end(browser: TestClient, **headers: str) -> Response:
    return browser.delete(PATH, headers={"Origin": HERE, "Authorization": f"Bearer {TOKEN}"} | headers)


def test_everybody_who_has_a_token_can_end_it(here: Doors) -> None:
    answer = end(here.client)
    assert (answer.status_code, answer.content) == (HTTPStatus.NO_CONTENT, b"")
    assert answer.headers["Cache-Control"] == "no-store"
    assert here.hub.ended == [TOKEN]


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer ", f"Basic {TOKEN}", TOKEN, f"Bearer {'t' * 65}"])
def test_without_a_token_nothing_is_ended(here: Doors, sent: str) -> None:
    answer = end(here.client, Authorization=sent)
    assert (answer.status_code, error_of(answer)) == (HTTPStatus.UNAUTHORIZED, "unauthenticated")
    assert here.hub.ended == []


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8001", "null", "https://127.0.0.1:8000"])
def test_another_page_ends_nothing(here: Doors, origin: str) -> None:
    assert end(here.client, Origin=origin).status_code == HTTPStatus.FORBIDDEN
    assert here.hub.ended == []


def test_an_address_that_ends_too_many_sessions_waits_and_may_still_start_one(database_path: Path) -> None:
    narrow = doors(database_path, limits=Limits(sessions_per_hour_and_address=2))
    try:
        assert [end(narrow.client).status_code for _ in range(3)] == [204, 204, 429]
        assert ask(narrow.client).status_code == HTTPStatus.OK
    finally:
        narrow.end()
