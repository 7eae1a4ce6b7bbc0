"""Brings who visitors are by the word of the hospital's own site, and what the chat's rules lacked. One function per
part."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Each part is a function below, called from here."""
    _identities()
    _complaints()


def _identities() -> None:
    """Who visitors are by the word of the hospital's own site, its keys, and the tokens that were used. Nobody in an
    earlier conversation is verified."""
    said = "as the hospital's own website signed it"
    op.add_column("conversations", sa.Column("verified_name", sa.Text(), nullable=True, comment=said))
    number = sa.Column("verified_number", sa.Text(), nullable=True, comment="the patient number that it signed")
    op.add_column("conversations", number)
    op.add_column("conversations", sa.Column("verified_at", sa.BigInteger(), nullable=True))
    doubted = "when the website signed another number"
    op.add_column("conversations", sa.Column("doubted_at", sa.BigInteger(), nullable=True, comment=doubted))
    op.create_table(
        "identity_keys",
        sa.Column("id", sa.Text(), nullable=False, comment="the key is derived from it"),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True, comment="none: it is the site's present key"),
        sa.PrimaryKeyConstraint("id", name="pk_identity_keys"),
        comment="the keys with which the hospital's own websites sign identity tokens; never the keys themselves",
    )
    op.create_index("ix_identity_keys_site", "identity_keys", ["site"])
    op.create_table(
        "identity_tokens",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the site and the token's jti"),
        sa.Column("ends_at", sa.BigInteger(), nullable=False, comment="the token is too old from then on"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_identity_tokens"),
        comment="identity tokens that were used; each is accepted once",
    )
    op.create_index("ix_identity_tokens_ends_at", "identity_tokens", ["ends_at"])


def _complaints() -> None:
    """Whether the visitor of a conversation left a complaint. Nobody knows that of earlier ones."""
    op.add_column(
        "conversations",
        sa.Column(
            "complained",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="no rating is asked for: the visitor left a complaint",
        ),
    )
