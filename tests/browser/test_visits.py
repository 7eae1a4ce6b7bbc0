"""Where the visitor comes from: noted on the hospital's page, sent with the first message, shown to staff."""

import json
import re
import sqlite3
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, ViewportSize, expect

from tests.browser.conftest import DESKTOP, NewPage, Picture
from tests.browser.foreign import HAS_PANEL, Elsewhere, listed_page
from tests.browser.hospital import PATIENCE, Hospital
from tests.browser.people import Consultant, Visitor
from tests.browser.states.audit import STILL, Looker, frame_of

pytestmark = pytest.mark.browser

CLICK = "8f1e0clickid77"
KEYWORD = "月经不调怎么办"
LANDING = f"fuke/?utm_source=baidu&utm_medium=cpc&utm_term={KEYWORD}&bd_vid={CLICK}&qhclickid={CLICK}#gclid={CLICK}"
DOCTORS = "doctors?name=张三"
HIDDEN = """Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
document.dispatchEvent(new Event("visibilitychange")); delete document.hidden;"""
VISIT = re.compile(r"/v1/staff/conversations/[^/]+/visit$")
SIZES: tuple[ViewportSize, ...] = (DESKTOP, {"width": 1280, "height": 800}, {"width": 1024, "height": 768})

FULL: dict[str, Any] = {
    "conversation": "c",
    "visits": 3,
    "first": {
        "at": 1_796_000_000_000,
        "source": {"id": "baidu-bid", "zh": "百度竞价", "en": "Baidu ads"},
        "page": "https://www.kangning.example/zt/fuke/yuejing/?".rstrip("?") + "a-very-long-name-of-a-page-" * 6,
        "title": "月经不调专题：原因、检查和治疗｜康宁医院",
        "referrer": "www.baidu.com",
        "keyword": KEYWORD,
    },
    "last": {
        "at": 1_796_000_300_000,
        "source": {"id": "360", "zh": "360 搜索", "en": "360 search"},
        "page": "https://www.kangning.example/fuke/",
        "referrer": "www.so.com",
    },
    "pages": [
        {"at": 1_796_000_000_000 + each * 60_000, "page": f"https://www.kangning.example/fuke/{each}", "title": title}
        for each, title in enumerate(["月经不调专题", "妇科医生", "门诊时间与挂号方式", "来院路线"])
    ],
    "device": "phone",
    "region": {"province": "湖南省", "city": "长沙市", "data_date": "2026-10-01"},
    "earlier": [
        {
            "id": "a",
            "started_at": 1_795_000_000_000,
            "department": {"id": "gynecology", "zh": "妇科", "en": "Gynaecology"},
            "outcome": "booked",
            "readable": True,
        },
        {
            "id": "b",
            "started_at": 1_794_000_000_000,
            "department": {"id": "internal", "zh": "内科", "en": "Internal medicine"},
        },
    ],
}


@pytest.fixture(scope="module")
def listed(demo: Hospital) -> Iterator[Elsewhere]:
    with listed_page(demo) as page:
        yield page


def files_of(demo: Hospital) -> list[Path]:
    """Everything that the server keeps."""
    return [path for path in Path(demo.settings["CHATSERVER_DATA"]).rglob("*") if path.is_file()]


def stored(demo: Hospital, question: str) -> Any:
    """One value of the database."""
    [database] = [path for path in files_of(demo) if path.suffix == ".db"]
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return connection.execute(question).fetchone()[0]
    finally:
        connection.close()


def changes_to(page: Page, path: str, title: str) -> None:
    """As a page that is an application changes what it shows. The script looks at the address once a second."""
    page.evaluate("([path, title]) => { history.pushState({}, '', path); document.title = title; }", [path, title])
    page.wait_for_function("title => (sessionStorage['hchat-visit'] ?? '').includes(title)", arg=title)


def visits(demo: Hospital) -> int:
    return int(stored(demo, "SELECT count(*) FROM visits"))


def test_from_an_advertisement_to_the_side_panel(demo: Hospital, listed: Elsewhere, new_page: NewPage) -> None:
    li = Consultant(new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    page = new_page()
    visitor = Visitor(page, listed.address + LANDING)
    page.wait_for_function(HAS_PANEL)
    changes_to(page, f"/{DOCTORS}", "妇科医生")
    before = visits(demo)
    visitor.opens_the_chat()
    assert visits(demo) == before
    visitor.says("请问周末有门诊吗")
    visitor.sees("为您服务")
    li.opens("请问周末有门诊吗")
    panel = li.page.get_by_role("region", name="会话信息")
    for words in ("百度竞价", KEYWORD, f"{listed.address}fuke/", "电脑", "首次咨询"):
        expect(panel.get_by_text(words).first).to_be_visible()
    panel.locator("summary").press("Enter")
    expect(panel.get_by_text("妇科医生")).to_be_visible()
    expect(panel.get_by_text("张三")).to_have_count(0)
    changes_to(page, "/route", "来院路线")
    visitor.says("谢谢")
    li.sees("谢谢")
    li.page.reload()
    li.opens("谢谢")
    panel.locator("summary").press("Enter")
    expect(panel.get_by_text("来院路线")).to_be_visible()
    assert (
        page.evaluate("JSON.stringify([Object.values(sessionStorage), Object.values(localStorage)])").count(CLICK) == 0
    )
    assert [path.name for path in files_of(demo) if CLICK.encode() in path.read_bytes()] == []
    assert [path.name for path in files_of(demo) if KEYWORD.encode() in path.read_bytes()] != []


def everything_sent_from(page: Page, address: str, words: str) -> list[str]:
    """What the browser sends when somebody opens the page at `address` and writes: requests and frames, the socket's
    and those to the chat's own frame."""
    sent: list[str] = []
    page.on("request", lambda each: sent.append(f"{each.url} {each.post_data or ''}" * (each.url != address)))
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    visitor = Visitor(page, address)
    page.wait_for_function(HAS_PANEL)
    visitor.opens_the_chat()
    visitor.says(words)
    visitor.sees(words)
    page.evaluate(HIDDEN)
    page.wait_for_function("JSON.stringify(sessionStorage).includes('hchat-visit')")
    return [*sent, page.evaluate("sessionStorage['hchat-visit']")]


def test_a_page_collects_what_a_rule_names_and_nothing_that_none_names(
    demo: Hospital, listed: Elsewhere, new_page: NewPage
) -> None:
    address = f"{listed.address}qr/?qr=poster-7&other=secret-8&bd_vid={CLICK}"
    sent = everything_sent_from(new_page(), address, "海报上没有写")
    assert not [each for each in sent if re.search(f"poster-7|secret-8|{CLICK}", each)]
    demo.takes_in('[[sources]]\nid = "poster"\nzh = "海报"\nen = "Poster"\nparameters = { qr = "*" }\n')
    try:
        until = time.monotonic() + PATIENCE
        while b"|qr|" not in urllib.request.urlopen(f"{demo.staff}/widget-panel.js?v=2&site=demo").read():
            assert time.monotonic() < until, "the server does not read the changed rules"
            time.sleep(0.1)
        sent = everything_sent_from(new_page(), address, "海报上写着")
        assert [each for each in sent if "poster-7" in each and "conversation.open" in each]
        assert not [each for each in sent if re.search(f"secret-8|{CLICK}", each)]
        assert stored(demo, "SELECT source FROM visits ORDER BY started_at DESC LIMIT 1") == "poster"
    finally:
        demo.takes_in("sources = []\n")


def test_of_a_visitor_who_never_writes_nothing_is_stored(demo: Hospital, listed: Elsewhere, new_page: NewPage) -> None:
    before = visits(demo)
    page = new_page()
    visitor = Visitor(page, f"{listed.address}never/?utm_source=silent-visitor&utm_term=不写字的人")
    visitor.opens_the_chat()
    visitor.chat.get_by_role("textbox", name="输入您的问题").fill("还没有发送")
    changes_to(page, "/never/again", "沉默")
    page.goto("about:blank")
    assert visits(demo) == before
    for words in ("不写字的人", "沉默"):
        assert [path.name for path in files_of(demo) if words.encode() in path.read_bytes()] == [], words


def test_after_leaving_the_next_person_begins_a_visit_of_their_own(listed: Elsewhere, new_page: NewPage) -> None:
    page = new_page()
    visitor = Visitor(page, listed.address + LANDING)
    page.wait_for_function(HAS_PANEL)
    visitor.opens_the_chat()
    assert KEYWORD in page.evaluate("sessionStorage['hchat-visit']")
    visitor.chat.get_by_role("button", name="快速离开").click()
    page.wait_for_url(listed.address)
    page.goto(f"{listed.address}next")
    page.wait_for_function(HAS_PANEL)
    stored = page.evaluate("sessionStorage['hchat-visit']")
    assert KEYWORD not in stored
    # On a slow machine the page that is left is noted once more; it belongs to nobody.
    visitor.opens_the_chat()
    since = json.loads(frame_of(page).evaluate("localStorage['hchat-person-demo']"))["since"]
    later = [each["page"] for each in json.loads(stored) if each["at"] >= since]
    assert [each for each in later if each not in (listed.address, f"{listed.address}next")] == []


def test_a_page_is_counted_once_when_it_is_hidden_or_left(demo: Hospital, listed: Elsewhere, new_page: NewPage) -> None:
    page = new_page()
    # A browser does not report what is sent while a page goes away.
    page.add_init_script(
        "const send = navigator.sendBeacon; navigator.sendBeacon = (...all) => {"
        "localStorage.sent = JSON.stringify([...JSON.parse(localStorage.sent ?? '[]'), all]);"
        "return send.apply(navigator, all); };"
    )
    visitor = Visitor(page, listed.address + LANDING)
    page.wait_for_function(HAS_PANEL)
    with page.expect_request(f"{demo.staff}/v1/site-counts") as asked:
        page.evaluate(HIDDEN)
    request: Request = asked.value
    told = {
        "site": "demo",
        "page": "/fuke/",
        "parameters": {"utm_source": "baidu", "utm_medium": "cpc"},
    }
    assert (request.method, json.loads(request.post_data or "")) == ("POST", told | {"counts": {"shown": 1}})
    page.evaluate(HIDDEN)
    visitor.opens_the_chat()
    page.goto(f"{listed.address}next")
    sent = [(address, json.loads(body)) for address, body in page.evaluate("JSON.parse(localStorage.sent)")]
    assert sent == [
        (f"{demo.staff}/v1/site-counts", told | {"counts": {"shown": 1}}),
        (f"{demo.staff}/v1/site-counts", told | {"counts": {"shown": 0, "opened": 1}}),
    ]


def test_the_panel_in_every_state(demo: Hospital, new_page: NewPage, picture: Picture) -> None:
    li = Consultant(new_page(**STILL), demo, "limin", "李敏")
    li.is_available("在线")
    visitor = Visitor(new_page(), demo.website)
    visitor.opens_the_chat()
    visitor.says("看一下来源")
    visitor.sees("为您服务")
    page, looker = li.page, Looker()
    held: list[Route] = []
    states: dict[str, Any] = {
        "loading": lambda route: held.append(route),
        "error": lambda route: route.abort(),
        "empty": lambda route: route.fulfill(json={"conversation": "c"}),
        "full": lambda route: route.fulfill(json=FULL),
    }
    panel = page.get_by_role("region", name=re.compile("会话信息|About this conversation"))
    marks = {
        "loading": panel.locator(".visit-loading"),
        "error": panel.get_by_role("alert"),
        "empty": panel.locator("p.visit-none"),
        "full": panel.locator(".visit-trail"),
    }
    for state, answer in states.items():
        page.route(VISIT, answer)
        page.set_viewport_size(DESKTOP)
        page.reload()
        li.opens("看一下来源")
        expect(marks[state]).to_be_visible()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            picture(page, f"visit-{state}-1440-{scheme}")
        looker.looks_at(state, page.main_frame)
        page.unroute(VISIT)
    page.emulate_media(color_scheme="light")
    panel.locator("summary").press("Enter")
    for size in SIZES[1:]:
        page.set_viewport_size(size)
        toggle = page.locator(".panel-toggle")
        expect(panel).to_have_count(0)
        toggle.focus()
        toggle.press("Enter")
        expect(panel.get_by_role("button", name="收起会话信息")).to_be_focused()
        picture(page, f"visit-full-{size['width']}")
        looker.looks_at(f"full, {size['width']}", page.main_frame)
        page.keyboard.press("Escape")
        expect(panel).to_have_count(0)
        expect(toggle).to_be_focused()
        expect(li.thread).to_be_visible()
    page.set_viewport_size(DESKTOP)
    page.goto(f"{demo.staff}/console?lang=en")
    page.route(VISIT, states["full"])
    page.goto(f"{demo.staff}/console")
    li.list.page.locator(".row:not(.is-quiet)", has_text="看一下来源").first.dispatch_event("click")
    expect(panel.get_by_text("Baidu ads")).to_be_visible()
    panel.locator("summary").press("Enter")
    picture(page, "visit-full-1440-en")
    looker.looks_at("full, English", page.main_frame)
    assert looker.wrong == {}
