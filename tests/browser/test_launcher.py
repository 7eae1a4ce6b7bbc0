"""The launcher on a hospital's page: it stays within the window and is not printed."""

import re
import zlib
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage
from tests.browser.foreign import Elsewhere, listed_page
from tests.browser.hospital import Hospital
from tests.browser.sizes import is_within_the_window

pytestmark = pytest.mark.browser

OFFSETS = ["0", "20,80", "-500", "9999", "20,5000", "99999,99999", "1e308", "right", "12px,", "NaN,Infinity", ""]
WINDOWS = [(320, 480), (360, 640), (700, 300), (1440, 900), (240, 160)]
TEAL = b".0588 .4627 .4314 rg"
"""The launcher's and the header's colour in a PDF."""

NewTag = Callable[..., Page]


@pytest.fixture(scope="module")
def listed(demo: Hospital) -> Iterator[Elsewhere]:
    """A page that the demo's site lists."""
    with listed_page(demo) as page:
        yield page


@pytest.fixture
def tagged(listed: Elsewhere, new_page: NewPage) -> NewTag:
    """Opens that page, whose script tag has these attributes."""

    def make(width: int, height: int, attributes: str = "") -> Page:
        page = new_page({"width": width, "height": height})
        listed.attributes = f'data-site="demo" {attributes}'
        page.goto(listed.address)
        return page

    return make


def launcher(page: Page) -> Locator:
    return page.locator("#hchat > button")


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog", name="在线咨询")


@pytest.mark.parametrize("offset", OFFSETS)
def test_the_launcher_can_be_reached_wherever_the_tag_puts_it(tagged: NewTag, offset: str) -> None:
    page = tagged(1440, 900, f'data-offset="{offset}"')
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        assert is_within_the_window(launcher(page)), (width, height)
    launcher(page).click(trial=True)


@pytest.mark.parametrize("offset", ["20,80", "9999,9999", "-500", "0"])
@pytest.mark.parametrize("window", [(1440, 900), (1024, 500), (800, 300)])
def test_the_panel_is_fully_visible_wherever_the_tag_puts_it(
    tagged: NewTag, offset: str, window: tuple[int, int]
) -> None:
    page = tagged(*window, f'data-offset="{offset}"')
    launcher(page).click()
    expect(page.frame_locator("iframe").get_by_role("button", name="收起")).to_be_visible()
    assert is_within_the_window(panel(page))


def test_an_invalid_z_index_is_the_default(tagged: NewTag) -> None:
    for value, z in (("high", "2147483000"), ("70", "70")):
        page = tagged(1440, 900, f'data-z="{value}"')
        assert page.locator("#hchat").evaluate("(host) => getComputedStyle(host).zIndex") == z


@pytest.mark.parametrize("width", [360, 1440])
def test_neither_the_launcher_nor_an_open_panel_is_printed(tagged: NewTag, width: int) -> None:
    page = tagged(width, 700)
    expect(launcher(page)).to_be_visible()
    assert not is_printed(page)
    launcher(page).click()
    expect(page.frame_locator("iframe").get_by_role("button", name="收起")).to_be_visible()
    assert not is_printed(page)
    expect(panel(page)).to_be_visible()


def is_printed(page: Page) -> bool:
    """Whether anything of ours is printed: its colour, or an iframe's second page."""
    paper = page.pdf(print_background=True)
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", paper, re.DOTALL)
    return any(TEAL in inflated(stream) for stream in streams)


def inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""
