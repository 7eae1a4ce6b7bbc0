"""查询码 on the web: who gets one, what it opens, and what a guesser learns."""

import re
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from chatserver.domain.offline_messages import OfflineMessage
from chatserver.store import lookup_codes, offline_messages, visitors
from chatserver.store.ids import new_id
from chatserver.store.tables import lookup_networks
from chatserver.web.routes import application
from tests.audit_rows import audit_rows
from tests.transactions import tx_at

from .application import HERE, MINUTE, NOON, Doors
from .stories import Story

MADE = "/v1/visitor/lookup-code"
REF = "0190b6a0-0000-7000-8000-000000000001"
PHONE, WORDS, NOTE, ANSWER = "13812345678", "想问一下〔私〕", "内部备注〔不可见〕", "请空腹来。"


class Left:
    """A visitor who has left a 留言, and an application that counts by address."""

    def __init__(self, here: Doors, phone: str = PHONE) -> None:
        self.here = here
        self.app = application(here.context)
        self.visitor, self.token, _ = here.write(
            lambda conn: visitors.start(tx_at(conn, NOON), "demo", "zh", 30 * MINUTE)
        )
        self.message = OfflineMessage(
            new_id(), "demo", "gynecology", "general", self.visitor, "question", "zh", WORDS, NOON, NOON, phone=phone
        )
        here.write(lambda conn: offline_messages.add(tx_at(conn, NOON), self.message, REF, b"digest"))

    def asks(self, **asked: str) -> Response:
        headers = {"Origin": HERE, "Authorization": f"Bearer {self.token}"}
        return self.browser().post(MADE, json={"offline": REF} | asked, headers=headers)

    def code(self, **asked: str) -> str:
        answer = self.asks(**asked)
        assert answer.status_code == HTTPStatus.OK, answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        return str(answer.json()["code"])

    def browser(self, address: str = "127.0.0.1") -> TestClient:
        return TestClient(self.app, HERE, follow_redirects=False, client=(address, 50_000))

    def opens(self, code: str, proof: str = "5678", address: str = "127.0.0.1", path: str = "/answers") -> Response:
        return self.browser(address).post(path, data={"code": code, "proof": proof}, headers={"Origin": HERE})

    def settle(self, **changes: Any) -> None:
        settled = replace(self.message, settled_at=NOON, result="answered", note=NOTE, version=1, **changes)
        self.here.write(lambda conn: offline_messages.save(tx_at(conn, NOON), settled))


@pytest.fixture
def left(here: Doors) -> Left:
    return Left(here)


def told(page: Response) -> str:
    """The words of the page, without what the form repeats."""
    words = re.sub(r'value="[^"]*"', "", page.text)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", words))


def test_a_code_opens_the_message_and_its_answer_but_no_note(left: Left) -> None:
    code = left.code()
    page = left.opens(code)
    assert page.status_code == HTTPStatus.OK
    assert page.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.headers
    assert WORDS in page.text
    assert "还没有处理" in page.text
    left.settle(answer=ANSWER)
    page = left.opens(f" {code[:3]} {code[3:6]}-{code[6:]}")
    assert ANSWER in page.text
    assert NOTE not in page.text
    assert PHONE not in page.text


def test_the_form_works_without_a_script_in_both_languages(left: Left) -> None:
    for language, title in (("zh", "查询答复"), ("en", "Read an answer")):
        page = left.browser().get(f"/answers?lang={language}")
        assert f"<h1>{title}</h1>" in page.text
        assert "<script" not in page.text
        assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("query", ["", "?large=1"])
def test_large_letters_stay_on_the_way(left: Left, query: str) -> None:
    code = left.code()
    for page in (left.browser().get(f"/answers{query}"), left.opens(code, path=f"/answers{query}")):
        assert ("card large" in page.text) == (query != "")
        assert f'action="/answers{query}"' in page.text or f'href="/answers{query}"' in page.text


def test_the_hospital_can_be_called_and_its_website_found_from_each_page(left: Left) -> None:
    code = left.code()
    site = left.here.context.hub.hospital.sites["demo"]
    for page in (left.browser().get("/answers"), left.opens(code)):
        assert 'href="tel:' in page.text
        assert f'href="{site.origins[0]}/"' in page.text


def test_a_code_needs_the_token_of_who_left_the_message(left: Left) -> None:
    other = Left.__new__(Left)
    other.__dict__ |= left.__dict__
    _, other.token, _ = left.here.write(lambda conn: visitors.start(tx_at(conn, NOON), "demo", "zh", MINUTE))
    assert other.asks().status_code == HTTPStatus.NOT_FOUND
    other.token = "x" * 43
    assert other.asks().status_code == HTTPStatus.UNAUTHORIZED


def test_an_ended_token_gets_a_code_for_a_quarter_of_an_hour(left: Left) -> None:
    until = NOON + 24 * 60 * MINUTE
    left.here.write(lambda conn: visitors.end(tx_at(conn, NOON), {left.visitor: until}))
    assert left.asks().status_code == HTTPStatus.OK
    left.here.clock.forward(15 * MINUTE + 1)
    assert left.asks().status_code == HTTPStatus.UNAUTHORIZED


def test_a_cleared_token_gets_none(left: Left) -> None:
    left.here.write(lambda conn: visitors.end_for_the_next(tx_at(conn, NOON), left.token))
    assert left.asks().status_code == HTTPStatus.UNAUTHORIZED


def test_without_a_phone_number_four_digits_are_chosen(here: Doors) -> None:
    left = Left(here, phone="")
    assert left.asks().status_code == HTTPStatus.BAD_REQUEST
    assert left.asks(proof="12a4").status_code == HTTPStatus.BAD_REQUEST
    code = left.code(proof="2468")
    assert WORDS not in left.opens(code, "1357").text
    assert WORDS in left.opens(code, "2468").text


def test_chosen_digits_do_not_replace_those_of_a_phone(left: Left) -> None:
    code = left.code(proof="2468")
    assert WORDS not in left.opens(code, "2468").text
    assert WORDS in left.opens(code).text


def test_wrong_digits_and_an_unknown_code_get_the_same_page_up_to_the_freeze(left: Left) -> None:
    code = left.code()
    unknown = f"{(int(code) + 1) % 10**10:010}"
    wrong = [told(left.opens(code, "1111", "10.0.0.1")) for _ in range(7)]
    assert [told(left.opens(unknown, "1111", "10.0.0.2")) for _ in range(7)] == wrong
    assert "还可以试 4 次" in wrong[0]
    assert "已停用" in wrong[4]
    for page in wrong:
        assert "致电医院：" in page
    assert told(left.opens(code, "5678", "10.0.0.3")) == wrong[6], "the right digits open nothing any more"


def test_an_address_has_twenty_tries_in_an_hour(left: Left) -> None:
    code = left.code()
    for number in range(20):
        assert left.opens(f"{number:010}", "1111", "10.0.0.9").status_code == HTTPStatus.OK
    page = left.opens(code, "5678", "10.0.0.9")
    assert page.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(page.headers["Retry-After"]) == 3_600
    assert "查询次数太多" in page.text
    assert WORDS not in page.text
    assert WORDS in left.opens(code, "5678", "10.0.0.8").text, "others are not held up"
    left.here.clock.forward(60 * MINUTE)
    assert WORDS in left.opens(code, "5678", "10.0.0.9").text


@pytest.mark.parametrize(("code", "proof"), [("123", "5678"), ("0123456789", "56"), ("", ""), ("x" * 4_000, "5678")])
def test_what_cannot_be_a_code_is_not_counted(left: Left, code: str, proof: str) -> None:
    for _ in range(21):
        page = left.opens(code, proof, "10.0.0.7")
    assert page.status_code in (HTTPStatus.OK, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    assert WORDS in left.opens(left.code(), "5678", "10.0.0.7").text


def test_a_form_of_another_origin_is_refused(left: Left) -> None:
    code = left.code()
    for path in ("/answers", "/answers/deletion"):
        page = left.browser().post(path, data={"code": code, "proof": "5678"}, headers={"Origin": "http://evil.test"})
        assert page.status_code == HTTPStatus.FORBIDDEN


def test_a_deletion_is_recorded_once_and_shown_to_supervisors_of_the_group(left: Left) -> None:
    code = left.code()
    assert "申请删除" in left.opens(code).text
    for _ in range(2):
        assert "内容目前还没有删除" in left.opens(code, path="/answers/deletion").text
    rows = [row for row in left.here.context.database.read_now(audit_rows) if row.action == "deletion.request"]
    assert [(row.object_kind, row.object_id) for row in rows] == [("offline_message", left.message.id)]
    page = left.here.signed_in("chenjing").get("/deletions")
    assert left.message.id in page.text
    assert WORDS not in page.text


def test_a_deletion_needs_the_right_digits(left: Left) -> None:
    code = left.code()
    assert "还可以试 4 次" in left.opens(code, "1111", path="/answers/deletion").text
    assert [row for row in left.here.context.database.read_now(audit_rows) if row.action == "deletion.request"] == []


def settles(left: Left, login: str = "chenjing", **fields: str) -> Response:
    browser = left.here.signed_in(login)
    found = re.search(r'name="id" value="([^"]+)"', browser.get("/deletions").text)
    form = {"id": found[1] if found else "", "result": "kept", "note": NOTE} | fields
    return browser.post("/deletions", data=form, headers={"Origin": HERE})


def settled(left: Left) -> list[tuple[str, object]]:
    rows = left.here.context.database.read_now(audit_rows)
    return [(row.object_id, row.details) for row in rows if row.action == "deletion.settle"]


@pytest.mark.parametrize(
    ("result", "told_visitor"),
    [
        ("told", "并向您说明了情况。内容目前还没有删除。"),
        ("kept", "依法须保存到期满"),
        ("withdrawn", "您表示不再要求删除"),
    ],
)
def test_what_became_of_a_deletion_is_shown_to_the_visitor_without_the_note(
    left: Left, result: str, told_visitor: str
) -> None:
    code = left.code()
    left.opens(code, path="/answers/deletion")
    answer = settles(left, result=result)
    assert (answer.status_code, answer.headers["Location"]) == (HTTPStatus.SEE_OTHER, "/deletions")
    page = left.opens(code).text
    assert told_visitor in page
    assert NOTE not in page
    assert "提交删除申请" not in page
    shown = left.here.signed_in("chenjing").get("/deletions").text
    assert NOTE in shown
    assert "陈静" in shown
    assert 'name="result"' not in shown


def test_a_conversation_says_that_it_shall_be_deleted_and_what_became_of_that(left: Left) -> None:
    story = left.here.write(lambda conn: Story(conn, NOON).asks(WORDS))
    subject = lookup_codes.Subject("conversation", story.id)
    code = left.here.context.database.write_now(
        lambda tx: lookup_codes.make(tx, subject, "5678")[0], left.here.clock, "tester"
    )
    for _ in range(2):
        left.opens(code, path="/answers/deletion")
        settles(left, result="kept")
    page = left.here.signed_in("chenjing").get(f"/transcripts/{story.id}").text
    assert page.count("访客凭查询码申请删除本次会话") == 1
    assert page.count("处理了删除申请：依法保存到期满") == 1


def test_a_deletion_is_settled_once(left: Left) -> None:
    left.opens(left.code(), path="/answers/deletion")
    known = left.here.context.database.read_now(lambda conn: lookup_codes.deletions(conn, ["general"], 9))
    for result in ("kept", "told"):
        assert settles(left, id=known[0].id, result=result).status_code == HTTPStatus.SEE_OTHER
    assert [each[0] for each in settled(left)] == [left.message.id]
    [after] = left.here.context.database.read_now(lambda conn: lookup_codes.deletions(conn, ["general"], 9))
    assert (after.result, after.done_at) == ("kept", NOON)


@pytest.mark.parametrize("fields", [{"result": ""}, {"result": "deleted"}, {"note": "长" * 501}])
def test_a_deletion_is_not_settled_without_saying_how(left: Left, fields: dict[str, str]) -> None:
    left.opens(left.code(), path="/answers/deletion")
    page = settles(left, **fields)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "请先选择怎样处理的" in page.text
    assert settled(left) == []


def test_only_supervisors_of_the_group_settle_a_deletion(left: Left) -> None:
    code = left.code()
    left.opens(code, path="/answers/deletion")
    [known] = left.here.context.database.read_now(lambda conn: lookup_codes.deletions(conn, ["general"], 9))
    assert settles(left, id="x" * 22).status_code == HTTPStatus.NOT_FOUND
    assert settles(left, "limin", id=known.id).status_code == HTTPStatus.FORBIDDEN
    stranger = left.browser().post("/deletions", data={"id": known.id, "result": "kept"}, headers={"Origin": HERE})
    assert stranger.status_code in (HTTPStatus.SEE_OTHER, HTTPStatus.UNAUTHORIZED)
    assert settled(left) == []


def test_an_address_has_twenty_tries_at_all_nodes_together(left: Left) -> None:
    """Another application on the same database counts in its own memory, and in the table with the first."""
    code, other = left.code(), Left.__new__(Left)
    other.__dict__ |= left.__dict__
    other.app = application(left.here.context)
    for number in range(20):
        node = (left, other)[number % 2]
        assert node.opens(f"{number:010}", "1111", "10.0.0.9").status_code == HTTPStatus.OK
    for node in (left, other):
        page = node.opens(code, "5678", "10.0.0.9")
        assert page.status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert page.headers["Retry-After"] == "3600"
        assert WORDS not in page.text
    assert WORDS in other.opens(code, "5678", "10.0.0.8").text, "another address is not held up"
    rows = left.here.context.database.read_now(lambda conn: conn.execute(select(lookup_networks)).all())
    assert len(rows) == 2
    assert all("10.0.0" not in repr(row) for row in rows)
    left.here.clock.forward(60 * MINUTE)
    assert WORDS in left.opens(code, "5678", "10.0.0.9").text
    rows = left.here.context.database.read_now(lambda conn: conn.execute(select(lookup_networks)).all())
    assert len(rows) == 1, "what is an hour old is forgotten"
