"""状态: how a consultant's availability changes, by his choice and by what he misses."""

from dataclasses import replace

from chatserver.domain.hospital import Availability, Consultant, Role
from chatserver.domain.rules import Rules

MISSED, NO_ANSWER = "missed", "no_answer"
"""The reason that the system gives when it pauses somebody."""


def may_answer(consultant: Consultant) -> bool:
    """Whether the account can answer anybody at all, whatever the person chose."""
    return not consultant.disabled and consultant.role is not Role.ADMINISTRATOR


def chose(consultant: Consultant, availability: Availability, now: int, reason: str = "") -> Consultant:
    """What he chose himself, and why; a clean slate for the misses."""
    return replace(consultant, availability=availability, availability_since=now, reason=reason, misses=0)


def missed(consultant: Consultant, now: int, rules: Rules) -> Consultant:
    """He let a ring pass. After three in a row the system pauses him, and he is told why."""
    misses = consultant.misses + 1
    if misses < rules.misses or consultant.availability is not Availability.ONLINE:
        return replace(consultant, misses=misses)
    return replace(consultant, misses=misses, availability=Availability.PAUSED, availability_since=now, reason=MISSED)


def silent(consultant: Consultant, now: int) -> Consultant:
    """He was given a conversation and did not answer, as somebody else before or after him: the system pauses him, and
    tells him why. Whoever is not 在线 is left as he is."""
    if consultant.availability is not Availability.ONLINE:
        return consultant
    return replace(consultant, availability=Availability.PAUSED, availability_since=now, reason=NO_ANSWER)


def given(consultant: Consultant, now: int) -> Consultant:
    """A conversation came to him; for "who was given nothing the longest"."""
    return replace(consultant, last_given_at=now)


def took(consultant: Consultant) -> Consultant:
    """He took a conversation by hand: the misses are no longer in a row."""
    return replace(consultant, misses=0)
