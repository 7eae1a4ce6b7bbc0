"""axe-core finds no violation of WCAG 2.2 A and AA on any screen, in light and dark mode."""

import re
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.conftest import PHONE, NewPage
from tests.browser.hospital import Hospital
from tests.browser.images import document, picture, too_large
from tests.browser.people import Consultant, Visitor

pytestmark = pytest.mark.browser

AXE = (Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOK = """async (rules) => (await axe.run(document, { runOnly: rules })).violations.flatMap(({ id, nodes }) =>
  nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`))"""

ENHANCED = {"type": "rule", "values": ["color-contrast-enhanced"]}
"""A contrast of 7:1."""
SMALL = """() => [...document.querySelectorAll("button, a, input:not([type=radio]), textarea")]
  .filter((each) => each.getClientRects().length > 0 && each.getBoundingClientRect().height < 48)
  .map((each) => each.outerHTML)"""

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

# Moving parts are half transparent, with colours that nobody ever reads text in.
STILL: dict[str, Any] = {"bypass_csp": True, "reduced_motion": "reduce"}


class Looker:
    """Checks one screen after the other and collects the findings, so that one run reports all of them."""

    def __init__(self) -> None:
        self.wrong: dict[str, list[str]] = {}

    def looks_at(self, screen: str, frame: Frame, rules: object = RULES) -> None:
        """Check `frame` as it is now, in light and dark mode."""
        frame.evaluate(AXE)
        for scheme in SCHEMES:
            frame.page.emulate_media(color_scheme=scheme)
            found: list[str] = frame.evaluate(LOOK, rules)
            if found:
                self.wrong[f"{screen}, {scheme}"] = found


def test_the_visitors_chat(demo: Hospital, new_page: NewPage) -> None:
    looker = Looker()
    li = Consultant(new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    visitor = Visitor(new_page(PHONE, **STILL), f"{demo.website}/gynecology")
    visitor.opens_the_chat()
    chat = frame_of(visitor.page)
    looker.looks_at("start", chat)
    visitor.says("检查前要空腹吗")
    visitor.sees("为您服务")
    li.opens("检查前要空腹吗")
    li.replies("要的，抽血前八小时不吃东西。")
    visitor.sees("抽血前八小时")
    li.replies("白开水可以少喝一点。")
    visitor.sees("白开水可以少喝一点")
    looker.looks_at("chatting", chat)
    visitor.chat.locator("input[type=file]").set_input_files([picture("a.png"), too_large()])
    visitor.sees("请遮住姓名")
    visitor.sees("图片超过 10 MB")
    looker.looks_at("a last look at a picture", chat)
    visitor.chat.get_by_role("button", name="发送 1 张图片").click()
    mine = visitor.chat.get_by_role("button", name=re.compile("^图片，由您发送"))
    expect(mine).to_be_visible()
    looker.looks_at("a picture", chat)
    mine.click()
    looker.looks_at("a large picture", chat)
    visitor.page.keyboard.press("Escape")
    visitor.chat.get_by_role("button", name="更多").click()
    looker.looks_at("more", chat)
    visitor.chat.get_by_role("button", name="看不清？换成长辈版（大字）").click()
    visitor.sees("换回标准版")
    visitor.chat.get_by_role("button", name="返回").click()
    visitor.sees("打电话 0731-8888 0120")
    looker.looks_at("elder", chat)
    looker.looks_at("elder, contrast", chat, ENHANCED)
    assert chat.evaluate(SMALL) == []
    visitor.chat.get_by_role("button", name="更多").click()
    visitor.chat.get_by_role("button", name="换回标准版").click()
    visitor.chat.get_by_role("button", name="返回").click()
    visitor.chat.get_by_role("button", name="结束本次咨询").click()
    looker.looks_at("asked whether to end", chat)
    visitor.chat.get_by_role("alertdialog").get_by_role("button", name="结束", exact=True).click()
    visitor.sees("请评价本次服务")
    looker.looks_at("ended", chat)
    visitor.chat.get_by_role("radio", name="4 星").check(force=True)
    visitor.sees("回复及时")
    looker.looks_at("rating", chat)
    assert looker.wrong == {}


def test_the_console(demo: Hospital, new_page: NewPage) -> None:
    looker = Looker()
    wang = Consultant(new_page(), demo, "wangfang", "王芳")
    li = Consultant(new_page(**STILL), demo, "limin", "李敏")
    wang.is_available("忙碌")
    li.is_available("在线")
    visitor = Visitor(new_page(PHONE), f"{demo.website}/gynecology")
    visitor.opens_the_chat()
    visitor.says("复查要带什么")
    li.opens("复查要带什么")
    looker.looks_at("to be answered", li.page.main_frame)
    visitor.chat.locator("input[type=file]").set_input_files([picture("a.png")])
    visitor.chat.get_by_role("button", name="发送 1 张图片").click()
    expect(li.thread.get_by_text("点击查看")).to_be_visible()
    looker.looks_at("an intimate picture", li.page.main_frame)
    li.page.locator(".composer input[type=file]").set_input_files([picture("a.png"), document(), too_large()])
    li.sees("文件超过 10 MB")
    looker.looks_at("a last look at files", li.page.main_frame)
    li.page.get_by_role("button", name=re.compile("^发送给 访客")).click()
    expect(li.thread.get_by_role("link", name="下载 检查须知.pdf")).to_be_visible()
    looker.looks_at("files", li.page.main_frame)
    li.replies("请带上次的报告。")
    visitor.sees("请带上次的报告。")
    li.turns_to_notes()
    looker.looks_at("a note", li.page.main_frame)
    li.turns_to_replies()
    li.page.get_by_role("button", name="转接", exact=True).click()
    li.page.get_by_role("dialog").get_by_role("radio", name="王芳").check(force=True)
    looker.looks_at("transfer", li.page.main_frame)
    li.page.get_by_role("dialog").get_by_role("button", name="取消").click()
    visitor.ends()
    assert looker.wrong == {}


def test_the_pages(demo: Hospital, new_page: NewPage) -> None:
    looker = Looker()
    page = new_page(**STILL)
    page.goto(f"{demo.staff}/sign-in")
    looker.looks_at("sign-in", page.main_frame)
    page.goto(f"{demo.staff}/nowhere")
    looker.looks_at("not found", page.main_frame)
    supervisor = Consultant(page, demo, "chenjing", "陈静")
    supervisor.sees("现在没有会话")
    looker.looks_at("console, empty", page.main_frame)
    visitor = Visitor(new_page(PHONE), f"{demo.website}/gynecology")
    visitor.opens_the_chat()
    visitor.says("门诊几点开始")
    supervisor.sees("门诊几点开始")
    page.goto(f"{demo.staff}/transcripts")
    looker.looks_at("transcripts", page.main_frame)
    page.locator("tbody a").first.click()
    page.wait_for_url("**/transcripts/*")
    looker.looks_at("transcript", page.main_frame)
    visitor.chat.get_by_role("button", name="结束本次咨询").click()
    visitor.chat.get_by_role("alertdialog").get_by_role("button").last.click()
    assert looker.wrong == {}


def frame_of(page: Page) -> Frame:
    """The widget's frame, whose script cannot be reached through a locator."""
    return next(frame for frame in page.frames if "/frame?" in frame.url)
