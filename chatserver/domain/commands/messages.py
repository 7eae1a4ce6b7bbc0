"""Messages and notes."""

from dataclasses import dataclass

from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.commands.base import Command
from chatserver.domain.consent import Said
from chatserver.domain.emergency import BUILT_IN, Words


@dataclass(frozen=True, slots=True)
class Service:
    """Whether a department is open now, when it closes, and when it opens next (ms; None: not within the next
    weeks)."""

    open: bool = True
    closes_at: int | None = None
    opens_at: int | None = None


@dataclass(frozen=True, slots=True)
class PostMessage(Command):
    """Send a message to the other side. Staff must give a `fence`; visitors need none. `service` matters when a
    visitor's message reopens a conversation; `words`: the emergency words to look for. `crowded`: the visitor's address
    has already used up its share of emergencies with priority. `consents`: what the visitor decided with it."""

    actor: Visitor | Staff
    body: str
    fence: int | None = None
    service: Service = Service()
    words: Words = BUILT_IN
    crowded: bool = False
    consents: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class WriteNote(Command):
    """Write an internal note."""

    actor: Staff
    body: str
