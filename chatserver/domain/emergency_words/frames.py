"""What takes the danger out of words: they are negated, long past, only imagined, or asked about in general.

Such a context applies to its clause, sometimes to the rest of its sentence. Because recall matters most, it counts only
if it is expressed in words, and not if anything says that the danger is present.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from chatserver.domain.emergency_words import phrases

_BREAKS = re.compile(r"[，。？]")
NEAR = 48
"""Characters examined on either side. Without this limit, a long clause would cost more for each of its words."""


@dataclass(slots=True)
class Spoken:
    """A normalised text, its pieces, and the places where its clauses and sentences begin."""

    text: str
    pieces: frozenset[str]
    clauses: list[int] = field(default_factory=lambda: [0])
    sentences: list[int] = field(default_factory=lambda: [0])

    def __post_init__(self) -> None:
        for sign in _BREAKS.finditer(self.text):
            self.clauses.append(sign.end())
            if sign[0] != "，":
                self.sentences.append(sign.end())

    def around(self, start: int, end: int) -> "Place":
        """The context of the words from `start` to `end`."""
        clause = self.clauses[bisect_right(self.clauses, start) - 1]
        sentence = self.sentences[bisect_right(self.sentences, start) - 1]
        return Place(
            before=self.text[max(clause, start - NEAR) : start],
            said=self.text[start:end],
            after=self.text[end : min(self._next(self.clauses, end), end + NEAR)],
            earlier=self.text[max(sentence, clause - NEAR) : clause],
            later=self.text[end : min(self._next(self.sentences, end), end + NEAR)],
        )

    def _next(self, starts: list[int], end: int) -> int:
        at = bisect_right(starts, end)
        return starts[at] if at < len(starts) else len(self.text)


@dataclass(frozen=True, slots=True)
class Place:
    """Some words and their context: the rest of their clause, and what comes earlier and later in the sentence."""

    before: str
    said: str
    after: str
    earlier: str
    later: str

    @property
    def clause(self) -> str:
        return self.before + self.said + self.after

    def negated(self) -> bool:
        return bool(phrases.NEGATED.search(self.before) or phrases.NEGATED_AFTER.match(self.after))

    def of_a_story(self) -> bool:
        """It was seen, read or studied and concerns no real patient; or only a scar is left of it."""
        whole = f"{self.earlier}{self.clause}{self.later}"
        return bool(
            phrases.STORY.search(self.before)
            or phrases.ANIMAL.search(self.before)
            or phrases.STUDY.search(whole)
            or phrases.SCAR.match(self.after)
        )

    def about_a_topic(self) -> bool:
        """Named like the topic of a lecture."""
        return bool(phrases.TOPIC.search(self.after)) and not self.somebodys()

    def past(self) -> bool:
        """Long ago, and nothing says that it has come back."""
        if phrases.NOW.search(self.clause) or phrases.AGAIN.search(self.later):
            return False
        if phrases.PAST.search(self.clause) or phrases.OVER.match(self.after) or phrases.ONCE.search(self.later):
            return True
        return bool(phrases.PAST.search(self.earlier) and phrases.TOLD.search(self.clause))

    def lately(self) -> bool:
        """Neither today nor long ago."""
        return bool(phrases.LATELY.search(self.clause)) and not self.now()

    def imagined(self) -> bool:
        """Something that might happen: a condition before it, or a question about it."""
        if phrases.NOW.search(self.clause):
            return False
        if phrases.IF.search(self.earlier) or phrases.IF.search(self.before) or phrases.MAYBE.search(self.before):
            return True
        return bool(
            (phrases.MAY.search(self.before) and phrases.ASKS.match(self.after)) or phrases.WHENEVER.match(self.after)
        )

    def wanted(self) -> bool:
        """Not done: somebody intends or threatens to do it, may or must not do it, or asks or is told how."""
        return bool(phrases.WANTED.search(self.before))

    def permitted(self) -> bool:
        """Somebody asks or says whether it is allowed."""
        return bool(phrases.PERMITTED.search(self.before))

    def by_accident(self) -> bool:
        return bool(phrases.ACCIDENT.search(self.earlier + self.clause))

    def conditional(self) -> bool:
        """After an explicit condition."""
        if phrases.NOW.search(self.clause):
            return False
        return bool(phrases.IF.search(self.earlier) or phrases.IF.search(self.before))

    def asked_about(self) -> bool:
        """The word is the subject of a question, a lesson or a price, not of a report."""
        if self.now():
            return False
        if self.taught():
            return True
        if phrases.HAPPENED.search(self.clause):
            return False
        anybodys = bool(phrases.ANYBODY.search(self.clause))
        if phrases.GENERAL.search(self.later):
            return anybodys or not self.somebodys()
        return anybodys and bool(phrases.WHAT_NOW.search(self.later))

    def taught(self) -> bool:
        """Named as in lessons, leaflets and signposts."""
        known = phrases.KNOWLEDGE.search(self.clause) or phrases.LESSON.search(self.earlier)
        return bool(known) or self.about_a_topic()

    def of_a_price(self) -> bool:
        return bool(phrases.PRICE.search(self.clause)) and not self.now()

    def over(self) -> bool:
        """The words are about its treatment, or about what it left behind."""
        return bool(phrases.AFTER.search(self.clause) or phrases.HOME_AGAIN.search(self.later)) and not self.now()

    def now(self) -> bool:
        return bool(phrases.NOW.search(self.clause) or phrases.SUDDENLY.search(self.clause))

    def suspected(self) -> bool:
        """Somebody has, or may have, the illness that is named."""
        around = self.before + self.after
        alone = not around and not self.earlier and not self.later
        return alone or self.now() or bool(phrases.SUSPECTED.search(around)) or bool(phrases.NOW.search(self.earlier))

    def somebodys(self) -> bool:
        """About the writer or a person whom the writer knows."""
        return bool(phrases.OWN.search(self.clause) or phrases.OWN.search(self.earlier))

    def mild(self) -> bool:
        slight = phrases.MILD.search(f"{self.clause}，{self.later}")
        return bool(slight) and not phrases.SEVERE.search(f"{self.before}，{self.later}")
