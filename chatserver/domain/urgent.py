"""Who is assigned a waiting critical emergency: at once, whatever the mode of its group.

Language, skill, the quiet start of a shift and the capacity do not matter here. People who are on a break, offline or
not connected get none, and neither do those who already have `above_capacity` conversations more than their capacity.
Pure: the caller passes in the candidates and their loads.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chatserver.domain.conversation import Conversation
from chatserver.domain.events.assignment import Why
from chatserver.domain.hospital import ANSWERING, Availability, Hospital
from chatserver.domain.routing import Candidate, Turn, by_load
from chatserver.domain.rules import Rules

AVAILABILITIES = (Availability.ONLINE, Availability.PAUSED, Availability.BUSY)
"""The availabilities of people who may be assigned one, in order of preference. People whom the system paused come
before those who are 忙碌, because they are connected and have less to do."""


def groups_for(conversation: Conversation, hospital: Hospital) -> tuple[str, ...]:
    """The groups that are searched, in this order: its own, that group's overflow group, and the general group of the
    site."""
    own, site = hospital.groups.get(conversation.queue.group), hospital.sites.get(conversation.site)
    helping = own.overflow if own is not None else None
    asked = (conversation.queue.group, helping, site.general_group if site is not None else None)
    return tuple(dict.fromkeys(group for group in asked if group is not None))


@dataclass(frozen=True, slots=True)
class Taker:
    """A person who can take it, and the group for which they would take it."""

    candidate: Candidate
    group: str

    @property
    def id(self) -> str:
        return self.candidate.consultant.id


def takers(
    conversation: Conversation, candidates: Iterable[Candidate], groups: Sequence[str], now: int, rules: Rules
) -> list[Taker]:
    """Everybody who can take it now, the best first. People who missed, declined or gave it back, or had it and did not
    answer, are left out while anybody else can take it, and until the duration of a ring has passed."""
    found = [(_turn(each, groups), each) for each in candidates if may_take(each, groups, rules)]
    in_order = [Taker(each, groups[turn[0]]) for turn, each in sorted(found, key=lambda pair: pair[0])]
    before = {*conversation.queue.tried, *conversation.had_it}
    fresh = [each for each in in_order if each.id not in before]
    if fresh or now < conversation.queue.tried_at + rules.ring_ms:
        return fresh
    return in_order


def others(conversation: Conversation, candidates: Iterable[Candidate], groups: Sequence[str], rules: Rules) -> bool:
    """Whether somebody could take it who is not the owner and has not had it since the last answer."""
    before = {
        *conversation.had_it,
        *([conversation.serving.owner.id] if conversation.serving.owner is not None else []),
    }
    return any(may_take(each, groups, rules) and each.consultant.id not in before for each in candidates)


def may_take(candidate: Candidate, groups: Sequence[str], rules: Rules) -> bool:
    """Whether this person could be assigned it at this moment."""
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
    """The numbers behind the assignment. `among`: how many people could have taken it."""
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
