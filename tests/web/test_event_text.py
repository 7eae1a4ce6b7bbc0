"""Every event has its sentence, in every variant, in both languages.

Transcript pages and the console say the same, the visitor's chat has sentences of its own. One list of examples holds
both beside each other; the console's tests read it, too.
"""

import dataclasses
import json
import re
from dataclasses import MISSING, dataclass, fields
from typing import Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

import msgspec
import pytest
from babel.messages.pofile import read_po

from chatserver.domain.audience import Audience, Seen, view, visible_to_visitor
from chatserver.domain.changes.table import entry_kinds
from chatserver.domain.entry import Author, AuthorKind, Entry
from chatserver.domain.hospital import Department, Group, Hospital, Mode, Name, Person
from chatserver.paths import front_folder
from chatserver.web.event_text import EventText
from chatserver.web.formatting import clock, moment
from chatserver.web.i18n import Translations, Translator
from chatserver.wire import encoding
from chatserver.wire.events import EVENTS
from tests.setup.paths import ROOT

EXAMPLES = json.loads((ROOT / "widget/src/shared/eventText.examples.json").read_text(encoding="utf-8"))
"""The tests of the console's and the widget's eventText read these examples, too. `event` is what staff are sent,
`visitor` what visitors are sent; `staff` and `chat` are what they read, `quote` is what somebody wrote with it."""

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
ZONE = ZoneInfo("Asia/Shanghai")
TEXTS = Translations(front_folder() / "texts" / "dashboard", "zh")
SENTENCES = TEXTS.event_sentences


def texts() -> list[str]:
    """The keys of all sentences that an event can get."""
    return [sentence.text for rule in SENTENCES.events.values() for sentence in rule.sentences]


def test_every_event_of_the_protocol_has_a_rule() -> None:
    assert set(SENTENCES.events) == set(EVENTS)


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_a_rule_names_fields_that_the_event_has(name: str) -> None:
    rule = SENTENCES.events[name]
    asked = {field for sentence in rule.sentences for field in sentence.when}
    assert asked | set(rule.fields) | ({rule.quote} - {None}) <= set(EVENTS[name].__struct_fields__)


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_the_last_sentence_fits_every_event_of_its_name(name: str) -> None:
    *conditional, last = SENTENCES.events[name].sentences
    assert all(sentence.when for sentence in conditional)
    assert last.when == {}


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_a_value_that_a_rule_waits_for_can_occur(name: str) -> None:
    hints = get_type_hints(entry_kinds()[name])
    for sentence in SENTENCES.events[name].sentences:
        for field, wanted in sentence.when.items():
            assert not isinstance(wanted, str) or wanted in get_args(hints[field])


def test_no_sentence_is_left_that_no_event_gets() -> None:
    with (ROOT / "dashboard/texts/zh.po").open("rb") as file:
        held = read_po(file)
    written = {message.id for message in held if str(message.id).startswith("event.")}
    assert written == {*texts(), "event.quoted", "event.somebody", "event.answered"}


@pytest.mark.parametrize("name", sorted(EVENTS))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_sentence_names_only_what_the_table_says_how_to_write(language: str, name: str) -> None:
    t = TEXTS.of(language)
    for sentence in SENTENCES.events[name].sentences:
        named = set(re.findall(r"\{(\w+)\}", t.catalogue.gettext(sentence.text)))
        assert named <= set(EVENTS[name].__struct_fields__) | {"by"}
        assert [field for field in named if SENTENCES.kind(name, field) is None] == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("key", texts())
def test_it_has_a_sentence(language: str, key: str) -> None:
    assert TEXTS.of(language).has(key)


@dataclass(frozen=True)
class Remembering(Translator):
    """Remembers which sentences it was asked for."""

    asked: list[str] = dataclasses.field(default_factory=list)

    def __call__(self, key: str, **filled: object) -> str:
        self.asked.append(key)
        return Translator.__call__(self, key, **filled)


def words(language: str) -> Remembering:
    chosen = TEXTS.of(language)
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


def said(example: dict[str, Any], t: Translator) -> tuple[str, str]:
    """The sentence, and what somebody wrote with it."""
    seen = view(entry_of(example), Audience.STAFF)
    assert seen is not None
    written = EventText(
        t, SENTENCES, HOSPITAL, when=lambda at: moment(at, at, ZONE, t), clock=lambda at: clock(at, ZONE)
    )
    return written.event(seen), written.quote(seen)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["staff"]["en"]))
def test_a_transcript_says_what_the_console_says(example: dict[str, Any]) -> None:
    assert {language: said(example, words(language))[0] for language in ("zh", "en")} == example["staff"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["staff"]["en"]))
def test_what_somebody_wrote_stands_below_the_sentence(example: dict[str, Any]) -> None:
    greeting = example["event"].get("greeting", "")
    assert said(example, words("zh"))[1] == example.get("quote", greeting)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["staff"]["en"]))
def test_the_examples_are_what_staff_and_visitors_are_sent(example: dict[str, Any]) -> None:
    entry = entry_of(example)
    assert sent(view(entry, Audience.STAFF)) == example["event"]
    assert sent(view(entry, Audience.VISITOR)) == example["visitor"]


def test_every_sentence_of_a_transcript_has_an_example() -> None:
    t = words("zh")
    for example in EXAMPLES:
        said(example, t)
    later = {text for text in texts() if text.endswith(".other")}
    assert set(texts()) - later <= set(t.asked)
