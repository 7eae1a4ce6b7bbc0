"""What the rooms store: the audit log, doctors, versions of settings, tokens of sealed text. One function per part."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Each part is a function below, called from here."""
    _doctors()


def _doctors() -> None:
    op.create_table(
        "doctors",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False, comment="chief, associate_chief, attending or resident"),
        sa.Column("licence", sa.Text(), nullable=False, comment="number of the licence to practise"),
        sa.Column("department_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="raised by every change"),
        sa.ForeignKeyConstraint(["department_id"], ["departments.id"], name="fk_doctors_department_id"),
        sa.PrimaryKeyConstraint("id", name="pk_doctors"),
    )
