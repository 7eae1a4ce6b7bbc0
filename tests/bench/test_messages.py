"""The smallest real run, so that the benchmarks keep working, and a check that can fail."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bench.references.contestants import Contestant, Product, Relay
from bench.report.rows import Length
from bench.scenarios.messages import ON_SQLITE, compared

pytestmark = pytest.mark.whole
TINY = Length(rounds=1, seconds=0.3, part=1.0)
PAIRS = 2


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    with Relay() as running:
        yield running
        await hang_up(running)


@pytest.fixture
async def product() -> AsyncIterator[Product]:
    with Product() as running:
        yield running
        await hang_up(running)


async def hang_up(contestant: Contestant) -> None:
    """A command's sockets end with its process; a test has to close them."""
    for pair in contestant.talk.pairs.values():
        for wire in (pair.visitor, pair.consultant):
            assert wire is not None
            wire.drop()
    await asyncio.sleep(0)


async def test_everything_acknowledged_is_in_the_store(relay: Relay, product: Product) -> None:
    [result] = await compared({ON_SQLITE: (product, relay)}, PAIRS, TINY)
    assert product.acknowledged
    assert product.lost() == ""
    assert len(result.values) == len(result.busy[product.name]) == len(result.busy[relay.name]) == TINY.rounds


async def test_an_acknowledged_message_that_is_not_in_the_store_fails_the_scenario(
    relay: Relay, product: Product
) -> None:
    product.keep([b"01985c1e-7d3a-7c4e-9f00-000000000000"])
    with pytest.raises(AssertionError, match="product on SQLite: 1 lost, 0 doubled"):
        await compared({ON_SQLITE: (product, relay)}, PAIRS, TINY)
