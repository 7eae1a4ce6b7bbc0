"""What safety asks of the store: added to the tables of 0004, each part by a function of its own."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ADDED: dict[str, tuple[sa.Column[Any], ...]] = {}
"""New columns by table; each has a default that is right for what was stored before."""


def upgrade() -> None:
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, column)
