"""Sign-in: the cookie, the one answer to every wrong try, the lock, and how a session ends."""

import hashlib
import re
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from starlette.testclient import TestClient

from chatserver.demo.seed import PASSWORD
from chatserver.store import accounts
from chatserver.store.backup import renew
from chatserver.store.session_ends import SESSION_ENDS
from chatserver.store.tables import sign_in_failures, staff_sessions
from chatserver.web.passwords import BadPassword, checked, fits, hashed

from .house import HERE, MINUTE, Doors, doors

ROOT = Path(__file__).resolve().parent.parent.parent
WRONG = "not the password at all"


def cookie_attributes(header: str) -> set[str]:
    """Lower-cased, without the value."""
    _, *attributes = header.split(";")
    return {attribute.strip().lower() for attribute in attributes}


def test_the_right_password_opens_the_console(here: Doors) -> None:
    answer = here.sign_in("limin")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/console"
    assert here.client.get("/console").status_code == 200


def test_a_login_no_database_could_hold_is_refused(here: Doors) -> None:
    assert here.sign_in("lim\x00in").status_code == 400


def test_the_cookie_is_out_of_every_script_s_reach(here: Doors) -> None:
    header = here.sign_in("limin").headers["Set-Cookie"]
    assert header.startswith("session=")
    assert {"httponly", "samesite=lax", "path=/"} <= cookie_attributes(header)
    assert "secure" not in cookie_attributes(header)
    assert "domain" not in header.lower()


def test_over_https_the_cookie_is_secure_and_of_this_host_alone(secure: Doors) -> None:
    header = secure.sign_in("limin").headers["Set-Cookie"]
    assert header.startswith("__Host-session=")
    assert {"httponly", "samesite=lax", "path=/", "secure"} <= cookie_attributes(header)
    assert secure.client.get("/console").status_code == 200


def test_the_database_holds_no_token(here: Doors) -> None:
    here.sign_in("limin")
    token = here.client.cookies["session"]
    stored = here.house.database.read_now(lambda conn: conn.scalars(select(staff_sessions.c.token_hash)).all())
    assert stored == [hashlib.sha256(token.encode()).digest()]


def test_unknown_login_wrong_password_and_disabled_account_get_one_answer(here: Doors) -> None:
    here.write(lambda conn: accounts.disable(conn, here.person("021").id, here.clock()))
    bodies = set()
    for login, password in (("nobody", PASSWORD), ("limin", WRONG), ("zhangwei", PASSWORD)):
        answer = here.sign_in(login, password, here.browser())
        assert answer.status_code == 403
        assert "Set-Cookie" not in answer.headers
        bodies.add(answer.text.replace(f'value="{login}"', ""))
    assert len(bodies) == 1
    assert "登录名或密码不对" in bodies.pop()


def test_five_failures_lock_the_account_for_that_address_alone(here: Doors) -> None:
    for _ in range(5):
        assert here.sign_in("limin", WRONG).status_code == 403
    locked = here.sign_in("limin")
    assert locked.status_code == 429
    assert "请 15 分钟后再试" in locked.text
    assert here.sign_in("wangfang", browser=here.browser()).status_code == 303
    assert here.sign_in("limin", browser=here.browser("192.0.2.7")).status_code == 303


def test_the_lock_ends_by_itself(here: Doors) -> None:
    for _ in range(5):
        here.sign_in("limin", WRONG)
    here.clock.forward(15 * MINUTE)
    assert here.sign_in("limin").status_code == 303


def test_tries_while_locked_do_not_prolong_it(here: Doors) -> None:
    for _ in range(5):
        here.sign_in("limin", WRONG)
    here.clock.forward(14 * MINUTE)
    assert here.sign_in("limin", WRONG).status_code == 429
    here.clock.forward(MINUTE)
    assert here.sign_in("limin").status_code == 303


def test_a_right_password_begins_the_count_anew(here: Doors) -> None:
    for _ in range(4):
        here.sign_in("limin", WRONG)
    assert here.sign_in("limin").status_code == 303
    left = here.house.database.read_now(lambda conn: conn.execute(select(sign_in_failures)).all())
    assert left == []


def test_an_unknown_login_locks_as_a_known_one_does(here: Doors) -> None:
    for _ in range(5):
        here.sign_in("nobody", WRONG)
    assert here.sign_in("nobody", WRONG).status_code == 429


def test_no_address_stands_in_the_database(here: Doors) -> None:
    browser = here.browser("198.51.100.23")
    here.sign_in("limin", WRONG, browser)
    rows = here.house.database.read_now(lambda conn: conn.execute(select(sign_in_failures)).all())
    assert "198.51.100.23" not in repr(rows)


def test_signing_in_gives_a_new_session_and_ends_the_one_before(here: Doors) -> None:
    here.sign_in("limin")
    before = here.client.cookies["session"]
    here.sign_in("limin")
    assert here.client.cookies["session"] != before
    with_the_old = here.browser()
    with_the_old.cookies.set("session", before)
    assert with_the_old.get("/console").status_code == 303


def test_a_token_of_somebody_s_choosing_is_never_taken_over(here: Doors) -> None:
    here.client.cookies.set("session", "chosen-by-an-attacker")
    here.sign_in("limin")
    thief = here.browser()
    thief.cookies.set("session", "chosen-by-an-attacker")
    assert thief.get("/console").status_code == 303


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(here: Doors) -> None:
    here.sign_in("limin")
    copied = here.client.cookies["session"]
    answer = here.client.post("/sign-out", headers={"Origin": HERE})
    assert answer.headers["Location"] == "/sign-in"
    assert "max-age=0" in cookie_attributes(answer.headers["Set-Cookie"])
    thief = here.browser()
    thief.cookies.set("session", copied)
    assert thief.get("/console").status_code == 303


@pytest.mark.parametrize("what", ["disable", "set_password"])
def test_disabling_or_a_new_password_ends_every_session(here: Doors, what: str) -> None:
    browsers = [here.signed_in("limin") for _ in range(2)]
    id, now = here.person("012").id, here.clock()
    if what == "disable":
        here.write(lambda conn: accounts.disable(conn, id, now))
    else:
        here.write(lambda conn: accounts.set_password(conn, id, hashed("quite another sentence"), now))
    assert [browser.get("/console").status_code for browser in browsers] == [303, 303]


def test_a_session_ends_after_fourteen_hours(here: Doors) -> None:
    here.sign_in("limin")
    here.clock.forward(14 * 60 * MINUTE - 1)
    assert here.client.get("/console").status_code == 200
    here.clock.forward(1)
    assert here.client.get("/console").status_code == 303


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/transcripts?group=general", "/transcripts?group=general"),
        ("/transcripts/0193", "/transcripts/0193"),
        ("//evil.example/console", "/console"),
        ("https://evil.example/console", "/console"),
        ("/\\evil.example", "/console"),
        ("/console/../\\evil", "/console"),
        ("/sign-out", "/console"),
        ("javascript:alert(1)", "/console"),
        ("/consoles", "/console"),
        ("/console\r\nSet-Cookie: a=b", "/console"),
    ],
)
def test_the_sign_in_leads_to_our_own_pages_only(here: Doors, wanted: str, goes_to: str) -> None:
    assert here.sign_in("chenjing", wanted=wanted).headers["Location"] == goes_to


def test_an_administrator_begins_at_the_accounts(here: Doors) -> None:
    assert here.sign_in("admin").headers["Location"] == "/"
    page = here.client.get("/")
    assert "chatserver account add" in page.text


@pytest.mark.parametrize(
    ("login", "path", "own"),
    [
        ("admin", "/console", "/"),
        ("admin", "/transcripts", "/"),
        ("limin", "/", "/console"),
        ("limin", "/transcripts", "/console"),
        ("chenjing", "/", "/console"),
    ],
)
def test_whoever_opens_the_page_of_another_role_lands_on_their_own(
    here: Doors, login: str, path: str, own: str
) -> None:
    browser = here.signed_in(login)
    answer = browser.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, own)
    assert answer.headers["Cache-Control"] == "no-store"
    assert browser.get(own).status_code == 200


@pytest.mark.parametrize(("language", "words"), [("zh", "没有这个页面的权限"), ("en", "may not open this page")])
def test_what_somebody_may_not_open_is_said_in_a_sentence(here: Doors, language: str, words: str) -> None:
    answer = here.signed_in("limin").get(f"/transcripts/{'a' * 22}?lang={language}")
    assert answer.status_code == 403
    assert words in answer.text


# Why one is at the sign-in page.

SENTENCES = {
    "expired": ("登录时间已到，请重新登录。", "Your session has run out."),
    "signed_out": ("您已在别处退出登录，请重新登录。", "You have signed out elsewhere."),
    "disabled": ("您的账号已停用，请联系管理员。", "Your account has been disabled."),
    "password": ("您的密码已重设，请用新密码登录。", "Your password has been reset."),
    "changed": ("您的账号权限已变更，请重新登录。", "Your account has another role now."),
    "restored": ("系统数据已从备份恢复，请重新登录。", "The data were restored from a backup."),
    "ended": ("登录已失效，请重新登录。", "Your session has ended."),
}


def end(here: Doors, why: str) -> None:
    """What ends 李敏's session in that way."""
    li, now = here.person("012").id, here.clock()
    token = here.client.cookies["session"]
    match why:
        case "expired":
            here.clock.forward(14 * 60 * MINUTE)
        case "signed_out":
            here.write(lambda conn: accounts.revoke(conn, token, now))
        case "disabled":
            here.write(lambda conn: accounts.disable(conn, li, now))
        case "password":
            here.write(lambda conn: accounts.set_password(conn, li, "$other", now))
        case "changed":
            here.write(lambda conn: accounts.revoke_all(conn, li, "changed", now))
        case "restored":
            here.write(lambda conn: renew(conn, now))
        case "ended":
            here.client.cookies.clear()
            here.client.cookies.set("session", "one that nobody knows")


@pytest.mark.parametrize("why", SENTENCES)
def test_the_sign_in_page_says_why_one_is_there(here: Doors, why: str) -> None:
    here.sign_in("limin")
    end(here, why)
    answer = here.client.get("/console")
    assert answer.headers["Location"] == "/sign-in?next=%2Fconsole"
    chinese, english = SENTENCES[why]
    assert chinese in here.client.get("/sign-in").text
    assert english in here.client.get("/sign-in?lang=en").text
    # What the address says is not asked where the session itself knows.
    assert chinese in here.client.get("/sign-in?lang=zh&why=restored").text


@pytest.mark.parametrize("why", SENTENCES)
def test_without_a_session_it_says_what_the_console_was_told(browser: TestClient, why: str) -> None:
    assert SENTENCES[why][0] in browser.get(f"/sign-in?why={why}").text


@pytest.mark.parametrize(
    "why", ["", "rich", "您已中奖", "<b>disabled</b>", "disabled ", "DISABLED", "page.sign_in.title"]
)
def test_nothing_else_that_stands_in_the_address_is_said(browser: TestClient, why: str) -> None:
    plain = browser.get("/sign-in").text
    assert re.sub(r'href="[^"]*"', "", browser.get("/sign-in", params={"why": why}).text) == re.sub(
        r'href="[^"]*"', "", plain
    )
    assert not [sentence for sentence, _ in SENTENCES.values() if sentence in plain]


def test_a_session_begun_after_the_backup_ended_with_the_restore(here: Doors) -> None:
    here.sign_in("limin")
    here.write(lambda conn: conn.execute(delete(staff_sessions)))
    here.write(lambda conn: renew(conn, here.clock()))
    assert SENTENCES["restored"][0] in here.client.get("/sign-in").text


def test_who_is_told_why_and_then_mistypes_is_told_of_the_mistake_alone(here: Doors) -> None:
    here.sign_in("limin")
    end(here, "password")
    wrong = here.sign_in("limin", WRONG).text
    assert "登录名或密码不对" in wrong
    assert SENTENCES["password"][0] not in wrong


def test_the_page_and_the_console_know_the_same_reasons() -> None:
    source = (ROOT / "dashboard/src/console/signing.ts").read_text("utf-8")
    [listed] = re.findall(r"SESSION_ENDS = \[(.*?)\]", source, re.DOTALL)
    assert set(re.findall(r'"(\w+)"', listed)) == SESSION_ENDS == SENTENCES.keys()


def test_who_is_signed_in_is_not_asked_again(here: Doors) -> None:
    here.sign_in("limin")
    assert here.client.get("/sign-in").headers["Location"] == "/console"
    assert here.client.get("/").headers["Location"] == "/console"


def test_plain_http_takes_no_password_from_another_machine(database_path: Path) -> None:
    lan = doors(database_path, public_url="http://192.0.2.10:8000")
    try:
        assert "https" in lan.client.get("/sign-in").text
        answer = lan.sign_in("limin")
        assert answer.status_code == 403
        assert "Set-Cookie" not in answer.headers
    finally:
        lan.end()


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"login=a&password=b", "application/x-www-form-urlencoded", 403),
        (b'{"login":"limin"}', "application/json", 400),
        (b"login=limin", "text/plain", 400),
        (b"&&&=%zz", "application/x-www-form-urlencoded", 400),
        (b"a=" + b"x" * 5_000, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"a=b" for _ in range(50)), "application/x-www-form-urlencoded", 400),
        (b"", "application/x-www-form-urlencoded", 403),
    ],
)
def test_odd_forms_are_refused(browser: TestClient, body: bytes, kind: str, status: int) -> None:
    answer = browser.post("/sign-in", content=body, headers={"Origin": HERE, "Content-Type": kind})
    assert answer.status_code == status
    assert ("没有收到完整的内容" in answer.text) == (status == 400)


def test_a_login_is_shown_again_as_text(here: Doors) -> None:
    answer = here.sign_in('"><script>alert(1)</script>', WRONG)
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_a_password_is_argon2id_with_the_agreed_numbers() -> None:
    stored = hashed("a long enough sentence")
    assert stored.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    assert fits("a long enough sentence", stored)
    assert not fits("another one entirely", stored)
    assert not fits("nobody has this password", None)


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("elevenchars", "at least 12 characters"),
        ("x" * 201, "at most 200 characters"),
        ("abcabcabcabcabca", "fewer than 5 different characters"),
        ("mylimin-2026-secret", "contains the login limin"),
        ("my-LiMin-2026-secret", "contains the login limin"),
    ],
)
def test_a_weak_password_is_refused_with_what_is_wrong_with_it(password: str, told: str) -> None:
    with pytest.raises(BadPassword, match=told) as refused:
        checked(password, "limin")
    assert password not in str(refused.value)


def test_a_long_sentence_is_a_fine_password() -> None:
    words = "每天 8 点前泡一杯绿茶"
    assert checked(words, "limin") == words
