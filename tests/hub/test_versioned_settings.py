"""A setting that one node changes holds at every node, however the news of it gets lost."""

import asyncio
import uuid
from dataclasses import replace

import pytest

from chatserver.bus.contract import Bus, SettingBell
from chatserver.bus.redis import RedisBus
from chatserver.domain.refusals import Unavailable
from chatserver.domain.versioned_settings import SIGN_IN_POLICY, SignInPolicy
from chatserver.hub.versioned_settings import VersionedSettings
from chatserver.store import versioned_settings
from chatserver.store.database import Where
from chatserver.store.versioned_settings import Changed, Version
from tests.hub import harness
from tests.hub.harness import QUICK, Rig, eventually, opened, two_nodes

NO_LOOKS = replace(QUICK, look=3_600.0)
"""Only the doorbell brings the news."""
STRICT, MILD = SignInPolicy(lock_after=3), SignInPolicy(lock_after=10, lock_minutes=5)


@pytest.fixture(params=["in this process", "over Redis"], autouse=True)
def bus(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What connects the nodes."""
    if request.param == "over Redis":
        url = request.getfixturevalue("own_redis").url
        monkeypatch.setattr(harness, "MemoryBus", lambda room: RedisBus(url, node=uuid.uuid4().hex))


def settings(rig: Rig) -> VersionedSettings:
    return rig.hub.versioned_settings


def holds(rig: Rig) -> SignInPolicy:
    return settings(rig).value(SIGN_IN_POLICY)


async def change(rig: Rig, value: SignInPolicy, after: int = 0) -> Version[SignInPolicy]:
    return await settings(rig).change(SIGN_IN_POLICY, value, after, "chenjing", "administrator")


def lose_bells(rig: Rig) -> None:
    bus: Bus = rig.bus
    bus.ring = lambda bell: None  # type: ignore[method-assign]  # the bus loses every doorbell from here on


async def test_a_change_holds_at_once_at_the_node_that_made_it_and_soon_at_the_other(place: Where) -> None:
    async with two_nodes(place, options=NO_LOOKS) as (one, other):
        assert holds(one) == holds(other) == SignInPolicy()
        made = await change(one, STRICT)
        assert (made.number, made.at, made.actor) == (1, one.clock(), "chenjing")
        assert holds(one) == STRICT
        await eventually(lambda: holds(other) == STRICT)
        await change(other, MILD, after=1)
        await eventually(lambda: holds(one) == MILD)


async def test_a_change_whose_doorbell_is_lost_is_found_by_the_regular_look(place: Where) -> None:
    async with two_nodes(place) as (one, other):
        lose_bells(one)
        await change(one, STRICT)
        await eventually(lambda: holds(other) == STRICT)


async def test_a_change_whose_node_dies_after_the_commit_is_found_by_the_regular_look(
    place: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit is in the store, and neither the doorbell nor the answer has left the node."""
    async with two_nodes(place) as (one, other):
        write = one.database.write

        async def dies(*work: object) -> None:
            await write(*work)  # type: ignore[arg-type]  # passed on as it came
            raise Unavailable()

        monkeypatch.setattr(one.database, "write", dies)
        with pytest.raises(Unavailable):
            await change(one, STRICT)
        await eventually(lambda: holds(other) == STRICT)
        await eventually(lambda: holds(one) == STRICT)


async def test_of_two_nodes_that_change_the_same_version_one_is_told_what_holds(place: Where) -> None:
    async with two_nodes(place, options=NO_LOOKS) as (one, other):
        both = await asyncio.gather(change(one, STRICT), change(other, MILD), return_exceptions=True)
        [made] = [each for each in both if isinstance(each, Version)]
        [refused] = [each for each in both if isinstance(each, Changed)]
        assert refused.current == made
        await eventually(lambda: holds(one) == holds(other) == made.value)


async def test_a_node_that_starts_later_begins_with_what_holds(place: Where) -> None:
    async with opened(place, options=NO_LOOKS) as rig:
        await change(rig, MILD)
        await rig.restart()
        assert holds(rig) == MILD


async def test_an_old_doorbell_is_not_worth_a_read(place: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(place, options=NO_LOOKS) as rig:
        await change(rig, MILD)
        reads: list[object] = []

        def read(conn: object) -> dict[str, object]:
            reads.append(conn)
            return {}

        monkeypatch.setattr(versioned_settings, "newest", read)
        settings(rig).elsewhere(SettingBell("sign_in_policy", 1))
        assert not settings(rig)._looking
        settings(rig).elsewhere(SettingBell("sign_in_policy", 2))
        await eventually(lambda: reads)
        assert holds(rig) == MILD
