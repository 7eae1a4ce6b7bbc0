"""The short share of `make attack`: for two seconds of each kind nobody honest is cut, refused or lost.

Milliseconds and megabytes are not looked at here; that is the command's part. All kinds come to one server, one after
the other, each from addresses of its own.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bench.attack.kinds import KINDS
from bench.attack.one import beside
from bench.attack.stage import Size, Stage, stage

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

SIZE = Size(sockets=100, visitors=20, seconds=2.0, messages_a_second=10.0)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here() -> AsyncIterator[Stage]:
    """Twenty honest visitors on a server with its limits as shipped. What was accepted is stored at the end."""
    async with stage(SIZE) as here:
        yield here
        assert here.score.lost(here.here.where) == ""


@pytest.mark.parametrize("name", KINDS)
async def test_nobody_honest_is_cut_or_refused_beside_hostile_sockets(here: Stage, name: str) -> None:
    # An address that was slowed down for one kind is not to be tried with the next.
    here.net = 1 + sorted(KINDS).index(name)
    done, talked = await beside(here, KINDS[name])
    assert not talked.wrong
    assert not here.score.faults
    assert talked.took, "the honest said something"
    assert done.ready, "the hostile came so far that they attacked"
