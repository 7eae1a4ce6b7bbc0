"""A visitor without a mouse goes through the whole chat. What each key reaches is read from the browser's accessibility
tree, as a screen reader does."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import DESKTOP, NewPage, in_ms
from tests.browser.hospital import Hospital
from tests.browser.images import picture
from tests.browser.people import Consultant, Visitor

pytestmark = pytest.mark.browser

CONTROLS = frozenset({"button", "link", "textbox", "radio", "checkbox", "dialog", "alertdialog"})
MOST_KEYS = 40
SETTLED_MS = 100


@dataclass
class Keys:
    """The keyboard, and what a screen reader says."""

    page: Page
    session: CDPSession
    frame: str
    """The id of the chat's frame."""

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def nodes(self) -> Iterator[tuple[str, str]]:
        """Role and name of everything in the chat."""
        for node in self.session.send("Accessibility.getFullAXTree", {"frameId": self.frame})["nodes"]:
            if not node.get("ignored"):
                yield node["role"]["value"], node.get("name", {}).get("value", "")

    def focused(self) -> str:
        """Role and name of the control that has the focus; empty if none has. Opening a screen may move it."""
        before = None
        while (now := self._focused()) != before:
            before = now
            self.page.wait_for_timeout(SETTLED_MS)
        return now

    def _focused(self) -> str:
        # Not from the whole tree, which follows a key with a delay: it told of the focus that one key before had set.
        world = self.session.send("Page.createIsolatedWorld", {"frameId": self.frame, "worldName": "keys"})
        active = self.session.send(
            "Runtime.evaluate",
            {
                "expression": "document.hasFocus() ? document.activeElement : document.body",
                "contextId": world["executionContextId"],
            },
        )["result"]["objectId"]
        node = self.session.send("Accessibility.getPartialAXTree", {"objectId": active, "fetchRelatives": False})[
            "nodes"
        ][0]
        role, name = node.get("role", {}).get("value", ""), node.get("name", {}).get("value", "")
        return f"{role}: {name}" if role in CONTROLS else ""

    def goes_to(self, wanted: str, key: str = "Tab") -> None:
        """Press the key until the focus is there."""
        seen = []
        for _ in range(MOST_KEYS):
            if (now := self.focused()) == wanted:
                return
            seen.append(now)
            self.press(key)
        raise AssertionError(f"{wanted} cannot be reached by {key}: {seen}")

    def has_names(self) -> None:
        """Every control in the chat says what it is."""
        found = [(role, name) for role, name in self.nodes() if role in CONTROLS]
        assert found
        assert [role for role, name in found if not name.strip()] == []

    def hears(self, words: str) -> None:
        """The words are in the tree, at the latest after the usual patience."""
        until = time.monotonic() + in_ms(30_000) / 1000
        while not any(words in name for _, name in self.nodes()):
            assert time.monotonic() < until, f"{words}: {'; '.join(name for _, name in self.nodes() if name)}"
            self.page.wait_for_timeout(100)


def keys_of(page: Page) -> Keys:
    """The keyboard of a page with an open chat, which is the first frame in it."""
    session = page.context.new_cdp_session(page)
    [chat] = session.send("Page.getFrameTree")["frameTree"]["childFrames"]
    return Keys(page, session, chat["frame"]["id"])


def test_the_whole_chat_without_a_mouse(demo: Hospital, new_page: NewPage) -> None:
    li = Consultant(new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    page = new_page(DESKTOP)
    visitor = Visitor(page, f"{demo.website}/gynecology")
    launcher = page.get_by_role("button", name="在线咨询")
    launcher.focus()
    page.keyboard.press("Enter")
    expect(visitor.chat.get_by_role("textbox", name="输入您的问题")).to_be_focused()
    keys = keys_of(page)

    # A quick question, then the first words: the notice is agreed to by sending.
    keys.hears("门诊几点上班？")
    keys.has_names()
    keys.goes_to("button: 门诊几点上班？", "Shift+Tab")
    keys.press("Enter")
    keys.hears("自动回复")
    keys.goes_to("textbox: 输入您的问题")
    page.keyboard.insert_text("检查要空腹吗")
    keys.goes_to("button: 同意并发送")
    keys.press("Enter")
    keys.hears("由咨询员李敏（工号012）为您服务")
    keys.has_names()
    li.opens("检查要空腹吗")

    # Health words are held until the visitor decides.
    keys.goes_to("textbox: 输入您的问题", "Shift+Tab")
    page.keyboard.insert_text("我头疼两天了")
    keys.press("Enter")
    keys.hears("同意")
    keys.has_names()
    keys.goes_to("button: 同意")
    keys.press("Enter")
    expect(visitor.chat.get_by_role("log").get_by_text("我头疼两天了")).to_be_visible()

    # A picture.
    keys.goes_to("button: 发送图片", "Shift+Tab")
    with page.expect_file_chooser() as chooser:
        # The order to catch the chooser is carried out by the page, and a key can overtake it; its answer cannot.
        page.evaluate("0")
        keys.press("Enter")
    chooser.value.set_files([picture("a.png")])
    keys.hears("请遮住姓名")
    keys.has_names()
    keys.goes_to("button: 发送 1 张图片")
    keys.press("Enter")
    keys.hears("图片，由您发送")
    li.replies("抽血前八小时不要吃东西。")
    keys.hears("抽血前八小时不要吃东西。")
    li.replies("白开水可以少喝一点。")
    keys.hears("白开水可以少喝一点。")
    keys.has_names()

    # 更多 opens and closes; the focus comes back.
    keys.goes_to("button: 更多", "Shift+Tab")
    keys.press("Enter")
    keys.hears("清除本机记录")
    keys.has_names()
    keys.goes_to("button: 返回")
    keys.press("Enter")
    assert keys.focused() == "button: 更多"

    # Minimised and opened again by keys alone.
    keys.press("Escape")
    expect(launcher).to_be_focused()
    keys.press("Enter")
    expect(visitor.chat.get_by_role("textbox", name="输入您的问题")).to_be_focused()

    # The end and the rating.
    keys.goes_to("button: 结束本次咨询", "Shift+Tab")
    keys.press("Enter")
    keys.hears("确定结束本次咨询吗？")
    keys.has_names()
    keys.goes_to("button: 结束")
    keys.press("Enter")
    keys.hears("请评价")
    keys.has_names()
    keys.goes_to("radio: 5 星，非常满意", "Shift+Tab")
    keys.press("ArrowLeft")
    keys.hears("回复及时")
    keys.goes_to("button: 提交评价")
    keys.press("Enter")
    keys.hears("您评了 4 星")
    keys.press("Escape")
    expect(launcher).to_be_focused()
