"""Completes the visitor's chat. One function per part."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Each part is a function below, called from here."""
