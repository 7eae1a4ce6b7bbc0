"""Every event has its sentence, in every variant, in both languages."""

from typing import get_args, get_type_hints

import pytest

from chatserver.domain.events.kinds import entry_kinds
from chatserver.paths import front_folder
from chatserver.web.event_text import WITH_A_VARIANT
from chatserver.web.i18n import Translations

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
"""Who cannot end it for which reason."""


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
