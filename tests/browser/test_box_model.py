"""Who the console's composer writes to, in a real Chromium: two windows of one consultant, a visitor, a colleague and a
supervisor act in random order. Nothing typed as a note is read by the visitor."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import hospital
from tests.browser.conftest import PHONE, NewPage
from tests.browser.hospital import Hospital
from tests.browser.people import Consultant, Visitor
from tests.browser.trouble import FULL
from tests.browser.wire import Wire

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(3_600 if FULL else 1_200)]

TIMES = 50 if FULL else 5
STEPS = 30
NOTE, REPLY = "note", "reply"
MOMENT = 120
"""ms after which an action has usually reached the other screens; no test depends on it."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    """The demo for a visitor who opens many conversations."""
    running = hospital.start(tmp_path_factory.mktemp("hospital"), ahead=0, **hospital.TALKATIVE)
    yield running
    running.close()
    assert "Traceback" not in running.log.read_text(), running.log.read_text()


@dataclass
class Piece:
    """A typed text and its mode: the composer's mode when its writer last looked."""

    text: str
    typed_as: str
    turned: bool = False


class Desk:
    """One window of the consultant, and the person in front of it."""

    def __init__(self, page: Page, label: str) -> None:
        self.page = page
        self.label = label
        self.belief = REPLY

    @property
    def form(self) -> Locator:
        return self.page.locator("form.composer")

    @property
    def area(self) -> Locator:
        return self.page.locator("form.composer textarea")

    def shown(self) -> str | None:
        """The mode on the screen; None without a composer."""
        if self.form.count() == 0:
            return None
        return NOTE if "is-note" in (self.form.get_attribute("class") or "") else REPLY

    def text(self) -> str:
        return self.area.input_value() if self.area.count() else ""

    def is_inside(self) -> bool:
        return bool(self.page.evaluate("document.activeElement?.matches('form.composer textarea') ?? false"))

    def looks(self) -> None:
        self.belief = self.shown() or self.belief

    @property
    def row(self) -> Locator:
        return self.page.get_by_role("navigation", name="会话列表").get_by_text(self.label).first

    def opens(self) -> None:
        if self.row.count():
            # As by keyboard: a click of the mouse on a row that has just moved is ignored.
            self.row.dispatch_event("click")
            self.page.wait_for_timeout(MOMENT)
        self.looks()

    def button(self, name: str) -> Locator:
        return self.form.get_by_role("button", name=name, exact=True)

    def clicks(self, name: str) -> bool:
        """Whether there was such a button to click."""
        button = self.button(name)
        if button.count() == 0 or button.is_disabled():
            return False
        button.click()
        self.looks()
        return True


@dataclass
class Story:
    """One conversation. `faults`: where a composer changed without its writer."""

    visitor: Visitor
    desks: tuple[Desk, Desk]
    colleague: Wire
    supervisor: Wire
    li: str
    conversation: str
    name: str
    pieces: list[Piece] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    # At a desk.

    def looks_into(self, desk: Desk) -> None:
        if desk.area.count():
            desk.area.click()
        desk.looks()

    def types(self, desk: Desk) -> None:
        """Type blindly, wherever the caret is."""
        if not desk.is_inside():
            self.looks_into(desk)
        piece = Piece(f"[{self.name}-{len(self.pieces)}]", desk.belief)
        self.pieces.append(piece)
        desk.page.keyboard.type(piece.text)

    def goes_on_typing(self, desk: Desk) -> None:
        if desk.is_inside():
            self.types(desk)

    def sends(self, desk: Desk) -> None:
        if desk.is_inside():
            desk.page.keyboard.press("Enter")

    def switches(self, desk: Desk) -> None:
        shown = desk.shown()
        if shown is not None:
            desk.clicks("内部备注" if shown == REPLY else "回复")

    def turns(self, desk: Desk) -> None:
        text = desk.text()
        if desk.clicks("改为回复") or desk.clicks("改为备注"):
            for piece in self.pieces:
                piece.turned = piece.turned or piece.text in text

    def leaves_the_box(self, desk: Desk) -> None:
        desk.page.evaluate("document.activeElement?.blur()")

    def reloads(self, desk: Desk) -> None:
        desk.page.reload()
        expect(desk.page.get_by_role("navigation", name="会话列表")).to_be_visible()
        desk.opens()

    def joins(self, desk: Desk) -> None:
        button = desk.page.get_by_role("button", name="加入会话", exact=True)
        if button.count() and button.is_enabled():
            button.click()
            desk.page.wait_for_timeout(MOMENT)
            desk.looks()

    # Elsewhere.

    def visitor_writes(self) -> None:
        again = self.visitor.chat.get_by_role("button", name="继续咨询")
        if again.count():
            again.click()
        box = self.visitor.chat.get_by_role("textbox", name="输入您的问题")
        if box.count():
            self.visitor.says(f"第{len(self.pieces)}问")

    def ends(self) -> None:
        self.supervisor.asks("conversation.close", conversation=self.conversation, fence=self.fence, outcome="answered")

    def handed_over(self) -> None:
        wang = self.colleague.id
        offered = self.supervisor.asks(
            "transfer.offer", conversation=self.conversation, fence=self.fence, note="请接", consultant=wang
        )
        if offered["type"] == "accepted":
            offer = self.row.get("offer") or {}
            self.colleague.asks("offer.accept", conversation=self.conversation, offer=offer.get("id", "x" * 22))

    def given_back(self) -> None:
        self.colleague.asks("conversation.release", conversation=self.conversation, fence=self.fence, note="请接回")
        self.supervisor.asks(
            "conversation.assign", conversation=self.conversation, fence=self.fence, consultant=self.li, above=True
        )

    def asked_to_join(self) -> None:
        self.colleague.asks(
            "colleague.ask", conversation=self.conversation, consultant=self.li, asked_for="join", note="请看"
        )

    def let_go(self) -> None:
        self.colleague.asks("colleague.leave", conversation=self.conversation, consultant=self.li)

    @property
    def row(self) -> dict[str, Any]:
        return self.supervisor.row(self.conversation) or {}

    @property
    def fence(self) -> object:
        return self.row.get("fence", 0)


AT_A_DESK: dict[str, tuple[int, Callable[[Story, Desk], None]]] = {
    "looks into the box": (2, Story.looks_into),
    "types": (8, Story.types),
    "goes on typing": (6, Story.goes_on_typing),
    "sends": (4, Story.sends),
    "switches": (1, Story.switches),
    "turns": (1, Story.turns),
    "leaves the box": (1, Story.leaves_the_box),
    "reloads": (1, Story.reloads),
    "joins": (1, Story.joins),
}
ELSEWHERE: dict[str, tuple[int, Callable[[Story], None]]] = {
    "the visitor writes": (5, Story.visitor_writes),
    "it ends": (3, Story.ends),
    "it is handed over": (2, Story.handed_over),
    "it is given back": (4, Story.given_back),
    "asked to join": (2, Story.asked_to_join),
    "let go": (1, Story.let_go),
}
COLLEAGUES = {"it is given back", "asked to join", "let go"}
"""What can happen while the colleague has it."""
OWN = {"switches", "turns", "reloads", "joins"}
"""Steps after which a composer may have changed, because its writer did it."""


def tell(story: Story, chance: random.Random) -> list[str]:
    """Play some steps; returns them in order."""
    told: list[str] = []
    while len(told) < STEPS:
        name = draw(story, chance)
        number = chance.choice([0, 0, 1])
        before = [(desk.shown(), desk.is_inside(), desk.text()) for desk in story.desks]
        if name in ELSEWHERE:
            ELSEWHERE[name][1](story)
        else:
            AT_A_DESK[name][1](story, story.desks[number])
        told.append(name if name in ELSEWHERE else f"{number} {name}")
        if chance.random() < 0.7:
            story.desks[0].page.wait_for_timeout(MOMENT)
        for place, desk in enumerate(story.desks):
            if not (name in OWN and place == number):
                judge_box(story, desk, before[place], told)
    return told


def draw(story: Story, chance: random.Random) -> str:
    """Choose a step that is possible in the conversation's present state."""
    steps = {name: weight for name, (weight, _) in [*AT_A_DESK.items(), *ELSEWHERE.items()]}
    row = story.row
    owner = (row.get("owner") or {}).get("id") if row.get("state") == "active" else None
    if owner != story.li:
        del steps["it is handed over"]
    if owner != story.colleague.id:
        steps = {name: weight for name, weight in steps.items() if name not in COLLEAGUES}
    return chance.choices(list(steps), list(steps.values()))[0]


def judge_box(story: Story, desk: Desk, before: tuple[str | None, bool, str], told: list[str]) -> None:
    """No composer changes while somebody is in it, and none switches to the visitor by itself."""
    was, inside, text = before
    now = desk.shown()
    if was is None or now is None or was == now:
        return
    still = inside and desk.is_inside()
    if now == REPLY or still or (text and desk.text()):
        story.faults.append(f"{told[-1]}: {was} became {now} (inside: {still}, text: {text!r})")


def test_in_the_box_model_nothing_typed_as_a_note_reaches_the_visitor(demo: Hospital, new_page: NewPage) -> None:
    first = Consultant(new_page(), demo, "limin", "李敏")
    first.is_available("在线")
    second = Consultant(new_page(), demo, "limin", "李敏")
    wang = Consultant(new_page(), demo, "wangfang", "王芳")
    wang.is_available("忙碌")
    chen = Consultant(new_page(), demo, "chenjing", "陈静")
    chen.is_available("忙碌")
    colleague, supervisor = (Wire(each.page) for each in (wang, chen))
    sent = 0
    for time in range(TIMES):
        story = begins(demo, new_page, time, first, second, colleague, supervisor)
        told = tell(story, random.Random(time))
        sent += judge(story, told, time)
        story.ends()
        story.visitor.page.close()
    assert sent >= TIMES, "without sent texts the model checks nothing"


def begins(
    demo: Hospital,
    new_page: NewPage,
    time: int,
    first: Consultant,
    second: Consultant,
    colleague: Wire,
    supervisor: Wire,
) -> Story:
    visitor = Visitor(new_page(PHONE), f"{demo.website}/gynecology")
    visitor.opens_the_chat()
    visitor.says(f"第{time}位的问题")
    row = supervisor.served(f"第{time}位的问题")
    desks = (Desk(first.page, f"访客{row['label']}"), Desk(second.page, f"访客{row['label']}"))
    for desk in desks:
        # The supervisor's list may have shown it earlier than this one.
        expect(desk.row).to_be_visible()
        desk.opens()
        expect(desk.page.locator(".row.is-selected")).to_contain_text(desk.label)
        expect(desk.area).to_be_visible()
        desk.looks()
    return Story(visitor, desks, colleague, supervisor, row["owner"]["id"], row["id"], str(time))


def judge(story: Story, told: list[str], time: int) -> int:
    """Check where everything went; returns how many pieces were sent to anybody."""
    page = story.desks[0].page
    page.wait_for_timeout(1_500)
    read = story.visitor.chat.get_by_role("log").inner_text()
    as_notes = " ".join(page.locator(".note-line").all_inner_texts())
    for piece in story.pieces:
        if piece.typed_as == NOTE and not piece.turned and piece.text in read:
            story.faults.append(f"{piece.text} was a note, and the visitor reads it")
        if piece.typed_as == REPLY and not piece.turned and piece.text in as_notes:
            story.faults.append(f"{piece.text} was a reply, and became a note")
    assert story.faults == [], (time, told)
    return sum(piece.text in read or piece.text in as_notes for piece in story.pieces)
