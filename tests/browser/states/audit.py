"""What is wrong with a screen for people who cannot see it well, or use no mouse."""

from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Frame, Page

AXE = (Path(__file__).resolve().parents[3] / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
"""The size of targets is among them."""
ENHANCED = {"type": "rule", "values": ["color-contrast-enhanced"]}
"""A contrast of 7:1."""
LOOK = """async (rules) => (await axe.run(document, { runOnly: rules })).violations.flatMap(({ id, nodes }) =>
  nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`))"""
HAS_AXE = "() => typeof axe === 'object'"
SMALL = """() => [...document.querySelectorAll("button, a, input:not([type=radio]):not([type=checkbox]), textarea")]
  .filter((each) => each.getClientRects().length > 0 && each.closest(".bubble") === null)
  .filter((each) => each.getBoundingClientRect().height < 48)
  .map((each) => `lower than 48 px: ${each.outerHTML.slice(0, 200)}`)"""
"""A link within a message is as high as its line, which WCAG 2.5.8 allows."""
CONTROLS = frozenset(
    {"button", "link", "textbox", "radio", "checkbox", "combobox", "dialog", "alertdialog", "menuitem", "progressbar"}
)
"""Roles whose parts must have a name."""
NEVER_FOCUSED = frozenset({"dialog", "alertdialog", "progressbar"})
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

# Moving parts are half transparent, with colours that nobody ever reads text in.
STILL: dict[str, Any] = {"bypass_csp": True, "reduced_motion": "reduce"}


def violations(frame: Frame, rules: object = RULES) -> list[str]:
    """What axe-core finds in the frame as it is now."""
    if not frame.evaluate(HAS_AXE):
        frame.evaluate(AXE)
    found: list[str] = frame.evaluate(LOOK, rules)
    return found


def faults(page: Page, frame: Frame, *, elder: bool) -> list[str]:
    """Everything that is wrong with the frame: by axe-core, and in the browser's accessibility tree."""
    found = [*violations(frame), *faults_in_the_tree(page, frame)]
    if elder:
        found += [*violations(frame, ENHANCED), *frame.evaluate(SMALL)]
    return found


def faults_in_the_tree(page: Page, frame: Frame) -> list[str]:
    """Controls that have no name for a screen reader, and those that no key reaches."""
    session = page.context.new_cdp_session(page)
    session.send("Accessibility.enable")
    tree = session.send("Page.getFrameTree")["frameTree"]
    frames = [tree, *tree.get("childFrames", [])]
    [id] = [each["frame"]["id"] for each in frames if each["frame"]["url"].split("#")[0] == frame.url.split("#")[0]]
    nodes = session.send("Accessibility.getFullAXTree", {"frameId": id})["nodes"]
    session.detach()
    found = []
    for node in nodes:
        role = node.get("role", {}).get("value")
        if node.get("ignored") or role not in CONTROLS:
            continue
        name = node.get("name", {}).get("value", "").strip()
        has = {each["name"]: each["value"].get("value") for each in node.get("properties", [])}
        if name == "":
            found.append(f"no name: {role}")
        if role not in NEVER_FOCUSED and not has.get("focusable") and not has.get("disabled"):
            found.append(f"no key reaches it: {role} {name}")
    return found


class Looker:
    """Checks one screen after the other and collects the findings, so that one run reports all of them."""

    def __init__(self) -> None:
        self.wrong: dict[str, list[str]] = {}

    def looks_at(self, screen: str, frame: Frame, rules: object = RULES) -> None:
        """Check `frame` as it is now, in light and dark mode."""
        for scheme in SCHEMES:
            frame.page.emulate_media(color_scheme=scheme)
            found = violations(frame, rules)
            if found:
                self.wrong[f"{screen}, {scheme}"] = found


def frame_of(page: Page) -> Frame:
    """The widget's frame, whose script cannot be reached through a locator."""
    return next(frame for frame in page.frames if "/frame?" in frame.url)
