"""What visitors agree to."""

from dataclasses import dataclass

from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.commands.base import Command
from chatserver.domain.consent import ConsentKind, ConsentText, Decision


@dataclass(frozen=True, slots=True)
class SetConsent(Command):
    """The visitor decides, or staff ask them to (`asked`). `text`: what the visitor was shown; a withdrawal needs none,
    because it is about the text that was agreed to."""

    actor: Visitor | Staff
    kind: ConsentKind
    decision: Decision
    text: ConsentText | None = None
