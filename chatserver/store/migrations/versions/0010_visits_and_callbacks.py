"""Brings where visitors come from, and the calls that they ask for. One function per part."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Each part is a function below, called from here."""
