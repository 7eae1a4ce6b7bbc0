"""The invitation: once, to those who may be invited, while somebody has room; a refusal is kept for a day."""

import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Picture
from tests.browser.foreign import HAS_PANEL
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant, Visitor
from tests.browser.states.audit import Looker

pytestmark = pytest.mark.browser

RULES = "\n[sites.demo.invitation]\nafter_s = 5\n"
LEAD = "需要帮忙吗？可以在线问咨询员。"
CARD = "#hchat [role=dialog][aria-label='需要帮忙吗？可以在线问咨询员。']"


@pytest.fixture(scope="module")
def inviting(demo: Hospital) -> Hospital:
    """The demo, whose site invites after five seconds."""
    demo.takes_in(demo.records() + RULES)
    # The running server reads changed records within some seconds.
    until = time.monotonic() + 60
    while b"after_s" not in panel_of(demo):
        assert time.monotonic() < until
    return demo


def panel_of(demo: Hospital) -> bytes:
    with urllib.request.urlopen(f"{demo.staff}/widget-panel.js?v=2&site=demo", timeout=30) as answer:
        script: bytes = answer.read()
        return script


@pytest.fixture
def li(inviting: Hospital, browser: Browser) -> Iterator[Consultant]:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=DESKTOP)
    li = Consultant(context.new_page(), inviting, "limin", "李敏")
    li.is_available("在线")
    yield li
    li.is_available("忙碌")
    context.close()


@pytest.fixture
def visitors(browser: Browser) -> Iterator[Any]:
    """New browsers, whose clocks can be moved."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        options = {"viewport": DESKTOP, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", **options}
        context = browser.new_context(**options)
        context.clock.install()
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


def comes(context: BrowserContext, address: str) -> tuple[Page, list[str]]:
    """A page of the website on which the rules are met at once, and what it asked for then."""
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/widget-invitation.js" in request.url else None)
    page.goto(address)
    page.wait_for_function(HAS_PANEL)
    return page, asked


def waits(page: Page) -> None:
    page.context.clock.run_for(6_000)


def card(page: Page) -> Locator:
    return page.locator(CARD)


def is_invited(page: Page) -> Locator:
    waits(page)
    expect(card(page).get_by_role("status")).to_have_text(LEAD)
    return card(page)


def is_not_invited(page: Page, asked: list[str]) -> None:
    waits(page)
    page.wait_for_load_state("networkidle")
    assert asked == []
    expect(card(page)).to_have_count(0)


def test_refused_it_is_silent_on_the_next_page_and_in_each_visit_for_a_day(
    inviting: Hospital, li: Consultant, visitors: Any
) -> None:
    context = visitors()
    page, _ = comes(context, inviting.website)
    invited = is_invited(page)
    invited.get_by_role("button", name="暂不需要").click()
    expect(card(page)).to_have_count(0)
    for _ in range(2):
        next_page, asked = comes(context, inviting.website)
        is_not_invited(next_page, asked)
    context.clock.fast_forward("23:50:00")
    later, asked = comes(context, inviting.website)
    is_not_invited(later, asked)
    context.clock.fast_forward("00:11:00")
    tomorrow, _ = comes(context, inviting.website)
    is_invited(tomorrow)


def test_accepted_it_opens_the_chat_and_no_second_one_comes(
    inviting: Hospital, li: Consultant, visitors: Any, picture: Picture
) -> None:
    context = visitors()
    page, _ = comes(context, inviting.website)
    is_invited(page).get_by_role("button", name="现在咨询").click()
    chat = page.frame_locator("#hchat iframe")
    expect(chat.get_by_role("textbox", name="输入您的问题")).to_be_visible()
    expect(card(page)).to_have_count(0)
    chat.get_by_role("button", name="收起", exact=True).click()
    again, asked = comes(context, inviting.website)
    is_not_invited(again, asked)


def test_while_nobody_has_room_nothing_is_shown(inviting: Hospital, visitors: Any) -> None:
    page, asked = comes(visitors(), inviting.website)
    waits(page)
    page.wait_for_function("document.querySelector('#hchat').shadowRoot.querySelector('script[src*=invitation]')")
    page.wait_for_load_state("networkidle")
    assert len(asked) == 1
    expect(card(page)).to_have_count(0)


def test_elders_children_and_those_who_want_less_motion_are_not_invited(
    inviting: Hospital, li: Consultant, visitors: Any
) -> None:
    context = visitors()
    for address in ("/?mode=elder", "/pediatrics"):
        is_not_invited(*comes(context, inviting.website + address))
    is_not_invited(*comes(visitors(reduced_motion="reduce"), inviting.website))
    # Chosen in the chat: the page learns only that nobody is to be invited.
    chooses = visitors()
    visitor = Visitor(chooses.new_page(), inviting.website)
    visitor.opens_the_chat()
    visitor.chat.get_by_role("button", name="长辈版").first.click()
    visitor.page.wait_for_function("Number(localStorage.getItem('hchat-invitation-refused-until')) > Date.now() + 9e10")
    kept = visitor.page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert "elder" not in kept


def test_nobody_is_invited_beside_a_running_chat(inviting: Hospital, li: Consultant, visitors: Any) -> None:
    context = visitors()
    visitor = Visitor(context.new_page(), inviting.website)
    visitor.opens_the_chat()
    visitor.says("请问几点开门")
    visitor.sees("由咨询员李敏（工号012）为您服务")
    is_not_invited(*comes(context, inviting.website))
    visitor.ends()
    is_not_invited(*comes(context, inviting.website))


@pytest.mark.parametrize(
    ("name", "options", "address"),
    [
        ("phone", {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}, "/"),
        ("tablet", {"viewport": {"width": 1024, "height": 768}}, "/"),
        ("desktop", {"viewport": DESKTOP}, "/"),
        ("dark", {"viewport": PHONE, "color_scheme": "dark"}, "/"),
    ],
)
def test_the_card_is_small_takes_no_focus_and_moves_nothing(
    inviting: Hospital,
    li: Consultant,
    visitors: Any,
    picture: Picture,
    name: str,
    options: dict[str, Any],
    address: str,
) -> None:
    context = visitors(**options)
    context.add_init_script(
        "window.shifts = []; new PerformanceObserver((list) => window.shifts.push(...list.getEntries()"
        ".map((each) => each.value))).observe({ type: 'layout-shift', buffered: true });"
    )
    page, _ = comes(context, inviting.website + address)
    before = page.evaluate("document.activeElement.tagName")
    invited = is_invited(page)
    assert page.evaluate("document.activeElement.tagName") == before
    assert page.evaluate("document.querySelector('#hchat').shadowRoot.activeElement") is None
    assert page.evaluate("window.shifts") == []
    box, launcher = invited.bounding_box(), page.locator("#hchat > button").bounding_box()
    assert box is not None
    assert launcher is not None
    assert box["y"] + box["height"] <= launcher["y"]
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]  # type: ignore[index]
    for button in invited.get_by_role("button").all():
        size = button.bounding_box()
        assert size is not None
        assert size["width"] >= 44
        assert size["height"] >= 44
    picture(page, f"invitation-{name}")
    looker = Looker()
    looker.looks_at(name, page.main_frame)
    assert looker.wrong == {}
    # By keyboard: it comes after the launcher, and Escape is a refusal.
    page.locator("#hchat > button").focus()
    page.keyboard.press("Tab")
    expect(invited.get_by_role("button", name="关闭")).to_be_focused()
    page.keyboard.press("Escape")
    expect(card(page)).to_have_count(0)
    expect(page.locator("#hchat > button")).to_be_focused()
