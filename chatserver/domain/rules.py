"""The hospital's rules as one value that is passed to every decision, with their defaults. Durations are
milliseconds."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from chatserver.domain.hospital import Group

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE


@dataclass(frozen=True, slots=True)
class Rules:
    """The hospital's rules. Each is a setting of the same name (docs/operations.md), except `overflow_to`: the group
    that helps this one out, if there is one."""

    ring_ms: int = 15 * SECOND
    transfer_ms: int = 30 * SECOND
    first_reply_alarm_ms: int = 60 * SECOND
    first_reply_ms: int = 90 * SECOND
    typing_extra_ms: int = 60 * SECOND
    follow_up_alarm_ms: int = 120 * SECOND
    grace_ms: int = 60 * SECOND
    visitor_away_ms: int = 60 * SECOND
    abandon_ms: int = 10 * MINUTE
    inactive_ms: int = 10 * MINUTE
    idle_warning_ms: int = 28 * MINUTE
    idle_close_ms: int = 30 * MINUTE
    reopen_ms: int = 30 * MINUTE
    rating_ms: int = 24 * HOUR
    misses: int = 3
    hops: int = 3
    above_capacity: int = 3
    queue_limit: int = 20
    queue_wait_limit_ms: int = HOUR
    fit_ms: int = 60 * SECOND
    affinity_ms: int = 24 * HOUR
    overflow_ms: int = 120 * SECOND
    emergency_ms: int = 30 * SECOND
    offer_message_ahead: int = 5
    offer_message_ms: int = 3 * MINUTE
    closing_soon_ms: int = 10 * MINUTE
    offline_due_ms: int = 30 * MINUTE
    check_in_early_ms: int = 5 * MINUTE
    shift_quiet_ms: int = 10 * MINUTE
    overflow_to: str = ""
    message_length: int = 1_000
    note_length: int = 2_000
    estimate_samples: int = 5


class Rulebook:
    """The hospital's rules, and those of groups that have their own."""

    def __init__(self, hospitals: Rules, groups: Iterable[Group] = ()) -> None:
        self.hospitals = hospitals
        self._groups = {each.id: _own(hospitals, each) for each in groups}

    def of(self, group: str) -> Rules:
        """The rules that apply in this group."""
        return self._groups.get(group, self.hospitals)

    @property
    def rating_ms(self) -> int:
        """The longest time for a rating in any group."""
        return max(each.rating_ms for each in (self.hospitals, *self._groups.values()))


def _own(hospitals: Rules, group: Group) -> Rules:
    own: dict[str, Any] = dict(group.rules)
    return replace(hospitals, overflow_to=group.overflow or "", **own)


COMING_BACK_MS = 30 * SECOND
"""When a consultant reconnects within the grace period and owes a first reply, they have at least this long for it."""

LOOK_AGAIN_MS = 10 * SECOND
"""When nobody else could take a conversation, it is checked again after this time."""

TYPING_HOLDS_MS = 6 * SECOND
"""A typing sign is valid for this long after it was received."""
