"""`GET /v1/visitor/words`: the hospital's own words that the widget looks for in what a visitor writes."""

from msgspec import Struct

from chatserver.domain.emergency_words.signs import Emergency, Level


class EmergencyWords(Struct, frozen=True):
    """Words that the hospital added to those of an emergency. They count only in the departments `only_in` (empty: in
    all), and never in those of `not_in`."""

    kind: Emergency
    level: Level
    words: tuple[str, ...]
    only_in: tuple[str, ...]
    not_in: tuple[str, ...]


class SiteWords(Struct, frozen=True):
    """The words of an emergency, and for each department of the site the words that suggest it."""

    emergency: tuple[EmergencyWords, ...]
    departments: dict[str, tuple[str, ...]]
