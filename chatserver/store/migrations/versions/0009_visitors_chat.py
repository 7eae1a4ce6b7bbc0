"""Completes the visitor's chat: files, and departments whose images are blurred. One function per part."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Each part is a function below, called from here."""
    _leaving()
    _consents()
    _files()
    _intimate_departments()
    _words_and_questions()


def _leaving() -> None:
    """Where 快速离开 goes, and what a visitor reads later."""
    page = sa.Column("leave_to", sa.Text(), nullable=True, comment="where 快速离开 goes; none: an empty page")
    op.add_column("sites", page)
    answer = sa.Column(
        "answer",
        sa.Text(),
        server_default=sa.text("''"),
        nullable=False,
        comment="what the visitor reads with the code",
    )
    op.add_column("offline_messages", answer)
    _lookup_codes()


def _lookup_codes() -> None:
    """查询码, the tries with them, and the deletions that were requested with them."""
    op.create_table(
        "lookup_codes",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False, comment="keyed hash of the ten digits"),
        sa.Column("proof_hash", sa.LargeBinary(), nullable=False, comment="keyed hash of the code and the four digits"),
        sa.Column("subject_kind", sa.Text(), nullable=False, comment="offline_message or conversation"),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name="pk_lookup_codes"),
        sa.UniqueConstraint("subject_kind", "subject_id", name="uq_lookup_codes_subject_kind_subject_id"),
        comment="查询码",
    )
    op.create_index("ix_lookup_codes_ends_at", "lookup_codes", ["ends_at"])
    op.create_table(
        "lookup_tries",
        sa.Column(
            "code_hash", sa.LargeBinary(), nullable=False, comment="keyed hash of the digits tried, a code or not"
        ),
        sa.Column("wrong", sa.Integer(), nullable=False, comment="tries since the last right one"),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name="pk_lookup_tries"),
        comment="tries with 查询码",
    )
    op.create_index("ix_lookup_tries_last_at", "lookup_tries", ["last_at"])
    op.create_table(
        "deletion_requests",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False, comment="offline_message or conversation"),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False, comment="whose supervisors see it"),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deletion_requests"),
        sa.UniqueConstraint("subject_kind", "subject_id", name="uq_deletion_requests_subject_kind_subject_id"),
        comment="deletions that visitors requested",
    )
    op.create_index("ix_deletion_requests_group_asked_at", "deletion_requests", ["group", "asked_at"])


def _consents() -> None:
    """Evidence of what visitors agreed to, and the texts that they were shown. Earlier conversations have none."""
    op.add_column(
        "sites",
        sa.Column("notice", sa.Text(), nullable=True, comment="JSON: its privacy notice; none: the built-in one"),
    )
    op.add_column(
        "sites",
        sa.Column(
            "health_words",
            sa.Text(),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="JSON: list of its own",
        ),
    )
    op.add_column(
        "conversations",
        sa.Column(
            "consents",
            sa.Text(),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="JSON: the latest decision on each kind of consent",
        ),
    )
    op.create_table(
        "consent_texts",
        sa.Column("sha256", sa.Text(), nullable=False, comment="of the text, and of the link in a line of its own"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_consent_texts"),
        comment="every text that visitors were asked to agree to; never changed",
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="notice, health, behalf or guardian"),
        sa.Column("decision", sa.Text(), nullable=False, comment="asked, given, refused or withdrawn"),
        sa.Column("version", sa.Text(), nullable=False, comment="of the text"),
        sa.Column("sha256", sa.Text(), nullable=False, comment="of the text that was shown, see consent_texts"),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=True, comment="the member of staff; none: the visitor"),
        sa.ForeignKeyConstraint(["visitor"], ["visitors.id"], name="fk_consents_visitor"),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name="fk_consents_site"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_consents_conversation"),
        sa.ForeignKeyConstraint(["recorded_by"], ["consultants.id"], name="fk_consents_recorded_by"),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        comment="evidence of every decision on consent; never changed",
    )
    op.create_index("ix_consents_conversation", "consents", ["conversation"])
    op.create_index("ix_consents_visitor", "consents", ["visitor"])


def _files() -> None:
    op.create_table(
        "files",
        sa.Column("id", sa.Text(), nullable=False, comment="random; the name of the file in its folder"),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False, comment="the id of its entry"),
        sa.Column("type", sa.Text(), nullable=False, comment="media type, by the content"),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False, comment="pixels of an image, 0 of a PDF"),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="as its sender called it, cleaned"),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_files_conversation"),
        sa.PrimaryKeyConstraint("id", name="pk_files"),
    )
    op.create_index("ix_files_conversation", "files", ["conversation"])


def _intimate_departments() -> None:
    op.add_column(
        "departments",
        sa.Column(
            "intimate",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="images are blurred until they are tapped",
        ),
    )


def _words_and_questions() -> None:
    """Words that suggest a department, and the quick questions of a site; a hospital that had none has none."""
    op.add_column(
        "departments",
        sa.Column(
            "words",
            sa.Text(),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="JSON list: words that suggest it",
        ),
    )
    op.add_column(
        "sites",
        sa.Column(
            "questions",
            sa.Text(),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="JSON list: quick questions with approved answers",
        ),
    )
