"""The short share of `make attack`: during two seconds of each kind no honest client is disconnected, refused or loses
anything.

Milliseconds and megabytes are not checked here, but by the command. All kinds attack one server, one after the other,
each from its own addresses.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bench.attack.kinds import KINDS
from bench.attack.newcomers import Newcomers, SigningIn
from bench.attack.one import beside, stretch
from bench.attack.stage import Size, Stage, stage
from tests.ports import free_port

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

SIZE = Size(sockets=100, visitors=20, seconds=2.0, messages_a_second=10.0)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here() -> AsyncIterator[Stage]:
    """Twenty honest visitors on a server with its default limits. Everything accepted must be stored at the end."""
    async with stage(SIZE) as here:
        yield here
        assert here.score.lost(here.deployment.where) == ""


@pytest.mark.parametrize("name", KINDS)
async def test_nobody_honest_is_cut_or_refused_beside_hostile_sockets(here: Stage, name: str) -> None:
    # An address that was slowed down for one kind must not be used for the next.
    here.net = 1 + sorted(KINDS).index(name)
    done, talked = await beside(here, KINDS[name])
    assert not talked.wrong
    assert not here.score.faults
    assert talked.took, "the honest said something"
    assert done.ready, "the hostile came so far that they attacked"


async def test_disconnections_are_reported() -> None:
    """Otherwise the tests above could not fail."""
    async with stage(Size(sockets=5, visitors=2, seconds=3.0, messages_a_second=0.0)) as here:
        token = here.people.visitors[0].token
        bearer = {"Authorization": f"Bearer {token}"}
        talking = asyncio.create_task(stretch(here, KINDS["half-open"]))
        await asyncio.sleep(0)
        await asyncio.to_thread(here.deployment.nodes[0].request, "DELETE", "/v1/visitor/session", b"", bearer)
        talked = await talking
        assert talked.wrong == ["honest people were cut with 4401, 1 times"]


async def test_unserved_newcomers_and_refused_passwords_are_reported() -> None:
    newcomers, signing_in = Newcomers(free_port(), ["token"]), SigningIn(free_port(), "mei", "password")
    await newcomers.come(0.1)
    await signing_in.once()
    assert len(newcomers.wrong) == len(signing_in.wrong) == 1
