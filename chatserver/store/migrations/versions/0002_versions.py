"""Rows that several nodes cache get a version number, so that an older copy never replaces a newer one."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for table in ("conversations", "consultants"):
        comment = "raised by every change; a node's copy is replaced by a newer one only"
        op.add_column(table, sa.Column("version", sa.Integer(), server_default="0", nullable=False, comment=comment))
