"""长辈版 on a phone, also with its keyboard up: every question can be read and answered, and the box stays in reach."""

import re

import pytest
from playwright.sync_api import Locator, ViewportSize, expect

from tests.browser.conftest import NewPage, Picture
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant, Visitor
from tests.browser.sizes import is_within_the_window
from tests.browser.test_consent import writes

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 360, "height": 740}
KEYBOARD: ViewportSize = {"width": 360, "height": 440}
SIZES = (PHONE, KEYBOARD)
LANGUAGES = ("zh", "en")

SEEN_LINES = """part => {
  const words = part.querySelector("p"), { top, bottom, height } = words.getBoundingClientRect();
  const card = part.getBoundingClientRect(), actions = part.querySelector(".consent-actions").getBoundingClientRect();
  const seen = Math.min(bottom, actions.top, innerHeight) - Math.max(top, card.top, 0);
  const line = parseFloat(getComputedStyle(words).lineHeight);
  const scrolls = part.scrollHeight > part.clientHeight && getComputedStyle(part).overflowY === "auto";
  return seen >= height - 1 || (scrolls && seen >= 3 * line) ? "" : `${seen} of ${height} px`;
}"""
"""Empty when all of the question is visible, or at least three lines of it and the rest by scrolling."""

LARGEST = """banner => {
  const size = link => { const { width, height } = link.getBoundingClientRect(); return width * height; };
  const [first, ...others] = [...document.querySelectorAll("a[href^='tel:']")]
    .filter(link => banner.contains(link) || link.closest(".elder-bar")).filter(link => size(link) > 0);
  const ground = link => getComputedStyle(link).backgroundColor;
  return first.getAttribute("href") === "tel:120"
    && others.every(other => size(other) < size(first) && ground(other) !== ground(first));
}"""


class Elder(Visitor):
    """A visitor on a phone who has chosen the large letters."""

    def __init__(self, new_page: NewPage, address: str, language: str) -> None:
        super().__init__(new_page(PHONE, has_touch=True, is_mobile=True), address)
        self.opens_the_chat()
        if language == "en":
            self.chat.get_by_role("button", name="Switch to English").click()
        self.chat.locator(".elder-entry button").click()
        expect(self.chat.locator(":root[data-mode='elder']")).to_have_count(1)

    @property
    def box(self) -> Locator:
        return self.chat.locator(".composer textarea")

    def sends(self, words: str) -> None:
        writes(self, words)
        self.chat.locator(".composer .send").click()

    def can_answer(self, picture: Picture, name: str) -> None:
        """The question that is open, in both sizes."""
        question = self.chat.locator(".consent")
        expect(question).to_be_visible()
        for size in SIZES:
            self.page.set_viewport_size(size)
            picture(self.page, f"elder-{name}-{size['height']}")
            buttons = question.get_by_role("button").all()
            assert buttons
            for part in (*buttons, self.box, self.chat.locator(".composer .send")):
                assert is_within_the_window(part), (size, part)
            assert question.evaluate(SEEN_LINES) == "", size
        self.page.set_viewport_size(PHONE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_screen_leaves_the_box_in_reach(
    demo: Hospital, new_page: NewPage, picture: Picture, language: str
) -> None:
    elder = Elder(new_page, demo.website, language)
    for size in SIZES:
        elder.page.set_viewport_size(size)
        picture(elder.page, f"elder-first-{language}-{size['height']}")
        for part in (elder.box, elder.chat.locator(".composer .send"), elder.chat.locator("a[href='tel:120']:visible")):
            assert is_within_the_window(part), size
    elder.chat.locator("main").evaluate("main => main.scrollTo(0, 0)")
    # English needs more lines than there are.
    assert language == "en" or is_within_the_window(elder.chat.locator(".row .bubble").first)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_question_about_health_data_can_be_read_and_answered(
    demo: Hospital, new_page: NewPage, picture: Picture, language: str
) -> None:
    elder = Elder(new_page, demo.website, language)
    elder.sends("最近总是咳嗽")
    elder.can_answer(picture, f"health-{language}")
    elder.chat.locator(".consent-actions button").last.click()
    expect(elder.chat.locator(".consent a")).to_be_visible()
    expect(elder.chat.locator(".composer .send")).to_have_text("发送" if language == "zh" else "Send")
    for size in SIZES:
        elder.page.set_viewport_size(size)
        picture(elder.page, f"elder-refused-{language}-{size['height']}")
        assert is_within_the_window(elder.box), size
        assert is_within_the_window(elder.chat.locator(".consent a")), size


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_staff_ask_for_can_be_read_and_answered(
    demo: Hospital, new_page: NewPage, picture: Picture, language: str
) -> None:
    li = Consultant(new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    elder = Elder(new_page, demo.website, language)
    elder.sends("请问停车场在哪里？")
    expect(elder.chat.locator(".who")).to_be_visible()
    li.opens("请问停车场在哪里？")
    for item, name in (("标记为代问", "behalf"), (re.compile("请监护人同意"), "guardian")):
        li.page.get_by_role("button", name="更多").click()
        li.page.get_by_role("menuitem", name=item).click()
        if name == "guardian":
            li.page.get_by_role("dialog").locator("button[type=submit]").click()
        elder.can_answer(picture, f"{name}-{language}")
        elder.chat.locator(".consent-actions button").first.click()
        expect(elder.chat.locator(".consent-actions")).to_have_count(0)
    elder.chat.get_by_role("button", name=re.compile("结束|End")).first.click()
    elder.chat.get_by_role("alertdialog").get_by_role("button", name=re.compile("^(结束|End chat)$")).click()


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_an_emergency_120_is_the_largest_button_and_everything_is_in_reach(
    demo: Hospital, new_page: NewPage, picture: Picture, language: str
) -> None:
    elder = Elder(new_page, demo.website, language)
    elder.sends("我胸口剧痛，喘不上气")
    banner = elder.chat.locator(".banner")
    expect(banner).to_be_visible()
    expect(elder.chat.locator(".queue-line, .who").first).to_be_attached()
    for size in SIZES:
        elder.page.set_viewport_size(size)
        picture(elder.page, f"elder-emergency-{language}-{size['height']}")
        for part in (*banner.get_by_role("link").all(), elder.box, elder.chat.locator(".composer .send")):
            assert is_within_the_window(part), (size, part)
        assert banner.evaluate(LARGEST), size
