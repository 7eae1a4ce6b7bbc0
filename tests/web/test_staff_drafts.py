"""`PUT /v1/staff/drafts/{conversation}/{mode}`: who may save a draft over HTTP, and what the answers look like."""

from dataclasses import dataclass, field
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any, cast

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from chatserver.domain.actors import Staff
from chatserver.domain.refusals import NotFound
from chatserver.store import drafts
from tests.wire.frames_of import structs

from .application import HERE, NOON, Doors
from .stories import Story


@dataclass
class StillDesk:
    """What saving a draft needs from the desk. Everybody may read the one conversation."""

    here: Doors
    conversation: str
    told: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.database = self.here.context.database
        self.now = self.here.context.now
        self.records = SimpleNamespace(rules=SimpleNamespace(note_length=20))
        self.parts = SimpleNamespace(own_tabs=self)

    async def readable(self, staff: Staff, id: str) -> None:
        if id != self.conversation:
            raise NotFound()

    def draft(self, person: str, draft: drafts.StoredDraft, but: object = None) -> None:
        self.told.append((person, draft.body))


@pytest.fixture
def desk(here: Doors) -> StillDesk:
    desk = StillDesk(here, here.write(lambda conn: Story(conn, NOON).id))
    cast(Any, here.hub).staff_desk = desk
    return desk


def place(conversation: str, mode: str = "reply") -> str:
    return f"/v1/staff/drafts/{conversation}/{mode}"


def put(browser: TestClient, path: str, body: str = "您好", version: int = 0, **more: object) -> Response:
    return browser.put(path, json={"body": body, "version": version, **more}, headers={"Origin": HERE})


def error_of(answer: Response) -> str:
    return str(answer.json()["error"]["code"])


def test_a_draft_is_saved_and_the_writer_s_windows_are_told(here: Doors, desk: StillDesk) -> None:
    answer = put(here.signed_in("limin"), place(desk.conversation))
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json() == {"conversation": desk.conversation, "mode": "reply", "body": "您好", "at": NOON}
    assert desk.told == [(here.person("012").id, "您好")]


def test_a_newer_draft_is_not_replaced_but_shown(here: Doors, desk: StillDesk) -> None:
    browser, path = here.signed_in("limin"), place(desk.conversation)
    first = put(browser, path, "另一个窗口").json()
    answer = put(browser, path, "这个窗口", version=0)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert error_of(answer) == "draft_changed"
    assert answer.json()["current"] == first
    assert put(browser, path, "这个窗口", version=first["at"]).status_code == HTTPStatus.OK
    assert [body for _, body in desk.told] == ["另一个窗口", "这个窗口"]


def test_without_a_session_it_is_refused_as_json(here: Doors, desk: StillDesk) -> None:
    answer = put(here.client, place(desk.conversation))
    assert (answer.status_code, error_of(answer)) == (HTTPStatus.UNAUTHORIZED, "unauthenticated")
    assert "Location" not in answer.headers


def test_who_has_no_console_saves_none(here: Doors, desk: StillDesk) -> None:
    answer = put(here.signed_in("admin"), place(desk.conversation))
    assert (answer.status_code, error_of(answer)) == (HTTPStatus.FORBIDDEN, "forbidden")


def test_what_somebody_may_not_read_does_not_exist(here: Doors, desk: StillDesk) -> None:
    browser = here.signed_in("limin")
    for path in (place("d" * 22), place("x"), place(desk.conversation, "letter")):
        answer = put(browser, path)
        assert (answer.status_code, error_of(answer)) == (HTTPStatus.NOT_FOUND, "not_found")


def test_a_wrong_body_is_refused(here: Doors, desk: StillDesk) -> None:
    browser, path = here.signed_in("limin"), place(desk.conversation)
    assert error_of(put(browser, path, more=1)) == "bad_frame"
    assert error_of(put(browser, path, "\x00")) == "text_invalid"
    assert error_of(put(browser, path, "长" * 21)) == "bad_frame"
    assert error_of(put(browser, path, "长" * 30_000)) == "too_large"
    assert desk.told == []


def test_a_flood_of_drafts_is_slowed_down_for_its_writer_alone(here: Doors, desk: StillDesk) -> None:
    browser = here.signed_in("limin")
    answers = [put(browser, place("x")) for _ in range(41)]
    assert [answer.status_code for answer in answers[:40]] == [HTTPStatus.NOT_FOUND] * 40
    assert (answers[40].status_code, error_of(answers[40])) == (HTTPStatus.TOO_MANY_REQUESTS, "rate_limited")
    assert int(answers[40].headers["Retry-After"]) >= 1
    here.sign_in("wangfang", browser=browser)
    assert put(browser, place(desk.conversation)).status_code == HTTPStatus.OK


def test_a_node_that_does_not_serve_says_so(here: Doors, desk: StillDesk) -> None:
    here.hub.why_not_ready = "starting"
    answer = put(here.signed_in("limin"), place(desk.conversation))
    assert (answer.status_code, error_of(answer)) == (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable")


def test_the_bodies_are_structs_of_the_wire() -> None:
    assert {"DraftPut", "DraftConflict", "Draft", "HttpRefused"} <= structs().keys()
