"""What the rooms store: the audit log, deadlines by subject, doctors, versions of settings. One function per part."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Each part is a function below, called from here."""
