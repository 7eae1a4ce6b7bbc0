"""A visitor on a phone who does not know the department, and one whose first words are an emergency: while the server
cannot be reached, and at night."""

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import NewPage, Picture, in_ms
from tests.browser.hospital import Hospital
from tests.browser.people import Visitor
from tests.browser.sizes import is_within_the_window
from tests.browser.states.audit import STILL, Looker, frame_of

pytestmark = pytest.mark.browser

SMALL: ViewportSize = {"width": 360, "height": 640}
CRY = "我爸突然胸痛，喘不上气"


def opened(page: Page, hospital: Hospital) -> Visitor:
    """A visitor with an open chat whose page has fetched the words of an emergency."""
    visitor = Visitor(page, hospital.website)
    with page.expect_event("requestfinished", lambda request: "/lookout-" in request.url, timeout=in_ms(30_000)):
        visitor.opens_the_chat()
    return visitor


def test_not_knowing_and_an_emergency(demo: Hospital, new_page: NewPage, picture: Picture) -> None:
    looker = Looker()
    visitor = opened(new_page(SMALL, **STILL), demo)
    chat = frame_of(visitor.page)
    looker.looks_at("quick questions", chat)
    visitor.chat.get_by_role("button", name="医院在哪里？怎么走？").click()
    visitor.sees("自动回复")
    visitor.sees("长沙市开福区康宁路 18 号")
    looker.looks_at("an automatic reply", chat)
    picture(visitor.page, "sorting-start")

    # Nothing is chosen before the first message.
    visitor.says("宝宝发烧了要挂哪个科")
    visitor.sees("已送达")
    visitor.sees("您的问题像是儿科的。")
    yes = visitor.chat.get_by_role("button", name="是，改为咨询儿科")
    assert is_within_the_window(yes)
    looker.looks_at("a suggestion", chat)
    picture(visitor.page, "sorting-suggestion")
    yes.click()
    visitor.sees("咨询科室：儿科")
    expect(yes).to_have_count(0)

    # The first words while the server cannot be reached.
    sick = opened(new_page(SMALL, **STILL), demo)
    banner = sick.chat.locator(".banner")
    expect(banner).to_have_count(0)
    demo.goes_down()
    sick.says(CRY)
    expect(sick.chat.locator(".banner a[href='tel:120']")).to_be_visible()
    sick.sees("这条消息还没有发出")
    looker.looks_at("an emergency without a connection", frame_of(sick.page))
    picture(sick.page, "sorting-offline")
    demo.comes_back()
    sick.sees("已送达")
    expect(banner).to_have_count(1)

    # At night.
    records = demo.records()
    shut = re.sub(r"(?m)^\[sites\.demo\.hours\]\n(?:[^\[\n].*\n)*", "[sites.demo.hours]\nevery_day = []\n", records)
    assert shut != records
    demo.takes_in(shut)
    late = opened(new_page(SMALL, **STILL), demo)
    late.sees("留言")
    late.chat.get_by_role("button", name="门诊几点上班？").click()
    late.sees("门诊每天 8:00 至 17:30")
    late.chat.get_by_role("textbox", name="留言内容").fill(CRY)
    late.chat.get_by_role("button", name="同意并留言").click()
    expect(late.chat.locator(".banner a[href='tel:120']")).to_be_visible()
    looker.looks_at("an emergency at night", frame_of(late.page))
    picture(late.page, "sorting-night")
    assert looker.wrong == {}
