"""Brings who visitors are by the word of the hospital's own site, and what the chat's rules lacked. One function per
part."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Each part is a function below, called from here."""
