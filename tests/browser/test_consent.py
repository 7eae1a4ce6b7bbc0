"""同意 as visitors meet it: the notice above the box, the separate question about health data, refusing, agreeing and
withdrawing, and emergency words that wait for none of it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Frame, ViewportSize, expect

from tests.browser.conftest import NewPage, Picture
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant, Visitor
from tests.browser.states.audit import STILL, Looker, frame_of

pytestmark = pytest.mark.browser

NARROW: ViewportSize = {"width": 360, "height": 740}
WIDE: ViewportSize = {"width": 1440, "height": 900}
CHUNKS = ("later-", "lookout-")
"""What the widget fetches with the first typed character, and when it is idle."""
IS_FETCHED = """name => performance.getEntriesByType("resource").some(({ name: each }) =>
  each.includes(name) && each.endsWith(".js"))"""
IS_DRAWN = """async names => {
  const fetched = performance.getEntriesByType("resource").map(({ name }) => name);
  for (const name of names) await import(fetched.find((each) => each.includes(name) && each.endsWith(".js")));
  for (let turn = 0; turn < 3; turn++) await new Promise((next) => requestAnimationFrame(next));
}"""


def writes(visitor: Visitor, words: str) -> None:
    """Fills the box, and waits until the widget can judge what is in it: until then it sends."""
    visitor.chat.locator(".composer textarea").fill(words)
    chat: Frame = frame_of(visitor.page)
    for name in CHUNKS:
        chat.wait_for_function(IS_FETCHED, arg=name)
    chat.evaluate(IS_DRAWN, list(CHUNKS))


def test_refusing_on_a_phone_and_emergency_words(demo: Hospital, new_page: NewPage, picture: Picture) -> None:
    looker = Looker()
    li = Consultant(new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    visitor = Visitor(new_page(NARROW, has_touch=True, is_mobile=True, **STILL), demo.website)
    visitor.opens_the_chat()
    chat, send = visitor.chat, visitor.chat.locator(".composer .send")
    visitor.sees("只用于就医咨询")
    expect(send).to_have_text("同意并发送")
    picture(visitor.page, "consent-notice-360")
    looker.looks_at("notice", frame_of(visitor.page))
    writes(visitor, "最近总是咳嗽")
    send.click()
    visitor.sees("您写的内容像是健康信息")
    expect(chat.locator(".composer textarea")).to_have_value("最近总是咳嗽")
    expect(chat.locator(".consent-actions :checked, .consent-actions .button-primary")).to_have_count(0)
    picture(visitor.page, "consent-health-360")
    looker.looks_at("held", frame_of(visitor.page))
    chat.get_by_role("button", name="不同意，只问一般问题").click()
    visitor.sees("0731-8888 0120")
    visitor.sees("康宁路 18 号")
    expect(chat.locator(".composer textarea")).to_have_value("最近总是咳嗽")
    picture(visitor.page, "consent-refused-360")
    looker.looks_at("refused", frame_of(visitor.page))
    writes(visitor, "请问周末有门诊吗？")
    send.click()
    visitor.sees("请问周末有门诊吗？")
    expect(send).to_have_text("发送")
    visitor.sees("由咨询员李敏（工号012）为您服务")
    li.opens("请问周末有门诊吗？")
    expect(li.thread.get_by_text("最近总是咳嗽")).to_have_count(0)
    li.sees("不同意健康信息")
    picture(li.page, "consent-console-1440")
    li.page.get_by_role("button", name="更多").click()
    li.page.get_by_role("menuitem", name="标记为代问").click()
    visitor.sees("请先征得本人同意")
    looker.looks_at("asked for somebody else", frame_of(visitor.page))
    picture(visitor.page, "consent-behalf-360")
    chat.get_by_role("button", name="已征得本人同意").click()
    li.sees("代问，已征得本人同意")
    looker.looks_at("console", li.page.main_frame)
    writes(visitor, "我胸口剧痛，喘不上气")
    send.click()
    expect(chat.locator(".banner")).to_be_visible()
    expect(chat.locator(".consent-actions")).to_have_count(0)
    li.sees("我胸口剧痛，喘不上气")
    # What follows an emergency waits for nothing, either.
    writes(visitor, "现在还是很疼")
    send.click()
    visitor.sees("现在还是很疼")
    assert looker.wrong == {}


def test_agreeing_and_withdrawing_on_a_desktop(demo: Hospital, new_page: NewPage, picture: Picture) -> None:
    looker = Looker()
    visitor = Visitor(new_page(WIDE, **STILL), demo.website)
    visitor.opens_the_chat()
    chat, send = visitor.chat, visitor.chat.locator(".composer .send")
    chat.get_by_role("button", name="Switch to English").click()
    expect(send).to_have_text("Agree and send")
    writes(visitor, "I have had a headache since Monday")
    send.click()
    visitor.sees("This looks like health information")
    picture(visitor.page, "consent-health-1440-en")
    looker.looks_at("held", frame_of(visitor.page))
    chat.locator(".consent-actions").get_by_role("button", name="Agree").click()
    visitor.sees("I have had a headache since Monday")
    expect(send).to_have_text("Send")
    writes(visitor, "It hurts when I read")
    send.click()
    visitor.sees("It hurts when I read")
    expect(chat.locator(".consent-actions")).to_have_count(0)
    chat.get_by_role("button", name="More").click()
    withdraw = chat.get_by_role("button", name="Withdraw: Health information")
    expect(withdraw).to_be_visible()
    picture(visitor.page, "consent-privacy-1440-en")
    looker.looks_at("privacy", frame_of(visitor.page))
    withdraw.click()
    # What it means is said first.
    visitor.sees("staff cannot see those you sent")
    picture(visitor.page, "consent-withdraw-1440-en")
    chat.get_by_role("button", name="Yes, withdraw: Health information").click()
    expect(withdraw).to_have_count(0)
    expect(chat.get_by_text("Health information · withdrawn")).to_be_visible()
    assert looker.wrong == {}


SHUT = r"(?m)^\[sites\.demo\.hours\]\n(?:[^\[\n].*\n)*"
LEAVES = "同意并留言"


@pytest.fixture
def closed(demo: Hospital) -> Iterator[Hospital]:
    """The hospital outside its hours."""
    records = demo.records()
    demo.takes_in(re.sub(SHUT, "[sites.demo.hours]\nevery_day = []\n", records))
    yield demo
    demo.takes_in(records)


def test_a_message_left_at_night_asks_as_the_chat_does(closed: Hospital, new_page: NewPage, picture: Picture) -> None:
    looker = Looker()
    visitor = Visitor(new_page(NARROW, has_touch=True, is_mobile=True, **STILL), closed.website)
    visitor.page.get_by_role("button", name=re.compile("在线咨询|留言")).click()
    chat, box = visitor.chat, visitor.chat.get_by_role("textbox", name="留言内容")
    visitor.sees("只用于就医咨询")
    send = chat.get_by_role("button", name=LEAVES)
    send.scroll_into_view_if_needed()
    picture(visitor.page, "consent-leave-360")
    looker.looks_at("the form with the notice", frame_of(visitor.page))
    box.fill("最近总是咳嗽")
    for name in CHUNKS:
        frame_of(visitor.page).wait_for_function(IS_FETCHED, arg=name)
    frame_of(visitor.page).evaluate(IS_DRAWN, list(CHUNKS))
    send.dblclick()
    visitor.sees("您写的内容像是健康信息")
    expect(chat.locator(".consent-actions :checked, .consent-actions .button-primary")).to_have_count(0)
    picture(visitor.page, "consent-leave-held-360")
    looker.looks_at("the form, held", frame_of(visitor.page))
    chat.get_by_role("button", name="不同意，只问一般问题").click()
    visitor.sees("康宁路 18 号")
    expect(box).to_have_value("最近总是咳嗽")
    chat.get_by_role("button", name="提交留言").click()
    visitor.sees("您写的内容像是健康信息")
    chat.locator(".consent-actions button", has_text=re.compile("^同意$")).click()
    visitor.sees("留言已收到")
    # Emergency words wait for nothing.
    chat.get_by_role("button", name="再留一条").click()
    box.fill("我胸口剧痛，喘不上气")
    send.dblclick()
    expect(chat.locator(".banner a[href='tel:120']")).to_be_visible()
    visitor.sees("留言已收到")
    assert looker.wrong == {}


def test_the_form_without_a_script_asks_beforehand(demo: Hospital, new_page: NewPage, picture: Picture) -> None:
    page = new_page(NARROW, java_script_enabled=False)
    page.goto(f"{demo.staff}/chat/demo")
    expect(page.get_by_role("button", name="同意并提交")).to_be_visible()
    page.wait_for_timeout(2_100)
    picture(page, "consent-form-360")
    tick = page.get_by_role("checkbox")
    expect(tick).not_to_be_checked()
    page.get_by_label("您的问题").fill("最近总是咳嗽")
    page.get_by_role("button", name="同意并提交").click()
    expect(page.get_by_role("alert")).to_contain_text("像是有健康信息")
    expect(page.get_by_label("您的问题")).to_have_value("最近总是咳嗽")
    expect(tick).not_to_be_checked()
    picture(page, "consent-form-health-360")
    tick.check()
    page.get_by_role("button", name="同意并提交").click()
    expect(page.get_by_role("heading", name="留言已收到")).to_be_visible()
