"""A patient who is signed in on the hospital's website: staff see who it is, and a forged token shows nobody."""

import time
from itertools import count

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, NewPage, Picture
from tests.browser.foreign import HAS_PANEL
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant, Visitor
from tests.identity import NAME, NUMBER, claims, signed

pytestmark = pytest.mark.browser

SMALL: ViewportSize = {"width": 1024, "height": 768}
LISTENING = """window.told = [];
for (const each of ["identified", "identity-refused"]) hchat.push(["on", each, () => told.push(each)]);"""
numbers = count(1)


@pytest.fixture(scope="module")
def key(demo: Hospital) -> str:
    return demo.identity_key()


def a_token(key: str, **others: str) -> str:
    return signed(key, claims("demo", time.time(), **{"jti": f"jti-{next(numbers)}"} | others))


def names(page: Page, token: str, answer: str) -> None:
    """The page says who is signed in, and learns the answer."""
    page.evaluate("token => { told.length = 0; hchat.identify(token) }", token)
    page.wait_for_function("answer => told.join() === answer", arg=answer)


def kept_anywhere(page: Page, words: str) -> bool:
    storages = "JSON.stringify([{...localStorage}, {...sessionStorage}, location.href])"
    return any(words in frame.evaluate(storages) for frame in page.frames)


def test_from_the_page_to_the_console(demo: Hospital, key: str, new_page: NewPage, picture: Picture) -> None:
    li = Consultant(new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    page = new_page()
    visitor = Visitor(page, demo.website)
    page.wait_for_function(HAS_PANEL)
    page.evaluate(LISTENING)
    first = a_token(key)
    # Before the first message: it waits in the frame.
    page.evaluate("token => hchat.identify(token)", first)
    visitor.opens_the_chat()
    assert not kept_anywhere(page, first)
    assert page.evaluate("told") == []
    visitor.says("请问报告出来了吗")
    page.wait_for_function("told.join() === 'identified'")
    assert not kept_anywhere(page, first)
    li.opens("请问报告出来了吗")
    head, panel = li.page.locator(".thread-who"), li.page.get_by_role("region", name="会话信息")
    expect(head.get_by_text("已核实")).to_be_visible()
    expect(head.get_by_text(NAME)).to_be_visible()
    expect(li.list.locator(".row.is-selected .row-name")).to_contain_text(NAME)
    for words in (NUMBER, "由医院网站于"):
        expect(panel.get_by_text(words).first).to_be_visible()
    expect(li.thread.get_by_text(f"医院网站已核实访客身份：{NAME}，患者号 {NUMBER}")).to_be_visible()
    expect(visitor.chat.get_by_text(NUMBER)).to_have_count(0)
    # The same token again, and a forged one: the page learns no more than no, and nothing changes.
    names(page, first, "identity-refused")
    names(page, a_token("o" * 43, name="李四", number="P-0001"), "identity-refused")
    visitor.says("我再等等")
    li.sees("我再等等")
    li.page.reload()
    li.opens("我再等等")
    expect(head.get_by_text(NAME)).to_be_visible()
    expect(head.get_by_text("已核实")).to_be_visible()
    for size in (DESKTOP, SMALL):
        li.page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            li.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            picture(li.page, f"identity-{size['width']}-{scheme}")
    li.page.set_viewport_size(DESKTOP)
    names(page, a_token(key, name="李四", number="P-0001"), "identity-refused")
    expect(head.get_by_text("身份存疑")).to_be_visible()
    expect(head.get_by_text(NAME)).to_have_count(0)
    picture(li.page, "identity-doubted")
    visitor.ends()


def test_a_forged_token_shows_nobody_and_the_chat_goes_on(
    demo: Hospital, key: str, new_page: NewPage, picture: Picture
) -> None:
    li = Consultant(new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    page = new_page()
    visitor = Visitor(page, demo.website)
    page.wait_for_function(HAS_PANEL)
    page.evaluate(LISTENING)
    page.evaluate("token => hchat.identify(token)", a_token("o" * 43))
    visitor.opens_the_chat()
    visitor.says("我是张三，患者号 P-0042，请问几点开门")
    page.wait_for_function("told.join() === 'identity-refused'")
    li.opens("请问几点开门")
    li.replies("八点。")
    visitor.sees("八点。")
    expect(li.page.locator(".thread-who").get_by_text("已核实")).to_have_count(0)
    expect(li.list.locator(".row.is-selected .row-name")).not_to_contain_text(NAME)
    # As long as a name can be: the badge stays.
    names(page, a_token(key, name="Anna-Maria " * 5, number="9" * 40), "identified")
    li.page.set_viewport_size(SMALL)
    expect(li.page.locator(".thread-who").get_by_text("已核实")).to_be_in_viewport(ratio=1)
    expect(li.list.locator(".row.is-selected .verified .icon")).to_be_in_viewport(ratio=1)
    for place in (".thread-who h2", ".row.is-selected .row-head"):
        box = li.page.locator(place).bounding_box()
        assert box is not None
        assert box["height"] < 40, "one line"
    picture(li.page, "identity-long")
    li.page.get_by_role("button", name="会话信息").click()
    picture(li.page, "identity-long-panel")
    visitor.ends()
