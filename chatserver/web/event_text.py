"""Events in the reader's words: one sentence each, from the catalogue (`page.event.…`). Knows no HTML."""

from collections.abc import Callable
from typing import Any

from chatserver.domain.audience import Seen
from chatserver.domain.entry import Author, AuthorKind
from chatserver.domain.hiding import visible
from chatserver.domain.hospital import Hospital, Person
from chatserver.web.assignment_reason import why_sentence
from chatserver.web.formatting import length
from chatserver.web.i18n import Translator

WITH_A_VARIANT = {
    "assigned": ("how",),
    "ring_missed": ("reason",),
    "transfer_ended": ("reason",),
    "returned_to_queue": ("reason",),
    "closed": ("by", "reason"),
    "colleague_asked": ("asked_for",),
}
"""Events whose sentence depends on fields: `page.event.closed.visitor.left`."""

QUOTED = {
    "opened": "greeting",
    "transfer_offered": "note",
    "transfer_declined": "reason",
    "rated": "comment",
    "returned_to_queue": "note",
    "colleague_asked": "note",
}
"""Events that carry words of somebody's own, shown below the sentence as they are."""


class EventText:
    """Sentences about one hospital in one language. `when` says a time (ms)."""

    def __init__(self, t: Translator, hospital: Hospital, when: Callable[[int], str]) -> None:
        self.t = t
        self.when = when
        self._hospital = hospital

    def event(self, seen: Seen) -> str:
        """What happened."""
        assert seen.event is not None
        variant = [str(seen.details[field]) for field in WITH_A_VARIANT.get(seen.event, ())]
        key = ".".join(["page.event", seen.event, *variant])
        if seen.event == "transfer_offered":
            key += ".colleague" if seen.details["consultant"] else ".group"
        if seen.event == "colleague_left" and seen.details["by"] != seen.details["consultant"]:
            key += ".let_go" if seen.details["by"] else ".lost"
        if seen.event == "reopened" and seen.details["by"] is not None:
            key += ".by"
        fields = self._fields(seen.details)
        if seen.event == "outcome_set" and seen.details["previous"] is not None:
            key += ".corrected"
            fields["previous"] = self.outcome(seen.details["previous"], ended=True)
        return self.t(key, **fields)

    def quote(self, seen: Seen) -> str:
        """The words that came with it, or none."""
        if seen.event not in QUOTED:
            return ""
        return str(seen.details.get(QUOTED[seen.event]) or "")

    def why(self, seen: Seen) -> str:
        """The numbers behind a giving, or none."""
        return why_sentence(self.t, seen.details.get("how"), seen.details.get("why"), self.skill)

    def author(self, author: Author) -> str:
        if author.person is not None:
            return self.person(author.person)
        return self.t("page.author.visitor" if author.kind is AuthorKind.VISITOR else "page.author.system")

    def person(self, person: Person) -> str:
        return self.t("page.person", name=visible(person.name), number=visible(person.number))

    def department(self, id: str) -> str:
        """By name; one that is gone by its id."""
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
        return self.t(f"page.outcome.{outcome or 'none'}")

    def _fields(self, details: dict[str, Any]) -> dict[str, str]:
        """Everything a sentence may name, ready to be read."""
        fields = {name: self._told(name, value) for name, value in details.items()}
        if details.get("outcome") is None:
            fields["outcome"] = self.t("page.outcome.none")
        if "tags" in details:
            fields["tags"] = self._tags(details["tags"])
        return fields

    def _told(self, name: str, value: Any) -> str:
        if isinstance(value, Person):
            return self.person(value)
        if name == "consultants":
            return self.t("why.comma").join(self.person(each) for each in value)
        if name == "department" or (name == "previous" and isinstance(value, str)):
            return self.department(value)
        if name in ("group", "previous_group") and value is not None:
            return self.group(value)
        if name == "emergency":
            return self.t(f"emergency.{value}" if self.t.has(f"emergency.{value}") else "emergency.other")
        if name == "ends_at":
            return self.when(value)
        if name == "waited_ms":
            return length(value)
        if name == "outcome" and value is not None:
            return self.t(f"page.outcome.{value}")
        return str(value)

    def _tags(self, tags: tuple[str, ...]) -> str:
        """The visitor's tags by their words; one of another widget as it came."""
        if not tags:
            return ""
        words = [self.t(f"page.tag.{tag}") if self.t.has(f"page.tag.{tag}") else tag for tag in tags]
        return self.t("page.event.rated.tags", tags=self.t("page.list.comma").join(words))
