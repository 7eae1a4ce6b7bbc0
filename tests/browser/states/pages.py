"""The page /chat/SITE where the widget's script does not run: the form, what is wrong in it, and what follows."""

from playwright.sync_api import expect

from tests.browser.states.steps import fill, see, tap
from tests.browser.states.table import LOOKS, Scene, Story, state

PAGE = "/chat/demo"
ENGLISH = "?language=en"
SENDS = tap(".plain [type=submit]")


def without_script(scene: Scene) -> None:
    """As where a browser does not know the script, or the hospital's network blocks it."""
    scene.new_page()
    scene.page.route("**/assets/*.js", lambda route: route.abort())
    scene.page.goto(f"{scene.demo.staff}{PAGE}{ENGLISH if scene.look.language == 'en' else ''}")
    expect(scene.page.locator(".plain [type=submit]")).to_be_visible()


PLAIN = Story(
    "plain",
    (
        state("form-plain", without_script, where="page"),
        state(
            "form-plain-health",
            fill("#body", "最近总是咳嗽"),
            fill("#phone", "13812345678"),
            SENDS,
            see("[role=alert]"),
            where="page",
        ),
        state("form-plain-sent", tap(".agree input"), SENDS, see("blockquote"), where="page"),
        state(
            "form-plain-emergency",
            without_script,
            fill("#body", "我爸突然胸痛，喘不上气"),
            SENDS,
            see("[role=alert]"),
            where="page",
        ),
    ),
    looks=tuple(look for look in LOOKS if not look.elder),
)
