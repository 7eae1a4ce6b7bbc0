"""Nobody who is offline, on a break or not connected becomes the holder of anything urgent by routing."""

from dataclasses import replace
from itertools import product

import pytest

from chatserver.domain.hospital import Availability
from chatserver.domain.offline_messages import choose_owner
from chatserver.domain.routing import Candidate, Needs, Pool
from chatserver.domain.urgent import AVAILABILITIES, others, takers

from .people import LI_MIN, NOON, RULES, WOMEN, Story, consultant, waiting

ROUTES = ("the router", "urgent", "留言")
STATES = list(product(Availability, (True, False), (True, False)))
"""Availability, whether connected, whether the account is closed."""


def candidate(availability: Availability, present: bool, disabled: bool) -> Candidate:
    someone = replace(consultant(LI_MIN), availability=availability, disabled=disabled)
    return Candidate(someone, 0, present)


def gets(route: str, one: Candidate, story: Story) -> bool:
    conversation, after = story.conversation, NOON + 60 * 60_000
    if route == "the router":
        return Pool(WOMEN, [one]).choose(conversation, Needs("zh"), after, RULES) is not None
    if route == "urgent":
        assert others(conversation, [one], (WOMEN,), RULES) == bool(takers(conversation, [one], (WOMEN,), after, RULES))
        return bool(takers(conversation, [one], (WOMEN,), after, RULES))
    someone = one.consultant
    serving = {someone.id} if one.present and someone.availability in AVAILABILITIES else set()
    return choose_owner(WOMEN, [someone], {someone.id}, {}, serving, must_serve=True) is not None


@pytest.mark.parametrize(("availability", "present", "disabled"), STATES)
@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("tried", [False, True])
def test_only_people_who_are_here_become_holders(
    route: str, availability: Availability, present: bool, disabled: bool, tried: bool
) -> None:
    story = waiting()
    if tried:
        story.rings(LI_MIN)
        story.passes(RULES.ring_ms)
    got = gets(route, candidate(availability, present, disabled), story)
    serves = AVAILABILITIES if route != "the router" else (Availability.ONLINE,)
    assert got == (present and not disabled and availability in serves)
