"""A group's own rules: their names in the file are those of the settings, and so are their bounds."""

from collections.abc import Mapping
from dataclasses import fields
from typing import get_type_hints

from chatserver.domain.rules import Rules
from chatserver.domain.sentence import Sentence
from chatserver.records.checks import converted
from chatserver.records.faults import Faults
from chatserver.settings import Settings

ALL_ALIKE = (
    "message_length",
    "note_length",
    "overflow_to",
    "above_capacity",
    "check_in_early_ms",
    "shift_quiet_ms",
)
"""Rules that are the same for the whole hospital; a group's overflow is a field of the group, not a rule."""


def own_rules(where: str, written: Mapping[str, int], faults: Faults) -> dict[str, int]:
    """The rules of a group by their names in `Rules`, and in its units. Errors are added to `faults`."""
    known = {written_rule(each.name): each.name for each in fields(Rules) if each.name not in ALL_ALIKE}
    hints = get_type_hints(Settings, include_extras=True)
    own = {}
    for name, value in written.items():
        if name not in known:
            fault = Sentence("{name!r} is none of {known}", name=name, known=", ".join(sorted(known)))
            faults.add(f"{where}.rules", fault)
            continue
        number: int | None = converted(f"{where}.rules.{name}", hints[name], value, faults)
        if number is not None:
            own[known[name]] = number * 1000 if known[name].endswith("_ms") else number
    return own


def written_rule(name: str) -> str:
    """A rule's name in the file: `ring_ms` of `Rules` is `ring_s` there."""
    return name.removesuffix("_ms") + "_s" if name.endswith("_ms") else name


def written_number(name: str, value: int) -> int:
    """A rule's value in the file: seconds for what `Rules` holds in milliseconds."""
    return value // 1000 if name.endswith("_ms") else value
