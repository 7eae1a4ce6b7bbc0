"""快速离开 and 清除本机记录: whoever sits down next finds nothing, on the screen, in storage, or behind Back."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser import hospital
from tests.browser.conftest import Picture
from tests.browser.hospital import Hospital
from tests.browser.people import Visitor
from tests.browser.states.audit import STILL, Looker
from tests.browser.test_next_person import KEPT, PHONE, WORDS, frame_of, is_blank, opens_again

pytestmark = pytest.mark.browser

SMALL: dict[str, Any] = PHONE | {"viewport": {"width": 360, "height": 720}}
WIDE: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
TOKEN = "() => localStorage.getItem('hchat-token-demo')"
ANSWERS = """(token) => new Promise((done) => {
  const socket = new WebSocket(location.origin.replace(/^http/, "ws") + "/ws/visitor", "hchat.v1");
  const client = { name: "widget", version: "0" };
  socket.onopen = () => socket.send(JSON.stringify({ type: "hello", version: 1, token, client, resume: [] }));
  socket.onmessage = ({ data }) => done(JSON.parse(data).type);
  socket.onclose = ({ code }) => done(code);
})"""
"""What the server says to somebody who has kept the token."""

Leaves = Callable[[Visitor], None]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    running = hospital.start(tmp_path_factory.mktemp("hospital"))
    yield running
    running.close()
    assert "Traceback" not in running.log.read_text(), running.log.read_text()


def written(context: BrowserContext, demo: Hospital) -> Visitor:
    visitor = Visitor(context.new_page(), f"{demo.website}/gynecology")
    visitor.opens_the_chat()
    visitor.says(WORDS)
    visitor.sees(WORDS)
    visitor.chat.get_by_role("textbox", name="输入您的问题").fill("还没发出的话")
    return visitor


def by_the_button(visitor: Visitor) -> None:
    visitor.chat.get_by_role("button", name="快速离开").click()


def by_the_key(visitor: Visitor) -> None:
    box = visitor.chat.get_by_role("textbox", name="输入您的问题")
    for _ in range(3):
        box.press("Escape")


@pytest.mark.parametrize(
    ("screen", "leaves"), [(SMALL, by_the_button), (WIDE, by_the_key)], ids=["phone-button", "desktop-key"]
)
def test_after_a_quick_exit_nobody_finds_anything(
    demo: Hospital, browser: Browser, picture: Picture, screen: dict[str, Any], leaves: Leaves
) -> None:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **screen)
    visitor = written(context, demo)
    picture(visitor.page, f"widget-quick-exit-{screen['viewport']['width']}")
    token = frame_of(visitor.page).evaluate(TOKEN)
    assert token
    leaves(visitor)
    # To the hospital's first page, as long as the site names no other one.
    visitor.page.wait_for_url(f"{demo.website}/")
    expect(visitor.page.get_by_role("button", name="在线咨询")).to_be_visible()
    visitor.page.go_back()
    if visitor.page.url != "about:blank":
        expect(visitor.page.locator("iframe")).to_have_count(0)
    page = opens_again(context, demo)
    is_blank(page)
    frame = frame_of(page)
    kept = str(frame.evaluate(KEPT))
    assert token not in kept
    assert WORDS not in kept
    assert "还没发出的话" not in kept
    assert frame.evaluate(ANSWERS, token) == 4401
    context.close()


def test_without_a_server_quick_exit_leaves_nothing_here(demo: Hospital, browser: Browser) -> None:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **WIDE)
    visitor = written(context, demo)
    context.set_offline(True)
    by_the_button(visitor)
    visitor.page.wait_for_url("about:blank")
    context.set_offline(False)
    page = opens_again(context, demo)
    is_blank(page)
    assert WORDS not in str(frame_of(page).evaluate(KEPT))
    context.close()


def test_clearing_this_device_leaves_nothing(demo: Hospital, browser: Browser, picture: Picture) -> None:
    looker = Looker()
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **SMALL, **STILL)
    visitor = written(context, demo)
    token = frame_of(visitor.page).evaluate(TOKEN)
    visitor.chat.get_by_role("button", name="更多").click()
    picture(visitor.page, "widget-more")
    looker.looks_at("more", frame_of(visitor.page))
    visitor.chat.get_by_role("button", name="保存聊天记录").click()
    with visitor.page.expect_download() as saving:
        visitor.chat.get_by_role("link", name="保存为文本文件").click()
    text = saving.value.path().read_text("utf-8-sig")
    assert WORDS in text
    assert "还没发出的话" not in text
    visitor.chat.get_by_role("button", name="保存为图片").click()
    drawn = visitor.chat.get_by_role("img", name="聊天记录，第 1 张")
    expect(drawn).to_be_visible()
    expect(drawn).to_have_js_property("naturalWidth", 750)
    picture(visitor.page, "widget-save")
    looker.looks_at("save", frame_of(visitor.page))
    visitor.chat.get_by_role("button", name="返回").click()
    visitor.chat.get_by_role("button", name="更多").click()
    visitor.chat.get_by_role("button", name="清除本机记录").click()
    dialog = visitor.chat.get_by_role("dialog", name="清除本机记录吗？")
    picture(visitor.page, "widget-clear")
    looker.looks_at("clear", frame_of(visitor.page))
    dialog.get_by_role("button", name="不清除").click()
    visitor.sees(WORDS)
    visitor.chat.get_by_role("button", name="更多").click()
    visitor.chat.get_by_role("button", name="清除本机记录").click()
    dialog.get_by_role("button", name="清除本机记录").click()
    is_blank(visitor.page)
    frame = frame_of(visitor.page)
    kept = str(frame.evaluate(KEPT))
    assert token not in kept
    assert WORDS not in kept
    assert frame.evaluate(ANSWERS, token) == 4401
    assert looker.wrong == {}
    context.close()


def test_the_code_of_a_message_opens_its_answer_and_nothing_else(
    demo: Hospital, browser: Browser, picture: Picture
) -> None:
    looker = Looker()
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **SMALL, **STILL)
    visitor = Visitor(context.new_page(), f"{demo.website}/gynecology")
    visitor.opens_the_chat()
    visitor.says("想约周六复查")
    visitor.chat.get_by_role("button", name="改为留言").click()
    visitor.chat.get_by_label("联系电话").fill("13812345678")
    visitor.chat.get_by_role("button", name="同意并留言").click()
    visitor.sees("您的查询码，请记下")
    digits = visitor.chat.locator("output").inner_text()
    assert re.fullmatch(r"\d{3} \d{3} \d{4}", digits)
    visitor.chat.locator("output").scroll_into_view_if_needed()
    picture(visitor.page, "widget-code")
    looker.looks_at("code", frame_of(visitor.page))
    visitor.chat.get_by_role("button", name="是，我自己的").click()
    visitor.sees("30 天内可以在这台设备上接着咨询。")
    looker.looks_at("own device", frame_of(visitor.page))
    assert digits.replace(" ", "") not in str(frame_of(visitor.page).evaluate(KEPT)).replace(" ", "")
    context.close()

    other = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **SMALL, **STILL)
    page = other.new_page()
    page.goto(f"{demo.staff}/answers")
    picture(page, "answers-form")
    looker.looks_at("answers", page.main_frame)

    def tries(code: str, proof: str) -> None:
        page.get_by_label("查询码").fill(code)
        page.get_by_label("四位数字").fill(proof)
        page.get_by_role("button", name="查询", exact=True).click()

    tries(digits, "0000")
    expect(page.get_by_role("alert")).to_contain_text("还可以试 4 次")
    picture(page, "answers-wrong")
    looker.looks_at("wrong", page.main_frame)
    expect(page.get_by_text("想约周六复查")).to_have_count(0)
    tries(digits, "5678")
    expect(page.get_by_text("想约周六复查")).to_be_visible()
    picture(page, "answers-open")
    looker.looks_at("opened", page.main_frame)
    page.get_by_text("申请删除").click()
    page.get_by_role("button", name="提交删除申请").click()
    expect(page.get_by_role("status")).to_contain_text("内容目前还没有删除")
    picture(page, "answers-deletion")
    looker.looks_at("deletion", page.main_frame)
    assert looker.wrong == {}
    other.close()
