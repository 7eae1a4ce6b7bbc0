"""Events as sentences in the reader's language, from the catalogue (`event.…`). Produces text, not HTML.

The console does the same in dashboard/src/console/thread/eventText.ts; the tests of both read one list of examples.
"""

from collections.abc import Callable
from typing import Any

from chatserver.domain.audience import Seen
from chatserver.domain.entry import Author, AuthorKind
from chatserver.domain.hiding import visible
from chatserver.domain.hospital import Hospital, Person
from chatserver.web.assignment_reason import why_sentence
from chatserver.web.event_sentences import EventSentences
from chatserver.web.formatting import length
from chatserver.web.i18n import Translator


class EventText:
    """Sentences about one hospital in one language. `when` writes a time (ms), `clock` its time of day."""

    def __init__(
        self,
        t: Translator,
        sentences: EventSentences,
        hospital: Hospital,
        when: Callable[[int], str],
        clock: Callable[[int], str],
    ) -> None:
        self.t = t
        self.when = when
        self._sentences = sentences
        self._hospital = hospital
        self._clock = clock

    def event(self, seen: Seen) -> str:
        """What happened."""
        assert seen.event is not None
        text = self._sentences.text(seen.event, seen.details)
        written = {field: self._field(seen, field, value) for field, value in seen.details.items()}
        return self.t(text, **written)

    def quote(self, seen: Seen) -> str:
        """The words that belong to the event: what somebody wrote with it, or the hospital's greeting; empty if there
        are none."""
        if seen.event is None:
            return ""
        field = "greeting" if seen.event == "opened" else self._sentences.quote(seen.event)
        return "" if field is None else str(seen.details.get(field) or "")

    def why(self, seen: Seen) -> str:
        """The sentence with the numbers behind an assignment; empty if there is none."""
        return why_sentence(self.t, seen.details.get("how"), seen.details.get("why"), self.skill)

    def author(self, author: Author) -> str:
        if author.person is not None:
            return self.person(author.person)
        return self.t("page.author.visitor" if author.kind is AuthorKind.VISITOR else "page.author.system")

    def person(self, person: Person) -> str:
        return self.t("person.named", name=visible(person.name), number=visible(person.number))

    def department(self, id: str) -> str:
        """The department's name; the id of one that no longer exists."""
        found = self._hospital.departments.get(id)
        return found.name.inside(self.t.language) if found else id

    def group(self, id: str) -> str:
        found = self._hospital.groups.get(id)
        return found.name.inside(self.t.language) if found else id

    def skill(self, id: str) -> str:
        found = self._hospital.skills.get(id)
        return found.name.inside(self.t.language) if found else id

    def outcome(self, outcome: str | None, *, ended: bool) -> str:
        if not ended:
            return self.t("page.outcome.open")
        return self.t(f"outcome.{outcome or 'none'}")

    def _field(self, seen: Seen, field: str, value: Any) -> str:
        """A field of an event, as its sentence shows it."""
        assert seen.event is not None
        match self._sentences.kind(seen.event, field):
            case "person":
                return self._somebody(value)
            case "actor":
                return self._somebody(value if isinstance(value, Person) else seen.author.person)
            case "people":
                return self.t("list.comma").join(self.person(each) for each in value)
            case "department":
                return self.department(value)
            case "group":
                return self.group(value) if value else ""
            case "emergency":
                return self.t(f"emergency.{value}" if self.t.has(f"emergency.{value}") else "emergency.other")
            case "outcome":
                return self.outcome(value, ended=True)
            case "clock":
                return self._clock(value) if value else ""
            case "moment":
                return self.when(value) if value else ""
            case "length":
                return length(value)
            case "tags":
                return self.t("list.comma").join(self._tag(tag) for tag in value)
            case "answered":
                replies = (self.t("event.answered", question=each.question, answer=each.answer) for each in value)
                return self.t("list.comma").join(replies)
            case "number" | None:
                return str(value)

    def _somebody(self, person: Person | None) -> str:
        return self.t("event.somebody") if person is None else self.person(person)

    def _tag(self, tag: str) -> str:
        """A visitor's tag in words. A tag of another widget stays as it is."""
        return self.t(f"tag.{tag}") if self.t.has(f"tag.{tag}") else tag
