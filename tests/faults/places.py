"""A server's settings for each kind of database."""

from pathlib import Path

from chatserver.store.database import Where


def where_of(place: Where, folder: Path) -> tuple[Where, dict[str, str]]:
    """Where a hospital is to be founded for a server with `folder / "data"`, and the settings that lead there."""
    if isinstance(place, str):
        return place, {"DATABASE_URL": place}
    return folder / "data", {}
