"""`/chat/SITE`: a page of its own, and the form for browsers in which the chat cannot run."""

import re
from http import HTTPStatus
from pathlib import Path

import pytest
from httpx2 import Response

from chatserver.domain.refusals import PhoneInvalid, RateLimited, ReadOnly, Refused, TextInvalid
from chatserver.web.options import Limits
from chatserver.wire.replies import Accepted
from tests.web.application import HERE, NOON, Doors, doors

FORM = {"body": "明天可以挂号吗？\r\n谢谢", "name": "王", "phone": "13800138000", "department": "gynecology"}
SPOILT = "<script>alert(1)</script>"


def sent(doors: Doors, fields: dict[str, str], query: str = "") -> Response:
    return doors.client.post(f"/chat/demo{query}", data=fields, headers={"Origin": HERE})


def test_the_page_has_the_chat_and_a_form_for_browsers_without_it(here: Doors) -> None:
    answer = here.client.get("/chat/demo?department=gynecology")
    assert answer.status_code == HTTPStatus.OK
    assert '<script type="module"' in answer.text
    assert '<form method="post"' in answer.text
    assert 'href="tel:120"' in answer.text
    phone = here.hub.hospital.campuses[here.hub.hospital.sites["demo"].campus].phone
    assert f">{phone}</a>" in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_a_site_that_does_not_exist_has_no_page(here: Doors) -> None:
    assert here.client.get("/chat/nobody").status_code == HTTPStatus.NOT_FOUND
    posted = here.client.post("/chat/nobody", data=FORM, headers={"Origin": HERE})
    assert posted.status_code == HTTPStatus.NOT_FOUND


def test_the_form_leaves_a_message_as_the_widget_would(here: Doors) -> None:
    answer = sent(here, FORM)
    assert answer.status_code == HTTPStatus.OK
    assert "留言已收到" in answer.text
    assert "明天可以挂号吗？" in answer.text
    assert '<script type="module"' not in answer.text  # the chat would take the place of the confirmation
    [(row, frame, _)] = here.hub.sent
    assert (row.site, row.language) == ("demo", "zh")
    assert (frame.body, frame.name, frame.phone, frame.department) == (
        "明天可以挂号吗？\n谢谢",
        "王",
        "13800138000",
        "gynecology",
    )


def test_the_form_speaks_english(here: Doors) -> None:
    assert "Leave message" in here.client.get("/chat/demo?language=en").text
    assert "Message received" in sent(here, FORM, "?language=en").text
    [(row, frame, _)] = here.hub.sent
    assert (row.language, frame.language) == ("en", "en")


def test_the_next_person_at_this_browser_finds_nothing(here: Doors) -> None:
    answer = sent(here, FORM)
    [(row, _, _)] = here.hub.sent
    assert "set-cookie" not in answer.headers
    assert row.id not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "明天可以挂号吗？" not in here.client.get("/chat/demo").text


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (TextInvalid(), "请写下您的问题"),
        (PhoneInvalid(why="number"), "请检查电话号码"),
        (RateLimited(retry_ms=1), "这一小时内的留言较多"),
        (ReadOnly(), "没有提交成功"),
    ],
)
def test_a_refusal_keeps_what_was_written(here: Doors, refusal: Refused, words: str) -> None:
    here.hub.answer = refusal
    answer = sent(here, FORM | {"name": SPOILT})
    assert answer.status_code == refusal.status
    assert words in answer.text
    assert "明天可以挂号吗？" in answer.text
    assert SPOILT not in answer.text
    assert "&lt;script&gt;" in answer.text


@pytest.mark.parametrize(("kind", "shown"), [("body", "120"), ("mind", "12356"), ("protect", None)])
def test_an_emergency_is_told_where_to_find_help(here: Doors, kind: str, shown: str | None) -> None:
    here.hub.answer = Accepted(ref="r" * 22, conversation="", id="m", at=NOON, emergency=kind)
    alert = re.search(r'<p role="alert">(.*?)</p>', sent(here, FORM).text, re.DOTALL)
    assert (alert is None) == (shown is None)
    assert shown is None or (alert is not None and shown in alert[1])


@pytest.mark.parametrize("fields", [{"name": "x" * 41}, {"phone": "1" * 21}])
def test_fields_that_are_too_long_are_refused(here: Doors, fields: dict[str, str]) -> None:
    assert sent(here, FORM | fields).status_code == TextInvalid.status
    assert here.hub.sent == []


def test_a_page_of_another_origin_cannot_send_the_form(here: Doors) -> None:
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert here.client.post("/chat/demo", data=FORM, headers=headers).status_code == HTTPStatus.FORBIDDEN
    assert here.hub.sent == []


def test_one_address_cannot_send_it_without_end(database_path: Path) -> None:
    narrow = doors(database_path, limits=Limits(sessions_per_hour_and_address=2))
    statuses = [sent(narrow, FORM).status_code for _ in range(3)]
    narrow.end()
    assert statuses == [HTTPStatus.OK, HTTPStatus.OK, HTTPStatus.TOO_MANY_REQUESTS]
