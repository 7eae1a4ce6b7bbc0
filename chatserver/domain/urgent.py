"""Who is given a critical emergency that waits: at once, whatever way its group receives conversations.

Language, skill, the quiet start of a shift and the capacity count for nothing here; people above `above_capacity` too
many, on a break, offline or without a connection are given none. Pure: candidates and loads are counted by the caller.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chatserver.domain.conversation import Conversation
from chatserver.domain.events.assignment import Why
from chatserver.domain.hospital import ANSWERING, Availability, Hospital
from chatserver.domain.routing import Candidate, Turn, by_load
from chatserver.domain.rules import Rules

AVAILABILITIES = (Availability.ONLINE, Availability.PAUSED, Availability.BUSY)
"""Who may be given one, the first first. Whoever the system paused is there and has less to do than 忙碌 people."""


def groups_for(conversation: Conversation, hospital: Hospital) -> tuple[str, ...]:
    """The groups that are asked, one after the other: its own, the one that helps that one out, and the general one of
    the site."""
    own, site = hospital.groups.get(conversation.queue.group), hospital.sites.get(conversation.site)
    helping = own.overflow if own is not None else None
    asked = (conversation.queue.group, helping, site.general_group if site is not None else None)
    return tuple(dict.fromkeys(group for group in asked if group is not None))


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody who can take it, and the group for which."""

    candidate: Candidate
    group: str

    @property
    def id(self) -> str:
        return self.candidate.consultant.id


def takers(
    conversation: Conversation, candidates: Iterable[Candidate], groups: Sequence[str], now: int, rules: Rules
) -> list[Taker]:
    """Everybody who can take it now, the next first.

    Those who had it and did not answer, or gave it back, come only when there is nobody else; whoever said no not
    before the time of a ring has passed since.
    """
    found = [(_turn(each, groups), each) for each in candidates if may_take(each, groups, rules)]
    in_order = [Taker(each, groups[turn[0]]) for turn, each in sorted(found, key=lambda pair: pair[0])]
    before = {*conversation.queue.tried, *conversation.had_it}
    fresh = [each for each in in_order if each.id not in before]
    if fresh or now < conversation.queue.tried_at + rules.ring_ms:
        return fresh
    return in_order


def others(conversation: Conversation, candidates: Iterable[Candidate], groups: Sequence[str], rules: Rules) -> bool:
    """Whether anybody but the owner could take it who has not had it yet."""
    before = {
        *conversation.had_it,
        *([conversation.serving.owner.id] if conversation.serving.owner is not None else []),
    }
    return any(may_take(each, groups, rules) and each.consultant.id not in before for each in candidates)


def may_take(candidate: Candidate, groups: Sequence[str], rules: Rules) -> bool:
    """Whether somebody could be given it at this moment."""
    consultant = candidate.consultant
    return (
        candidate.present
        and not consultant.disabled
        and consultant.role in ANSWERING
        and consultant.availability in AVAILABILITIES
        and any(group in groups for group in consultant.groups)
        and candidate.load < consultant.capacity + rules.above_capacity
    )


def why(conversation: Conversation, taker: Taker, among: int, now: int) -> Why:
    """The numbers behind it. `among`: how many could have taken it."""
    consultant = taker.candidate.consultant
    available = consultant.availability
    return Why(
        load=taker.candidate.load,
        capacity=consultant.capacity,
        among=among,
        waited_ms=now - conversation.queue.since,
        again=taker.id in (*conversation.queue.tried, *conversation.had_it),
        emergency=True,
        availability=None if available is Availability.ONLINE else available.value,
    )


def _turn(candidate: Candidate, groups: Sequence[str]) -> tuple[int, int, Turn]:
    consultant = candidate.consultant
    nearest = next(place for place, group in enumerate(groups) if group in consultant.groups)
    return nearest, AVAILABILITIES.index(consultant.availability), by_load(candidate)
