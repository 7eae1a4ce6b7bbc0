"""A migrated SQLite database, made once and copied."""

from pathlib import Path

import pytest

from chatserver.store.revisions import migrate


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "chat.db"
    migrate(path)
    return path
