"""The people in the domain's tests, and `Story`, which takes one conversation through what they do.

李敏 and 王芳 serve the women's clinic, 张伟 the children's; 陈静 is the women's clinic's supervisor.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.callbacks import Callback
from chatserver.domain.changes.table import apply
from chatserver.domain.commands.assignment import Assign, Claim
from chatserver.domain.commands.base import Command
from chatserver.domain.commands.ending import Close
from chatserver.domain.commands.messages import PostMessage
from chatserver.domain.commands.offers import AcceptOffer, DeclineOffer, OfferTransfer, Ring
from chatserver.domain.commands.time import DeadlineReached
from chatserver.domain.conversation import Conversation, start
from chatserver.domain.events.base import Event
from chatserver.domain.events.kinds import snake
from chatserver.domain.events.queue import Opened
from chatserver.domain.files import File, FileType
from chatserver.domain.hospital import Availability, Consultant, Person, Role, Title
from chatserver.domain.refusals import Refused
from chatserver.domain.rules import Rules
from chatserver.domain.transitions.table import decide

RULES = Rules()
NOON = 1_700_000_000_000
"""The time at which every story begins."""

WOMEN = "women"
CHILDREN = "children"

LI_MIN = Staff(Person("staff-li", "李敏", "012", Title.CONSULTANT), Role.CONSULTANT, (WOMEN,))
WANG_FANG = Staff(Person("staff-wang", "王芳", "013", Title.NURSE), Role.CONSULTANT, (WOMEN,))
ZHANG_WEI = Staff(Person("staff-zhang", "张伟", "021", Title.PHYSICIAN), Role.CONSULTANT, (CHILDREN,))
CHEN_JING = Staff(Person("staff-chen", "陈静", "001", Title.CONSULTANT), Role.SUPERVISOR, (WOMEN,))
ZHAO_GANG = Staff(Person("staff-zhao", "赵刚", "002", Title.CONSULTANT), Role.SUPERVISOR, (CHILDREN,))
EVERYBODY = (LI_MIN, WANG_FANG, ZHANG_WEI, CHEN_JING, ZHAO_GANG)

VISITOR = Visitor("visitor-1")
STRANGER = Visitor("visitor-2")

CALLBACK = Callback(
    "callback-1",
    "demo",
    "gynecology",
    WOMEN,
    VISITOR.id,
    "zh",
    "13812345678",
    NOON,
    NOON,
    NOON + 1_800_000,
)
"""A call that `VISITOR` asked for, as soon as possible."""

PICTURE = File("file-1", FileType.JPEG, "photo.jpg", 1_000, 40, 30)

OPENED = Opened(department="gynecology", group=WOMEN, language="zh", greeting="您好，请问有什么可以帮您？")


def consultant(who: Staff, *, availability: Availability = Availability.ONLINE, capacity: int = 5) -> Consultant:
    """The same person as the router sees them."""
    return Consultant(who.person, who.role, who.groups, capacity, availability)


def fresh() -> Conversation:
    """A new conversation, before the first message."""
    return start(OPENED, id="conversation-1", site="demo", visitor=VISITOR.id, at=NOON)


def names(events: tuple[Event, ...]) -> list[str]:
    return [snake(type(event).__name__) for event in events]


@contextmanager
def assert_refused(kind: type[Refused], **details: str | int) -> Iterator[None]:
    """The body raises exactly this refusal. Only the details given here are compared."""
    with pytest.raises(Refused) as caught:
        yield
    assert type(caught.value) is kind, f"{caught.value} instead of {kind.code}"
    assert {name: caught.value.details.get(name) for name in details} == details


class Story:
    """One conversation and its clock. `happened` holds every event with its time."""

    def __init__(self, rules: Rules = RULES) -> None:
        self.rules = rules
        self.now = NOON
        self.conversation = fresh()
        self.happened: list[tuple[Event, int]] = []
        self._offers = 0

    @property
    def fence(self) -> int:
        return self.conversation.serving.fence

    @property
    def offer(self) -> str:
        """The id of the latest offer."""
        return f"offer-{self._offers}"

    def does(self, command: Command) -> list[str]:
        """Carries out the command; returns the names of the events."""
        return names(self.events_of(command))

    def events_of(self, command: Command) -> tuple[Event, ...]:
        """Carries out the command; returns the events."""
        events = decide(self.conversation, command, self.now, self.rules)
        for event in events:
            self.conversation = apply(self.conversation, event, self.now)
            self.happened.append((event, self.now))
        return events

    def passes(self, ms: int, *, owner_typing: bool = False, elsewhere: bool = False) -> list[str]:
        """Moves the clock by `ms` and then checks the deadlines."""
        self.now += ms
        return self.does(DeadlineReached(owner_typing, elsewhere))

    def last(self) -> Event:
        """The latest event."""
        return self.happened[-1][0]

    def new_offer(self) -> str:
        self._offers += 1
        return self.offer

    # The usual steps, each with the current fence.

    def asks(self, body: str = "请问周末有门诊吗？") -> list[str]:
        return self.does(PostMessage(VISITOR, body))

    def answers(self, who: Staff = LI_MIN, body: str = "有的，周六上午。") -> list[str]:
        return self.does(PostMessage(who, body, self.fence))

    def given_to(self, who: Staff = LI_MIN) -> list[str]:
        return self.does(Assign(who.person, 0, 5, "load 0/5"))

    def rings(self, who: Staff = LI_MIN) -> list[str]:
        return self.does(Ring(who.person, self.new_offer(), 0, 5, "load 0/5"))

    def claimed_by(self, who: Staff, load: int = 0) -> list[str]:
        return self.does(Claim(who, load, 5))

    def offered(
        self, by: Staff = LI_MIN, to: Staff | None = WANG_FANG, group: str | None = None, note: str = "想约周六"
    ) -> list[str]:
        person, role = (None, None) if to is None else (to.person, to.role)
        return self.does(OfferTransfer(by, self.fence, self.new_offer(), note, person, role, group))

    def accepted_by(self, who: Staff, load: int = 0) -> list[str]:
        return self.does(AcceptOffer(who, self.offer, load, 5))

    def declined_by(self, who: Staff, reason: str = "正在接诊") -> list[str]:
        return self.does(DeclineOffer(who, self.offer, reason))

    def closed_by(self, who: Staff | Visitor) -> list[str]:
        outcome, fence = (None, None) if isinstance(who, Visitor) else ("answered", self.fence)
        return self.does(Close(who, fence, outcome))


def waiting(rules: Rules = RULES) -> Story:
    """The visitor has asked a question."""
    story = Story(rules)
    story.asks()
    return story


def ringing(rules: Rules = RULES) -> Story:
    """The conversation rings for 李敏."""
    story = waiting(rules)
    story.rings(LI_MIN)
    return story


def active(rules: Rules = RULES) -> Story:
    """李敏 owns it and has not answered yet."""
    story = waiting(rules)
    story.given_to(LI_MIN)
    return story


def answered(rules: Rules = RULES) -> Story:
    """李敏 owns it and has answered."""
    story = active(rules)
    story.answers()
    return story


def transferring(rules: Rules = RULES) -> Story:
    """李敏 owns it and offers it to 王芳."""
    story = active(rules)
    story.offered(LI_MIN, WANG_FANG)
    return story


def closed(rules: Rules = RULES) -> Story:
    """李敏 has answered and ended it."""
    story = answered(rules)
    story.closed_by(LI_MIN)
    return story


def in_group(who: Staff, *groups: str) -> Staff:
    """The same person as a member of these groups."""
    return replace(who, groups=groups)
