"""A migrated database of either kind for every test that wants one; migrated once, then copied."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chatserver.store.database import Database, Where
from chatserver.store.revisions import migrate
from tests.sealed_columns import watched
from tests.transactions import written

from .days import Day, live


@pytest.fixture(autouse=True)
def _sealed_text_is_read_whole() -> Iterator[None]:
    """No statement of any of these tests looks into text that may be sealed."""
    with watched():
        yield


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "chat.db"
    migrate(path)
    return path


@pytest.fixture
def database(place: Where, migrated: Path) -> Iterator[Database]:
    """On SQLite and on PostgreSQL."""
    where = Path(shutil.copy(migrated, place / "chat.db")) if isinstance(place, Path) else place
    database = Database(where)
    yield database
    database.close()


@pytest.fixture(scope="session")
def lived(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Day]:
    path = Path(shutil.copy(migrated, tmp_path_factory.mktemp("lived") / "chat.db"))
    with closing(Database(path)) as database:
        return path, written(database, live)


@pytest.fixture
def path(lived: tuple[Path, Day], tmp_path: Path) -> Path:
    """A database with a day in it."""
    return Path(shutil.copy(lived[0], tmp_path / "chat.db"))


@pytest.fixture
def day(lived: tuple[Path, Day]) -> Day:
    """The ids of what is in it."""
    return lived[1]
