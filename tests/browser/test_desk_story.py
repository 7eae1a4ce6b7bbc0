"""A day at the desk: the queue counts down, a declined conversation goes to the next consultant, a shift ends, and
messages left at night are there in the morning."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser import hospital
from tests.browser.conftest import PHONE, NewPage, Picture
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant, Visitor

pytestmark = pytest.mark.browser

ZONE = ZoneInfo("Asia/Shanghai")

TWO_FOR_CHILDREN = """
[people.wangfang]
groups = ["children", "general"]
capacity = 5
languages = ["zh", "en"]
skills = { pregnancy = 4 }

[people.limin]
groups = ["general"]
capacity = 1
languages = ["zh", "en"]
skills = { pregnancy = 2 }
"""

HOURS = '[sites.demo.hours]\nevery_day = ["00:00-24:00"]'
AT_DAY = HOURS.replace("00:00-24:00", "08:10-23:00")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Hospital]:
    """李敏 has capacity for one; 王芳 serves the children as well."""
    # It rings longer than a busy browser takes to sign in.
    demo = hospital.start(tmp_path, CHATSERVER_RING_S="60")
    demo.takes_in(TWO_FOR_CHILDREN)
    yield demo
    demo.close()


def visitor(demo: Hospital, new_page: NewPage, department: str, words: str) -> Visitor:
    somebody = Visitor(new_page(PHONE, has_touch=True, is_mobile=True), demo.website)
    somebody.opens_the_chat()
    somebody.asks_about(department)
    somebody.says(words)
    return somebody


def test_the_place_counts_down(small: Hospital, new_page: NewPage, picture: Picture) -> None:
    li = Consultant(new_page(), small, "limin", "李敏")
    li.is_available("在线")
    first = visitor(small, new_page, "妇科", "第一个问题")
    first.sees("由咨询员李敏（工号012）为您服务")
    second = visitor(small, new_page, "妇科", "第二个问题")
    third = visitor(small, new_page, "妇科", "第三个问题")
    second.sees(re.compile("马上就轮到您|下一位就是您"))
    third.sees(re.compile("您前面还有 1 位"))
    picture(third.page, "desk-01-queue")
    second.stops_waiting()
    third.sees(re.compile("马上就轮到您|下一位就是您"))
    li.opens("第一个问题")
    li.replies("您好，可以的。")
    first.sees("您好，可以的。")
    li.page.get_by_role("button", name="结束会话").click()
    ending = li.page.get_by_role("dialog")
    ending.get_by_text("已解答").click()
    ending.get_by_role("button", name="结束会话").click()
    third.sees("由咨询员李敏（工号012）为您服务")


def test_a_declined_conversation_goes_to_the_next(small: Hospital, new_page: NewPage, picture: Picture) -> None:
    zhang = Consultant(new_page(), small, "zhangwei", "张伟")
    zhang.is_available("在线")
    asking = visitor(small, new_page, "儿科", "宝宝咳嗽三天了")
    offer = zhang.page.get_by_role("region", name="新会话提示").get_by_role("button", name="稍后")
    expect(offer).to_be_visible()
    picture(zhang.page, "desk-02-ring")
    wang = Consultant(new_page(), small, "wangfang", "王芳")
    wang.is_available("在线")
    offer.click()
    wang.page.get_by_role("region", name="新会话提示").get_by_role("button", name=re.compile("^接入")).click()
    asking.sees(re.compile("由咨询员王芳.*为您服务"))
    expect(offer).to_have_count(0)


def test_at_the_end_of_the_shift_all_conversations_go_to_a_colleague(
    small: Hospital, new_page: NewPage, picture: Picture
) -> None:
    wang = Consultant(new_page(), small, "wangfang", "王芳")
    wang.is_available("在线")
    people = [visitor(small, new_page, "妇科", words) for words in ("想约周六的号", "报告怎么看")]
    for each in people:
        each.sees("由咨询员王芳（工号015）为您服务")
    chen = Consultant(new_page(), small, "chenjing", "陈静")
    chen.is_available("忙碌")

    wang.page.get_by_role("button", name=re.compile("接待状态")).click()
    wang.page.get_by_role("menuitemradio", name=re.compile("^离线")).click()
    leaving = wang.page.get_by_role("dialog")
    picture(wang.page, "desk-03-leaving")
    leaving.get_by_role("button", name=re.compile("^全部转接")).click()
    dialog = wang.page.get_by_role("dialog")
    dialog.get_by_role("radio", name=re.compile("陈静")).check(force=True)
    dialog.get_by_role("textbox", name=re.compile("转接说明")).fill("我下班了，请接着答")
    picture(wang.page, "desk-04-hand-over")
    dialog.get_by_role("button", name=re.compile("^转接|接手")).last.click()
    accept = chen.page.get_by_role("button", name="接受", exact=True)
    for left in reversed(range(len(people))):
        expect(accept).to_have_count(left + 1)
        accept.first.click()
    for each in people:
        each.sees(re.compile("现由.*陈静为您服务，前面的内容已转给同事，您不用重复"))
    picture(wang.page, "desk-05-handed-over")
    expect(wang.list.get_by_text("想约周六的号")).to_have_count(0)


def test_an_emergency_a_colleague_beside_and_the_reason_why(
    small: Hospital, new_page: NewPage, picture: Picture
) -> None:
    li = Consultant(new_page(), small, "limin", "李敏")
    li.is_available("在线")
    asking = visitor(small, new_page, "妇科", "我怀孕七个月，突然破水了")
    expect(asking.chat.get_by_role("link", name="拨打120").first).to_be_visible()
    asking.sees("由咨询员李敏（工号012）为您服务")
    picture(asking.page, "desk-09-emergency")
    li.opens("破水")
    li.sees(re.compile("急症"))
    wang = Consultant(new_page(), small, "wangfang", "王芳")
    wang.is_available("忙碌")
    li.replies("请马上拨打120，平躺，不要走动。")

    li.page.get_by_role("button", name=re.compile("更多|协助")).first.click()
    li.page.get_by_role("menuitem", name=re.compile("请同事协助")).click()
    dialog = li.page.get_by_role("dialog")
    dialog.get_by_role("radio", name=re.compile("王芳")).check(force=True)
    dialog.get_by_role("radio", name=re.compile("加入会话")).check(force=True)
    dialog.get_by_role("textbox", name=re.compile("想问什么")).fill("请一起看着她")
    picture(li.page, "desk-10-ask")
    dialog.get_by_role("button", name="发出请求").click()
    wang.opens("请一起看着她")
    wang.sees(re.compile("请一起看着她"))
    picture(wang.page, "desk-11-asked")
    wang.page.get_by_role("button", name="加入会话", exact=True).click()
    asking.sees(re.compile("王芳"))
    expect(wang.page.get_by_role("textbox", name=re.compile("^回复 访客"))).to_be_visible()
    wang.replies("您好，救护车叫了吗？")
    asking.sees("您好，救护车叫了吗？")
    picture(asking.page, "desk-12-both")

    # The only online consultant of the group is full: the next one waits, and the supervisor assigns it manually.
    waiting = visitor(small, new_page, "妇科", "想问一下产检时间")
    waiting.sees(re.compile("马上就轮到您|下一位就是您"))
    chen = Consultant(new_page(), small, "chenjing", "陈静")
    chen.opens("救护车叫了吗")
    chen.sees(re.compile("紧急情况，立即分配"))
    picture(chen.page, "desk-13-why")
    chen.opens("产检时间")
    chen.page.get_by_role("button", name="指派", exact=True).first.click()
    hand = chen.page.get_by_role("dialog")
    hand.get_by_role("radio", name=re.compile("王芳")).check(force=True)
    picture(chen.page, "desk-14-assign")
    hand.get_by_role("button", name="指派", exact=True).click()
    waiting.sees("由咨询员王芳（工号015）为您服务")


def test_a_message_left_at_night_is_there_in_the_morning(tmp_path: Path, new_page: NewPage, picture: Picture) -> None:
    now = datetime.now(ZONE)
    night = now.replace(hour=23, minute=30, second=0)
    if night <= now:
        night += timedelta(days=1)
    demo = hospital.start(tmp_path, ahead=seconds_until(night))
    try:
        records = demo.records()
        assert HOURS in records
        demo.takes_in(records.replace(HOURS, AT_DAY))
        late = Visitor(new_page(PHONE, has_touch=True, is_mobile=True), demo.website)
        late.page.get_by_role("button", name=re.compile("在线咨询|留言")).click()
        late.sees(re.compile(r"现在不在服务时间，将于明天 0?8:10"))
        picture(late.page, "desk-06-closed")
        late.asks_about("妇科")
        form = late.chat
        form.get_by_role("textbox", name=re.compile("留言内容")).fill("体检要空腹吗？")
        form.get_by_role("textbox", name=re.compile("怎么称呼您")).fill("王女士")
        form.get_by_role("textbox", name=re.compile("联系电话")).fill("13800000000")
        form.get_by_role("button", name="同意并留言").click()
        late.sees(re.compile(r"我们最晚明天 0?8:40 前拨打您留的电话（尾号 0000）"))
        picture(late.page, "desk-07-left")

        demo.goes_down()
        demo.ahead = seconds_until(night + timedelta(hours=8, minutes=45))
        demo.comes_back()
        li = Consultant(new_page(), demo, "limin", "李敏")
        li.is_available("在线")
        li.page.get_by_role("button", name=re.compile("^留言")).click()
        li.sees("体检要空腹吗？")
        li.sees(re.compile("王女士"))
        picture(li.page, "desk-08-morning")
    finally:
        demo.close()


def seconds_until(then: datetime) -> int:
    """How far a clock must be put forward."""
    return int((then - datetime.now(ZONE)).total_seconds())
