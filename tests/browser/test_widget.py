"""The widget as visitors use it: reload, lost network, other sites, keyboard, languages, several tabs."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, NewPage, Picture
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant, Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def li(demo: Hospital, new_page: NewPage) -> Consultant:
    """李敏 at the desk, online."""
    consultant = Consultant(new_page(), demo, "limin", "李敏")
    consultant.is_available("在线")
    return consultant


def test_after_a_reload_the_chat_continues(demo: Hospital, new_page: NewPage, li: Consultant, picture: Picture) -> None:
    visitor = Visitor(new_page(), demo.website)
    visitor.opens_the_chat()
    visitor.asks_about("妇科")
    visitor.says("例假推迟十天")
    visitor.sees("由咨询员李敏（工号012）为您服务")
    visitor.page.goto(f"{demo.website}/pediatrics")
    visitor.sees("例假推迟十天")
    expect(visitor.chat.get_by_text("例假推迟十天")).to_have_count(1)
    li.opens("例假推迟十天")
    li.replies("平时规律吗？")
    visitor.sees("平时规律吗？")
    picture(visitor.page, "widget-desktop-after-reload")
    visitor.ends()


def test_what_is_written_while_the_server_is_down_arrives_once(
    demo: Hospital, new_page: NewPage, li: Consultant, picture: Picture
) -> None:
    visitor = Visitor(new_page(PHONE, has_touch=True, is_mobile=True), demo.website)
    visitor.opens_the_chat()
    visitor.asks_about("妇科")
    visitor.says("网络好的时候说的")
    visitor.sees("由咨询员李敏（工号012）为您服务")
    demo.goes_down()
    visitor.says("断网时说的第一句")
    visitor.says("断网时说的第二句")
    visitor.sees(re.compile("网络不可用|连接已断开|暂时连接不上"))
    li.sees(re.compile("连接已断开"))
    picture(visitor.page, "widget-phone-offline")
    picture(li.page, "console-offline")
    demo.comes_back()
    expect(visitor.chat.get_by_text("已送达").last).to_be_visible(timeout=60_000)
    li.opens("断网时说的第二句")
    for words in ("断网时说的第一句", "断网时说的第二句"):
        expect(li.thread.get_by_text(words)).to_have_count(1)
        expect(visitor.chat.get_by_text(words)).to_have_count(1)
    said = li.thread.inner_text()
    assert said.index("断网时说的第一句") < said.index("断网时说的第二句")
    visitor.ends()


def test_it_works_on_another_site(demo: Hospital, everyday_page: Page, li: Consultant) -> None:
    """`localhost` and 127.0.0.1 are different sites, so the frame is a third party there."""
    visitor = Visitor(everyday_page, f"{demo.other_site}/gynecology")
    visitor.opens_the_chat()
    visitor.says("从另一个站点来问")
    visitor.sees("由咨询员李敏（工号012）为您服务")
    visitor.page.reload()
    visitor.sees("从另一个站点来问")
    visitor.ends()


def test_without_storage_it_works_and_says_so(
    demo: Hospital, new_page: NewPage, li: Consultant, picture: Picture
) -> None:
    visitor = Visitor(new_page(), f"{demo.other_site}/gynecology")
    visitor.opens_the_chat()
    visitor.sees("您的浏览器不允许保存聊天，离开此页后将不能继续。")
    visitor.says("不能保存也能问")
    visitor.sees("由咨询员李敏（工号012）为您服务")
    picture(visitor.page, "widget-desktop-no-storage")
    visitor.ends()


def test_two_tabs_show_the_same(demo: Hospital, new_page: NewPage, li: Consultant) -> None:
    one = Visitor(new_page(), f"{demo.website}/gynecology")
    one.opens_the_chat()
    one.says("第一个标签页")
    one.sees("由咨询员李敏（工号012）为您服务")
    two = Visitor(one.page.context.new_page(), f"{demo.website}/gynecology")
    if not two.page.frame_locator("iframe").get_by_role("heading").count():
        two.opens_the_chat()
    two.sees("第一个标签页")
    two.says("第二个标签页")
    one.sees("第二个标签页")
    expect(one.chat.get_by_text("第二个标签页")).to_have_count(1)
    one.ends()
    # The next person at this browser may be looking at it.
    for words in ("第一个标签页", "第二个标签页", "李敏"):
        expect(two.chat.get_by_text(words)).to_have_count(0)


def test_by_keyboard_alone(demo: Hospital, new_page: NewPage, li: Consultant) -> None:
    page = new_page()
    visitor = Visitor(page, f"{demo.website}/gynecology")
    launcher = page.get_by_role("button", name="在线咨询")
    launcher.focus()
    page.keyboard.press("Enter")
    box = visitor.chat.get_by_role("textbox", name="输入您的问题")
    expect(box).to_be_focused()
    page.keyboard.insert_text("只用键盘")
    page.keyboard.press("Enter")
    visitor.sees("由咨询员李敏（工号012）为您服务")
    page.keyboard.press("Escape")
    expect(launcher).to_be_focused()
    expect(visitor.chat.get_by_text("只用键盘")).to_be_hidden()
    page.keyboard.press("Enter")
    visitor.sees("只用键盘")
    visitor.ends()


def test_in_english(demo: Hospital, new_page: NewPage, picture: Picture) -> None:
    visitor = Visitor(new_page(PHONE, color_scheme="dark"), demo.website)
    visitor.opens_the_chat()
    visitor.chat.get_by_role("button", name="Switch to English").click()
    expect(visitor.chat.get_by_text("In an emergency", exact=False).first).to_be_visible()
    expect(visitor.chat.locator("html")).to_have_attribute("lang", "en")
    picture(visitor.page, "widget-phone-english-dark")


def test_on_a_phone_it_fills_the_screen_and_back_closes_the_chat(demo: Hospital, new_page: NewPage) -> None:
    page = new_page(PHONE, has_touch=True, is_mobile=True)
    visitor = Visitor(page, demo.website)
    address = page.url
    visitor.opens_the_chat()
    assert frame_box(page) == {"x": 0, "y": 0, "width": PHONE["width"], "height": PHONE["height"]}
    page.go_back()
    expect(page.get_by_role("button", name="在线咨询")).to_be_visible()
    assert page.url == address, "the page itself stayed"


def test_while_nobody_is_free_the_place_is_shown(demo: Hospital, new_page: NewPage, picture: Picture) -> None:
    visitors = []
    for words in ("第一位在等", "第二位在等"):
        visitor = Visitor(new_page(PHONE), f"{demo.website}/pediatrics")
        visitor.opens_the_chat()
        visitor.says(words)
        visitor.sees("不等了")
        visitors.append(visitor)
    visitors[0].sees("现在没有咨询员在线")
    picture(visitors[0].page, "widget-phone-nobody")
    zhang = Consultant(new_page(), demo, "zhangwei", "张伟")
    zhang.is_available("在线")
    visitors[0].sees(re.compile("马上就轮到您|下一位就是您"))
    visitors[1].sees("您前面还有 1 位")
    picture(visitors[1].page, "widget-phone-queue")
    visitors[0].stops_waiting()
    visitors[1].sees(re.compile("马上就轮到您|下一位就是您"))
    visitors[1].stops_waiting()


def test_the_page_may_forbid_inline_styles_and_foreign_frames_are_refused(demo: Hospital, new_page: NewPage) -> None:
    page = new_page(DESKTOP)
    page.goto(f"{demo.staff}/sign-in")
    framed = page.request.get(f"{demo.staff}/frame?site=demo")
    ancestors = next(part for part in framed.headers["content-security-policy"].split(";") if "frame-ancestors" in part)
    assert sorted(ancestors.split()[1:]) == sorted([demo.website, demo.other_site])
    assert page.request.get(f"{demo.staff}/console").headers["content-security-policy"].count("frame-ancestors 'none'")


def frame_box(page: Page) -> dict[str, object] | None:
    """The position of the chat's frame, once it is still."""
    box = page.locator("iframe").bounding_box()
    for _ in range(20):
        page.wait_for_timeout(50)
        again = page.locator("iframe").bounding_box()
        if again == box:
            break
        box = again
    return dict(box) if box else None
