"""The reason of an assignment is one sentence, the same as the console's, in both languages."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from chatserver.paths import front_folder
from chatserver.web.assignment_reason import why_sentence
from chatserver.web.i18n import Translations, Translator
from tests.setup.paths import ROOT

LISTED = ROOT / "dashboard/src/console/thread/assignmentReason.examples.json"
EXAMPLES = json.loads(LISTED.read_text(encoding="utf-8"))
"""The test dashboard/src/console/thread/assignmentReason.test.ts reads these examples, too."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers as the domain would hold them."""

    load: int
    capacity: int
    among: int
    idle_ms: int | None = None


def words(language: str) -> Translator:
    return Translations(front_folder() / "texts" / "dashboard", "zh").of(language)


def skill(language: str) -> str:
    return {"zh": "孕产", "en": "Pregnancy"}[language]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["en"]))
def test_it_says_what_the_console_says(language: str, example: dict[str, Any]) -> None:
    said = why_sentence(words(language), example["how"], example["why"], lambda id: skill(language))
    assert said == example[language]


def test_the_domains_own_numbers_are_read_like_stored_ones() -> None:
    said = why_sentence(words("en"), "automatic", Numbers(1, 5, 2), lambda id: id)
    assert said == "Given by load: 1/5, the lowest of 2 who had room, waited 0:00"


def test_without_numbers_nothing_is_said() -> None:
    assert why_sentence(words("en"), "automatic", None, lambda id: id) == ""
