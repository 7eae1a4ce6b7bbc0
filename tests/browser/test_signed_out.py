"""Users sent from the console to the sign-in page read the reason there."""

import re

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, NewPage, Picture
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant

pytestmark = pytest.mark.browser

SMALL_DESKTOP: ViewportSize = {"width": 1024, "height": 700}
SENT_AWAY_WITHIN = 10_000


@pytest.mark.parametrize(
    ("size", "scheme", "language", "words"),
    [
        (PHONE, "light", "zh", "您的账号已停用，请联系管理员。"),
        (SMALL_DESKTOP, "light", "en", "Your account has been disabled. Please ask the administrator."),
        (DESKTOP, "dark", "zh", "您的账号已停用，请联系管理员。"),
    ],
)
def test_a_disabled_account_is_told_why(
    demo: Hospital, new_page: NewPage, picture: Picture, size: ViewportSize, scheme: str, language: str, words: str
) -> None:
    page = new_page(size, color_scheme=scheme)
    page.goto(f"{demo.staff}/sign-in?lang={language}")
    page.locator("#login").fill("limin")
    page.locator("#password").fill("kangning-demo-2026")
    page.locator("form.stacked button").click()
    expect(page.locator(".status")).to_be_visible()
    try:
        demo.changes_account("disable", "limin")
        page.wait_for_url(re.compile(r"/sign-in\?why=disabled$"), timeout=SENT_AWAY_WITHIN)
        expect(page.get_by_role("status")).to_have_text(words)
        picture(page, f"sign-in-why-{size['width']}-{scheme}")
    finally:
        demo.changes_account("enable", "limin")


def test_signing_out_in_one_tab_is_explained_in_the_other(demo: Hospital, new_page: NewPage) -> None:
    wang = Consultant(new_page(), demo, "wangfang", "王芳")
    expect(wang.page.locator(".status")).to_be_visible()
    other = wang.page.context.new_page()
    other.goto(f"{demo.staff}/console")
    expect(other.locator(".status")).to_be_visible()
    other.get_by_role("button", name=re.compile("账户")).click()
    other.get_by_role("menuitem", name="退出登录").click()
    expect(other).to_have_url(re.compile("/sign-in$"))
    wang.page.wait_for_url(re.compile(r"/sign-in\?why=signed_out$"), timeout=SENT_AWAY_WITHIN)
    expect(wang.page.get_by_role("status")).to_have_text("您已在别处退出登录，请重新登录。")


def test_the_administrator_who_opens_the_console_lands_at_the_accounts(
    demo: Hospital, new_page: NewPage, picture: Picture
) -> None:
    admin = Consultant(new_page(), demo, "admin", "管理员")
    expect(admin.page.get_by_role("heading", name="账号管理")).to_be_visible()
    admin.page.goto(f"{demo.staff}/console")
    expect(admin.page.get_by_role("heading", name="账号管理")).to_be_visible()
    picture(admin.page, "administrator")
