"""The data for patient safety, added to the tables of 0004; one function per part."""

import json
from collections import defaultdict
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
            "parts",
            sa.Text(),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="JSON: what each consultant answered",
        ),
        sa.Column(
            "spared",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="no rating is asked for: there was an emergency",
        ),
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
    "visitors": (
        sa.Column(
            "ended_at", sa.BigInteger(), nullable=True, comment="when an act of the visitor ended it, before its time"
        ),
        sa.Column(
            "rates_until",
            sa.BigInteger(),
            nullable=True,
            comment="until when it still rates what the visitor ended",
        ),
    ),
}
"""New columns by table; each has a default that is right for older rows."""

UNSURE, UNSURE_ZH, UNSURE_EN = "unsure", "不确定 / 其他", "Not sure / other"


def upgrade() -> None:
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, column)
    _unsure()
    _emergency_words()
    _parts()
    _index_ended_tokens()


def _unsure() -> None:
    """Give every site a general group, and offer the department for visitors who do not know which one they need.

    A hospital that already has a department with that id keeps it, and its group answers it wherever it was offered.
    """
    for statement in (
        # The group of the department with that id, or else of the first one; where none is offered, any group.
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
    """Words that a hospital adds to the built-in emergency words."""
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


LATELY_MS = 7 * 24 * 3_600_000
"""A conversation that ended earlier can be neither rated nor reopened. Counted back from the last end in the
database."""
ENOUGH = 2
"""Answers are counted up to this number."""

Rows = dict[str, list[Any]]


def _parts() -> None:
    """Tie each rating to the part of a conversation that one consultant answered."""
    conn = op.get_bind()
    conn.execute(sa.text("UPDATE conversations SET spared = true WHERE emergency IS NOT NULL"))
    ratings = [dict(row) for row in conn.execute(sa.text("SELECT * FROM ratings ORDER BY at")).mappings()]
    parts = {id: _parts_of(said, rated) for id, said, rated in _answered(conn, ratings)}
    for id, own in parts.items():
        told = {"id": id, "parts": json.dumps(own, ensure_ascii=False)}
        conn.execute(sa.text("UPDATE conversations SET parts = :parts WHERE id = :id"), told)
    op.drop_table("ratings")
    table = op.create_table(
        "ratings",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column(
            "part",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="whose answers, see conversations.parts",
        ),
        sa.Column("consultant_id", sa.Text(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False, comment="JSON list"),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["consultant_id"], ["consultants.id"], name="fk_ratings_consultant_id"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_ratings_conversation"),
        sa.PrimaryKeyConstraint("conversation", "part", name="pk_ratings"),
    )
    for rating in ratings:
        whose = {each["person"]["id"]: each["number"] for each in parts[rating["conversation"]]}
        conn.execute(table.insert(), rating | {"part": whose[rating["consultant_id"]]})


def _answered(conn: sa.Connection, ratings: list[dict[str, Any]]) -> list[tuple[str, list[Any], list[Any]]]:
    """For each conversation that is open, rated, or ended recently: who answered, and its ratings with the people
    rated."""
    people = {row.id: row for row in conn.execute(sa.text("SELECT id, name, number, title FROM consultants"))}
    rated: Rows = defaultdict(list)
    for rating in ratings:
        who = people[rating["consultant_id"]]
        person = {"id": who.id, "name": who.name, "number": who.number, "title": who.title}
        rated[rating["conversation"]].append((person, rating["stars"], rating["at"]))
    said: Rows = defaultdict(list)
    answers = conn.execute(
        sa.text(
            "SELECT e.conversation, e.author FROM entries e JOIN conversations c ON c.id = e.conversation"
            " WHERE e.event = 'message_posted' AND e.author_kind = 'consultant' AND e.author IS NOT NULL"
            " AND (c.closed_at IS NULL OR c.closed_at >= (SELECT max(closed_at) FROM conversations) - :lately"
            " OR c.id IN (SELECT conversation FROM ratings)) ORDER BY e.conversation, e.seq"
        ),
        {"lately": LATELY_MS},
    )
    for id, author in answers:
        said[id].append(json.loads(author))
    return [(id, said[id], rated[id]) for id in {**said, **rated}]


def _parts_of(said: list[Any], rated: list[Any]) -> list[dict[str, Any]]:
    """In the order of the latest answers. People who were rated without having answered come first."""
    parts: dict[str, dict[str, Any]] = {}
    for person, stars, at in rated:
        if all(person["id"] != each["id"] for each in said):
            parts[person["id"]] = _part(len(parts) + 1, person) | {"stars": stars, "rated_at": at}
    for person in said:
        part = parts.pop(person["id"], None) or _part(len(parts) + 1, person)
        parts[person["id"]] = part | {"answers": min(part["answers"] + 1, ENOUGH)}
    for person, stars, at in rated:
        parts[person["id"]] |= {"stars": stars, "rated_at": at}
    return list(parts.values())


def _part(number: int, person: Any) -> dict[str, Any]:
    return {"number": number, "person": person, "answers": 0, "stars": None, "rated_at": 0}


def _index_ended_tokens() -> None:
    """Every node asks once a second which tokens have just ended."""
    ended = sa.text("ended_at IS NOT NULL")
    op.create_index("ix_visitors_ended_at", "visitors", ["ended_at"], sqlite_where=ended, postgresql_where=ended)
