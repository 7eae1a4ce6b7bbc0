"""Two windows of one person: what is written, sent or read in one is shown in the other."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect

from tests.browser.conftest import DESKTOP, NewPage, Picture
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant, Visitor

pytestmark = pytest.mark.browser

NO_PONG = 4003
"""A close code after which a client reconnects by itself."""


class Line:
    """The connection of a page opened after this. While cut, nothing passes and no reconnection succeeds."""

    def __init__(self, page: Page) -> None:
        self._is_cut = False
        self._ends: list[WebSocketRoute] = []
        page.route_web_socket(re.compile("/ws/staff$"), self._meet)

    def _meet(self, end: WebSocketRoute) -> None:
        if self._is_cut:
            end.close(code=NO_PONG)
            return
        server = end.connect_to_server()
        end.on_message(lambda text: None if self._is_cut else server.send(text))
        server.on_message(lambda text: None if self._is_cut else end.send(text))
        self._ends += [end, server]

    def cut(self) -> None:
        self._is_cut = True
        for end in self._ends:
            end.close(code=NO_PONG)
        self._ends = []

    def mended(self) -> None:
        self._is_cut = False


def two_desks_one_cut_off(demo: Hospital, new_page: NewPage) -> tuple[Consultant, Consultant, Line]:
    """The second one's connection can be cut."""
    page = new_page()
    line = Line(page)
    here = Consultant(new_page(), demo, "limin", "李敏")
    here.is_available("在线")
    return here, Consultant(page, demo, "limin", "李敏"), line


def two_desks(demo: Hospital, new_page: NewPage) -> tuple[Consultant, Consultant]:
    """李敏 at two desks."""
    here, there = (Consultant(new_page(), demo, "limin", "李敏") for _ in range(2))
    here.is_available("在线")
    return here, there


def asking(demo: Hospital, page: Page, words: str) -> Visitor:
    visitor = Visitor(page, f"{demo.website}/gynecology")
    visitor.opens_the_chat()
    visitor.says(words)
    visitor.sees(re.compile("由咨询员李敏.*为您服务"))
    return visitor


def read_by(visitor: Visitor, words: str) -> int:
    return str(visitor.chat.get_by_role("log").inner_text()).count(words)


def test_a_text_sent_in_one_console_leaves_the_box_of_the_other(
    demo: Hospital, new_page: NewPage, picture: Picture
) -> None:
    here, there = two_desks(demo, new_page)
    visitor = asking(demo, new_page(), "要空腹吗")
    for desk in (here, there):
        desk.opens("要空腹吗")
    here.box.click()
    here.page.keyboard.type("要的，请空腹来")
    expect(there.box).to_have_value("要的，请空腹来")
    picture(there.page, "two-windows-draft")
    here.box.press("Enter")
    visitor.sees("要的，请空腹来")
    expect(there.box).to_have_value("")
    there.box.press("Enter")
    there.replies("明天见")
    visitor.sees("明天见")
    assert read_by(visitor, "要的，请空腹来") == 1
    visitor.ends()


def test_a_console_without_a_connection_does_not_send_it_again(
    demo: Hospital, new_page: NewPage, picture: Picture
) -> None:
    here, there, line = two_desks_one_cut_off(demo, new_page)
    visitor = asking(demo, new_page(), "几点开门")
    for desk in (here, there):
        desk.opens("几点开门")
    here.box.click()
    here.page.keyboard.type("八点")
    expect(there.box).to_have_value("八点")
    line.cut()
    there.sees("连接已断开")
    here.box.press("Enter")
    visitor.sees("八点")
    there.box.press("Enter")
    line.mended()
    there.sees("这段文字已在另一个窗口发出，没有重复发送。")
    picture(there.page, "two-windows-not-sent-twice")
    there.replies("还有别的问题吗")
    visitor.sees("还有别的问题吗")
    assert read_by(visitor, "八点") == 1
    visitor.ends()


def test_two_texts_for_one_box_are_both_kept_and_their_writer_decides(
    demo: Hospital, new_page: NewPage, picture: Picture
) -> None:
    here, there, line = two_desks_one_cut_off(demo, new_page)
    visitor = asking(demo, new_page(), "可以用医保吗")
    for desk in (here, there):
        desk.opens("可以用医保吗")
        expect(desk.box).to_be_visible()
    line.cut()
    there.sees("连接已断开")
    there.box.click()
    there.page.keyboard.type("门诊不可以")
    here.box.click()
    here.page.keyboard.type("可以，请带医保卡")
    # It is saved when a third window shows it.
    third = Consultant(new_page(), demo, "limin", "李敏")
    third.opens("可以用医保吗")
    expect(third.box).to_have_value("可以，请带医保卡")
    line.mended()
    there.sees("您在另一个窗口改过这段草稿")
    expect(there.box).to_have_value("门诊不可以")
    picture(there.page, "two-windows-two-texts")
    there.page.get_by_role("button", name="改用那一份").click()
    expect(there.box).to_have_value("可以，请带医保卡")
    visitor.ends()


def test_what_was_read_or_answered_in_one_console_is_read_in_the_other(demo: Hospital, new_page: NewPage) -> None:
    here, there = two_desks(demo, new_page)
    visitor = asking(demo, new_page(), "孩子也能看吗")
    for desk in (here, there):
        expect(desk.list.locator(".unread")).to_have_count(1)
    here.opens("孩子也能看吗")
    expect(there.list.locator(".unread")).to_have_count(0)
    visitor.says("三岁")
    expect(here.thread.get_by_text("三岁")).to_be_visible()
    expect(there.list.get_by_text("三岁")).to_be_visible()
    expect(there.list.locator(".unread")).to_have_count(0)
    visitor.ends()


def test_what_one_tab_of_a_visitor_shows_is_not_new_in_the_other(demo: Hospital, new_page: NewPage) -> None:
    here, _ = two_desks(demo, new_page)
    page = new_page(DESKTOP)
    visitor = asking(demo, page, "周末有号吗")
    other = Visitor(same_browser(page.context), f"{demo.website}/gynecology")
    other.opens_the_chat()
    other.sees("周末有号吗")
    for tab in (visitor, other):
        tab.chat.get_by_role("button", name="收起").click()
    badge = other.page.locator("#hchat").get_by_text("1", exact=True)
    here.opens("周末有号吗")
    here.replies("有的")
    expect(badge).to_be_visible()
    visitor.page.get_by_role("button", name=re.compile("在线咨询")).click()
    visitor.sees("有的")
    expect(badge).to_have_count(0)
    visitor.ends()


def same_browser(context: BrowserContext) -> Page:
    """Another tab."""
    page = context.new_page()
    page.set_default_timeout(15_000)
    return page
