"""The open chat where space is scarce: a small phone, one in landscape, one with its keyboard up."""

import re

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, ViewportSize, expect

from tests.browser.conftest import NewPage, Picture
from tests.browser.hospital import Hospital
from tests.browser.people import Visitor
from tests.browser.sizes import height, is_within_the_window

pytestmark = pytest.mark.browser

SMALL: ViewportSize = {"width": 360, "height": 640}
MOST_BARS = 0.35
"""The share of a small phone's height that all coloured bars may take; a quarter more when the connection is lost."""
SMALLEST_PX = 14

SMALL_TEXTS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const part = walker.currentNode.parentElement;
    const box = part.getBoundingClientRect();
    if (!walker.currentNode.data.trim() || box.width < 2 || part.closest("script, style")) continue;
    const px = parseFloat(getComputedStyle(part).fontSize);
    if (px < SMALLEST) found.push(`${px} ${walker.currentNode.data.trim()}`);
  }
  return found;
}"""

NEAR = """link => {
  const number = link.querySelector(".number").getBoundingClientRect();
  const walker = document.createTreeWalker(link, NodeFilter.SHOW_TEXT);
  const words = document.createRange();
  words.selectNodeContents(walker.nextNode());
  const last = [...words.getClientRects()].pop();
  const beside = Math.abs(number.top - last.top) < 4 && number.left - last.right < 10;
  const below = number.top >= last.bottom - 4 && Math.abs(number.left - last.left) < 2;
  return beside || below;
}"""


APART = """banner => {
  const words = part => {
    const range = document.createRange();
    range.selectNodeContents(part);
    return [...range.getClientRects()].filter(box => box.width > 0);
  };
  const meet = (one, other) => Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1
    && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 4;
  const parts = [...banner.children].map(words);
  const apart = (one, other) => one.every(line => !other.some(another => meet(line, another)));
  return parts.every((one, place) => parts.slice(place + 1).every(other => apart(one, other)));
}"""


class Sick(Visitor):
    """A visitor on a phone, in one of the two languages, whose first words are an emergency."""

    def __init__(self, page: Page, address: str, language: str) -> None:
        super().__init__(page, address)
        self.opens_the_chat()
        if language == "en":
            self.chat.get_by_role("button", name="Switch to English").click()

    @property
    def box(self) -> Locator:
        return self.chat.locator(".composer textarea")

    def says_what_hurts(self) -> None:
        self.box.fill("我胸口疼得厉害，喘不上气")
        self.chat.locator(".send").click()
        expect(self.chat.locator(".banner")).to_be_visible()


def phone(new_page: NewPage, size: ViewportSize, **options: object) -> Page:
    return new_page(size, has_touch=True, is_mobile=True, **options)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_bars_never_say_the_same_twice_and_leave_room_for_the_words(
    demo: Hospital, new_page: NewPage, picture: Picture, language: str
) -> None:
    sick = Sick(phone(new_page, SMALL), f"{demo.website}/gynecology", language)
    bars = sick.chat.locator(".safety, .notice, .banner")
    expect(bars).to_have_count(1)
    sick.says_what_hurts()
    expect(bars).to_have_count(1)
    assert height(bars) < MOST_BARS * SMALL["height"]
    picture(sick.page, f"small-emergency-{language}")
    demo.goes_down()
    try:
        expect(sick.chat.locator(".notice")).to_be_visible()
        expect(bars).to_have_count(2)
        assert height(bars) < 1.25 * MOST_BARS * SMALL["height"]
        picture(sick.page, f"small-emergency-lost-{language}")
    finally:
        demo.comes_back()
    sick.chat.locator(".banner-close").click()
    expect(sick.chat.locator(".safety")).to_be_visible()


def test_the_emergency_departments_number_is_beside_its_name(demo: Hospital, new_page: NewPage) -> None:
    sick = Sick(phone(new_page, SMALL), f"{demo.website}/gynecology", "en")
    sick.says_what_hurts()
    for width in (320, 340, 360, 390, 430, 600):
        sick.page.set_viewport_size({"width": width, "height": 640})
        expect(sick.chat.locator(".banner")).to_be_visible()
        assert sick.chat.locator("a:has(.number)").evaluate(NEAR), width


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_text_is_smaller_than_can_be_read_on_a_phone(demo: Hospital, new_page: NewPage, language: str) -> None:
    sick = Sick(phone(new_page, SMALL), demo.website, language)
    assert_readable(sick.chat)
    sick.chat.locator(".departments label").first.click()
    sick.says_what_hurts()
    assert_readable(sick.chat)


def assert_readable(chat: FrameLocator) -> None:
    script = SMALL_TEXTS.replace("SMALLEST", str(SMALLEST_PX))
    assert chat.locator("body").evaluate(script) == []


@pytest.mark.parametrize("size", [(640, 180), (640, 200), (740, 190), (568, 160), (740, 360), (360, 300)])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_visitor_can_write_and_send_on_the_strip_that_a_keyboard_leaves(
    demo: Hospital, new_page: NewPage, picture: Picture, size: tuple[int, int], language: str
) -> None:
    window: ViewportSize = {"width": size[0], "height": size[1]}
    sick = Sick(phone(new_page, window), f"{demo.website}/gynecology", language)
    picture(sick.page, f"strip-{size[0]}x{size[1]}-{language}")
    for words in ("一行", "第一行\n第二行\n第三行\n第四行\n第五行\n第六行"):
        sick.box.fill(words)
        assert is_within_the_window(sick.box)
        assert is_within_the_window(sick.chat.locator(".send"))
    sick.says_what_hurts()
    expect(sick.chat.locator(".queue-line")).to_be_visible()
    sick.box.fill("还是很疼")
    picture(sick.page, f"strip-{size[0]}x{size[1]}-{language}-emergency")
    assert is_within_the_window(sick.box)
    assert is_within_the_window(sick.chat.locator(".send"))
    assert is_within_the_window(sick.chat.locator("a[href='tel:120']:visible").first)
    assert sick.chat.locator(".banner").evaluate(APART), "no words over others"
    sick.chat.locator(".send").click()
    expect(sick.chat.get_by_text("还是很疼")).to_have_count(1)


def test_the_chat_covers_the_whole_phone_in_landscape(demo: Hospital, new_page: NewPage) -> None:
    page = phone(new_page, {"width": 844, "height": 390})
    Visitor(page, demo.website).opens_the_chat()
    box = page.locator("iframe").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 844, "height": 390}


def test_the_end_dialog_can_be_answered_on_the_strip_that_a_keyboard_leaves(demo: Hospital, new_page: NewPage) -> None:
    sick = Sick(phone(new_page, {"width": 640, "height": 180}), f"{demo.website}/gynecology", "zh")
    sick.says_what_hurts()
    sick.chat.get_by_role("button", name=re.compile("结束")).first.click()
    for button in sick.chat.get_by_role("alertdialog").get_by_role("button").all():
        button.scroll_into_view_if_needed()
        assert is_within_the_window(button)


@pytest.mark.parametrize(
    ("language", "size"),
    [("zh", ViewportSize(width=180, height=320)), ("en", ViewportSize(width=180, height=284))],
)
def test_on_a_phone_zoomed_to_twice_its_size_everything_can_be_reached_and_the_number_stays_in_sight(
    demo: Hospital, new_page: NewPage, picture: Picture, language: str, size: ViewportSize
) -> None:
    sick = Sick(phone(new_page, size), f"{demo.website}/gynecology", language)
    sick.says_what_hurts()
    sick.box.scroll_into_view_if_needed()
    assert is_within_the_window(sick.box)
    assert is_within_the_window(sick.chat.locator(".banner a[href='tel:120']"))
    picture(sick.page, f"zoomed-{language}-emergency")
    sick.chat.locator(".banner-close").click()
    more = sick.chat.locator(".header-more")
    more.scroll_into_view_if_needed()
    for button in sick.chat.locator(".header button").all():
        assert is_within_the_window(button), button.inner_text()
    picture(sick.page, f"zoomed-{language}-header")
    more.click()
    last = sick.chat.locator(".dialog button").last
    last.scroll_into_view_if_needed()
    assert is_within_the_window(last)
    last.click()
    expect(sick.chat.locator("[role=dialog]")).to_have_count(0)
