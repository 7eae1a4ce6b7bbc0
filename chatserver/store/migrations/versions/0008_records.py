"""What the rooms store: the audit log, doctors, versions of settings, tokens of sealed text. One function per part."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Each part is a function below, called from here."""
