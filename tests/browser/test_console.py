"""The console as consultants use it: several chats without mixing, offers, notes, failing transfers, the keyboard."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser import hospital
from tests.browser.conftest import PHONE, NewPage, Picture
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant, Visitor
from tests.browser.sizes import is_within_the_window

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    """The demo with rings that last longer than a busy browser takes to show them."""
    running = hospital.start(tmp_path_factory.mktemp("hospital"), CHATSERVER_RING_S="60")
    yield running
    running.close()
    assert "Traceback" not in running.log.read_text(), running.log.read_text()


def visitor_asking(new_page: NewPage, demo: Hospital, words: str, page: str = "gynecology") -> Visitor:
    visitor = Visitor(new_page(PHONE), f"{demo.website}/{page}")
    visitor.opens_the_chat()
    visitor.says(words)
    visitor.sees("已送达")
    return visitor


def test_drafts_of_two_conversations_never_mix(demo: Hospital, new_page: NewPage, picture: Picture) -> None:
    li = Consultant(new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    first = visitor_asking(new_page, demo, "甲：痛经怎么办")
    second = visitor_asking(new_page, demo, "乙：备孕要查什么")
    li.opens("甲：痛经怎么办")
    li.writes("给甲的回复，还没写完")
    li.turns_to_notes()
    li.writes("给甲的备注")
    li.opens("乙：备孕要查什么")
    expect(li.box).to_have_value("")
    li.writes("给乙的回复")
    picture(li.page, "console-two-conversations")
    li.opens("甲：痛经怎么办")
    expect(li.box).to_have_value("给甲的备注")
    li.turns_to_replies()
    expect(li.box).to_have_value("给甲的回复，还没写完")

    # Drafts are on the server: at another desk and browser, they are the same.
    again = Consultant(new_page(), demo, "limin", "李敏")
    again.opens("乙：备孕要查什么")
    expect(again.box).to_have_value("给乙的回复")
    again.box.press("Enter")
    second.sees("给乙的回复")
    expect(first.chat.get_by_text("给乙的回复")).to_have_count(0)
    first.ends()
    second.ends()


def test_a_note_is_for_colleagues_only(demo: Hospital, new_page: NewPage, picture: Picture) -> None:
    li = Consultant(new_page(color_scheme="dark"), demo, "limin", "李敏")
    li.is_available("在线")
    visitor = visitor_asking(new_page, demo, "可以报销吗")
    li.opens("可以报销吗")
    li.turns_to_notes()
    li.writes("问过医保办，门诊不报")
    li.box.press("Enter")
    expect(li.thread.get_by_text("问过医保办，门诊不报")).to_be_visible()
    picture(li.page, "console-note-dark")
    li.turns_to_replies()
    li.replies("门诊检查不能报销。")
    visitor.sees("门诊检查不能报销。")
    expect(visitor.chat.get_by_text("医保办")).to_have_count(0)
    visitor.ends()


def test_a_ring_counts_down_and_a_declined_one_can_be_claimed(
    demo: Hospital, new_page: NewPage, picture: Picture
) -> None:
    zhang = Consultant(new_page(), demo, "zhangwei", "张伟")
    zhang.is_available("在线")
    visitor = visitor_asking(new_page, demo, "宝宝咳嗽两天", "pediatrics")
    card = zhang.page.get_by_role("region", name="新会话提示")
    seconds = card.get_by_text(re.compile(r"^\d+ ?秒"))
    before = seconds.inner_text()
    expect(seconds).not_to_have_text(before)
    expect(card.get_by_text("宝宝咳嗽两天")).to_be_visible()
    picture(zhang.page, "console-ring")
    card.get_by_role("button", name="稍后").click()
    # Nobody else serves children: it waits, and the consultant may claim it.
    expect(card.get_by_text("宝宝咳嗽两天")).to_have_count(0)
    expect(zhang.list.get_by_role("button", name=re.compile("^接入"))).to_be_visible()
    zhang.page.keyboard.press("Alt+Enter")
    visitor.sees("由咨询员张伟（工号021）为您服务")
    visitor.ends()


def test_claimed_from_the_queue_while_busy(demo: Hospital, new_page: NewPage) -> None:
    li = Consultant(new_page(), demo, "limin", "李敏")
    li.is_available("忙碌")
    visitor = visitor_asking(new_page, demo, "排队的问题")
    row = li.list.get_by_text("排队的问题").first
    expect(row).to_be_visible()
    li.list.get_by_role("button", name=re.compile("^接入")).first.click()
    visitor.sees("由咨询员李敏（工号012）为您服务")
    visitor.ends()


def test_a_transfer_declined_then_withdrawn(demo: Hospital, new_page: NewPage, picture: Picture) -> None:
    li = Consultant(new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    wang = Consultant(new_page(), demo, "wangfang", "王芳")
    wang.is_available("忙碌")
    visitor = visitor_asking(new_page, demo, "要不要转给别人")
    li.opens("要不要转给别人")
    li.offers_to("王芳", "请帮忙看一下")
    wang.sees("请帮忙看一下")
    wang.page.get_by_role("button", name="拒绝").click()
    wang.page.get_by_role("textbox", name=re.compile("原因")).fill("手上有急症")
    wang.page.get_by_role("button", name="拒绝").last.click()
    li.sees(re.compile("手上有急症"))
    picture(li.page, "console-declined")
    li.offers_to("王芳", "再请一次")
    wang.sees("再请一次")
    li.page.get_by_role("button", name="撤回").click()
    expect(wang.page.get_by_role("button", name="接受", exact=True)).to_have_count(0)
    li.replies("还是我来回答您")
    visitor.sees("还是我来回答您")
    visitor.ends()


def test_two_claims_at_once_for_one_conversation(demo: Hospital, new_page: NewPage) -> None:
    li = Consultant(new_page(), demo, "limin", "李敏")
    wang = Consultant(new_page(), demo, "wangfang", "王芳")
    for consultant in (li, wang):
        consultant.is_available("忙碌")
    visitor = visitor_asking(new_page, demo, "谁来接")
    for consultant in (li, wang):
        expect(consultant.list.get_by_text("谁来接").first).to_be_visible()
    button = re.compile("^接入")
    li.list.get_by_role("button", name=button).first.click()
    visitor.sees("由咨询员李敏（工号012）为您服务")
    expect(wang.list.get_by_text("谁来接")).to_have_count(0)
    visitor.ends()


def test_after_signing_out_the_console_asks_for_a_sign_in(demo: Hospital, new_page: NewPage, picture: Picture) -> None:
    li = Consultant(new_page(), demo, "limin", "李敏")
    li.page.get_by_role("button", name=re.compile("账户")).click()
    li.page.get_by_role("menuitem", name="退出登录").click()
    expect(li.page.get_by_label("登录名")).to_be_visible()
    li.page.goto(f"{demo.staff}/console")
    expect(li.page.get_by_label("登录名")).to_be_visible()
    picture(li.page, "sign-in")


@pytest.mark.parametrize("width", [360, 768, 1024, 1440, 1920])
def test_no_page_scrolls_sideways(demo: Hospital, new_page: NewPage, picture: Picture, width: int) -> None:
    chen = Consultant(new_page({"width": width, "height": 900}), demo, "chenjing", "陈静")
    chen.sees(re.compile("现在没有会话|排队"))
    for address in ("/console", "/transcripts"):
        chen.page.goto(f"{demo.staff}{address}")
        chen.page.wait_for_load_state()
        wide = chen.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{address} is {wide} px too wide at {width}"
        picture(chen.page, f"width-{width}{address.replace('/', '-')}")


@pytest.mark.parametrize("width", [360, 480, 768])
def test_the_account_menu_is_on_the_screen(demo: Hospital, new_page: NewPage, width: int) -> None:
    li = Consultant(new_page({"width": width, "height": 760}), demo, "limin", "李敏")
    li.page.get_by_role("button", name=re.compile("账户")).click()
    assert is_within_the_window(li.page.get_by_role("menuitem", name="退出登录"))
