"""Another person at the same browser: nothing of the previous person is shown, kept or continued."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from tests.browser import hospital
from tests.browser.conftest import DESKTOP, Picture
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant, Visitor
from tests.browser.wire import Wire

pytestmark = pytest.mark.browser

WORDS = "我可能得了"
LI = "由咨询员李敏（工号012）为您服务"
ASKED = "请问还是您本人吗？"
SAME, OTHER = "接着刚才的咨询", "换人了，重新开始"
SHARED_MINUTES = 11

Screens = dict[str, dict[str, Any]]
SHARED: Screens = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "tablet": {"viewport": {"width": 768, "height": 1024}, "has_touch": True, "is_mobile": True},
    "kiosk": {"viewport": {"width": 1080, "height": 1920}, "has_touch": True},
}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}

AGES = """(minutes) => {
  const key = "hchat-person-demo";
  const mark = JSON.parse(localStorage.getItem(key) ?? "null");
  if (mark !== null) localStorage.setItem(key, JSON.stringify({ ...mark, touched: mark.touched - minutes * 60000 }));
}"""
KEPT = "() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])"

NewBrowser = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    running = hospital.start(tmp_path_factory.mktemp("hospital"))
    yield running
    running.close()
    assert "Traceback" not in running.log.read_text(), running.log.read_text()


@pytest.fixture
def new_browser(browser: Browser) -> Iterator[NewBrowser]:
    """A profile of its own, whose pages share their storage. Its clock can be moved."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        screen = options.get("viewport", SHARED["desktop"]["viewport"])
        context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", screen=screen, **options)
        context.clock.install()
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def li(demo: Hospital, browser: Browser) -> Iterator[Consultant]:
    """Has capacity for everybody. What a test leaves open is closed at its end, after its visitors' browsers."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=DESKTOP)
    li = Consultant(context.new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    yield li
    wire = Wire(li.page)
    li.page.wait_for_function("wire.rows().every(({ state }) => state !== 'waiting')")
    end_all(wire)
    context.close()


def under_way(wire: Wire) -> list[dict[str, Any]]:
    """Conversations that are being answered now."""
    rows: list[dict[str, Any]] = wire.page.evaluate("wire.rows().filter((row) => row.owner && row.state === 'active')")
    return rows


CHANGED = """(before) => before.every(({ id, fence }) => !wire.rows().some(
  (row) => row.id === id && row.fence === fence && row.owner && row.state === "active"))"""
ENDED_MEANWHILE = {"conversation_closed", "fence_stale"}
"""Its visitor has ended it, or has also begun anew, and the list is a moment behind."""


def end_all(wire: Wire) -> None:
    while rows := under_way(wire):
        for row in rows:
            answer = wire.asks("conversation.close", conversation=row["id"], fence=row["fence"], outcome="answered")
            assert answer["type"] == "accepted" or answer["code"] in ENDED_MEANWHILE, answer
        wire.page.wait_for_function(CHANGED, arg=[{"id": row["id"], "fence": row["fence"]} for row in rows])


def chatting(context: BrowserContext, demo: Hospital, words: str = WORDS) -> Visitor:
    visitor = Visitor(context.new_page(), f"{demo.website}/gynecology")
    visitor.opens_the_chat()
    visitor.says(words)
    visitor.sees(LI)
    return visitor


def answered(li: Consultant, visitor: Visitor, words: str = WORDS) -> None:
    """Answers twice, so that the conversation can be rated."""
    # Chats of other tests with the same words have ended; their rows are quiet, and may be before this one.
    row = li.list.locator(".row:not(.is-quiet)", has_text=words)
    # By keyboard: a click on a row that has just moved is ignored, as it may be meant for another one.
    row.press("Enter")
    expect(row).to_have_attribute("aria-current", "true")
    expect(li.thread).to_contain_text(words)
    for answer in ("您好，请讲。", "请问多久了？"):
        li.replies(answer)
        visitor.sees(answer)


def frame_of(page: Page) -> Frame:
    page.wait_for_selector("iframe", state="attached")
    return next(frame for frame in page.frames if "/frame?" in frame.url)


def assert_nothing_of_it(page: Page) -> None:
    """The text is absent, not only covered or hidden."""
    frame = frame_of(page)
    told = str(
        frame.evaluate(
            "document.documentElement.textContent + [...document.querySelectorAll('input, textarea')]"
            ".map(({ type, value }) => (type === 'radio' ? '' : value)).join()"
        )
    )
    for secret in (WORDS, "李敏", "您好，请讲。", "咨询科室"):
        assert secret not in told


def opens_again(context: BrowserContext, demo: Hospital) -> Page:
    """The next page; the launcher is pressed, unless the chat is open already."""
    page = context.new_page()
    page.goto(f"{demo.website}/gynecology")
    launched(page)
    return page


def launched(page: Page) -> None:
    """Press the launcher once it is there, unless the chat is open already."""
    launcher = page.get_by_role("button", name=re.compile("在线咨询|留言"))
    page.wait_for_function("document.querySelector('#hchat')?.shadowRoot?.querySelector('button, iframe') != null")
    if launcher.is_visible():
        launcher.click()
    page.wait_for_selector("iframe", state="attached")


def is_blank(page: Page) -> None:
    chat = page.frame_locator("iframe")
    expect(chat.get_by_role("heading", name="康宁医院")).to_be_visible()
    expect(chat.get_by_role("textbox", name="输入您的问题")).to_have_value("")
    assert_nothing_of_it(page)


# After the visitor ended it.


def test_after_ending_the_chat_the_next_person_finds_nothing(
    demo: Hospital, li: Consultant, new_browser: NewBrowser, picture: Picture
) -> None:
    context = new_browser(**SHARED["desktop"])
    visitor = chatting(context, demo)
    answered(li, visitor)
    visitor.chat.get_by_role("textbox", name="输入您的问题").fill("还没发出的话")
    visitor.ends()
    expect(visitor.chat.get_by_text(WORDS)).to_have_count(0)
    expect(visitor.chat.get_by_text("请评价本次服务")).to_be_visible()
    picture(visitor.page, "widget-own-end")
    kept = str(frame_of(visitor.page).evaluate(KEPT))
    assert "hchat-token-demo" not in kept
    assert "还没发出的话" not in kept
    assert WORDS not in kept
    is_blank(opens_again(context, demo))
    visitor.page.reload()
    launched(visitor.page)
    is_blank(visitor.page)
    expect(visitor.chat.get_by_text("请评价本次服务")).to_have_count(0)


def test_a_dismissed_end_is_no_longer_shown(demo: Hospital, li: Consultant, new_browser: NewBrowser) -> None:
    visitor = chatting(new_browser(**SHARED["kiosk"]), demo)
    answered(li, visitor)
    visitor.ends()
    visitor.chat.get_by_role("button", name="收起").click()
    visitor.opens_the_chat()
    is_blank(visitor.page)


def test_the_tab_that_ended_it_rates_after_a_lost_connection(
    demo: Hospital, li: Consultant, new_browser: NewBrowser
) -> None:
    context = new_browser(**SHARED["desktop"])
    visitor = chatting(context, demo)
    answered(li, visitor)
    visitor.ends()
    expect(visitor.chat.get_by_text("请评价本次服务")).to_be_visible()
    context.set_offline(True)
    demo.goes_down()
    demo.comes_back()
    context.set_offline(False)
    visitor.chat.locator("label.star").nth(3).click()
    visitor.chat.get_by_role("button", name="提交评价").click()
    expect(visitor.chat.get_by_text("您评了 4 星")).to_be_visible(timeout=30_000)
    assert_no_words(visitor)


def assert_no_words(visitor: Visitor) -> None:
    expect(visitor.chat.get_by_text(WORDS)).to_have_count(0)


def test_an_end_that_has_not_reached_the_server_leaves_nothing_either(
    demo: Hospital, li: Consultant, new_browser: NewBrowser
) -> None:
    context = new_browser(**SHARED["desktop"])
    visitor = chatting(context, demo)
    context.set_offline(True)
    visitor.says("没有网络时写的")
    visitor.ends()
    assert_no_words(visitor)
    kept = str(frame_of(visitor.page).evaluate(KEPT))
    assert "没有网络时写的" not in kept
    assert "hchat-token-demo" not in kept
    context.set_offline(False)
    # The visitor's message is still sent, as long as the tab exists.
    expect(li.page.get_by_text("没有网络时写的").first).to_be_attached(timeout=30_000)


# Not ended: the widget asks who is there.


@pytest.mark.parametrize("where", SHARED)
def test_after_ten_idle_minutes_a_shared_computer_asks(
    demo: Hospital, li: Consultant, new_browser: NewBrowser, picture: Picture, where: str
) -> None:
    context = new_browser(**SHARED[where])
    visitor = chatting(context, demo)
    context.clock.fast_forward("09:00")
    visitor.sees(LI)
    visitor.page.mouse.move(*middle(visitor.page))
    context.clock.fast_forward("09:00")
    visitor.sees(LI)
    context.clock.fast_forward("02:00")
    visitor.sees(ASKED)
    assert_nothing_of_it(visitor.page)
    picture(visitor.page, f"widget-who-{where}")
    visitor.chat.get_by_role("button", name=SAME).click()
    visitor.sees(WORDS)


def middle(page: Page) -> tuple[float, float]:
    box = page.locator("iframe").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_phone_asks_nobody_within_a_day(demo: Hospital, li: Consultant, new_browser: NewBrowser) -> None:
    context = new_browser(**PHONE)
    visitor = chatting(context, demo)
    context.clock.fast_forward("10:00:00")
    visitor.sees(WORDS)
    frame_of(visitor.page).evaluate(AGES, 600)
    visitor.page.reload()
    visitor.sees(WORDS)
    expect(visitor.chat.get_by_text(ASKED)).to_have_count(0)


def test_closed_for_ten_minutes_nothing_is_fetched_before_the_answer(
    demo: Hospital, li: Consultant, new_browser: NewBrowser
) -> None:
    context = new_browser(**SHARED["desktop"])
    visitor = chatting(context, demo)
    frame_of(visitor.page).evaluate(AGES, SHARED_MINUTES)
    visitor.page.close()
    sockets: list[str] = []
    context.on("page", lambda page: page.on("websocket", lambda socket: sockets.append(socket.url)))
    page = opens_again(context, demo)
    chat = page.frame_locator("iframe")
    expect(chat.get_by_text(ASKED)).to_be_visible()
    page.wait_for_timeout(500)
    assert sockets == []
    assert_nothing_of_it(page)
    chat.get_by_role("button", name=SAME).click()
    expect(chat.get_by_text(WORDS)).to_be_visible()


def test_the_next_person_does_not_get_a_form_that_was_filled_in(demo: Hospital, new_browser: NewBrowser) -> None:
    context = new_browser(**SHARED["desktop"])
    visitor = Visitor(context.new_page(), f"{demo.website}/gynecology")
    visitor.opens_the_chat()
    # No consultant is there: it waits for one, in another test.
    visitor.says("请给我回电话")
    visitor.chat.get_by_role("button", name=re.compile("留言")).first.click()
    visitor.chat.get_by_label("怎么称呼您").fill("王女士")
    visitor.chat.get_by_label("电话").fill("13800001234")
    context.clock.fast_forward(f"{SHARED_MINUTES}:00")
    visitor.sees(ASKED)
    fields = "[...document.querySelectorAll('input, textarea')].map(({ value }) => value).join()"
    assert frame_of(visitor.page).evaluate(fields) == ""
    visitor.chat.get_by_role("button", name=OTHER).click()
    is_blank(visitor.page)
    kept = str(frame_of(visitor.page).evaluate(KEPT))
    assert "13800001234" not in kept
    assert "王女士" not in kept


def test_without_storage_the_chat_asks_as_well(demo: Hospital, li: Consultant, new_browser: NewBrowser) -> None:
    context = new_browser(**SHARED["desktop"])
    page = context.new_page()
    # To the browser this is another site, whose frames have no storage in a private window.
    visitor = Visitor(page, f"{demo.other_site}/gynecology")
    visitor.opens_the_chat()
    visitor.says(WORDS)
    visitor.sees(LI)
    context.clock.fast_forward(f"{SHARED_MINUTES}:00")
    visitor.sees(ASKED)
    assert_nothing_of_it(page)
    visitor.chat.get_by_role("button", name=OTHER).click()
    is_blank(page)


HEARS = "window.heard = []; addEventListener('message', ({ data }) => heard.push(data));"


def test_the_page_around_the_chat_learns_nothing_of_it(demo: Hospital, li: Consultant, new_browser: NewBrowser) -> None:
    context = new_browser(**SHARED["desktop"])
    context.add_init_script(HEARS)
    visitor = chatting(context, demo)
    visitor.chat.get_by_role("button", name="收起").click()
    li.opens(WORDS)
    expect(li.thread).to_contain_text(WORDS)
    for answer in ("您好，请讲。", "请问多久了？"):
        li.replies(answer)
        expect(li.thread).to_contain_text(answer)
    badge = "document.querySelector('#hchat').shadowRoot.querySelector('button').lastChild.textContent"
    visitor.page.wait_for_function(f"{badge} === '2'")
    context.clock.fast_forward(f"{SHARED_MINUTES}:00")
    # Only that there is something new, not how much.
    visitor.page.wait_for_function(f"{badge} === '1'")
    heard: list[Any] = visitor.page.evaluate("heard")
    told = json.dumps(heard, ensure_ascii=False)
    for secret in (WORDS, "李敏", "您好，请讲。", "gynecology", "妇科"):
        assert secret not in told
    known = {"ready", "close", "unread", "hours", "phone", "locale", "until", "quiet"}
    assert {each["type"] for each in heard} <= known
