"""A migrated database for every test that wants one; made once, copied."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatserver.store.database import Database
from chatserver.store.revisions import migrate


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "chat.db"
    migrate(path)
    return path


@pytest.fixture
def database(migrated: Path, tmp_path: Path) -> Iterator[Database]:
    database = Database(Path(shutil.copy(migrated, tmp_path / "chat.db")))
    yield database
    database.close()
