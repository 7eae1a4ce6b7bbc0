"""请给我回电 from the night to the next morning: an old visitor on a small phone asks to be called, the number is read
back, and what was promised is what the desk sees; a consultant takes it, reveals the number and reports two calls."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser import hospital
from tests.browser.conftest import NewPage, Picture
from tests.browser.people import Consultant, Visitor
from tests.browser.states.audit import ENHANCED, STILL, Looker, frame_of
from tests.browser.test_desk_story import AT_DAY, HOURS, ZONE, seconds_until

pytestmark = pytest.mark.browser

NARROW: ViewportSize = {"width": 360, "height": 740}
SMALLER: ViewportSize = {"width": 1024, "height": 768}
PROMISED = "8:10\u2060–\u206012:00"


def test_a_call_that_is_asked_for_at_night_is_made_in_the_morning(
    tmp_path: Path, new_page: NewPage, picture: Picture
) -> None:
    looker = Looker()
    night = datetime.now(ZONE).replace(hour=2, minute=0, second=0) + timedelta(days=1)
    demo = hospital.start(tmp_path, ahead=seconds_until(night))
    try:
        records = demo.records()
        assert HOURS in records
        demo.takes_in(records.replace(HOURS, AT_DAY))
        page = new_page(NARROW, has_touch=True, is_mobile=True, **STILL)
        asks_at_night(Visitor(page, demo.website), looker, picture)
        demo.goes_down()
        demo.ahead = seconds_until(night + timedelta(hours=6, minutes=20))
        demo.comes_back()
        answers_in_the_morning(Consultant(new_page(), demo, "limin", "李敏"), looker, picture)
    finally:
        demo.close()
    assert looker.wrong == {}


def opens(visitor: Visitor) -> None:
    """The launcher says 留言 while it is closed."""
    visitor.page.get_by_role("button", name=re.compile("在线咨询|留言")).click()


def asks_at_night(visitor: Visitor, looker: Looker, picture: Picture) -> None:
    opens(visitor)
    visitor.sees("现在不在服务时间")
    chat, frame = visitor.chat, frame_of(visitor.page)
    chat.get_by_role("button", name=re.compile("长辈版")).first.click()
    picture(visitor.page, "callback-offered-360")
    chat.get_by_role("button", name=re.compile("请给我回电")).first.click()
    dialog = chat.get_by_role("dialog")
    phone = dialog.get_by_label("您的电话号码")
    expect(phone).to_be_visible()
    looker.looks_at("form", frame)
    looker.looks_at("form, contrast", frame, ENHANCED)
    picture(visitor.page, "callback-form-360")
    dialog.get_by_role("button", name="下一步").click()
    expect(dialog.get_by_role("alert")).to_have_text("请填写可以接听的电话号码。")
    expect(phone).to_be_focused()
    phone.fill("138 1234 5678")
    dialog.locator("label", has_text=re.compile("^今天$")).click()
    dialog.locator("label", has_text=re.compile("^上午$")).click()
    dialog.get_by_label("怎么称呼您").fill("王奶奶")
    picture(visitor.page, "callback-filled-360")
    phone.press("Enter")
    expect(dialog.get_by_role("heading")).to_have_text("请核对号码")
    expect(dialog.locator(".call-read")).to_have_text("138 1234 5678")
    expect(dialog).to_contain_text("不对别人说出医院名称")
    looker.looks_at("read back", frame)
    visitor.page.emulate_media(color_scheme="light")
    picture(visitor.page, "callback-check-360")
    # Back and forth keeps everything, also when the dialog is closed in between.
    dialog.get_by_role("button", name="修改").click()
    expect(phone).to_have_value("138 1234 5678")
    dialog.get_by_role("button", name="返回").click()
    chat.get_by_role("button", name=re.compile("请给我回电")).first.click()
    expect(phone).to_have_value("138 1234 5678")
    dialog.get_by_role("button", name="下一步").click()
    dialog.get_by_role("button", name="确认，请给我回电").dblclick()
    expect(dialog).to_contain_text(f"我们会在今天 {PROMISED} 给您回电。")
    looker.looks_at("promised", frame)
    visitor.page.emulate_media(color_scheme="light")
    picture(visitor.page, "callback-promised-360")
    dialog.get_by_role("button", name="返回").click()
    # A click before the frame has gone would be lost with it.
    with visitor.page.expect_event("framenavigated", lambda each: each == frame):
        frame.evaluate("location.reload()")
    chat.get_by_role("button", name=re.compile("请给我回电")).first.click()
    expect(dialog).to_contain_text(PROMISED)


def answers_in_the_morning(li: Consultant, looker: Looker, picture: Picture) -> None:
    page = li.page
    page.get_by_role("button", name=re.compile("^回电")).click()
    [card] = page.get_by_role("article").all()
    expect(card).to_contain_text("不可透露医院名称")
    expect(card).to_contain_text("138****5678")
    expect(card).to_contain_text("王奶奶")
    expect(card.get_by_role("button", name="已接通")).to_have_count(0)
    picture(page, "callback-console-1440")
    card.get_by_role("button", name="我来回电").click()
    card.get_by_role("button", name="显示号码").click()
    expect(card.get_by_role("link", name="13812345678")).to_have_attribute("href", "tel:13812345678")
    looker.looks_at("console", page.main_frame)
    page.set_viewport_size(SMALLER)
    page.emulate_media(color_scheme="light")
    picture(page, "callback-console-1024")
    card.get_by_role("button", name="未接通").click()
    expect(card).to_contain_text("已拨打 1 次")
    expect(card.get_by_role("button", name="未接通")).to_be_disabled()
    card.get_by_role("button", name="已接通").click()
    card.get_by_label("结果").fill("约好周六上午来院")
    looker.looks_at("console, reporting", page.main_frame)
    picture(page, "callback-console-report-1024")
    card.get_by_role("button", name="已接通").click()
    expect(page.get_by_text("没有等待的回电。")).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text("约好周六上午来院")
    looker.looks_at("console, done", page.main_frame)
