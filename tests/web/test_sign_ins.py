"""Sign-in: the cookie, one answer for every failure, the lock, and how a session ends."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from httpx2 import Response
from sqlalchemy import Connection, delete, select
from starlette.testclient import TestClient

from chatserver.demo.seed import PASSWORD
from chatserver.domain.hospital import Role
from chatserver.domain.refusals import Unavailable
from chatserver.domain.versioned_settings import SignInPolicy
from chatserver.store import accounts, sign_ins
from chatserver.store.accounts import Changed
from chatserver.store.backup import renew
from chatserver.store.session_ends import SESSION_ENDS
from chatserver.store.sign_ins import SignInPlace, Verdict
from chatserver.store.tables import sign_in_failures, staff_sessions
from chatserver.store.tx import Tx
from chatserver.web.gate.devices import Devices
from chatserver.web.gate.passwords import BadPassword, checked, fits, hashed
from tests.transactions import tx_at

from .application import DAY, HERE, MINUTE, NOON, Doors, doors

ROOT = Path(__file__).resolve().parent.parent.parent
WRONG = "not the password at all"


def form(login: str) -> dict[str, str]:
    return {"login": login, "password": PASSWORD, "next": ""}


def set_cookie(answer: Response, name: str) -> str:
    """The header that sets this cookie."""
    [header] = [each for each in answer.headers.get_list("Set-Cookie") if each.startswith(f"{name}=")]
    return header


def cookie_attributes(header: str) -> set[str]:
    """The attributes in lower case, without the cookie's value."""
    _, *attributes = header.split(";")
    return {attribute.strip().lower() for attribute in attributes}


def test_the_right_password_opens_the_console(here: Doors) -> None:
    answer = here.sign_in("limin")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/console"
    assert here.client.get("/console").status_code == 200


def test_a_login_no_database_could_hold_is_refused(here: Doors) -> None:
    assert here.sign_in("lim\x00in").status_code == 400


def test_no_script_can_read_the_cookie(here: Doors) -> None:
    header = set_cookie(here.sign_in("limin"), "session")
    assert {"httponly", "samesite=lax", "path=/"} <= cookie_attributes(header)
    assert "secure" not in cookie_attributes(header)
    assert "domain" not in header.lower()


def test_over_https_the_cookie_is_secure_and_of_this_host_alone(secure: Doors) -> None:
    header = set_cookie(secure.sign_in("limin"), "__Host-session")
    assert {"httponly", "samesite=lax", "path=/", "secure"} <= cookie_attributes(header)
    assert secure.client.get("/console").status_code == 200


def test_the_database_holds_no_token(here: Doors) -> None:
    here.sign_in("limin")
    token = here.client.cookies["session"]
    stored = here.context.database.read_now(lambda conn: conn.scalars(select(staff_sessions.c.token_hash)).all())
    assert stored == [hashlib.sha256(token.encode()).digest()]


def test_unknown_login_wrong_password_and_disabled_account_get_one_answer(here: Doors) -> None:
    here.write(lambda conn: accounts.disable(tx_at(conn, here.clock()), here.person("021").id))
    bodies = set()
    for login, password in (("nobody", PASSWORD), ("limin", WRONG), ("zhangwei", PASSWORD)):
        answer = here.sign_in(login, password, here.browser())
        assert answer.status_code == 403
        assert "Set-Cookie" not in answer.headers
        bodies.add(answer.text.replace(f'value="{login}"', ""))
    assert len(bodies) == 1
    assert "登录名或密码不对" in bodies.pop()


# Locks and waits as a person meets them; the rules are tested in tests/store/test_sign_ins.py.


def guessers_fail(here: Doors, login: str = "limin") -> None:
    """Strangers from many networks fail until every stranger has to wait for sixteen seconds."""
    for number in range(7):
        address = f"198.51.100.{number}"
        assert here.sign_in(login, WRONG, here.browser(address)).status_code == 403
        here.clock.forward(20_000)
    assert here.sign_in(login, WRONG, here.browser("198.51.100.99")).status_code == 403


def fails_five_times(here: Doors, browser: TestClient) -> None:
    for _ in range(5):
        assert here.sign_in("limin", WRONG, browser).status_code == 403


@pytest.fixture
def checked_passwords(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collects every password that is hashed."""
    reached: list[str] = []

    def note(password: str, stored: str | None) -> bool:
        reached.append(password)
        return fits(password, stored)

    monkeypatch.setattr("chatserver.web.gate.passwords.fits", note)
    return reached


def test_five_failures_at_a_known_device_lock_the_account_there_alone(here: Doors) -> None:
    desk = here.signed_in("limin")
    fails_five_times(here, desk)
    locked = here.sign_in("limin", browser=desk)
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "900")
    assert "请 15 分钟后再试" in locked.text
    assert 'value="limin"' in locked.text
    assert "in 15 minutes" in desk.post("/sign-in?lang=en", data=form("limin"), headers={"Origin": HERE}).text
    assert here.sign_in("wangfang", browser=here.browser()).status_code == 303
    assert here.sign_in("limin", browser=here.browser()).status_code == 303, "the network has a count of its own"
    here.clock.forward(15 * MINUTE)
    assert here.sign_in("limin", browser=desk).status_code == 303


def test_five_failures_in_a_known_network_lock_it_and_no_known_device(here: Doors) -> None:
    desk = here.signed_in("limin")
    fails_five_times(here, here.browser())
    assert here.sign_in("limin", browser=here.browser()).status_code == 429
    assert here.sign_in("limin", browser=desk).status_code == 303


def test_an_address_of_ipv6_is_counted_by_its_household(secure: Doors) -> None:
    secure.sign_in("limin", browser=secure.browser("2001:db8:1:2::1"))
    for number in range(5):
        assert secure.sign_in("limin", WRONG, secure.browser(f"2001:db8:1:2::{number + 2}")).status_code == 403
    assert secure.sign_in("limin", browser=secure.browser("2001:db8:1:2:ffff::9")).status_code == 429


def test_guessers_from_everywhere_wait_and_the_account_s_own_desk_and_network_do_not(secure: Doors) -> None:
    desk = secure.signed_in("limin")
    guessers_fail(secure)
    waits = secure.sign_in("limin", browser=secure.browser("192.0.2.7"))
    assert (waits.status_code, waits.headers["Retry-After"]) == (429, "32")
    assert "登录尝试较多，请 32 秒后再试。" in waits.text
    assert 'value="limin"' in waits.text
    for browser in (desk, secure.browser()):
        assert secure.sign_in("limin", browser=browser).status_code == 303
    secure.clock.forward(32_000)
    assert secure.sign_in("limin", browser=secure.browser("192.0.2.7")).status_code == 303


@pytest.mark.parametrize("login", ["limin", "nobody"])
def test_an_attempt_that_must_wait_is_never_hashed(secure: Doors, checked_passwords: list[str], login: str) -> None:
    guessers_fail(secure, login)
    checked_passwords.clear()
    for _ in range(3):
        assert secure.sign_in(login, WRONG, secure.browser("192.0.2.7")).status_code == 429
    assert checked_passwords == []


@pytest.mark.parametrize("login", ["", "x", "Li Min", "李敏", "a" * 41, "' or 1=1 --"])
def test_an_impossible_login_is_never_hashed(here: Doors, checked_passwords: list[str], login: str) -> None:
    answer = here.sign_in(login, WRONG)
    assert answer.status_code == 403
    assert "登录名或密码不对" in answer.text
    assert checked_passwords == []
    assert here.context.database.read_now(lambda conn: conn.execute(select(sign_in_failures)).all()) == []


def test_a_network_that_hammers_is_told_when_to_come_back_and_a_known_device_there_is_not(here: Doors) -> None:
    desk = here.signed_in("limin")
    bot = TestClient(desk.app, HERE, client=("127.0.0.1", 50_000))
    answers = [here.sign_in("!", WRONG, bot) for _ in range(61)]
    assert answers[-1].status_code == 429
    assert "登录尝试较多，请 2 秒后再试。" in answers[-1].text
    assert here.sign_in("limin", browser=desk).status_code == 303


def test_a_known_device_is_slowed_down_too(here: Doors) -> None:
    desk = here.signed_in("limin")
    answers = [here.sign_in("limin", browser=desk).status_code for _ in range(11)]
    assert answers == [303] * 10 + [429]


def test_strangers_who_fill_their_lane_leave_the_lane_of_known_places_free(secure: Doors) -> None:
    desk = secure.signed_in("limin")
    secure.context.passwords.lane(known=False)._under_way = 1_000
    busy = secure.sign_in("limin", browser=secure.browser("192.0.2.7"))
    assert busy.status_code == 503
    assert "现在登录的人较多，请 3 秒后再试。" in busy.text
    for browser in (desk, secure.browser()):
        assert secure.sign_in("limin", browser=browser).status_code == 303
    left = secure.context.database.read_now(lambda conn: conn.execute(select(sign_in_failures)).all())
    assert left == [], "what was not checked is not counted"


def test_a_counted_attempt_is_checked_however_many_came_meanwhile(here: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = sign_ins.note_try

    def note_try(tx: Tx, login: str, place: SignInPlace, policy: SignInPolicy) -> Verdict:
        for lane in (here.context.passwords.lane(known=known) for known in (False, True)):
            lane._under_way += 1_000
        return counted(tx, login, place, policy)

    monkeypatch.setattr(sign_ins, "note_try", note_try)
    assert here.sign_in("limin").status_code == 303


def test_an_attempt_whose_account_cannot_be_read_is_not_counted(here: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(conn: Connection, login: str) -> None:
        raise Unavailable()

    monkeypatch.setattr(accounts, "by_login", away)
    assert here.sign_in("limin").status_code == 503
    left = here.context.database.read_now(lambda conn: conn.execute(select(sign_in_failures)).all())
    assert left == []


def test_a_correct_password_resets_the_count(here: Doors) -> None:
    here.sign_in("limin")
    for _ in range(4):
        here.sign_in("limin", WRONG)
    assert here.sign_in("limin").status_code == 303
    left = here.context.database.read_now(lambda conn: conn.execute(select(sign_in_failures)).all())
    assert left == []


# Known devices.


def test_no_script_can_read_the_device_s_cookie_and_it_contains_no_name(here: Doors, secure: Doors) -> None:
    header = set_cookie(here.sign_in("limin"), "device")
    assert {"httponly", "samesite=lax", "path=/", f"max-age={180 * 24 * 3600}"} <= cookie_attributes(header)
    assert "limin" not in header
    over_https = set_cookie(secure.sign_in("limin"), "__Host-device")
    assert {"httponly", "samesite=lax", "path=/", "secure"} <= cookie_attributes(over_https)
    assert "domain" not in over_https.lower()


def test_a_wrong_password_makes_no_device_known(here: Doors) -> None:
    assert here.sign_in("limin", WRONG).headers.get_list("Set-Cookie") == []


def known(here: Doors, cookie: str, login: str) -> bool:
    device = here.context.devices.read(cookie)
    return device is not None and here.context.devices.knows(device, login, here.clock())


def test_a_device_is_known_to_everybody_who_signed_in_there_and_to_nobody_else(here: Doors) -> None:
    desk = here.browser()
    for login in ("limin", "wangfang"):
        here.sign_in(login, browser=desk)
    cookie = desk.cookies["device"]
    assert [known(here, cookie, login) for login in ("limin", "wangfang", "zhangwei")] == [True, True, False]
    here.clock.forward(181 * DAY)
    assert not known(here, cookie, "limin")


def test_a_device_keeps_its_count_when_somebody_else_signs_in_there(here: Doors) -> None:
    desk = here.signed_in("limin")
    fails_five_times(here, desk)
    assert here.sign_in("wangfang", browser=desk).status_code == 303
    assert here.sign_in("limin", browser=desk).status_code == 429


def test_a_device_remembers_a_limited_number_of_accounts(here: Doors) -> None:
    devices, device, cookie = here.context.devices, None, ""
    for number in range(40):
        cookie = devices.after_sign_in(device, f"nurse{number}", here.clock())
        device = devices.read(cookie)
        assert device is not None
    assert len(cookie) < 600
    assert [number for number in range(40) if known(here, cookie, f"nurse{number}")] == [*range(24, 40)]


@pytest.mark.parametrize(
    "forged",
    [
        lambda good: "",
        lambda good: good[:-1],
        lambda good: good + "A",
        lambda good: "A" + good,
        lambda good: good.replace(".", "..", 1),
        lambda good: ".".join(good.split(".")[:-1]),
        lambda good: "x" * 5_000,
        lambda good: "设备",
        lambda good: "...",
        lambda good: Devices(b"another server's key").after_sign_in(None, "limin", NOON),
    ],
)
def test_a_device_cookie_that_was_not_signed_here_is_unknown(here: Doors, forged: Callable[[str], str]) -> None:
    good = here.context.devices.after_sign_in(None, "limin", here.clock())
    assert known(here, good, "limin")
    assert here.context.devices.read(forged(good)) is None


def test_the_database_contains_no_address(secure: Doors) -> None:
    browser = secure.browser("198.51.100.23")
    secure.sign_in("limin", WRONG, browser)
    rows = secure.context.database.read_now(lambda conn: conn.execute(select(sign_in_failures)).all())
    assert len(rows) == 1
    assert "198.51.100.23" not in repr(rows)


def test_signing_in_gives_a_new_session_and_ends_the_one_before(here: Doors) -> None:
    here.sign_in("limin")
    before = here.client.cookies["session"]
    here.sign_in("limin")
    assert here.client.cookies["session"] != before
    with_the_old = here.browser()
    with_the_old.cookies.set("session", before)
    assert with_the_old.get("/console").status_code == 303


def test_a_token_that_an_attacker_chose_is_never_adopted(here: Doors) -> None:
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
    assert "max-age=0" in cookie_attributes(set_cookie(answer, "session"))
    # Clear-Site-Data must not clear cookies: it would clear those of the whole domain, and the known device's.
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.headers["Cache-Control"] == "no-store"
    thief = here.browser()
    thief.cookies.set("session", copied)
    assert thief.get("/console").status_code == 303


@pytest.mark.parametrize("what", ["disable", "set_password"])
def test_disabling_or_a_new_password_ends_every_session(here: Doors, what: str) -> None:
    browsers = [here.signed_in("limin") for _ in range(2)]
    id, now = here.person("012").id, here.clock()
    if what == "disable":
        here.write(lambda conn: accounts.disable(tx_at(conn, now), id))
    else:
        here.write(lambda conn: accounts.set_password(tx_at(conn, now), id, hashed("quite another sentence")))
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


def test_an_auditor_sees_the_page_of_the_audit_log_and_no_other(here: Doors) -> None:
    who = here.context.database.read_now(lambda conn: accounts.by_login(conn, "wangfang"))
    assert who is not None
    here.write(lambda conn: accounts.change(tx_at(conn, here.clock()), who.consultant.id, Changed(role=Role.AUDITOR)))
    assert here.sign_in("wangfang").headers["Location"] == "/audit"
    page = here.client.get("/audit").text
    assert "chatserver verify" in page
    assert re.findall(r'<a href="(/[^"]*)"', page) == ["/audit"]
    for path in ("/", "/console", "/transcripts", "/locks"):
        assert here.client.get(path).headers["Location"] == "/audit"
    assert here.client.get(f"/transcripts/{'a' * 22}").status_code == 403


@pytest.mark.parametrize(
    ("login", "path", "own"),
    [
        ("admin", "/audit", "/"),
        ("chenjing", "/audit", "/console"),
        ("admin", "/console", "/"),
        ("admin", "/transcripts", "/"),
        ("limin", "/", "/console"),
        ("limin", "/transcripts", "/console"),
        ("chenjing", "/", "/console"),
    ],
)
def test_opening_the_page_of_another_role_leads_to_ones_own(here: Doors, login: str, path: str, own: str) -> None:
    browser = here.signed_in(login)
    answer = browser.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, own)
    assert answer.headers["Cache-Control"] == "no-store"
    assert browser.get(own).status_code == 200


@pytest.mark.parametrize(("language", "words"), [("zh", "没有这个页面的权限"), ("en", "may not open this page")])
def test_a_page_that_somebody_may_not_open_says_so_in_a_sentence(here: Doors, language: str, words: str) -> None:
    answer = here.signed_in("limin").get(f"/transcripts/{'a' * 22}?lang={language}")
    assert answer.status_code == 403
    assert words in answer.text


# Reasons why somebody is sent to the sign-in page.

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
    """Ends 李敏's session in this way."""
    li, now = here.person("012").id, here.clock()
    token = here.client.cookies["session"]
    match why:
        case "expired":
            here.clock.forward(14 * 60 * MINUTE)
        case "signed_out":
            here.write(lambda conn: accounts.revoke(tx_at(conn, now), token))
        case "disabled":
            here.write(lambda conn: accounts.disable(tx_at(conn, now), li))
        case "password":
            here.write(lambda conn: accounts.set_password(tx_at(conn, now), li, "$other"))
        case "changed":
            here.write(lambda conn: accounts.revoke_all(tx_at(conn, now), li, "changed"))
        case "restored":
            here.write(lambda conn: renew(tx_at(conn, now)))
        case "ended":
            here.client.cookies.clear()
            here.client.cookies.set("session", "one that nobody knows")


@pytest.mark.parametrize("why", SENTENCES)
def test_the_sign_in_page_gives_the_reason(here: Doors, why: str) -> None:
    here.sign_in("limin")
    end(here, why)
    answer = here.client.get("/console")
    assert answer.headers["Location"] == "/sign-in?next=%2Fconsole"
    chinese, english = SENTENCES[why]
    assert chinese in here.client.get("/sign-in").text
    assert english in here.client.get("/sign-in?lang=en").text
    # The session's own reason counts, not the one in the address.
    assert chinese in here.client.get("/sign-in?lang=zh&why=restored").text


@pytest.mark.parametrize("why", SENTENCES)
def test_without_a_session_it_gives_the_reason_in_the_address(browser: TestClient, why: str) -> None:
    assert SENTENCES[why][0] in browser.get(f"/sign-in?why={why}").text


@pytest.mark.parametrize(
    "why", ["", "rich", "您已中奖", "<b>disabled</b>", "disabled ", "DISABLED", "page.sign_in.title"]
)
def test_nothing_else_in_the_address_is_shown(browser: TestClient, why: str) -> None:
    plain = browser.get("/sign-in").text
    assert re.sub(r'href="[^"]*"', "", browser.get("/sign-in", params={"why": why}).text) == re.sub(
        r'href="[^"]*"', "", plain
    )
    assert not [sentence for sentence, _ in SENTENCES.values() if sentence in plain]


def test_a_session_begun_after_the_backup_ended_with_the_restore(here: Doors) -> None:
    here.sign_in("limin")
    here.write(lambda conn: conn.execute(delete(staff_sessions)))
    here.write(lambda conn: renew(tx_at(conn, here.clock())))
    assert SENTENCES["restored"][0] in here.client.get("/sign-in").text


def test_after_a_mistyped_password_only_the_mistake_is_shown(here: Doors) -> None:
    here.sign_in("limin")
    end(here, "password")
    wrong = here.sign_in("limin", WRONG).text
    assert "登录名或密码不对" in wrong
    assert SENTENCES["password"][0] not in wrong


def test_the_page_and_the_console_know_the_same_reasons() -> None:
    source = (ROOT / "dashboard/src/console/shell/signIn.ts").read_text("utf-8")
    [listed] = re.findall(r"SESSION_ENDS = \[(.*?)\]", source, re.DOTALL)
    assert set(re.findall(r'"(\w+)"', listed)) == SESSION_ENDS == SENTENCES.keys()


def test_a_signed_in_person_is_not_asked_again(here: Doors) -> None:
    here.sign_in("limin")
    assert here.client.get("/sign-in").headers["Location"] == "/console"
    assert here.client.get("/").headers["Location"] == "/console"


def test_over_plain_http_a_peer_that_only_claims_to_be_local_cannot_sign_in(here: Doors) -> None:
    """Anybody can send `Host: 127.0.0.1:8000`."""
    elsewhere = here.browser("192.0.2.7")
    assert "https" in elsewhere.get("/sign-in").text
    answer = here.sign_in("limin", browser=elsewhere)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers
    for address in ("127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"):
        assert here.sign_in("limin", browser=here.browser(address)).status_code == 303


def test_over_plain_http_another_machine_cannot_sign_in(database_path: Path) -> None:
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


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd1234",
        "Passw0rd!2026",
        "qwertyuiop12",
        "qwerty123456",
        "1qaz2wsx3edc",
        "woaini1314520",
        "woaini5201314",
        "iloveyou2026!",
        "administrator1",
        "ADMINISTRATOR!",
        "hospital-2026!",
        "dragon.monkey1",
        "abcdefghijklm",
        "1234567890123",
        "zxcvbnm,./123",
        "hello12hello12",
        "ｐａｓｓｗｏｒｄ１２３４",
        "Welcome2026!!",
    ],
)
def test_a_password_that_attackers_try_first_is_refused(password: str) -> None:
    with pytest.raises(BadPassword, match="tried first") as refused:
        checked(password, "limin")
    assert password not in str(refused.value)


@pytest.mark.parametrize(
    "password", ["Kangning-ward-7!", "my KANGNING desk", "我在康宁医院上班的每一天呀", "ＫＡＮＧＮＩＮＧ的咨询台"]
)
def test_a_password_with_the_hospital_s_name_is_refused(password: str) -> None:
    with pytest.raises(BadPassword, match="hospital's name"):
        checked(password, "limin", ("康宁医院", "Kangning Hospital"))


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "three green teapots",
        "my tea is too hot at 8",
        "kE7-vv9-Qz2-mm4",
        "the dragon drinks my coffee",
        "每天早上八点喝一杯绿茶呀",
        "woaini but only on sundays",
    ],
)
def test_words_of_one_s_own_are_a_fine_password(password: str) -> None:
    assert checked(password, "limin", ("康宁医院", "Kangning Hospital")) == password


def test_a_hospital_whose_name_is_general_forbids_no_words() -> None:
    words = "the hospital garden has eleven benches"
    assert checked(words, "limin", ("医院在线咨询", "Hospital live chat")) == words


def test_a_long_sentence_is_a_fine_password() -> None:
    words = "每天 8 点前泡一杯绿茶"
    assert checked(words, "limin") == words
