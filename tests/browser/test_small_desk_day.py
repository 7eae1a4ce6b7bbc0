"""A day at a small desk: three consultants, a supervisor and twelve visitors, and every screen tells the truth."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser import hospital
from tests.browser.conftest import DESKTOP, PHONE, NewPage, Picture
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant, Visitor

pytestmark = pytest.mark.browser

SNUG: ViewportSize = {"width": 1024, "height": 768}

THREE_AT_ONE_DESK = """
[people.limin]
groups = ["general"]
capacity = 2
languages = ["zh", "en"]

[people.wangfang]
groups = ["general"]
capacity = 2
languages = ["zh", "en"]

[people.zhangwei]
groups = ["children", "general"]
capacity = 2
languages = ["zh"]
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    yield from opened(tmp_path_factory.mktemp("hospital"))


@pytest.fixture
def hasty_desk(tmp_path: Path) -> Iterator[Hospital]:
    """Times are short, so that the day is short: an alarm after 8 seconds, back to the queue after 16. Too short for
    everything else: a busy browser is slower than that."""
    yield from opened(tmp_path, CHATSERVER_FIRST_REPLY_ALARM_S="8", CHATSERVER_FIRST_REPLY_S="16")


def opened(folder: Path, **settings: str) -> Iterator[Hospital]:
    demo = hospital.start(folder, ahead=0, **settings)
    demo.takes_in(THREE_AT_ONE_DESK)
    yield demo
    demo.close()
    assert "Traceback" not in demo.log.read_text(), demo.log.read_text()


def asks(desk: Hospital, new_page: NewPage, words: str) -> Visitor:
    """A visitor on a phone who just asks, without choosing anything."""
    visitor = Visitor(new_page(PHONE, has_touch=True, is_mobile=True), desk.website)
    visitor.opens_the_chat()
    visitor.says(words)
    return visitor


def alarms(page: Page, words: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("region", name="提醒").get_by_role("article").filter(has_text=words)


def ends(consultant: Consultant, outcome: str) -> None:
    consultant.page.get_by_role("button", name="结束会话").click()
    dialog = consultant.page.get_by_role("dialog")
    dialog.get_by_text(outcome).click()
    dialog.get_by_role("button", name="结束会话").click()
    expect(dialog).to_have_count(0)
    expect(consultant.page.get_by_text("会话已结束。")).to_be_visible()


def test_nobody_here_all_busy_and_free_are_three_sentences(desk: Hospital, new_page: NewPage, picture: Picture) -> None:
    first = asks(desk, new_page, "请问产检要挂哪个科？")
    first.sees(re.compile("现在没有咨询员在线，您的消息已收到"))
    picture(first.page, "small-01-nobody")
    li = Consultant(new_page(), desk, "limin", "李敏")
    li.is_available("忙碌")
    first.sees("暂时没有空闲的咨询员，下一位就是您")
    picture(first.page, "small-02-busy")
    li.is_available("在线")
    first.sees(re.compile("由咨询员李敏.*为您服务"))
    li.opens("挂哪个科")
    li.replies("产检请挂妇产科，带好身份证。")
    first.sees("产检请挂妇产科，带好身份证。")
    first.ends()
    expect(li.list.get_by_role("region", name=re.compile("刚结束"))).to_contain_text("产检请挂妇产科")
    li.is_available("离线")


def test_an_emergency_reaches_anybody_who_is_there_and_every_screen_shows_it(
    desk: Hospital, new_page: NewPage, picture: Picture
) -> None:
    chen = Consultant(new_page(SNUG), desk, "chenjing", "陈静")
    alone = asks(desk, new_page, "我爸胸口疼，喘不上气")
    alone.sees("现在没有人在线，不会有人马上看到这条消息，请不要等待回复。")
    expect(alone.chat.get_by_role("link", name="拨打120").first).to_be_visible()
    picture(alone.page, "small-03-emergency-alone")
    card = alarms(chen.page, "危急")
    expect(card).to_have_count(1)
    picture(chen.page, "small-04-supervisor-alarm")

    # 王芳 takes transfers only, but is still assigned an emergency, ahead of everything.
    wang = Consultant(new_page(), desk, "wangfang", "王芳")
    wang.is_available("忙碌")
    alone.sees(re.compile("由咨询员王芳.*为您服务"))
    expect(alarms(wang.page, "危急")).to_have_count(1)
    card.get_by_role("button", name="知道了").click()
    expect(alarms(wang.page, re.compile("陈静.*已知晓"))).to_have_count(1)
    picture(wang.page, "small-05-owner-alarm")
    wang.opens("胸口疼")
    wang.replies("请马上拨打120，让他坐着休息，不要走动。")
    alone.sees("请马上拨打120，让他坐着休息，不要走动。")
    expect(card).to_have_count(0)
    expect(alarms(wang.page, "危急")).to_have_count(0)
    ends(wang, "已解答")
    wang.is_available("离线")


def test_a_consultant_who_does_not_answer_is_paused_and_the_supervisor_called(
    hasty_desk: Hospital, new_page: NewPage, picture: Picture
) -> None:
    desk = hasty_desk
    chen = Consultant(new_page(), desk, "chenjing", "陈静")
    li, wang = Consultant(new_page(), desk, "limin", "李敏"), Consultant(new_page(SNUG), desk, "wangfang", "王芳")
    li.is_available("在线")
    wang.is_available("在线")
    visitor = asks(desk, new_page, "体检报告什么时候能拿到？")
    # After eight seconds the supervisor gets a card; they acknowledge it, and the owner sees who did.
    late = alarms(chen.page, "访客等候过久")
    expect(late).to_have_count(1, timeout=30_000)
    picture(chen.page, "small-06-overdue")
    late.get_by_role("button", name="知道了").click()
    expect(late.get_by_role("button", name="知道了")).to_have_count(0)
    # Neither of the two consultants answers.
    silent = alarms(chen.page, "两位咨询员都没有答复访客")
    expect(silent).to_have_count(1, timeout=60_000)
    for each in (li, wang):
        expect(each.page.get_by_role("button", name=re.compile("接待状态：.*暂停"))).to_be_visible()
    picture(wang.page, "small-07-paused")
    visitor.sees("改为留言")
    picture(visitor.page, "small-08-message-offered")
    zhang = Consultant(new_page(), desk, "zhangwei", "张伟")
    zhang.is_available("在线")
    visitor.sees(re.compile("由咨询员张伟.*为您服务"))
    zhang.opens("体检报告")
    zhang.replies("三个工作日后，在体检中心二楼自助机打印。")
    visitor.sees("三个工作日后，在体检中心二楼自助机打印。")
    expect(silent).to_have_count(0)
    ends(zhang, "已解答")
    for each in (li, wang, zhang):
        each.is_available("离线")


def test_four_ordinary_questions_at_once_raise_no_alarm(desk: Hospital, new_page: NewPage, picture: Picture) -> None:
    chen = Consultant(new_page(SNUG), desk, "chenjing", "陈静")
    zhang, li = Consultant(new_page(), desk, "zhangwei", "张伟"), Consultant(new_page(), desk, "limin", "李敏")
    zhang.is_available("在线")
    li.is_available("在线")
    questions = (
        "以前胸痛过，现在想做体检",
        "治疗中风后遗症多少钱？",
        "孩子不发烧了还要复查吗？",
        "没有呼吸困难，就是咳嗽",
    )
    visitors = [asks(desk, new_page, words) for words in questions]
    for each in visitors:
        each.sees(re.compile("由咨询员.*为您服务"))
    expect(chen.page.get_by_role("region", name="提醒")).to_have_count(0)
    picture(chen.page, "small-14-calm")
    for each in visitors:
        each.ends()
    for consultant in (zhang, li):
        consultant.is_available("离线")


def test_the_list_moves_again_under_a_resting_mouse(desk: Hospital, new_page: NewPage, picture: Picture) -> None:
    li = Consultant(new_page(), desk, "limin", "李敏")
    li.is_available("在线")
    first, second = asks(desk, new_page, "皮肤科几点上班？"), asks(desk, new_page, "停车方便吗？")
    second.sees(re.compile("由咨询员李敏.*为您服务"))
    waits = [asks(desk, new_page, words) for words in ("可以用医保吗？", "要预约多久？")]
    waits[-1].sees("您前面还有")
    li.list.get_by_text("皮肤科几点上班").first.hover()
    first.ends()
    answers = li.list.get_by_role("region", name=re.compile("等我回复"))
    expect(li.list.get_by_role("region", name=re.compile("刚结束"))).to_contain_text("皮肤科几点上班")
    expect(answers).not_to_contain_text("皮肤科几点上班")
    # Capacity became free: the next one appears within seconds, although the mouse still rests on the list.
    expect(answers).to_contain_text("可以用医保吗")
    queue = li.list.get_by_role("region", name=re.compile("^排队"))
    expect(queue.get_by_role("listitem")).to_have_count(1)
    expect(li.page.locator(".status-fact", has_text="排队").locator("b")).to_have_text("1")
    picture(li.page, "small-09-list")
    li.page.set_viewport_size(SNUG)
    picture(li.page, "small-09-list-1024")
    li.page.set_viewport_size(DESKTOP)
    waits[-1].stops_waiting()
    for words in ("停车方便吗", "可以用医保吗"):
        li.opens(words)
        li.replies("可以的。")
        ends(li, "已解答")
    li.is_available("离线")


def test_each_consultant_is_rated_for_their_own_part_and_the_outcome_can_come_later(
    desk: Hospital, new_page: NewPage, picture: Picture
) -> None:
    li = Consultant(new_page(), desk, "limin", "李敏")
    li.is_available("在线")
    visitor = asks(desk, new_page, "孩子打疫苗要带什么？")
    visitor.sees(re.compile("由咨询员李敏.*为您服务"))
    li.opens("打疫苗")
    for words in ("请带接种本。", "还有监护人的身份证。"):
        li.replies(words)
        visitor.sees(words)
    ends(li, "已解答")
    li.is_available("离线")
    visitor.sees("请评价本次服务")
    picture(visitor.page, "small-10-rating-first")

    # The visitor asks again; another consultant answers, and the rating is about that one.
    wang = Consultant(new_page(), desk, "wangfang", "王芳")
    wang.is_available("在线")
    visitor.chat.get_by_role("button", name=re.compile("继续咨询|继续提问")).first.click()
    visitor.says("周末打吗？")
    visitor.sees(re.compile("由咨询员王芳.*为您服务"))
    wang.opens("周末打吗")
    for words in ("周六上午可以。", "请早点来。"):
        wang.replies(words)
        visitor.sees(words)
    picture(wang.page, "small-11-second")
    visitor.ends()
    visitor.sees(re.compile("王芳"))
    visitor.chat.locator("label", has_text="5 星").first.click()
    picture(visitor.page, "small-12-rating-second")
    visitor.chat.get_by_role("button", name="提交评价").first.click()
    visitor.sees(re.compile("王芳.*您评了 5 星"))

    # The visitor ended it: its owner chooses the outcome afterwards.
    expect(wang.list.get_by_text("待选结果")).to_be_visible()
    picture(wang.page, "small-13-no-outcome")
