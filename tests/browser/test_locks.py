"""After too many wrong passwords the page says when to try again, and a supervisor can end the lock."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, NewPage, Picture
from tests.browser.hospital import Hospital

pytestmark = pytest.mark.browser

PASSWORD = "kangning-demo-2026"
NARROW: ViewportSize = {"width": 360, "height": 740}
SMALL_DESKTOP: ViewportSize = {"width": 1024, "height": 700}


def sign_in(page: Page, demo: Hospital, login: str, password: str, language: str) -> None:
    page.goto(f"{demo.staff}/sign-in?lang={language}")
    page.locator("#login").fill(login)
    page.locator("#password").fill(password)
    # The next page that is asked for would otherwise cancel it.
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("form.stacked button").click()


LOCKED = {
    "zh": "连续输错次数太多，请 15 分钟后再试。急需登录，请联系主管或管理员解除。",
    "en": "Too many wrong tries. Please try again in 15 minutes. "
    "If you cannot wait, a supervisor or the administrator can end the lock.",
}

LOCKS = {"zh": "登录锁定", "en": "Sign-in locks"}


@pytest.mark.parametrize(
    ("size", "scheme", "language", "none"),
    [
        (NARROW, "light", "zh", "现在没有被锁定的账号。"),
        (SMALL_DESKTOP, "light", "en", "No account is locked now."),
        (DESKTOP, "dark", "zh", "现在没有被锁定的账号。"),
        (NARROW, "dark", "en", "No account is locked now."),
    ],
)
def test_a_lock_is_shown_with_its_end_and_a_supervisor_ends_it(
    demo: Hospital,
    new_page: NewPage,
    picture: Picture,
    size: ViewportSize,
    scheme: str,
    language: str,
    none: str,
) -> None:
    name = f"{size['width']}-{scheme}-{language}"
    desk = new_page(size, color_scheme=scheme)
    sign_in(desk, demo, "zhangwei", PASSWORD, language)
    expect(desk.locator(".status")).to_be_visible()
    mistyping = new_page(size, color_scheme=scheme)
    for _ in range(6):
        sign_in(mistyping, demo, "zhangwei", "not the password", language)
    expect(mistyping.get_by_role("alert")).to_have_text(LOCKED[language])
    expect(mistyping.locator("#login")).to_have_value("zhangwei")
    picture(mistyping, f"sign-in-locked-{name}")
    supervisor = new_page(size, color_scheme=scheme)
    sign_in(supervisor, demo, "chenjing", PASSWORD, language)
    expect(supervisor.locator(".status")).to_be_visible()
    supervisor.get_by_role("button", name="陈静").click()
    supervisor.get_by_role("menuitem", name=LOCKS[language]).click()
    expect(supervisor.get_by_role("cell", name="zhangwei")).to_be_visible()
    picture(supervisor, f"locks-{name}")
    supervisor.locator("td.act button").click()
    expect(supervisor.locator(".empty h2")).to_have_text(none)
    picture(supervisor, f"locks-none-{name}")
    sign_in(mistyping, demo, "zhangwei", PASSWORD, language)
    expect(mistyping.locator(".status")).to_be_visible()
