"""What a table of states is made of: looks, stories, rows, and how a story is played."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Error, Frame, FrameLocator, Page, Route, ViewportSize

from tests.browser.hospital import Hospital
from tests.browser.people import Consultant
from tests.browser.states.audit import frame_of

Scheme = Literal["light", "dark"]
Where = Literal["chat", "page", "desk"]

PHONE: ViewportSize = {"width": 360, "height": 640}
DESKTOP: ViewportSize = {"width": 1024, "height": 700}
DESK: ViewportSize = {"width": 1440, "height": 900}
SMALL_DESK: ViewportSize = {"width": 1024, "height": 768}
PATIENCE_MS = 20_000


@dataclass(frozen=True)
class Shot:
    """How a state that was reached is looked at. A story need not be played again for another shot."""

    name: str
    scheme: Scheme = "light"
    size: ViewportSize | None = None
    """None: as the page is."""


@dataclass(frozen=True)
class Look:
    """Who looks at the screen: a story is played once for each."""

    name: str
    size: ViewportSize
    language: Literal["zh", "en"] = "zh"
    elder: bool = False
    zoom: float = 1
    shots: tuple[Shot, ...] = (Shot("light"),)

    @property
    def is_phone(self) -> bool:
        return self.size["width"] < 600


LIGHT_AND_DARK = (Shot("light"), Shot("dark", "dark"))
ON_A_PHONE = Look("phone", PHONE, shots=LIGHT_AND_DARK)
LOOKS = (
    ON_A_PHONE,
    Look("desktop", DESKTOP, shots=LIGHT_AND_DARK),
    Look("phone-en", PHONE, "en"),
    Look("elder", PHONE, elder=True, shots=LIGHT_AND_DARK),
)
"""Those of visitors."""
ZOOMED = (*LOOKS, Look("zoom", PHONE, zoom=2))
"""Zoom is what a browser does with it: fewer CSS pixels in the same window."""

AT_THE_DESK = Look(
    "desk",
    DESK,
    shots=(
        Shot("1440"),
        Shot("1440-dark", "dark"),
        Shot("1024", size=SMALL_DESK),
        Shot("1024-dark", "dark", SMALL_DESK),
    ),
)
STAFF_PAGE = replace(AT_THE_DESK, name="page", shots=(*AT_THE_DESK.shots[:3], Shot("360", size=PHONE)))


@dataclass
class Scene:
    """A story under way: who takes part, and the page that is looked at."""

    browser: Browser
    demo: Hospital
    look: Look
    li: Consultant
    page: Page = field(init=False)
    held: list[Route] = field(default_factory=list)
    """Requests of the page that have no answer yet."""
    kept: dict[str, str] = field(default_factory=dict)
    """What was read from the screen and is needed later."""
    ends: ExitStack = field(default_factory=ExitStack)

    def new_page(self, context: BrowserContext | None = None, *, invited: bool = False) -> Page:
        """A page for this look, which the scene shows from now on; without a context, without any history."""
        width, height = (int(self.look.size[side] / self.look.zoom) for side in ("width", "height"))
        if context is None:
            context = self.browser.new_context(
                viewport={"width": width, "height": height},
                device_scale_factor=self.look.zoom,
                has_touch=self.look.is_phone,
                is_mobile=self.look.is_phone,
                bypass_csp=True,
                # Moving parts are half transparent, with colours that nobody ever reads text in.
                reduced_motion="no-preference" if invited else "reduce",
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
            )
            self.ends.callback(leave, context)
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        return self.page

    @property
    def chat(self) -> FrameLocator | Page:
        """What the chat is in: a frame of the hospital's page, or a page of its own."""
        return self.page.frame_locator("#hchat iframe") if self.in_a_frame else self.page

    @property
    def in_a_frame(self) -> bool:
        return self.page.url.startswith(self.demo.website)

    def is_elder(self, where: Where) -> bool:
        """Whether the screen must be as 长辈版 is, a look that only the chat has."""
        return self.look.elder and where == "chat"

    def looked_at(self, where: Where) -> tuple[Page, Frame]:
        """The page of a picture, and the frame in it that is audited."""
        if where == "desk":
            return self.li.page, self.li.page.main_frame
        if where == "chat" and self.in_a_frame:
            return self.page, frame_of(self.page)
        return self.page, self.page.main_frame


def leave(context: BrowserContext) -> None:
    """快速离开, which ends the conversation and makes room for the next visitor."""
    context.set_offline(False)
    for page in context.pages:
        for frame in page.frames:
            button = frame.locator(".header-more + .header-button")
            if button.count():
                with page.expect_navigation():
                    button.dispatch_event("click")
                break
    context.close()


Step = Callable[[Scene], None]


@dataclass(frozen=True)
class State:
    """One row. `never`: looks in which there is no such state."""

    name: str
    steps: tuple[Step, ...]
    where: Where = "chat"
    never: tuple[str, ...] = ()


def state(name: str, *steps: Step, where: Where = "chat", never: tuple[str, ...] = ()) -> State:
    """A row."""
    return State(name, steps, where, never)


@dataclass(frozen=True)
class Story:
    """States that follow each other. `settings`: the hospital's, if it needs other ones than the usual."""

    name: str
    states: tuple[State, ...]
    looks: tuple[Look, ...] = LOOKS
    hospital: str = "open"


def play(
    story: Story, scene: Scene, show: Callable[[State], None], missed: Callable[[State], None] | None = None
) -> list[str]:
    """Shows each state of the story. If one cannot be reached, the story ends and the reason is returned."""
    with scene.ends:
        for each in story.states:
            if scene.look.name in each.never:
                continue
            try:
                for step in each.steps:
                    step(scene)
            except (AssertionError, Error) as error:
                if missed is not None:
                    missed(each)
                why = next((line for line in str(error).splitlines() if "locator(" in line), str(error).splitlines()[0])
                return [f"{story.name}, {scene.look.name}: {each.name} cannot be reached: {why.strip()}"]
            show(each)
    return []
