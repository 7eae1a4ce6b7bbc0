"""Asking without knowing the department, and what is shown of the consultants, in real browsers."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, NewPage, Picture
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant, Visitor

pytestmark = pytest.mark.browser


def test_a_visitor_without_a_department_asks_and_the_consultant_sets_it(
    demo: Hospital, new_page: NewPage, picture: Picture
) -> None:
    visitor = Visitor(new_page(PHONE, has_touch=True, is_mobile=True), demo.website)
    visitor.opens_the_chat()
    expect(visitor.chat.get_by_role("textbox", name="输入您的问题")).to_be_visible()
    chip = visitor.chat.get_by_role("radio", name="妇科")
    visitor.asks_about("妇科")
    expect(chip).to_be_checked()
    visitor.asks_about("妇科")
    expect(chip).not_to_be_checked()
    picture(visitor.page, "serving-1-start-phone")
    visitor.says("不知道挂哪个科")
    visitor.sees("现在没有咨询员在线")
    picture(visitor.page, "serving-2-nobody-phone")
    wang = Consultant(new_page(DESKTOP), demo, "wangfang", "王芳")
    wang.is_available("忙碌")
    visitor.sees("暂时没有空闲的咨询员，下一位就是您")
    picture(visitor.page, "serving-3-busy-phone")
    wang.is_available("在线")
    visitor.sees("由咨询员王芳（工号015）为您服务")
    wang.opens("不知道挂哪个科")
    department = wang.page.get_by_role("combobox", name="设置科室")
    expect(department).to_be_visible()
    department.select_option(label="内科")
    wang.sees(re.compile("将科室由“不确定 / 其他”改为“内科”"))
    picture(wang.page, "serving-4-department-desktop")
    visitor.ends()


def test_a_number_that_cannot_be_called_is_asked_for_again(demo: Hospital, new_page: NewPage, picture: Picture) -> None:
    visitor = Visitor(new_page(PHONE, has_touch=True, is_mobile=True), f"{demo.website}/pediatrics")
    visitor.opens_the_chat()
    visitor.says("周末有号吗？")
    visitor.chat.get_by_role("button", name="改为留言").click()
    visitor.sees(re.compile("不留电话，我们无法主动联系您"))
    picture(visitor.page, "serving-5-leave-phone")
    number = visitor.chat.get_by_role("textbox", name=re.compile("联系电话"))
    number.fill("1381234567")
    visitor.chat.get_by_role("button", name="同意并留言").click()
    visitor.sees("请检查电话号码")
    picture(visitor.page, "serving-6-phone-wrong")
    expect(visitor.chat.get_by_role("textbox", name=re.compile("留言内容"))).to_have_value("周末有号吗？")
    number.fill("13812345678")
    visitor.chat.get_by_role("button", name="同意并留言").click()
    visitor.sees(re.compile("拨打您留的电话（尾号 5678）"))
    picture(visitor.page, "serving-7-left-phone")
