"""`/chat/SITE`: a page of its own, and the form for browsers in which the chat cannot run."""

import json
import re
from dataclasses import replace
from functools import partial
from html import unescape
from http import HTTPStatus
from pathlib import Path

import pytest
from httpx2 import Response

from chatserver.demo.seed import SITE
from chatserver.domain.consent import FORM_HEALTH
from chatserver.domain.lookup_codes import digits_of
from chatserver.domain.offline_messages import OfflineMessage
from chatserver.domain.refusals import PhoneInvalid, RateLimited, ReadOnly, Refused, TextInvalid
from chatserver.store import lookup_codes, offline_messages, visitors
from chatserver.store.tx import VISITOR
from chatserver.web.options import Limits
from chatserver.wire.replies import Accepted
from tests.web.application import HERE, NOON, Doors, doors

NOTICE, ENGLISH_NOTICE = (each.sha256 for each in SITE.shown_notice.texts())
HEALTH = FORM_HEALTH[0].sha256
FORM = {
    "body": "明天可以挂号吗？\r\n谢谢",
    "name": "王",
    "phone": "13800138000",
    "department": "gynecology",
    "notice": NOTICE,
    "key": "k" * 22,
}
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


def test_with_a_phone_number_a_code_opens_the_answer_and_without_one_there_is_none(here: Doors) -> None:
    write, group = here.context.database.write_now, here.hub.hospital.group_of("demo", "gynecology")
    visitor, *_ = write(lambda tx: visitors.start(tx, "demo", "zh", 1000), here.context.now, VISITOR)
    kept = OfflineMessage("m", "demo", "gynecology", group, visitor, "question", "zh", "", NOON, NOON)
    for message in (replace(kept, phone="073188880120"), replace(kept, id="n")):
        write(
            partial(offline_messages.add, message=message, ref=message.id * 22, digest=b""), here.context.now, VISITOR
        )
    here.hub.answer = Accepted(ref="r" * 22, conversation="", id="m", at=NOON)
    found = re.search(r"(\d{3} \d{3} \d{4})", sent(here, FORM).text)
    assert found is not None
    code = digits_of(found[1])
    tried = write(lambda tx: lookup_codes.attempt(tx, code, "0120"), here.context.now, VISITOR)
    assert tried.subject is not None
    here.hub.answer = Accepted(ref="r" * 22, conversation="", id="n", at=NOON)
    assert "查询码" not in sent(here, FORM | {"phone": "", "key": "n" * 22}).text


def test_the_form_speaks_english(here: Doors) -> None:
    assert "Agree and send" in here.client.get("/chat/demo?language=en").text
    assert "Message received" in sent(here, FORM, "?language=en").text
    [(row, frame, _)] = here.hub.sent
    assert (row.language, frame.language) == ("en", "en")


@pytest.mark.parametrize(
    ("query", "browser", "english"),
    [
        ("", "en-GB,en;q=0.9", True),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", False),
        ("", "fr-FR,fr;q=0.9", False),
        ("", "", False),
        ("?lang=en", "zh-CN", True),
        ("?lang=zh", "en-GB", False),
        ("?language=zh", "en-GB", False),
        ("?lang=xx", "en-GB", True),
    ],
)
def test_the_page_speaks_the_language_of_the_address_or_else_of_the_browser(
    here: Doors, query: str, browser: str, english: bool
) -> None:
    page = here.client.get(f"/chat/demo{query}", headers={"Accept-Language": browser})
    assert ("Agree and send" in page.text) == english


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


@pytest.mark.parametrize("refusal", [PhoneInvalid(), RateLimited(retry_ms=60_000), ReadOnly()])
def test_an_emergency_is_told_where_to_find_help_whatever_is_wrong_with_the_form(here: Doors, refusal: Refused) -> None:
    here.hub.answer = refusal
    page = sent(here, FORM | {"body": "胸口疼，喘不上气"}).text
    alert = re.search(r'<p role="alert">(.*?)</p>', page, re.DOTALL)
    assert alert is not None
    assert '<a href="tel:120">急救 120</a>' in alert[1]
    assert page.index(alert[1]) < page.index('id="problem"')
    assert "胸口疼，喘不上气</textarea>" in page
    here.hub.answer = refusal
    assert '<p role="alert">' not in sent(here, FORM).text


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


def hidden(page: Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page.text)
    assert found is not None, name
    return found[1]


def agreed(doors: Doors) -> list[tuple[str, str, str]]:
    """What came with each 留言 that was stored."""
    return [(each.kind, each.decision, each.text) for _, frame, _ in doors.hub.sent for each in frame.consent]


@pytest.mark.parametrize(("language", "hash"), [("zh", NOTICE), ("en", ENGLISH_NOTICE)])
def test_the_notice_stands_above_the_button_and_the_box_for_health_is_not_ticked(
    here: Doors, language: str, hash: str
) -> None:
    page = here.client.get(f"/chat/demo?language={language}")
    text = here.hub.hospital.consent_texts[hash].text
    assert text in page.text
    assert page.text.index(text) < page.text.index('type="submit"')
    assert hidden(page, "notice") == hash
    assert 'type="checkbox" name="health"' in page.text
    assert "checked" not in page.text


def test_the_evidence_comes_with_what_is_left(here: Doors) -> None:
    sent(here, FORM)
    sent(here, FORM | {"health": HEALTH, "body": "最近总是咳嗽"})
    notice = ("notice", "given", NOTICE)
    assert agreed(here) == [notice, notice, ("health", "given", HEALTH)]


@pytest.mark.parametrize("notice", ["", "0" * 64, HEALTH, "<b>"])
def test_a_form_that_showed_no_notice_comes_back_with_it(here: Doors, notice: str) -> None:
    page = sent(here, FORM | {"notice": notice})
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "请看一下按钮上方的告知" in page.text
    assert "明天可以挂号吗？" in page.text
    assert here.hub.sent == []
    sent(here, FORM | {"notice": hidden(page, "notice")})
    assert agreed(here) == [("notice", "given", NOTICE)]


@pytest.mark.parametrize("tick", ["", "on", NOTICE, "0" * 64])
def test_health_words_without_the_tick_come_back_and_nothing_is_stored(here: Doors, tick: str) -> None:
    page = sent(here, FORM | {"body": "最近总是咳嗽", "health": tick})
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "其中像是有健康信息" in page.text
    assert "最近总是咳嗽</textarea>" in page.text
    assert "checked" not in page.text
    assert here.hub.sent == []
    assert sent(here, FORM | {"health": ""}).status_code == HTTPStatus.OK, "general questions need no tick"


def test_a_tick_stays_when_something_else_is_wrong(here: Doors) -> None:
    here.hub.answer = PhoneInvalid(why="number")
    assert f'value="{HEALTH}" checked' in sent(here, FORM | {"health": HEALTH}).text


@pytest.mark.parametrize("words", ["我爸突然胸痛", "我不想活了"])
def test_emergency_words_wait_for_no_consent(here: Doors, words: str) -> None:
    here.hub.answer = Accepted(ref="r" * 22, conversation="", id="m", at=NOON, emergency="body")
    page = sent(here, {"body": words})
    assert page.status_code == HTTPStatus.OK
    assert page.text.index('role="alert"') < page.text.index("留言已收到"), "120 stands first"
    assert agreed(here) == []


def test_the_same_form_sent_again_is_the_same_command_of_the_same_visitor(here: Doors) -> None:
    key = hidden(here.client.get("/chat/demo"), "key")
    pages = [sent(here, FORM | {"key": key}) for _ in range(2)]
    assert pages[0].text == pages[1].text
    [(first, one, _), (second, other, _)] = here.hub.sent
    assert (first.id, one.ref) == (second.id, other.ref)
    sent(here, FORM | {"key": key, "body": "还有一个问题"})
    assert here.hub.sent[2][0].id != first.id, "another text is another 留言, also after Back"
    sent(here, FORM | {"key": hidden(here.client.get("/chat/demo"), "key")})
    assert here.hub.sent[3][0].id != first.id, "and so is the same text with a new form"


@pytest.mark.parametrize("key", ["", "short", "x" * 44, "../../etc/passwd/and/on", "钥" * 22])
def test_a_key_that_the_page_did_not_make_counts_as_none(here: Doors, key: str) -> None:
    for _ in range(2):
        assert sent(here, FORM | {"key": key}).status_code == HTTPStatus.OK
    [(first, one, _), (second, other, _)] = here.hub.sent
    assert first.id != second.id
    assert key not in (one.ref, other.ref)


def test_the_key_opens_nothing(here: Doors) -> None:
    """Who comes next may find it in the page that the browser kept."""
    sent(here, FORM)
    headers = {"Origin": HERE, "Authorization": f"Bearer {FORM['key']}"}
    assert here.client.put("/v1/visitor/session", headers=headers).status_code == HTTPStatus.UNAUTHORIZED


def visit_of(html: str) -> str:
    found = re.search(r'name="visit" value="([^"]*)"', html)
    assert found is not None
    return unescape(found[1])


def test_the_page_notes_where_its_visitor_comes_from(here: Doors) -> None:
    query = "utm_source=baidu&e=%E6%B5%B7%E6%8A%A5&bd_vid=77clickid&name=x&phone=13800138000"
    headers = {"Referer": "https://www.baidu.com/link?wd=secret", "User-Agent": "Mobile Mobi"}
    html = here.client.get(f"/chat/demo?{query}", headers=headers).text
    for secret in ("77clickid", "13800138000", "secret"):
        assert secret not in html
    told = json.loads(visit_of(html))
    assert told["device"] == "phone"
    assert told["first"]["parameters"] == {"utm_source": "baidu", "e": "海报"}
    assert told["first"]["referrer"] == "https://www.baidu.com/link"
    boot = json.loads(re.search(r'id="boot">([^<]*)<', html)[1])  # type: ignore[index]
    assert boot["pages"] == [told["first"]]


def test_a_page_that_is_opened_from_itself_has_no_referrer(here: Doors) -> None:
    html = here.client.get("/chat/demo", headers={"Referer": f"{HERE}/chat/demo?utm_source=x"}).text
    assert "referrer" not in json.loads(visit_of(html))["first"]


def test_the_form_brings_the_visit_back(here: Doors) -> None:
    visit = visit_of(here.client.get("/chat/demo?e=poster&utm_source=baidu").text)
    assert visit_of(sent(here, FORM | {"visit": visit, "notice": ""}).text) == visit
    sent(here, FORM | {"visit": visit})
    frame = here.hub.sent[-1][1]
    assert frame.visit is not None
    assert frame.visit.first.parameters == {"e": "poster", "utm_source": "baidu"}


@pytest.mark.parametrize("visit", ["", "{", "[]", "7", '{"first":1}', "\x07", '{"first":{"at":1,"page":"\\u0000"}}'])
def test_a_malformed_visit_is_ignored_and_the_message_stored(here: Doors, visit: str) -> None:
    assert sent(here, FORM | {"visit": visit}).status_code == HTTPStatus.OK
    assert here.hub.sent[-1][1].visit is None
