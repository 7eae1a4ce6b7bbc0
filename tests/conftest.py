"""Shared by all tests: the intensity of property tests, and the servers. HYPOTHESIS_PROFILE=thorough searches
longer."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from chatserver.store.database import Where
from chatserver.store.revisions import migrate
from tests.audit_rows import nothing_behind_the_head
from tests.postgres import Postgres, end
from tests.redis import OwnRedis, end_redis, running, shared_redis

# No deadline per example: a busy machine is not a failure.
settings.register_profile("normal", deadline=None, max_examples=200)
settings.register_profile("thorough", deadline=None, max_examples=5_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "normal"))

DATABASES = ("sqlite", "postgres")

LOGGERS = ("uvicorn", "uvicorn.error", "uvicorn.asgi", "uvicorn.access", "alembic")
"""The loggers that `chatserver.logs.configure` sets up, besides the root."""


@pytest.fixture(autouse=True)
def _logging_put_back() -> Iterator[None]:
    """Logging is global to the process: restore it after a test that configures it (`serve` does)."""
    loggers = (logging.getLogger(), *map(logging.getLogger, LOGGERS))
    before = [(each, each.handlers[:], each.level, each.propagate) for each in loggers]
    yield
    if structlog.is_configured():
        for logger, handlers, level, propagate in before:
            logger.handlers[:] = handlers
            logger.setLevel(level)
            logger.propagate = propagate
        structlog.reset_defaults()


@pytest.fixture
def head_is_last() -> Iterator[None]:
    """No transaction of this test takes a lock behind the head of the audit log."""
    with nothing_behind_the_head():
        yield


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Postgres:
    """The PostgreSQL of this run."""
    return Postgres(_shared_by_workers(request, tmp_path_factory))


@pytest.fixture(scope="session")
def redis_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of this run's Redis."""
    return shared_redis(_shared_by_workers(request, tmp_path_factory))


@pytest.fixture
def own_redis() -> Iterator[OwnRedis]:
    """A running Redis for this test only."""
    with running(OwnRedis()) as server:
        yield server


@pytest.fixture
def postgres_database(postgres: Postgres) -> Iterator[str]:
    """The address of a migrated PostgreSQL database."""
    with postgres.database(postgres.template("migrated", migrate)) as address:
        yield address


@pytest.fixture(params=DATABASES)
def empty_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Where]:
    """Where a database can be created, of either kind: a file that does not exist, or a PostgreSQL database without
    tables."""
    if request.param == "sqlite":
        yield tmp_path / "chat.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as address:
        yield address


@pytest.fixture(params=DATABASES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Where:
    """A folder for SQLite, or the address of a migrated PostgreSQL database, for tests on both."""
    if request.param == "sqlite":
        return tmp_path
    address: str = request.getfixturevalue("postgres_database")
    return address


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first, each kind in random order, so that no worker waits long for the last one of the other."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """The controller outlives the workers, so it stops what one of them started."""
    if not hasattr(session.config, "workerinput"):
        factory: pytest.TempPathFactory = session.config._tmp_path_factory  # type: ignore[attr-defined]  # the only way
        end(factory.getbasetemp())
        end_redis(factory.getbasetemp())


def _shared_by_workers(request: pytest.FixtureRequest, factory: pytest.TempPathFactory) -> Path:
    own = factory.getbasetemp()
    return own.parent if hasattr(request.config, "workerinput") else own
