"""同意: what the visitor is asked to agree to, and what they decided."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chatserver.domain.consent import ConsentKind, Decision
from chatserver.wire.fields import EventBase, Frame, Id, Ref
from chatserver.wire.people import Person

Sha256 = Annotated[str, Meta(max_length=64, description="64 hexadecimal digits")]


class NoticeShown(Struct, frozen=True, omit_defaults=True):
    """The site's privacy notice. `text_zh` and `text_en`: the SHA-256 of each text, which an agreement names.
    `address`: of the campus, for visitors who refuse; `health_words`: the site's own, beside the built-in ones."""

    version: str
    zh: str
    en: str
    text_zh: str
    text_en: str
    link: str = ""
    address: str = ""
    health_words: tuple[str, ...] = ()


class ConsentSent(Struct, frozen=True, forbid_unknown_fields=True):
    """A decision that comes with a message. `text`: the SHA-256 of what was shown. A message is never refused because
    of it: a text that the server does not know is ignored."""

    kind: Literal["notice", "health", "behalf"]
    decision: Literal["given", "refused"]
    text: Sha256


SentConsents = Annotated[tuple[ConsentSent, ...], Meta(max_length=3)]


class ConsentSet(Frame, tag="consent.set", frozen=True, omit_defaults=True):
    """The visitor gives, refuses or withdraws a consent. Staff mark that the visitor asks for somebody else (`behalf`)
    or that a guardian must agree (`guardian`), with `asked`, and take that back with `withdrawn`. `text`: the SHA-256
    of what was shown; a withdrawal needs none, and staff name none."""

    ref: Ref
    conversation: Id
    kind: ConsentKind
    decision: Decision
    text: Sha256 | None = None


class ConsentShown(Struct, frozen=True, omit_defaults=True):
    """The latest decision of one kind, made `at` (ms)."""

    kind: ConsentKind
    decision: Decision
    at: int
    version: str


class ConsentChangedEvent(EventBase, tag="consent_changed", frozen=True, omit_defaults=True):
    """The visitor decided on one kind of consent, or staff (`by`) asked for it."""

    consent: ConsentKind
    decision: Decision
    version: str | None = None
    sha256: str | None = None
    language: str | None = None
    by: Person | None = None
