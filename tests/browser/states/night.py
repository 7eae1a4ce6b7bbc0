"""A closed hospital: the form of a 留言, its receipt, the 查询码 and the page that opens the answer with it."""

from playwright.sync_api import expect

from tests.browser.states.steps import (
    HELD,
    arrive,
    fill,
    found,
    goes,
    has,
    open_chat,
    see,
    show,
    tap,
)
from tests.browser.states.table import LOOKS, Scene, Step, Story, state

SENDS = tap(".leave [type=submit]")
CRY = "我爸突然胸痛，喘不上气"
PAGES = tuple(look for look in LOOKS if not look.elder)


def keeps_the_code(scene: Scene) -> None:
    scene.kept["code"] = found(scene, "output").inner_text()


def tries(proof: str, times: int = 1) -> Step:
    """Ask for the answer with the code of this story and these four digits."""

    def act(scene: Scene) -> None:
        for _ in range(times):
            fields = scene.page.locator("form.stacked input")
            fields.nth(0).fill(scene.kept["code"])
            fields.nth(1).fill(proof)
            scene.page.locator("form.stacked button").click()
            expect(scene.page.locator(".problem, .told").first).to_be_visible()

    return act


AT_NIGHT = Story(
    "at-night",
    (
        state("closed", arrive("/"), open_chat, see(".leave")),
        state("form-empty", SENDS, see("#leave-text-wrong")),
        state(
            "form-phone-wrong",
            fill("#leave-text", "想约周六复查"),
            fill("#leave-phone", "12"),
            SENDS,
            see("#leave-phone-wrong"),
        ),
        state(
            "form-health",
            fill("#leave-text", "最近总是咳嗽"),
            fill("#leave-phone", "13812345678"),
            *map(has, HELD),
            SENDS,
            show(".consent-actions button:enabled"),
        ),
        state("receipt", tap(".consent-actions button"), see("output"), show(".left-note h2")),
        state("receipt-code", keeps_the_code, show("output")),
        state("receipt-own-device", show(".left-note > fieldset, .left-note > .button")),
        state("emergency-night", tap(".left-note > .button"), fill("#leave-text", CRY), SENDS, see(".banner")),
        state("answers", goes("/answers"), see("form.stacked"), where="page"),
        state("answers-wrong", tries("0000"), where="page"),
        state("answers-open", tries("5678"), where="page"),
        state("deletion-asked", tap(".deletion summary"), see(".deletion button"), where="page"),
        state("deletion-sent", tap(".deletion button"), see(".notice"), where="page"),
        state("answers-frozen", goes("/answers"), tries("0000", times=5), where="page"),
    ),
    hospital="shut",
)
