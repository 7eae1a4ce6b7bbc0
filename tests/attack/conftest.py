"""One real server per module, with two honest people who must not notice anything.

A module marks itself like this, because the honest two live in its event loop:

    pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.attack.peer import Port
from tests.e2e.conftest import journal, pace, pytest_runtest_makereport, servers
from tests.e2e.quarters import Quarters

__all__ = ["journal", "pace", "pytest_runtest_makereport", "servers"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def quarters(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Quarters]:
    """The server of this module. At its end the log must contain no traceback, no text and no secret."""
    module = request.module
    settings, people = getattr(module, "SETTINGS", {}), getattr(module, "PEOPLE", ())
    quarters = Quarters(tmp_path_factory.mktemp("attack"), settings, people)
    try:
        yield await quarters.start()
        await quarters.leave()
    finally:
        quarters.server.end()
    quarters.assert_discreet()


@pytest_asyncio.fixture(loop_scope="module")
async def port(quarters: Quarters) -> AsyncIterator[Port]:
    """The server's port; connections that a test opens there are dropped after it."""
    port = Port(quarters.server.port)
    yield port
    await port.leave()
