"""What the rooms store: the audit log, doctors, versions of settings, tokens of sealed text. One function per part."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Each part is a function below, called from here."""
    _doctors()
    _escape_drafts()
    _versions_of_settings()


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


def _escape_drafts() -> None:
    """A draft may hold control characters, so one may begin like sealed text: it is put behind the header of key 0,
    which means plain. Every other text was checked for them before it was stored."""
    key = [sa.column(name, sa.Text()) for name in ("consultant_id", "conversation", "mode")]
    drafts = sa.table("drafts", *key, sa.column("body", sa.Text()))
    found = op.get_bind().execute(sa.select(drafts).where(drafts.c.body.like("\x01%"))).all()
    for row in (row for row in found if re.match("\x01[0-9]+:", row.body)):
        which = [column == getattr(row, column.name) for column in key]
        op.execute(sa.update(drafts).where(*which).values(body=f"\x010:{row.body}"))


def _versions_of_settings() -> None:
    op.create_table(
        "setting_versions",
        sa.Column("setting", sa.Text(), nullable=False),
        sa.Column(
            "version", sa.Integer(), autoincrement=False, nullable=False, comment="1, 2, 3 …; no number is left out"
        ),
        sa.Column("value", sa.Text(), nullable=False, comment="JSON"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False, comment="who made it"),
        sa.PrimaryKeyConstraint("setting", "version", name="pk_setting_versions"),
        comment="settings of the whole hospital; a change adds a row, and none is changed or deleted",
    )
