"""Who the visitor is, by the hospital's own website."""

from dataclasses import dataclass

from chatserver.domain.events.base import Event


@dataclass(frozen=True, slots=True)
class Identified(Event):
    """The website says that the visitor has this name and this patient number."""

    visitor_name: str
    visitor_number: str


@dataclass(frozen=True, slots=True)
class IdentityDoubted(Event):
    """The website has named somebody else during the same conversation, so it is not certain any more who writes."""
