"""A migrated and seeded database, made once and copied for every test that needs one."""

import shutil
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from starlette.testclient import TestClient

from chatserver.demo.seed import seed
from chatserver.store.database import Database
from chatserver.store.revisions import migrate
from chatserver.web.gate.admission import HelloQueue
from tests.transactions import AUDIT_KEY, tx_at, written

from .application import EMBEDDER, NOON, Doors, doors
from .wires import Desk


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("seeded") / "chat.db"
    migrate(path)
    database = Database(path, AUDIT_KEY)
    written(database, lambda conn: seed(tx_at(conn, NOON), (EMBEDDER,), 5))
    database.close()
    return path


@pytest.fixture
def database_path(seeded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(seeded, tmp_path / "chat.db"))


@pytest.fixture
def here(database_path: Path) -> Iterator[Doors]:
    """The hospital's web server, on 127.0.0.1 over plain http."""
    there = doors(database_path)
    yield there
    there.end()


@pytest.fixture
def secure(database_path: Path) -> Iterator[Doors]:
    """The same behind https."""
    public = "https://chat.kangning.example"
    there = doors(database_path, public_url=public, hosts=frozenset({"chat.kangning.example"}))
    yield there
    there.end()


@pytest.fixture
def browser(here: Doors) -> TestClient:
    return here.client


@pytest_asyncio.fixture
async def desk(here: Doors) -> AsyncIterator[Desk]:
    """The desk that admits visitors to `here`: one hello at a time, and one may wait."""
    desk = Desk()
    hub: Any = here.hub
    hub.enter_visitor, hub.visitor_desk = desk.enter, desk
    here.context.admission.visitors = HelloQueue(time.monotonic, at_once=1, most_waiting=1)
    yield desk
