"""One browser used by one person after the other, in a real Chromium, in random order: nobody finds on any page what
somebody before them wrote or who answered it, and nobody's words reach another's conversation."""

import random
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser import hospital
from tests.browser.conftest import DESKTOP
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant
from tests.browser.test_next_person import AGES, ASKED, OTHER, SAME, end_all, under_way
from tests.browser.trouble import FULL
from tests.browser.wire import Wire

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(3_600 if FULL else 1_800)]

TIMES = 50 if FULL else 5
STEPS = 24
TAG = re.compile(r"〔(\w+)〕")
"""Marks whose words these are."""
MOMENT = 250
"""ms after which an action has usually reached the other screens; no test depends on it."""
IN_VAIN_MS = 2_000
"""How long a click is tried on something that has disappeared meanwhile."""
SHOWN = """() => document.documentElement.textContent
  + [...document.querySelectorAll('input, textarea')]
    .map(({ type, value }) => (type === 'radio' ? '' : value)).join()"""
DELETE_STORED = "() => { localStorage.clear(); sessionStorage.clear(); }"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    running = hospital.start(tmp_path_factory.mktemp("hospital"), ahead=0, **hospital.TALKATIVE)
    yield running
    running.close()
    assert "Traceback" not in running.log.read_text(), running.log.read_text()


class Seat:
    """The browser, and the person in front of it. `done` counts what happened."""

    def __init__(self, context: BrowserContext, demo: Hospital, wire: Wire, chance: random.Random) -> None:
        self.context = context
        self.demo = demo
        self.wire = wire
        self.chance = chance
        self.pages: list[Page] = []
        self.persons = 1
        self.said = 0
        self.has_written = False
        self.begun_by = ""
        self.is_away = False
        self.ending: set[Page] = set()
        self.has_sent = False
        self.is_offline = False
        self.done: Counter[str] = Counter()

    @property
    def person(self) -> str:
        return f"p{self.persons}"

    @property
    def page(self) -> Page:
        if not self.pages:
            self.opens_a_page()
        return self.pages[-1]

    @property
    def chat(self) -> Any:
        return self.page.frame_locator("iframe")

    def frame(self, page: Page) -> Frame | None:
        return next((frame for frame in page.frames if "/frame?" in frame.url), None)

    # What a person does.

    def opens_a_page(self) -> None:
        self.the_network_is_back()
        page = self.context.new_page()
        page.set_default_timeout(IN_VAIN_MS)
        page.goto(f"{self.demo.website}/", timeout=30_000)
        self.pages.append(page)
        self.opens_the_chat()

    def opens_the_chat(self) -> None:
        launcher = self.page.locator("#hchat button").first
        if launcher.is_visible():
            launcher.click()
        self.page.wait_for_timeout(MOMENT)

    def puts_it_away(self) -> None:
        if self.clicks("收起"):
            self.ending.discard(self.page)

    def reloads(self) -> None:
        self.the_network_is_back()
        self.ending.discard(self.page)
        self.page.reload(timeout=30_000)
        self.page.wait_for_timeout(MOMENT)

    def closes_the_page(self) -> None:
        if self.pages:
            page = self.pages.pop()
            self.ending.discard(page)
            page.close(run_before_unload=False)

    def looks_at_another(self) -> None:
        if self.pages:
            self.pages.insert(0, self.pages.pop())
            self.page.bring_to_front()

    def writes(self) -> None:
        box = self.chat.locator(".composer textarea")
        if box.count() and box.is_visible():
            self.said += 1
            self.has_written, self.begun_by, self.is_away = True, self.person, False
            box.fill(f"话{self.said}〔{self.person}〕")

    def sends(self) -> None:
        self.writes()
        button = self.chat.locator(".composer button.send")
        if button.count() and button.is_enabled():
            self.has_sent = True
            self.done["sent"] += 1
            button.click()

    def chooses(self) -> None:
        chips = self.chat.locator(".departments label")
        offered = chips.count()
        if offered:
            chips.nth(self.chance.randrange(offered)).click()

    def ends_it(self) -> None:
        if not (self.clicks("结束本次咨询") or self.clicks("不等了")):
            return
        self.chat.locator(".dialog .button-danger").click()
        self.ending.add(self.page)
        self.has_written, self.begun_by = False, ""
        self.done["ended"] += 1

    def says_the_same(self) -> None:
        """Only the same person chooses this."""
        if self.begun_by == self.person and self.clicks(SAME):
            self.is_away = False
            self.done["the same"] += 1

    def says_another(self) -> None:
        if self.clicks(OTHER):
            self.begun_by = ""
            self.done["another"] += 1

    def clicks(self, name: str) -> bool:
        button = self.chat.get_by_role("button", name=name, exact=True).first
        if not button.count() or not button.is_visible():
            return False
        button.click()
        self.page.wait_for_timeout(MOMENT)
        return True

    # What happens.

    def is_left(self) -> None:
        """Leave it for eleven minutes, by the clock of open pages and in the stored times. Without a chat nothing
        measures it."""
        self.page.wait_for_timeout(MOMENT)
        frame = self.frame(self.page)
        if frame is None:
            return
        self.context.clock.fast_forward("11:00")
        frame.evaluate(AGES, 11)
        self.page.wait_for_timeout(MOMENT)
        self.is_away = True

    def somebody_sits_down(self) -> None:
        """A new person, after a while; or at once, if everything was ended and dismissed."""
        if self.is_away or not (self.has_written or self.ending):
            self.persons += 1
            self.has_written = self.has_sent = self.is_away = False
            self.ending.clear()
            self.done["persons"] += 1

    def a_consultant_answers(self) -> None:
        for row in under_way(self.wire):
            answer = f"答〔{(TAG.search(row['last_line']) or [''] * 2)[1]}〕"
            self.wire.asks("message.post", conversation=row["id"], fence=row["fence"], body=answer)

    def staff_end_it(self) -> None:
        end_all(self.wire)

    def the_network_goes(self) -> None:
        self.context.set_offline(True)

    def the_network_is_back(self) -> None:
        self.context.set_offline(False)

    def all_is_cleared(self) -> None:
        for page in self.pages:
            frame = self.frame(page)
            if frame is not None:
                frame.evaluate(DELETE_STORED)
        self.begun_by = ""

    # What must hold.

    def shown(self, page: Page, frame: Frame) -> str:
        """What the frame shows; if it was just being loaded, once it is."""
        try:
            return str(frame.evaluate(SHOWN))
        except PlaywrightError:
            page.wait_for_load_state(timeout=30_000)
            loaded = self.frame(page)
            return "" if loaded is None else str(loaded.evaluate(SHOWN))

    def check(self, step: str) -> None:
        for page in self.pages:
            frame = self.frame(page)
            if frame is None:
                continue
            shown = self.shown(page, frame)
            owners = set(TAG.findall(shown))
            assert owners <= {self.person}, f"{step}: {self.person} reads {shown}"
            if not self.has_sent and page not in self.ending:
                assert "李敏" not in shown, f"{step}: {self.person} reads {shown}"
            if ASKED in shown:
                self.done["asked"] += 1
            if ASKED in shown or "您已结束本次咨询" in shown:
                assert owners == set(), f"{step}: {shown}"


def conversations(demo: Hospital) -> list[set[str]]:
    """For each conversation, the people whose words its visitor messages contain."""
    store = sqlite3.connect(f"file:{Path(demo.settings['CHATSERVER_DATA']) / 'chat.db'}?mode=ro", uri=True)
    with closing(store):
        said = "SELECT conversation, body FROM entries WHERE event = 'message_posted' AND author_kind = 'visitor'"
        found: dict[str, set[str]] = {}
        for conversation, body in store.execute(said):
            found.setdefault(conversation, set()).update(TAG.findall(body))
    return list(found.values())


ACTS: tuple[Callable[[Seat], None], ...] = (
    Seat.opens_a_page,
    Seat.opens_the_chat,
    Seat.puts_it_away,
    Seat.reloads,
    Seat.closes_the_page,
    Seat.looks_at_another,
    Seat.writes,
    Seat.sends,
    Seat.sends,
    Seat.chooses,
    Seat.ends_it,
    Seat.says_the_same,
    Seat.says_another,
    Seat.is_left,
    Seat.is_left,
    Seat.somebody_sits_down,
    Seat.somebody_sits_down,
    Seat.a_consultant_answers,
    Seat.staff_end_it,
    Seat.the_network_goes,
    Seat.the_network_is_back,
    Seat.all_is_cleared,
)


@pytest.mark.parametrize("time", range(TIMES))
def test_whatever_happens_the_next_person_finds_nothing(demo: Hospital, browser: Browser, time: int) -> None:
    seed = random.randrange(2**32) if FULL else time
    chance = random.Random(seed)
    desk = browser.new_context(viewport=DESKTOP, locale="zh-CN", timezone_id="Asia/Shanghai")
    li = Consultant(desk.new_page(), demo, "limin", "李敏")
    li.is_available("在线")
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.clock.install()
    seat = Seat(context, demo, Wire(li.page), chance)
    told: list[str] = []
    try:
        seat.chat.locator(".composer textarea").wait_for(timeout=30_000)
        seat.page.set_default_timeout(30_000)
        seat.sends()
        seat.page.set_default_timeout(IN_VAIN_MS)
        for _ in range(STEPS):
            act = chance.choice(ACTS)
            told.append(act.__name__)
            # What has disappeared from the screen meanwhile cannot be clicked any more.
            with suppress(PlaywrightTimeout):
                act(seat)
            seat.check(f"seed {seed}: {told}")
    finally:
        end_all(seat.wire)
        context.close()
        desk.close()
    assert all(len(persons) == 1 for persons in conversations(demo)), f"seed {seed}: {told}"
    assert seat.done["sent"]
