"""Brings a visitor's screen into one state after the other. Texts are found by their place, so any language will do."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import FrameLocator, Locator, Page, Route, ViewportSize, expect

from tests.browser.hospital import Hospital
from tests.browser.images import document, picture, too_large
from tests.browser.people import Consultant

State = tuple[str, Page]
HOURS = re.compile(r"(?m)^\[sites\.demo\.hours\]\n(?:[^\[\n].*\n)*")


@dataclass(frozen=True)
class Look:
    """How a visitor looks at the chat."""

    name: str
    size: ViewportSize
    language: Literal["zh", "en"] = "zh"
    elder: bool = False
    dark: bool = False
    zoom: float = 1

    @property
    def query(self) -> str:
        return "?mode=elder" if self.elder else ""


@dataclass
class Stage:
    """What the states need. `new_page` opens a page for this look, without any history."""

    demo: Hospital
    look: Look
    li: Consultant
    new_page: Callable[[], Page]

    def visitor(self, path: str = "/gynecology") -> "Seen":
        page = self.new_page()
        page.goto(f"{self.demo.website}{path}{self.look.query}")
        return self.opened(page)

    def opened(self, page: Page) -> "Seen":
        page.locator("#hchat > button").click()
        seen = Seen(page)
        expect(seen.box).to_be_visible()
        if self.look.language == "en":
            seen.chat.locator(".header-button").first.click()
            expect(seen.chat.locator("html")).to_have_attribute("lang", "en")
        return seen


@dataclass
class Seen:
    """A visitor's page with the open chat."""

    page: Page

    @property
    def chat(self) -> FrameLocator:
        return self.page.frame_locator("#hchat iframe")

    @property
    def box(self) -> Locator:
        return self.chat.locator("textarea").first

    def shows(self, part: str) -> Locator:
        found = self.chat.locator(part).first
        expect(found).to_be_visible()
        return found

    def says(self, words: str) -> None:
        self.box.fill(words)
        self.chat.locator(".composer .send").click()

    def agrees(self) -> None:
        self.shows(".consent-actions button").click()


def talking(stage: Stage) -> Iterator[State]:
    """From the first look to the rating, with a consultant."""
    seen = stage.visitor()
    page = seen.page
    seen.shows(".questions .button")
    yield "01-start", page
    seen.chat.locator(".questions .button").first.click()
    seen.shows(".automatic")
    yield "02-quick-answer", page
    seen.box.fill("请问检查前要空腹吗")
    yield "03-notice", page
    seen.says("我月经不太规律")
    seen.shows(".consent-actions")
    yield "04-health-question", page
    seen.chat.locator(".consent-actions button").last.click()
    seen.shows(".consent")
    yield "05-refused", page
    seen.says("请问检查前要空腹吗")
    seen.shows(".who")
    yield "06-served", page
    stage.li.opens("请问检查前要空腹吗")
    stage.li.writes("要的")
    seen.shows(".typing")
    yield "07-typing", page
    stage.li.replies("要的，抽血前八小时不要吃东西。可以喝少量白开水。地址和电话：0731-8888 0120")
    expect(seen.chat.get_by_text("抽血前八小时")).to_be_visible()
    yield "08-answered", page
    seen.chat.locator("input[type=file]").set_input_files([picture("a.png"), too_large()])
    seen.shows(".files-chosen")
    yield "09-files-chosen", page
    yield from files(stage, seen)
    seen.chat.locator(".header-more").click()
    seen.shows(".privacy")
    yield "14-more", page
    seen.chat.locator(".dialog .button", has_text=re.compile("保存|Save")).first.click()
    page.wait_for_timeout(500)
    yield "15-save", page
    page.keyboard.press("Escape")
    seen.chat.locator(".header-more").click()
    seen.chat.locator(".dialog .button", has_text=re.compile("查询码|code", re.IGNORECASE)).first.click()
    seen.shows(".dialog .field")
    yield "16-code", page
    page.keyboard.press("Escape")
    seen.chat.locator(".header-more").click()
    seen.chat.locator(".dialog .button", has_text=re.compile("清除|Clear")).first.click()
    seen.shows(".dialog .button-danger")
    yield "17-clear", page
    page.keyboard.press("Escape")
    page.context.set_offline(True)
    seen.shows(".notice")
    yield "18-offline", page
    page.context.set_offline(False)
    expect(seen.chat.locator(".notice")).to_have_count(0)
    seen.chat.locator(".header-row .header-button:has(svg)", has_text=re.compile("结束|End")).click()
    seen.shows("[role=alertdialog]")
    yield "19-end", page
    seen.chat.locator("[role=alertdialog] .button-danger").click()
    seen.shows(".stars")
    yield "20-ended", page
    seen.chat.locator(".star").nth(3).click()
    seen.shows(".tags")
    yield "21-rating", page
    seen.chat.locator(".rating-actions .button-primary").click()
    seen.shows(".given")
    yield "22-rated", page


def files(stage: Stage, seen: Seen) -> Iterator[State]:
    """Pictures under way and failed, and a document of the consultant's."""
    held: list[Route] = []
    path = re.compile(r"/v1/.*files")
    seen.page.route(path, lambda route: held.append(route) if route.request.method == "PUT" else route.continue_())
    seen.chat.locator(".files-actions .button-primary").click()
    seen.shows(".files-bar, .files-state")
    yield "10-file-progress", seen.page
    for each in held:
        each.abort()
    seen.page.unroute(path)
    seen.page.wait_for_timeout(300)
    yield "11-file-failed", seen.page
    while seen.chat.locator(".files-going button").count():
        seen.chat.locator(".files-going button").last.click()
        seen.page.wait_for_timeout(100)
    stage.li.page.locator(".composer input[type=file]").set_input_files([document()])
    stage.li.page.get_by_role("button", name=re.compile("^发送给 访客")).click()
    stage.li.replies("请看附件。")
    expect(seen.chat.get_by_text("检查须知").first).to_be_visible()
    yield "12-file-received", seen.page


def sorting(stage: Stage) -> Iterator[State]:
    """A visitor who does not know the department, and the emergencies."""
    seen = stage.visitor("/")
    yield "30-start-departments", seen.page
    seen.says("宝宝发烧了要挂哪个科")
    if seen.chat.locator(".consent-actions").count():
        seen.agrees()
    seen.shows(".suggestion")
    yield "31-suggestion", seen.page
    seen = stage.visitor()
    seen.says("我爸突然胸痛，喘不上气")
    seen.shows(".banner")
    yield "32-emergency-body", seen.page
    seen = stage.visitor()
    seen.says("我不想活了")
    seen.shows(".banner-mind")
    yield "33-emergency-mind", seen.page
    seen = stage.visitor("/pediatrics")
    seen.says("请问接种疫苗带什么材料")
    seen.shows(".queue")
    yield "34-queue-nobody", seen.page
    seen.chat.locator(".queue-ways .button", has_text=re.compile("留言|message")).click()
    seen.shows(".leave")
    yield "35-leave", seen.page


def without_server(stage: Stage) -> Iterator[State]:
    """The frame cannot be loaded; the page without a script; a part that cannot be loaded."""
    page = stage.new_page()
    page.route(re.compile("/frame"), lambda route: route.abort())
    page.goto(f"{stage.demo.website}{stage.look.query}")
    page.locator("#hchat > button").click()
    expect(page.locator("#hchat a[href^='tel:']").first).to_be_visible()
    yield "40-frame-not-loaded", page
    page = stage.new_page()
    page.route(re.compile("/assets/(talk|start)-"), lambda route: route.abort())
    page.goto(f"{stage.demo.website}{stage.look.query}")
    page.locator("#hchat > button").click()
    seen = Seen(page)
    expect(seen.chat.locator("textarea")).to_be_visible()
    expect(seen.chat.locator(".safety a[href='tel:120']")).to_be_visible()
    yield "41-part-not-loaded", page


def closed(stage: Stage) -> Iterator[State]:
    """At night: the form, its receipt, the code and its page. The hospital must be closed."""
    page = stage.new_page()
    page.goto(f"{stage.demo.website}{stage.look.query}")
    seen = stage.opened(page)
    seen.shows(".leave")
    yield "50-closed", page
    form = seen.chat.locator(".leave")
    form.locator("textarea").fill("想约周六复查，请问要空腹吗")
    form.locator("button[type=submit]").click()
    page.wait_for_timeout(400)
    yield "51-form-missing", page
    form.locator("input:not([type=radio])").last.fill("13812345678")
    form.locator("button[type=submit]").click()
    if seen.chat.locator(".consent-actions").count():
        seen.agrees()
    code = seen.shows("output").inner_text()
    yield "52-receipt", page
    seen.shows("output").scroll_into_view_if_needed()
    yield "53-receipt-code", page
    page.goto(f"{stage.demo.staff}/answers{'?lang=en' if stage.look.language == 'en' else ''}")
    yield "54-answers", page
    fields = page.locator("form input:not([type=hidden])")
    for proof in ("0000", "5678"):
        fields.nth(0).fill(code)
        fields.nth(1).fill(proof)
        page.locator("form button").last.click()
        page.wait_for_load_state()
        yield f"55-answers-{'wrong' if proof == '0000' else 'right'}", page


def shut(demo: Hospital) -> None:
    """Close the hospital for good."""
    records = demo.records()
    changed = HOURS.sub("[sites.demo.hours]\nevery_day = []\n", records)
    assert changed != records
    demo.takes_in(changed)


ALL = (talking, sorting, without_server)
"""What is told while the hospital is open."""
