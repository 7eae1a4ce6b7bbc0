"""A day at the demo hospital, written as the hub writes it: one conversation in every phase, and a signed-in
consultant."""

from dataclasses import dataclass

from sqlalchemy import Connection

from chatserver.demo.seed import seed
from chatserver.domain.actors import Staff
from chatserver.domain.actors import Visitor as Asking
from chatserver.domain.commands.assignment import Assign
from chatserver.domain.commands.base import Command
from chatserver.domain.commands.ending import Close
from chatserver.domain.commands.messages import PostMessage, WriteNote
from chatserver.domain.commands.offers import OfferTransfer, Ring
from chatserver.domain.commands.ratings import Rate
from chatserver.domain.entry import SYSTEM, Author, AuthorKind
from chatserver.domain.events.queue import Opened
from chatserver.domain.hospital import Consultant, Role
from chatserver.domain.rules import Rulebook, Rules
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import accounts, visitors
from chatserver.store.consultants import load
from chatserver.store.ids import new_id
from tests.transactions import tx_at

DAWN = 1_795_233_600_000
LIFE = 24 * 3_600_000
RULES = Rules()
RULEBOOK = Rulebook(RULES)
QUESTION = "孕前检查要空腹吗?"
"""As in the stored days of earlier programs: visitors also type half-width punctuation."""


@dataclass(frozen=True)
class Day:
    """Ids of the conversations, a visitor's token, a consultant's session."""

    waiting: str
    ringing: str
    active: str
    transferring: str
    closed: str
    token: str
    cookie: str


class Story:
    """Plays one conversation, command by command, one second apart."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.at = DAWN
        self.visitor, self.token, _ = visitors.start(tx_at(conn, DAWN), "demo", "zh", LIFE)
        self.id = new_id()
        unit = UnitOfWork(tx_at(conn, DAWN), RULEBOOK)
        opened = Opened("gynecology", "general", "zh", "您好")
        unit.open(opened, id=self.id, site="demo", visitor=self.visitor, ref=new_id())
        unit.decide(self.id, PostMessage(Asking(self.visitor), QUESTION), self.author(), new_id(), b"digest")
        unit.write()

    def author(self, by: Consultant | None = None) -> Author:
        if by is None:
            return Author(AuthorKind.VISITOR, self.visitor)
        return Author(AuthorKind.CONSULTANT, by.person.id, by.person)

    def then(self, command: Command, author: Author = SYSTEM) -> "Story":
        self.at += 1_000
        unit = UnitOfWork(tx_at(self.conn, self.at), RULEBOOK)
        unit.load([self.id])
        unit.decide(self.id, command, author, None if author is SYSTEM else new_id(), b"digest")
        unit.write()
        return self

    def given(self, to: Consultant) -> "Story":
        return self.then(Assign(to.person, 0, 5, "load"))

    def answered(self, by: Consultant) -> "Story":
        return self.then(PostMessage(staff(by), "要的", fence=1), self.author(by))

    def noted(self, by: Consultant) -> "Story":
        return self.then(WriteNote(staff(by), "第一次来"), self.author(by))

    def offered(self, by: Consultant, to: Consultant) -> "Story":
        offer = OfferTransfer(staff(by), 1, new_id(), "请接手", to.person, Role.CONSULTANT)
        return self.then(offer, self.author(by))

    def ended(self, by: Consultant) -> "Story":
        self.then(Close(staff(by), 1, "answered"), self.author(by))
        return self.then(Rate(Asking(self.visitor), 5), self.author())


def staff(who: Consultant) -> Staff:
    return Staff(who.person, who.role, who.groups)


def live(conn: Connection) -> Day:
    """Write the hospital's records, its staff, and the day."""
    seed(tx_at(conn, DAWN), ("http://127.0.0.1:8001",), 5)
    li, wang = sorted((each for each in load(conn).values() if each.person.number in ("012", "015")), key=number)
    active = Story(conn).given(li).answered(li).noted(li)
    return Day(
        waiting=Story(conn).id,
        ringing=Story(conn).then(Ring(wang.person, new_id(), 0, 5, "load")).id,
        active=active.id,
        transferring=Story(conn).given(li).answered(li).offered(li, wang).id,
        closed=Story(conn).given(wang).answered(wang).noted(wang).ended(wang).id,
        token=active.token,
        cookie=accounts.start_session(tx_at(conn, DAWN), li.person.id, LIFE),
    )


def number(who: Consultant) -> str:
    return who.person.number
