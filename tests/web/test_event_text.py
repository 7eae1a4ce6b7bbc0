"""Every event has its sentence, in every variant, in both languages.

The console and the visitor's chat have sentences of their own for the same events. One list of examples holds all
three side by side, so that a change to one of them shows the others.
"""

import dataclasses
import json
from dataclasses import MISSING, dataclass, fields
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from chatserver.domain.audience import Audience, Seen, view, visible_to_visitor
from chatserver.domain.entry import Author, AuthorKind, Entry
from chatserver.domain.events.kinds import entry_kinds
from chatserver.domain.hospital import Department, Group, Hospital, Mode, Name, Person
from chatserver.paths import front_folder
from chatserver.web.event_text import WITH_A_VARIANT, EventText
from chatserver.web.i18n import Translations, Translator
from chatserver.wire import encoding
from tests.setup.paths import ROOT

EXAMPLES = json.loads((ROOT / "widget/src/shared/eventText.examples.json").read_text(encoding="utf-8"))
"""The tests of the console's and the widget's eventText read these examples, too. `event` is what staff are sent,
`visitor` what visitors are sent; the rest is the sentence of each of the three."""

HOSPITAL = Hospital(
    departments={
        "gynecology": Department("gynecology", Name("妇科", "Gynaecology"), "women", "main"),
        "urology": Department("urology", Name("泌尿外科", "Urology"), "urology", "main"),
    },
    groups={
        "women": Group("women", Name("妇科组", "Women's health"), Mode.AUTOMATIC),
        "urology": Group("urology", Name("泌尿组", "Urology group"), Mode.AUTOMATIC),
    },
)
WORDS = ("message_posted", "note_written")
NEVER = {
    f"page.event.closed.{by}.{reason}"
    for by, reasons in {
        "visitor": ("idle", "abandoned", "closed_hours", "waited_too_long"),
        "consultant": ("left", "idle", "abandoned", "message_left", "closed_hours", "waited_too_long"),
        "system": ("ended", "left", "message_left"),
    }.items()
    for reason in reasons
}
"""Reasons that an end by these actors cannot have."""


def keys() -> list[str]:
    """The catalogue keys that a transcript can ask for."""
    found: list[str] = []
    for name, kind in entry_kinds().items():
        if name in WORDS:
            continue
        variants = [f"page.event.{name}"]
        for field in WITH_A_VARIANT.get(name, ()):
            choices = get_args(get_type_hints(kind)[field])
            assert choices, f"{name}.{field} has no fixed choices"
            variants = [f"{key}.{choice}" for key in variants for choice in choices]
        if name == "transfer_offered":
            variants = [f"{key}.{to}" for key in variants for to in ("colleague", "group")]
        if name == "colleague_left":
            variants += [f"{key}.let_go" for key in variants]
        if name == "reopened":
            variants += [f"{key}.by" for key in variants]
        if name == "outcome_set":
            variants += [f"{key}.corrected" for key in variants]
        found += variants
    return [key for key in found if key not in NEVER]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("key", keys())
def test_it_has_a_sentence(language: str, key: str) -> None:
    assert Translations(front_folder() / "texts" / "dashboard", "zh").of(language).has(key)


@dataclass(frozen=True)
class Remembering(Translator):
    """Remembers which sentences it was asked for."""

    asked: list[str] = dataclasses.field(default_factory=list)

    def __call__(self, key: str, **filled: object) -> str:
        self.asked.append(key)
        return Translator.__call__(self, key, **filled)


def words(language: str) -> Remembering:
    chosen = Translations(front_folder() / "texts" / "dashboard", "zh").of(language)
    return Remembering(chosen.language, chosen.catalogue)


def entry_of(example: dict[str, Any]) -> Entry:
    """The example as the domain holds it. Fields that the wire leaves out are None."""
    named = dict(example["event"])
    kind = entry_kinds()[named.pop("name")]
    absent = {each.name: None for each in fields(kind) if each.default is MISSING and each.name not in named}
    event = msgspec.convert({**absent, **named}, kind)
    by = example["author"]
    author = Author(AuthorKind(by["kind"]), "", msgspec.convert(by["person"], Person) if "person" in by else None)
    return Entry("c", 1, 1 if visible_to_visitor(event) else None, "i", 0, author, event)


def sent(seen: Seen | None) -> Any:
    """The event as a client gets it; None if it gets none."""
    return None if seen is None else json.loads(encoding.text(encoding.entry(seen, "e")))["event"]


def said(example: dict[str, Any], t: Translator) -> str:
    seen = view(entry_of(example), Audience.STAFF)
    assert seen is not None
    return EventText(t, HOSPITAL, lambda at: "10:05").event(seen)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["page"]["en"]))
def test_a_transcript_says_what_stands_beside_what_the_console_and_the_visitor_read(example: dict[str, Any]) -> None:
    assert {language: said(example, words(language)) for language in ("zh", "en")} == example["page"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["page"]["en"]))
def test_the_examples_are_what_staff_and_visitors_are_sent(example: dict[str, Any]) -> None:
    entry = entry_of(example)
    assert sent(view(entry, Audience.STAFF)) == example["event"]
    assert sent(view(entry, Audience.VISITOR)) == example["visitor"]


def test_every_sentence_of_a_transcript_has_an_example() -> None:
    t = words("zh")
    for example in EXAMPLES:
        said(example, t)
    assert set(keys()) <= set(t.asked)
