"""Texts that could not be sent when they were written: none is lost, none is doubled, whatever the visitor does."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Frame, Page, Playwright, expect

from tests.browser import hospital
from tests.browser.conftest import DESKTOP, FLAGS, NewPage, Picture, chromium_path, in_ms
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant, Visitor
from tests.browser.trouble import FULL, store_is_stuck

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900 if FULL else 360)]

TIMES = 50 if FULL else 5
TOLD_WITHIN = 5_000
"""ms until a text that is not stored is shown as unsent."""
OUTBOX = "hchat-unaccepted-demo"
RETRYING = "未发出，正在重试"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    """The demo for visitors who write a great deal."""
    running = hospital.start(tmp_path_factory.mktemp("hospital"), ahead=0, **hospital.TALKATIVE)
    yield running
    running.close()
    assert "Traceback" not in running.log.read_text(), running.log.read_text()


@pytest.fixture
def returning(playwright: Playwright) -> Iterator[Page]:
    """A page in a browser with a back/forward cache, which Playwright disables by default."""
    forbidden = ["--disable-back-forward-cache"]
    chromium = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS, ignore_default_args=forbidden)
    context = chromium.new_context(viewport=DESKTOP, locale="zh-CN", timezone_id="Asia/Shanghai")
    yield context.new_page()
    chromium.close()


def in_conversation(page: Page, demo: Hospital, li: Consultant, words: str) -> Visitor:
    visitor = Visitor(page, f"{demo.website}/gynecology")
    visitor.opens_the_chat()
    visitor.says(words)
    visitor.sees("由咨询员李敏（工号012）为您服务")
    li.opens(words)
    return visitor


def chat_frame(page: Page) -> Frame:
    return next(frame for frame in page.frames if "/frame?" in frame.url)


def assert_all_arrived_once(visitor: Visitor, li: Consultant, words: list[str]) -> None:
    """On both screens, in the order in which they were written; nothing is left to be sent."""
    for log in (visitor.chat.get_by_role("log"), li.thread):
        expect(log).to_contain_text(words[-1], timeout=30_000)
        said = [line for line in log.inner_text().splitlines() if line in words]
        assert said == words
    expect(visitor.chat.get_by_text(RETRYING)).to_have_count(0)
    assert chat_frame(visitor.page).evaluate(f"sessionStorage.getItem('{OUTBOX}')") is None


def test_f21_what_is_written_offline_arrives_once(demo: Hospital, new_page: NewPage, picture: Picture) -> None:
    li = Consultant(new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    visitor = in_conversation(new_page(), demo, li, "离线试一试")
    words: list[str] = []
    for time in range(TIMES):
        visitor.page.context.set_offline(True)
        for part in ("甲", "乙"):
            words.append(f"离线第{time}次{part}")
            visitor.says(words[-1])
        if time == 0:
            expect(visitor.chat.get_by_text(RETRYING).first).to_be_visible(timeout=in_ms(TOLD_WITHIN))
            picture(visitor.page, "widget-retrying-offline")
        expect(visitor.chat.get_by_text("已送达")).to_have_count(1)
        visitor.page.context.set_offline(False)
        expect(li.thread).to_contain_text(words[-1], timeout=30_000)
    assert_all_arrived_once(visitor, li, words)
    visitor.ends()


def test_f21_what_was_unsent_when_the_page_was_reloaded_arrives_once(demo: Hospital, new_page: NewPage) -> None:
    li = Consultant(new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    visitor = in_conversation(new_page(), demo, li, "刷新试一试")
    words: list[str] = []
    for time in range(TIMES):
        with store_is_stuck(demo):
            words.append(f"刷新前第{time}次")
            visitor.says(words[-1])
            visitor.page.reload()
            visitor.sees(words[-1])
            words.append(f"刷新后第{time}次")
            visitor.says(words[-1])
            expect(visitor.chat.get_by_text(words[-1])).to_have_count(1)
            if time == 0:
                expect(visitor.chat.get_by_text(RETRYING).first).to_be_visible(timeout=in_ms(TOLD_WITHIN))
        expect(li.thread).to_contain_text(words[-1], timeout=30_000)
    assert_all_arrived_once(visitor, li, words)
    visitor.ends()


def test_f21_after_going_to_another_page_and_back_sending_continues(
    demo: Hospital, new_page: NewPage, returning: Page
) -> None:
    li = Consultant(new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    visitor = in_conversation(returning, demo, li, "前进后退试一试")
    words: list[str] = []
    for time in range(TIMES):
        with store_is_stuck(demo):
            words.append(f"离开前第{time}次")
            visitor.says(words[-1])
            returning.goto(f"{demo.website}/pediatrics")
            visitor.sees(words[-1])
            words.append(f"另一页第{time}次")
            visitor.says(words[-1])
            if time % 2:
                comes_back_to(returning)
        expect(li.thread).to_contain_text(words[-1], timeout=30_000)
        if not time % 2:
            comes_back_to(returning)
        words.append(f"回来后第{time}次")
        types_into_the_chat(returning, words[-1])
        expect(li.thread).to_contain_text(words[-1], timeout=30_000)
        returning.goto(f"{demo.website}/gynecology")
        visitor.sees(words[-1])
    assert_all_arrived_once(visitor, li, words)
    visitor.ends()


def comes_back_to(page: Page) -> None:
    """Go back to the page as it was left: the browser has kept it alive."""
    page.go_back(wait_until="commit")
    assert page.evaluate("performance.getEntriesByType('navigation')[0].notRestoredReasons") is None


def types_into_the_chat(page: Page, words: str) -> None:
    """With mouse and keyboard: Playwright no longer sees the frames of a page that was kept alive."""
    box = page.locator("iframe").bounding_box()
    assert box is not None
    page.wait_for_function("document.querySelector('#hchat').shadowRoot.querySelector('iframe') !== null")
    page.mouse.click(box["x"] + box["width"] / 3, box["y"] + box["height"] - 36)
    page.keyboard.insert_text(words)
    page.keyboard.press("Enter")


def test_f40_of_six_tabs_the_oldest_stops_and_says_so(demo: Hospital, browser: Browser, picture: Picture) -> None:
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN", timezone_id="Asia/Shanghai")
    oldest = context.new_page()
    sockets: list[str] = []
    oldest.on("websocket", lambda socket: sockets.append(socket.url))
    first = Visitor(oldest, f"{demo.website}/pediatrics")
    first.opens_the_chat()
    first.says("第一页说的")
    first.sees("已送达")
    others = [another_tab(context.new_page(), demo) for _ in range(5)]
    first.sees("聊天已在别的窗口打开。")
    picture(oldest, "widget-open-elsewhere")
    for number, tab in enumerate(others):
        tab.says(f"第{number + 2}页说的")
        tab.sees("已送达")
    spoken = ["第一页说的", *(f"第{number + 2}页说的" for number in range(5))]
    for tab in others:
        expect(tab.chat.get_by_text(spoken[-1])).to_be_visible()
        log = tab.chat.get_by_role("log").inner_text()
        assert re.findall("第.页说的", log) == spoken
    # It does not reconnect by itself, not even when the tab is shown.
    oldest.bring_to_front()
    expect(first.chat.get_by_text(spoken[-1])).to_have_count(0)
    assert len(sockets) == 1
    first.chat.get_by_role("button", name="在这里继续").click()
    first.sees(spoken[-1])
    others[0].sees("聊天已在别的窗口打开。")
    first.stops_waiting()
    context.close()


def another_tab(page: Page, demo: Hospital) -> Visitor:
    """In the same browser, with its chat shown."""
    tab = Visitor(page, f"{demo.website}/pediatrics")
    tab.opens_the_chat()
    tab.sees("第一页说的")
    return tab
