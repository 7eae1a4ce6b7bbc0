"""The chat's frame does not load: the server is down, the page's origin is not listed, or the site does not exist."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, NewPage, Picture
from tests.browser.foreign import HAS_PANEL, Elsewhere, elsewhere
from tests.browser.hospital import Hospital
from tests.browser.people import Visitor
from tests.browser.sizes import is_within_the_window, share_of_the_window

pytestmark = pytest.mark.browser

PHONE_NUMBER = "0731-8888 0120"
LOADS_ANEW = """button => {
  const frame = () => button.getRootNode().querySelector("iframe");
  const before = frame();
  button.click();
  return frame() !== before;
}"""
"""Whether a click loads the frame in that very moment; some seconds later it is loaded anew by itself."""
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


@pytest.fixture
def somewhere(demo: Hospital) -> Iterator[Elsewhere]:
    with elsewhere(demo.staff) as page:
        yield page


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    """A phone on which the browser may report a refused frame, because that is what is tested here."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def phone_options(size: ViewportSize) -> dict[str, bool]:
    return {"has_touch": True, "is_mobile": True} if size == PHONE else {}


def launcher(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("在线咨询|Chat with us"))


def panel_of(page: Page) -> Locator:
    return page.get_by_role("dialog", name=re.compile("在线咨询|Chat with us"))


def small_panel(page: Page) -> Locator:
    """What is shown instead of the chat."""
    panel = panel_of(page)
    expect(panel.get_by_text(re.compile("正在重试|Trying again"))).to_be_visible()
    return panel


def assert_leaves_the_page_in_reach(page: Page, panel: Locator) -> None:
    assert is_within_the_window(panel)
    assert share_of_the_window(panel) < 0.6
    assert not page.evaluate("document.body.inert"), "the page behind can be used"
    assert page.evaluate("getComputedStyle(document.documentElement).overflow") != "hidden"


@SIZES
def test_while_the_server_is_down_there_is_a_way_out_and_later_the_chat_loads_by_itself(
    demo: Hospital, new_page: NewPage, picture: Picture, size: ViewportSize
) -> None:
    earlier = Visitor(new_page(size, **phone_options(size)), demo.website)
    earlier.opens_the_chat()
    page = earlier.page.context.new_page()
    page.goto(demo.website)
    page.wait_for_function(HAS_PANEL)  # the second script has arrived
    demo.goes_down()
    try:
        launcher(page).click()
        panel = small_panel(page)
        expect(panel.get_by_role("link", name=PHONE_NUMBER)).to_have_attribute("href", "tel:073188880120")
        expect(panel.get_by_role("link", name="如情况紧急，请拨打120")).to_have_attribute("href", "tel:120")
        assert_leaves_the_page_in_reach(page, panel)
        picture(page, f"no-frame-away-{size['width']}")
        panel.get_by_role("button", name="关闭").click()
        expect(panel).to_be_hidden()
        launcher(page).click()
        small_panel(page)
    finally:
        demo.comes_back()
    expect(page.frame_locator("iframe").get_by_role("textbox", name="输入您的问题")).to_be_visible(timeout=40_000)
    expect(page.get_by_text("正在重试")).to_be_hidden()
    assert page.locator("iframe").count() == 1
    assert (share_of_the_window(page.locator("iframe")) > 0.99) is (size == PHONE), "the chat has its usual size"


def test_the_small_panel_is_closed_by_escape_by_back_and_by_its_button(plain_page: Page, somewhere: Elsewhere) -> None:
    page = plain_page
    page.goto(somewhere.address)
    address = page.url
    ways: tuple[Callable[[], object], ...] = (
        lambda: page.keyboard.press("Escape"),
        page.go_back,
        page.get_by_role("button", name="关闭").click,
    )
    for close in ways:
        launcher(page).click()
        panel = small_panel(page)
        close()
        expect(panel).to_be_hidden()
        expect(launcher(page)).to_be_visible()
        assert page.url == address


def test_the_retry_button_loads_the_chat_at_once(demo: Hospital, new_page: NewPage) -> None:
    page = new_page(DESKTOP)
    page.goto(demo.website)
    refused = re.compile("/frame")
    page.route(refused, lambda route: route.fulfill(status=502, body="<h1>502 Bad Gateway</h1>"))
    launcher(page).click()
    panel = small_panel(page)
    page.unroute(refused)
    assert panel.get_by_role("button", name="重试").evaluate(LOADS_ANEW)
    expect(page.frame_locator("iframe").get_by_role("textbox", name="输入您的问题")).to_be_visible()


def test_a_chat_that_reloads_into_a_502_is_replaced_too(demo: Hospital, new_page: NewPage) -> None:
    """The frame may reload itself, as after an update of the server."""
    page = new_page(PHONE, has_touch=True, is_mobile=True)
    visitor = Visitor(page, demo.website)
    visitor.opens_the_chat()
    refused = re.compile("/frame")
    page.route(refused, lambda route: route.fulfill(status=502, body="<h1>502 Bad Gateway</h1>"))
    visitor.chat.locator("body").evaluate("() => location.reload()")
    panel = small_panel(page)
    expect(panel.get_by_role("link", name=PHONE_NUMBER)).to_be_visible()
    page.unroute(refused)
    expect(visitor.chat.get_by_role("textbox", name="输入您的问题")).to_be_visible(timeout=30_000)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_refused_frame_shows_the_tags_phone_and_logs_the_reason_once(
    plain_page: Page, somewhere: Elsewhere, picture: Picture, language: str
) -> None:
    page, lines = plain_page, list[str]()
    page.on("console", lambda message: lines.append(message.text) if "[hchat]" in message.text else None)
    somewhere.attributes = f'data-site="demo" data-phone="010-1234 5678" data-language="{language}"'
    page.goto(somewhere.address)
    launcher(page).click()
    panel = small_panel(page)
    expect(panel.get_by_role("link", name="010-1234 5678")).to_have_attribute("href", "tel:01012345678")
    assert_leaves_the_page_in_reach(page, panel)
    picture(page, f"no-frame-unlisted-{language}")
    with page.expect_response(re.compile("/frame")):  # it tries again
        pass
    assert len(lines) == 1
    assert 'origins of the site "demo"' in lines[0]
    assert somewhere.address.rstrip("/") in lines[0]
    assert "docs/operations.md" in lines[0]


def test_a_site_that_does_not_exist_is_named_in_the_console_and_no_panel_is_broken(
    plain_page: Page, somewhere: Elsewhere
) -> None:
    page, lines = plain_page, list[str]()
    page.on("console", lambda message: lines.append(message.text) if "[hchat]" in message.text else None)
    somewhere.attributes = 'data-site="nowhere"'
    page.goto(somewhere.address)
    expect(page.locator("#hchat")).to_have_count(0)
    somewhere.attributes = 'data-site="nowhere" data-phone="010-1234 5678"'
    page.goto(somewhere.address)
    expect(page.locator("#hchat > button")).to_have_text("010-1234 5678")
    expect(page.locator("#hchat [role=dialog]")).to_have_count(0)
    assert len(lines) == 2
    assert all('no site "nowhere"' in line for line in lines)


def test_an_unreachable_server_is_reported_in_the_browsers_console(
    demo: Hospital, plain_page: Page, somewhere: Elsewhere
) -> None:
    page, lines = plain_page, list[str]()
    page.on("console", lambda message: lines.append(message.text) if "[hchat]" in message.text else None)
    page.goto(somewhere.address)
    # The panel's script is fetched once the page is loaded.
    page.wait_for_function(HAS_PANEL)
    page.context.set_offline(True)
    launcher(page).click()
    small_panel(page)
    assert len(lines) == 1
    assert f"{demo.staff} cannot be reached" in lines[0]
