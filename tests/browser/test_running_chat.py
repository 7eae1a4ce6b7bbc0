"""A running chat in the site's other tabs: they load it minimised and count unread words, until it ends anywhere."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import DESKTOP, Picture
from tests.browser.foreign import HAS_PANEL
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant, Visitor

pytestmark = pytest.mark.browser

MARK = "() => localStorage.getItem('hchat-open-until demo')"
MARKED = "() => localStorage.getItem('hchat-open-until demo') !== null"
HALF_AN_HOUR = "() => (Number(localStorage.getItem('hchat-open-until demo')) - Date.now()) / 60000"
LI = "由咨询员李敏（工号012）为您服务"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One browser, whose tabs share their storage. Its clock can be moved."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=DESKTOP)
    context.clock.install()
    yield context
    context.close()


@pytest.fixture
def li(demo: Hospital, browser: Browser) -> Iterator[Consultant]:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=DESKTOP)
    li = Consultant(context.new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    yield li
    context.close()


def launcher(page: Page) -> Locator:
    return page.locator("#hchat > button")


def badge(page: Page) -> Locator:
    return page.locator("#hchat > button > span").nth(1)


def ends(visitor: Visitor, _: Consultant) -> None:
    visitor.ends()


def quits(visitor: Visitor, _: Consultant) -> None:
    visitor.chat.get_by_role("button", name="快速离开").click()


def clears(visitor: Visitor, _: Consultant) -> None:
    visitor.chat.get_by_role("button", name="更多").click()
    visitor.chat.get_by_role("button", name="清除本机记录").click()
    visitor.chat.get_by_role("dialog", name="清除本机记录吗？").get_by_role("button", name="清除本机记录").click()


def is_replaced(visitor: Visitor, _: Consultant) -> None:
    visitor.page.context.clock.fast_forward("11:00")
    visitor.chat.get_by_role("button", name="换人了，重新开始").click()


def is_ended_by_staff(visitor: Visitor, li: Consultant) -> None:
    li.page.get_by_role("button", name="结束会话").click()
    li.page.get_by_role("dialog").get_by_role("radio", name="已解答").check(force=True)
    li.page.get_by_role("dialog").get_by_role("button", name="结束会话").click()


WAYS: dict[str, Callable[[Visitor, Consultant], None]] = {
    "the visitor ends it": ends,
    "快速离开": quits,
    "清除本机记录": clears,
    "换人了": is_replaced,
    "staff end it": is_ended_by_staff,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_second_tab_follows_the_chat_until_it_ends(
    demo: Hospital, li: Consultant, context: BrowserContext, picture: Picture, way: str
) -> None:
    words = f"请问周末门诊吗 {list(WAYS).index(way)}"
    other = context.new_page()
    other.goto(demo.website)
    expect(launcher(other)).to_be_visible()
    visitor = Visitor(context.new_page(), f"{demo.website}/gynecology")
    visitor.opens_the_chat()
    assert visitor.page.evaluate(MARK) is None
    visitor.says(words)
    visitor.sees(LI)
    visitor.page.wait_for_function(MARKED)
    assert 29 < visitor.page.evaluate(HALF_AN_HOUR) <= 30
    # The tab that was there before, and one that comes later: loaded, and not opened.
    later = context.new_page()
    later.goto(demo.website)
    for tab in (other, later):
        tab.locator("#hchat iframe").wait_for(state="attached")
        expect(launcher(tab)).to_be_visible()
        expect(tab.get_by_role("dialog")).to_be_hidden()
    li.opens(words)
    visitor.chat.get_by_role("button", name="收起").click()
    li.replies("周六上午有门诊。")
    for tab in (other, later, visitor.page):
        expect(badge(tab)).to_have_text("1")
    picture(later, "launcher-unread")
    launcher(visitor.page).click()
    visitor.sees("周六上午有门诊。")
    for tab in (other, later):
        expect(badge(tab)).to_be_hidden()
    WAYS[way](visitor, li)
    for tab in (other, later):
        expect(tab.locator("#hchat iframe")).to_have_count(0)
        expect(badge(tab)).to_be_hidden()
        assert tab.evaluate(MARK) is None
    fresh = context.new_page()
    asked: list[str] = []
    fresh.on("request", lambda request: asked.append(request.url))
    fresh.goto(demo.website)
    fresh.wait_for_function(HAS_PANEL)
    fresh.wait_for_load_state("networkidle")
    assert [url for url in asked if re.search("/(frame|v1)", url)] == []
