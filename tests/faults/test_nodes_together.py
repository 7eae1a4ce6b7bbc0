"""Two nodes, nothing broken: people at one of them talk to people at the other."""

from pathlib import Path

import pytest

from tests.e2e.cluster import Care, cluster
from tests.e2e.hospital import GYNECOLOGY, Wanted
from tests.e2e.journal import Journal
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, complain
from tests.e2e.patience import allowed
from tests.postgres import Postgres
from tests.redis import OwnRedis

pytestmark = pytest.mark.whole


async def test_a_visitor_at_one_node_is_answered_from_the_other(
    tmp_path: Path, postgres: Postgres, own_redis: OwnRedis, servers: Care, journal: Journal
) -> None:
    with postgres.database() as address:
        async with cluster(tmp_path, address, own_redis.url, [Wanted("mei")], servers, journal) as house:
            one, other = (node.port for node in house.nodes)
            mei = await house.consultant("mei", other)
            ann = await house.visitor("ann", one)
            await ann.open(GYNECOLOGY, "hello")
            await mei.until_owned(ann.conversation, within=allowed(5))
            await mei.say(ann.conversation, "good day")
            await ann.until_received("good day", within=allowed(5))
            await ann.say("it hurts")
            await mei.until_received(ann.conversation, "it hurts", within=allowed(5))
            stored = await drained([ann, mei], address)
            await ann.leave()
            await mei.leave()
            await house.stop()
        complain(Oracle(journal, [ann, mei], stored).verdict())
