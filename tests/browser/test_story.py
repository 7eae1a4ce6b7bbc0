"""The main story, complete: asked on the hospital's page, answered, transferred, ended, rated, read by the
supervisor."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, NewPage, Picture
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant, Visitor

pytestmark = pytest.mark.browser

QUESTION = "怀孕八周有点出血，需要马上去医院吗？"


def test_asked_answered_transferred_ended_rated_and_read(demo: Hospital, new_page: NewPage, picture: Picture) -> None:
    li = Consultant(new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    picture(li.page, "story-01-console-empty")
    wang = Consultant(new_page(), demo, "wangfang", "王芳")
    wang.is_available("忙碌")

    visitor = Visitor(new_page(PHONE, has_touch=True, is_mobile=True), f"{demo.website}/gynecology")
    picture(visitor.page, "story-02-website")
    visitor.opens_the_chat()
    picture(visitor.page, "story-03-chat-opened")
    visitor.says(QUESTION)
    visitor.sees("由咨询员李敏（工号012）为您服务")
    visitor.sees("已送达")
    picture(visitor.page, "story-04-assigned")

    # The consultant's clock runs from the visitor's first unanswered message.
    li.opens(QUESTION)
    clock = li.list.get_by_text(re.compile(r"^\d+:\d\d$")).first
    expect(clock).to_be_visible()
    picture(li.page, "story-05-clock-runs")
    li.replies("您好，请问出血量多吗？有没有腹痛？")
    visitor.sees("您好，请问出血量多吗？有没有腹痛？")
    expect(li.list.get_by_text(re.compile(r"^\d+:\d\d$"))).to_have_count(0)
    visitor.says("量不多，没有腹痛")
    li.sees("量不多，没有腹痛")
    picture(visitor.page, "story-06-answered")

    # 转接: offered with a note, accepted by the colleague; the visitor sees who answers now.
    li.page.get_by_role("button", name="转接", exact=True).click()
    dialog = li.page.get_by_role("dialog")
    dialog.get_by_role("radio", name=re.compile("王芳")).check(force=True)
    dialog.get_by_role("textbox", name=re.compile("转接说明")).fill("早孕出血，需要产科经验")
    picture(li.page, "story-07-transfer-dialog")
    dialog.get_by_role("button", name="请对方接手").click()
    li.sees(re.compile("已请 王芳 接手"))
    wang.sees("早孕出血，需要产科经验")
    wang.sees("量不多，没有腹痛")
    picture(wang.page, "story-08-offer-card")
    expect(visitor.chat.get_by_text("王芳")).to_have_count(0)
    wang.page.get_by_role("button", name="接受", exact=True).click()
    visitor.sees(re.compile("现由.*咨询员王芳为您服务，前面的内容已转给同事，您不用重复"))
    picture(visitor.page, "story-09-transferred")

    wang.opens("量不多，没有腹痛")
    wang.sees(QUESTION)
    wang.replies("建议今天来妇科急诊查B超。请带好身份证，门诊楼三楼。")
    visitor.sees("建议今天来妇科急诊查B超")
    picture(wang.page, "story-10-console-after-transfer")
    wang.replies("到了请先在一楼挂妇科急诊。")
    visitor.sees("到了请先在一楼挂妇科急诊")

    wang.page.get_by_role("button", name="结束会话").click()
    ending = wang.page.get_by_role("dialog")
    ending.get_by_text("已解答").click()
    picture(wang.page, "story-11-outcome")
    ending.get_by_role("button", name="结束会话").click()
    visitor.sees("咨询员已结束本次咨询")
    visitor.sees(re.compile("请评价"))
    picture(visitor.page, "story-12-rating")
    visitor.chat.locator("label", has_text="5 星").first.click()
    visitor.chat.get_by_role("button", name="提交评价").first.click()
    visitor.sees("感谢您的评价")
    picture(visitor.page, "story-13-rated")

    # 质检: the supervisor finds it in the list and reads all of it.
    chen = Consultant(new_page(), demo, "chenjing", "陈静")
    chen.page.goto(f"{demo.staff}/transcripts")
    picture(chen.page, "story-14-transcripts")
    chen.page.get_by_role("link", name=re.compile("妇科|读|查看|访客")).last.click()
    for words in (QUESTION, "早孕出血，需要产科经验", "建议今天来妇科急诊查B超", "已解答"):
        chen.sees(re.compile(re.escape(words)))
    picture(chen.page, "story-15-transcript")
