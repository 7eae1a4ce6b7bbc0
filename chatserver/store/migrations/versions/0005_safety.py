"""What safety asks of the store: added to the tables of 0004, each part by a function of its own."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def _list(name: str, comment: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=sa.text("'[]'"), nullable=False, comment=comment)


def _when(name: str, comment: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=True, comment=comment)


ADDED: dict[str, tuple[sa.Column[Any], ...]] = {
    "sites": (sa.Column("general_group", sa.Text(), nullable=True, comment="answers those who chose no department"),),
    "staff_sessions": (sa.Column("revoked_why", sa.Text(), nullable=True, comment="what the sign-in page says"),),
    "offline_messages": (
        sa.Column("emergency", sa.Text(), nullable=True, comment="the kind of words that made it one"),
        sa.Column("level", sa.Text(), nullable=True, comment="how urgent those words are"),
        sa.Column("acknowledged_by", sa.Text(), nullable=True, comment="who has seen the alarm"),
        _when("acknowledged_at", "and when"),
    ),
    "conversations": (
        sa.Column(
            "held_until",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="somebody was writing when it was to end",
        ),
        sa.Column("emergency_level", sa.Text(), nullable=True, comment="critical or attention"),
        _list("attentions", "JSON: kinds of lesser words noticed so far"),
        _list("silent", "JSON: who had it and did not answer"),
        _when("alarmed_at", "an emergency without a person's answer since"),
        _when("nobody_answered_at", "two had it, and neither answered"),
        _when("acknowledged_at", "somebody has seen the alarm"),
        sa.Column("acknowledged_by", sa.Text(), nullable=True, comment="JSON: who"),
    ),
}
"""New columns by table; each has a default that is right for what was stored before."""

UNSURE, UNSURE_ZH, UNSURE_EN = "unsure", "不确定 / 其他", "Not sure / other"


def upgrade() -> None:
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, column)
    _unsure()
    _emergency_words()


def _unsure() -> None:
    """Every site gets a general group, and offers the department of those who do not know which one they need.

    A hospital may have a department of that id already: it stays as it is, and its group answers it where it was
    offered.
    """
    for statement in (
        # The group of the department of that id, else of the first one; where none is offered, any group.
        "UPDATE sites SET general_group = (SELECT d.group_id FROM site_departments o JOIN departments d"
        " ON d.id = o.department_id WHERE o.site_id = sites.id"
        " ORDER BY CASE WHEN d.id = :unsure THEN 0 ELSE 1 END, o.position LIMIT 1)",
        "UPDATE sites SET general_group = (SELECT min(id) FROM groups) WHERE general_group IS NULL",
        "INSERT INTO departments (id, name_zh, name_en, group_id, campus_id, level)"
        " SELECT :unsure, :zh, :en, general_group, campus_id, 1 FROM sites WHERE general_group IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM departments WHERE id = :unsure) ORDER BY id LIMIT 1",
        "INSERT INTO site_departments (site_id, department_id, position)"
        " SELECT s.id, :unsure, coalesce((SELECT max(position) FROM site_departments WHERE site_id = s.id), -1) + 1"
        " FROM sites s WHERE s.general_group IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM site_departments WHERE site_id = s.id AND department_id = :unsure)",
    ):
        named = {"unsure": UNSURE, "zh": UNSURE_ZH, "en": UNSURE_EN}
        wanted = {name: value for name, value in named.items() if f":{name}" in statement}
        op.execute(sa.text(statement).bindparams(**wanted))


def _emergency_words() -> None:
    """What a hospital adds to the built-in words of an emergency."""
    op.create_table(
        "emergency_words",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="body, mind or protect"),
        sa.Column("level", sa.Text(), nullable=False, comment="critical or attention"),
        sa.Column("words", sa.Text(), nullable=False, comment="JSON list"),
        sa.Column("only_in", sa.Text(), nullable=False, comment="JSON list of departments; empty: in all"),
        sa.Column("not_in", sa.Text(), nullable=False, comment="JSON list of departments"),
        sa.PrimaryKeyConstraint("id", name="pk_emergency_words"),
    )
