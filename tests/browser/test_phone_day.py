"""A phone in a hand: it is turned, has a notch, sleeps and wakes up, and Back is pressed. Nothing typed is lost."""

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.conftest import NewPage, Picture
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant, Visitor
from tests.browser.sizes import is_within_the_window

pytestmark = pytest.mark.browser

UPRIGHT: ViewportSize = {"width": 360, "height": 640}
TURNED: ViewportSize = {"width": 640, "height": 360}
NOTCH = {"top": 44, "bottom": 34, "left": 0, "right": 0}


def test_turned_put_aside_and_taken_up_again(demo: Hospital, new_page: NewPage) -> None:
    li = Consultant(new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    page = new_page(UPRIGHT, has_touch=True, is_mobile=True)
    visitor = Visitor(page, f"{demo.website}/gynecology")
    address = page.url
    visitor.opens_the_chat()
    visitor.says("请问挂号费多少")
    visitor.sees("由咨询员李敏（工号012）为您服务")
    li.opens("请问挂号费多少")
    box = visitor.chat.get_by_role("textbox", name="输入您的问题")
    box.fill("还没写完")
    for size in (TURNED, UPRIGHT):
        page.set_viewport_size(size)
        expect(box).to_have_value("还没写完")
        assert is_within_the_window(box)
        assert is_within_the_window(visitor.chat.locator(".send"))
        assert page.locator("#hchat iframe").bounding_box() == {"x": 0, "y": 0, **size}

    # In another app; the browser freezes the page.
    session = page.context.new_cdp_session(page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    li.replies("普通号十元。")
    li.sees("普通号十元。")
    session.send("Page.setWebLifecycleState", {"state": "active"})
    visitor.sees("普通号十元。")
    expect(box).to_have_value("还没写完")

    # Back closes the chat and not the page.
    page.go_back()
    expect(visitor.chat.get_by_text("普通号十元。")).to_be_hidden()
    assert page.url == address
    visitor.page.get_by_role("button", name="在线咨询").click()
    expect(box).to_have_value("还没写完")
    box.fill("")
    visitor.ends()


def test_beside_a_notch_nothing_is_covered(demo: Hospital, new_page: NewPage, picture: Picture) -> None:
    page = new_page(UPRIGHT, has_touch=True, is_mobile=True)
    page.context.new_cdp_session(page).send("Emulation.setSafeAreaInsetsOverride", {"insets": NOTCH})
    page.goto(f"{demo.staff}/chat/demo")
    expect(page.get_by_role("textbox", name="输入您的问题")).to_be_visible()
    title = page.locator("h1").bounding_box()
    send = page.locator(".send").bounding_box()
    picture(page, "phone-notch")
    assert title is not None
    assert send is not None
    assert title["y"] >= NOTCH["top"]
    assert send["y"] + send["height"] <= UPRIGHT["height"] - NOTCH["bottom"]
