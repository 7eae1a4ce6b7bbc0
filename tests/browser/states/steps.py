"""The steps of the rows. Parts are found by their place or in both languages, so that any look will do."""

import itertools
import re
from collections.abc import Callable

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.people import Consultant
from tests.browser.states.table import Scene, Step

FETCHED = """name => performance.getEntriesByType("resource").some(({ name: each }) =>
  each.includes(name) && each.endsWith(".js"))"""
DRAWN = """async name => {
  const fetched = performance.getEntriesByType("resource").map(({ name }) => name);
  await import(fetched.find((each) => each.includes(name) && each.endsWith(".js")));
  for (let turn = 0; turn < 3; turn++) await new Promise((next) => requestAnimationFrame(next));
}"""
UPLOAD = re.compile(r"/v1/visitor/files/[^/]+\?conversation=")
ADDRESSES = itertools.count()
BOX = "textarea:visible"
SEND = ".composer .send"
HELD = ("later-", "lookout-")
"""The parts of the script that hold a text back or look for an emergency in it."""


def found(place: Page | Scene, css: str, words: str = "") -> Locator:
    """The first visible part, in the chat of a scene or on a page; `words` are a pattern for its text."""
    here = place.chat if isinstance(place, Scene) else place
    parts = here.locator(css).filter(visible=True)
    return (parts.filter(has_text=re.compile(words, re.IGNORECASE)) if words else parts).first


def see(css: str, words: str = "") -> Step:
    """Wait until the part is visible."""
    return lambda scene: expect(found(scene, css, words)).to_be_visible()


def gone(css: str) -> Step:
    """Wait until there is no such part."""
    return lambda scene: expect(scene.chat.locator(css)).to_have_count(0)


def tap(css: str, words: str = "", last: bool = False) -> Step:
    """Click the part."""

    def act(scene: Scene) -> None:
        part = found(scene, css, words)
        (scene.chat.locator(css).filter(visible=True).last if last else part).click()

    return act


def show(css: str, words: str = "") -> Step:
    """Scroll until the part is visible."""
    return lambda scene: found(scene, css, words).scroll_into_view_if_needed()


def fill(css: str, words: str) -> Step:
    return lambda scene: found(scene, css).fill(words)


def press(key: str) -> Step:
    return lambda scene: scene.page.keyboard.press(key)


def has(chunk: str) -> Step:
    """Wait until the chat has this part of its script, without which it would act as if the part did not exist."""

    def act(scene: Scene) -> None:
        _, frame = scene.looked_at("chat")
        frame.wait_for_function(FETCHED, arg=chunk)
        frame.evaluate(DRAWN, chunk)

    return act


def say(words: str) -> Step:
    """Write in the box, and send it."""

    def act(scene: Scene) -> None:
        found(scene, BOX).fill(words)
        for chunk in HELD:
            has(chunk)(scene)
        found(scene, SEND).click()

    return act


def agree_if_asked(scene: Scene) -> None:
    """A text with health words waits for a decision; others leave the box at once."""
    expect(scene.chat.locator("textarea:placeholder-shown, .consent-actions, output").first).to_be_visible()
    if scene.chat.locator(".consent-actions").count():
        found(scene, ".consent-actions button").click()


def arrive(path: str = "/gynecology", *, invited: bool = False, spoil: Callable[[Page], None] | None = None) -> Step:
    """A new page of the hospital's website, of somebody without a history."""

    def act(scene: Scene) -> None:
        page = scene.new_page(invited=invited)
        if invited:
            page.clock.install()
        if spoil is not None:
            spoil(page)
        page.goto(f"{scene.demo.website}{path}{'?mode=elder' if scene.look.elder else ''}")

    return act


def open_chat(scene: Scene) -> None:
    scene.page.locator("#hchat > button").click()
    expect(found(scene, BOX)).to_be_visible()
    expect(found(scene, ".header-more")).to_be_visible()
    if scene.look.language == "en":
        found(scene, ".header-language").click()
        expect(scene.chat.locator("html")).to_have_attribute("lang", "en")


def goes(path: str, en: str = "?lang=en", elder: str = "") -> Step:
    """A page of the chat server, without a history; `en` and `elder`: how it is asked for in English, or in 长辈版."""

    def act(scene: Scene) -> None:
        page = scene.new_page()
        if path == "/answers":  # the tries of an address are counted
            page.set_extra_http_headers({"X-Forwarded-For": f"10.1.{next(ADDRESSES)}.1"})
        by = en if scene.look.language == "en" else elder if scene.look.elder else ""
        page.goto(f"{scene.demo.staff}{path}{by}")

    return act


def without(pattern: str) -> Callable[[Page], None]:
    """Nothing whose address is like that can be fetched by the page."""

    def spoil(page: Page) -> None:
        page.route(re.compile(pattern), lambda route: route.abort())

    return spoil


def offline(scene: Scene) -> None:
    scene.page.context.set_offline(True)


def online(scene: Scene) -> None:
    scene.page.context.set_offline(False)


def server_goes(scene: Scene) -> None:
    """It comes back with the end of the story, at the latest."""
    scene.demo.goes_down()
    scene.ends.callback(server_comes, scene)


def server_comes(scene: Scene) -> None:
    if scene.demo.process.poll() is not None:
        scene.demo.comes_back()


def picks(*files: FilePayload) -> Step:
    return lambda scene: scene.chat.locator("input[type=file]").set_input_files(files)


def hold_uploads(scene: Scene) -> None:
    """What is sent from now on stays on its way."""
    scene.page.route(UPLOAD, lambda route: scene.held.append(route))


def break_uploads(scene: Scene) -> None:
    while scene.held:
        scene.held.pop().abort()


def free_uploads(scene: Scene) -> None:
    scene.page.unroute(UPLOAD)


def replies(*words: str) -> Step:
    def act(scene: Scene) -> None:
        for each in words:
            scene.li.replies(each)
            expect(scene.chat.get_by_text(each[:6]).first).to_be_visible()

    return act


def takes(words: str) -> Step:
    """The consultant opens the conversation with these words."""
    return lambda scene: scene.li.opens(words)


def marks(item: str, sure: bool = False) -> Step:
    """The consultant chooses from the menu 更多."""

    def act(scene: Scene) -> None:
        scene.li.page.get_by_role("button", name="更多").click()
        scene.li.page.get_by_role("menuitem", name=re.compile(item)).click()
        if sure:
            scene.li.page.get_by_role("dialog").locator("button[type=submit]").click()

    return act


def sits_down(login: str, name: str, availability: str = "") -> Step:
    """Another member of staff, whose screen the scene shows from now on."""

    def act(scene: Scene) -> None:
        scene.new_page()
        scene.li = Consultant(scene.page, scene.demo, login, name)
        expect(scene.page.locator("#password")).to_have_count(0)
        if availability:
            scene.li.is_available(availability)

    return act


def reads(path: str) -> Step:
    """The member of staff opens this page."""

    def act(scene: Scene) -> None:
        scene.li.page.goto(f"{scene.demo.staff}{path}")

    return act


def sees(css: str, words: str = "") -> Step:
    """Wait until staff see the part."""
    return lambda scene: expect(found(scene.li.page, css, words)).to_be_visible()


def clicks(css: str, words: str = "") -> Step:
    """Staff click the part."""
    return lambda scene: found(scene.li.page, css, words).click()


def writes(css: str, words: str) -> Step:
    """Staff fill in the part."""
    return lambda scene: found(scene.li.page, css).fill(words)


def keys(key: str) -> Step:
    return lambda scene: scene.li.page.keyboard.press(key)


def chooses(*files: FilePayload) -> Step:
    return lambda scene: scene.li.page.locator(".composer input[type=file]").set_input_files(files)
