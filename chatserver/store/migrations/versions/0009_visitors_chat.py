"""Completes the visitor's chat. One function per part."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Each part is a function below, called from here."""
    _leaving()


def _leaving() -> None:
    """Where 快速离开 goes."""
    page = sa.Column("leave_to", sa.Text(), nullable=True, comment="where 快速离开 goes; none: an empty page")
    op.add_column("sites", page)
