"""Visitors without a consultant: sorting, emergencies, the queue, call-backs, and all kinds of broken connections."""

from playwright.sync_api import expect

from chatserver.hub.options import HubOptions
from tests.browser.states.steps import (
    BOX,
    SEND,
    agree_if_asked,
    arrive,
    fill,
    found,
    goes,
    gone,
    has,
    offline,
    online,
    open_chat,
    say,
    see,
    server_comes,
    server_goes,
    show,
    tap,
    without,
)
from tests.browser.states.table import LOOKS, ZOOMED, Scene, Story, state
from tests.browser.trouble import disk_is_full

CRY = "我爸突然胸痛，喘不上气"
CALL = tap(".dialog button", "请给我回电|call me|Ask for a call")


def sees_the_panel(scene: Scene) -> None:
    expect(scene.page.locator("#hchat a[href='tel:120']")).to_be_visible()


def opens_blindly(scene: Scene) -> None:
    scene.page.locator("#hchat > button").click()


def opens_it_again(scene: Scene) -> None:
    """In so many more tabs of the same browser that the first one has to give way."""
    before = scene.page
    for _ in range(HubOptions().visitor_tabs):
        other = scene.new_page(before.context)
        other.goto(before.url)
        expect(found(scene, BOX)).to_be_visible()
    scene.page = before


def disk_fills(scene: Scene) -> None:
    scene.ends.enter_context(disk_is_full(scene.demo))


def refuses(scene: Scene) -> None:
    scene.page.locator("#hchat [role=dialog] button").nth(2).click()


def is_invited(scene: Scene) -> None:
    scene.page.locator("#hchat [role=dialog]").first.wait_for(state="attached")
    scene.page.clock.run_for(6_000)
    expect(scene.page.locator("#hchat [role=dialog] button").nth(2)).to_be_visible()


SORTING = Story(
    "sorting",
    (
        state("departments", arrive("/"), open_chat, see(".departments")),
        state("suggestion", say("宝宝发烧了要挂哪个科"), agree_if_asked, see(".suggestion")),
        state(
            "queue-nobody",
            arrive("/pediatrics"),
            open_chat,
            say("请问接种疫苗带什么材料"),
            tap(".consent-actions button"),
            see(".queue"),
        ),
        state("leave-instead", tap(".queue-ways .button", "留言|message"), see(".leave")),
    ),
    looks=ZOOMED,
)
EMERGENCIES = Story(
    "emergencies",
    (
        state("emergency-body", arrive(), open_chat, say(CRY), see(".banner"), see(".queue, .who")),
        state("emergency-mind", arrive(), open_chat, say("我不想活了"), see(".banner-mind")),
    ),
    looks=ZOOMED,
)
CALLING = Story(
    "calling",
    (
        state("callback", arrive("/"), open_chat, tap(".header-more"), CALL, see("#call-phone")),
        state("callback-missing", tap(".call [type=submit]"), see("#call-phone-wrong")),
        state(
            "callback-health",
            fill("#call-phone", "138 1234 5678"),
            fill("#call-name", "王奶奶"),
            fill("#call-topic", "头疼两天了"),
            tap(".call [type=submit]"),
            show(".call-health button"),
        ),
        state(
            "callback-when",
            fill("#call-topic", "想约周六复查"),
            tap(".call .chip", "明天|Tomorrow"),
            tap(".call .chip", "上午|morning"),
            show("#call-phone"),
        ),
        state("callback-check", tap(".call [type=submit]"), see(".call-facts")),
        state("callback-promised", tap(".call .button-primary"), see(".call-promise")),
        state("callback-gone", tap(".call .button"), see(".dialog p[role=status]"), see(".dialog .dialog-actions")),
    ),
)
TROUBLE = Story(
    "trouble",
    (
        state("frame-not-loaded", arrive("/", spoil=without("/frame")), opens_blindly, sees_the_panel, where="page"),
        state("part-not-loaded", arrive("/", spoil=without("/assets/talk-")), opens_blindly, see(".safety a")),
        state("standalone", goes("/chat/demo", "?language=en", "?mode=elder"), see(".questions .button")),
        state("elsewhere", say("请问周末有门诊吗"), see(".who"), opens_it_again, see(".notice .button")),
        state("server-away", arrive(), open_chat, has("lookout-"), server_goes, see(".notice")),
        state("server-away-unsent", fill(BOX, "请问周末有门诊吗"), tap(SEND), see(".status-retrying")),
        state("no-network", offline, see(".notice", "网络|network")),
        # Nothing can be sent before the first text has its answer.
        state("emergency-offline", fill(BOX, CRY), see(".banner")),
        state(
            "cannot-store",
            online,
            server_comes,
            gone(".notice"),
            disk_fills,
            fill(BOX, "那我明天来"),
            tap(SEND),
            see(".notice"),
        ),
    ),
)
INVITED = Story(
    "invited",
    (
        state("invitation", arrive("/", invited=True), is_invited, where="page"),
        state("invitation-refused", refuses, where="page"),
    ),
    looks=tuple(look for look in LOOKS if not look.elder and look.language == "zh"),
    hospital="inviting",
)
