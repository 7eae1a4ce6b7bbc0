"""状态: how a consultant's availability changes, by choice and by missed conversations."""

from dataclasses import replace

from chatserver.domain.hospital import AT_CONSOLE, Availability, Consultant
from chatserver.domain.rules import Rules

MISSED, NO_ANSWER = "missed", "no_answer"
"""The reasons that the system gives when it pauses somebody: for missed rings, or for unanswered conversations."""


def may_answer(consultant: Consultant) -> bool:
    """Whether the account can answer anybody at all, whatever the person chose."""
    return not consultant.disabled and consultant.role in AT_CONSOLE


def chose(consultant: Consultant, availability: Availability, now: int, reason: str = "") -> Consultant:
    """The consultant chose an availability, with a reason; missed rings are counted from zero again."""
    return replace(consultant, availability=availability, availability_since=now, reason=reason, misses=0)


def missed(consultant: Consultant, now: int, rules: Rules) -> Consultant:
    """The consultant missed a ring. After three in a row the system pauses them, with a reason."""
    misses = consultant.misses + 1
    if misses < rules.misses or consultant.availability is not Availability.ONLINE:
        return replace(consultant, misses=misses)
    return replace(consultant, misses=misses, availability=Availability.PAUSED, availability_since=now, reason=MISSED)


def silent(consultant: Consultant, now: int) -> Consultant:
    """The consultant owned a conversation that several owners in a row did not answer: the system pauses them, with a
    reason. Consultants who are not 在线 stay as they are."""
    if consultant.availability is not Availability.ONLINE:
        return consultant
    return replace(consultant, availability=Availability.PAUSED, availability_since=now, reason=NO_ANSWER)


def given(consultant: Consultant, now: int) -> Consultant:
    """The consultant was assigned a conversation; the router compares these times."""
    return replace(consultant, last_given_at=now)


def took(consultant: Consultant) -> Consultant:
    """The consultant took a conversation, so missed rings are counted from zero again."""
    return replace(consultant, misses=0)
