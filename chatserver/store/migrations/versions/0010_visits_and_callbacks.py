"""Brings where visitors come from, and the calls that they ask for. One function per part."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Each part is a function below, called from here."""
    _visits()
    _consents_and_codes()
    _callbacks()
    _invitations()


def _visits() -> None:
    """Where visitors come from, the rules and words that say so, and the counters of pages. Earlier conversations have
    no visit."""
    op.create_table(
        "visits",
        sa.Column("conversation", sa.Text(), nullable=False, comment="written in the transaction that opens it"),
        sa.Column("started_at", sa.BigInteger(), nullable=False, comment="when the conversation was opened"),
        sa.Column("source", sa.Text(), nullable=False, comment="of the first touch"),
        sa.Column("last_source", sa.Text(), nullable=True, comment="of the last touch, if there was another"),
        sa.Column("device", sa.Text(), nullable=False, comment="phone, tablet or desktop"),
        sa.Column("province", sa.Text(), nullable=False, comment="or the country; empty: unknown"),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("region_date", sa.Text(), nullable=False, comment="the day of the data that says so"),
        sa.Column("first", sa.Text(), nullable=False, comment="JSON: landing page, referrer, parameters, keyword"),
        sa.Column("last", sa.Text(), nullable=True, comment="JSON: the same of the last touch"),
        sa.Column("pages", sa.Text(), nullable=False, comment="JSON list: the trail"),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversations.id"],
            name="fk_visits_conversation",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("conversation", name="pk_visits"),
        comment="where the visitors of conversations came from; nothing of visitors who never wrote",
    )
    op.create_index("ix_visits_started_at", "visits", ["started_at"])
    op.create_table(
        "source_rules",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False, comment="JSON"),
        sa.PrimaryKeyConstraint("position", name="pk_source_rules"),
        comment="how sources are recognised; none: the built-in rules",
    )
    op.create_table(
        "keywords",
        sa.Column("site", sa.Text(), nullable=False, comment="empty: for all sites"),
        sa.Column(
            "keyword_id", sa.Text(), nullable=False, comment="关键词ID; empty: the words are of the 计划 or 单元"
        ),
        sa.Column("plan", sa.Text(), nullable=False, comment="计划"),
        sa.Column("unit", sa.Text(), nullable=False, comment="单元"),
        sa.Column(
            "from_day", sa.Text(), nullable=False, comment="YYYY-MM-DD: the first day on which they had these words"
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "keyword_id", "plan", "unit", "from_day", name="pk_keywords"),
        comment="the words of ids in advertisements, as the hospital uploaded them",
    )
    _counters()


def _counters() -> None:
    op.create_table(
        "site_counts",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("hour", sa.BigInteger(), autoincrement=False, nullable=False, comment="its beginning"),
        sa.Column("page", sa.Text(), nullable=False, comment="the path; *: all further pages of the day"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="shown, opened, invited, accepted or first_message"),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site", "hour", "page", "source", "kind", name="pk_site_counts"),
        comment="how often something happened on a page; identifies nobody",
    )
    op.create_index("ix_site_counts_hour", "site_counts", ["hour"])
    op.create_table(
        "sites_now",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("browsers", sa.Integer(), nullable=False, comment="that fetched the widget in the last five minutes"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site", "node", name="pk_sites_now"),
        comment="how many browsers are on a site, by the count of each node",
    )


def _consents_and_codes() -> None:
    """Consent that comes with a 留言, what became of a deletion request, and tries with 查询码 per network. SQLite cannot
    make a column nullable, so the evidence moves into a new table."""
    names = "id, visitor, site, conversation, kind, decision, version, sha256, language, at, recorded_by"
    op.execute(f"CREATE TABLE consents_before AS SELECT {names} FROM consents")  # noqa: S608 ours
    op.drop_table("consents")
    op.create_table(
        "consents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=True),
        sa.Column(
            "offline_message",
            sa.Text(),
            nullable=True,
            comment="the 留言 that the decision came with, instead of a conversation",
        ),
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
        sa.ForeignKeyConstraint(["offline_message"], ["offline_messages.id"], name="fk_consents_offline_message"),
        sa.ForeignKeyConstraint(["recorded_by"], ["consultants.id"], name="fk_consents_recorded_by"),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        comment="evidence of every decision on consent; never changed",
    )
    op.execute(f"INSERT INTO consents ({names}) SELECT {names} FROM consents_before")  # noqa: S608 ours
    op.drop_table("consents_before")
    op.create_index("ix_consents_conversation", "consents", ["conversation"])
    op.create_index("ix_consents_visitor", "consents", ["visitor"])
    left = sa.text("offline_message IS NOT NULL")
    op.create_index(
        "ix_consents_offline_message", "consents", ["offline_message"], sqlite_where=left, postgresql_where=left
    )
    op.create_table(
        "lookup_networks",
        sa.Column("network_hash", sa.LargeBinary(), nullable=False, comment="keyed hash"),
        sa.Column(
            "tries", sa.Text(), nullable=False, comment="JSON list: the times of the tries in the last hour, at most 20"
        ),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("network_hash", name="pk_lookup_networks"),
        comment="tries with 查询码 per network, over all nodes",
    )
    op.create_index("ix_lookup_networks_last_at", "lookup_networks", ["last_at"])
    _deletions_done()


def _deletions_done() -> None:
    names = 'id, subject_kind, subject_id, "group", asked_at'
    op.execute(f"CREATE TABLE deletions_before AS SELECT {names} FROM deletion_requests")  # noqa: S608 ours
    op.drop_table("deletion_requests")
    op.create_table(
        "deletion_requests",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False, comment="offline_message or conversation"),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False, comment="whose supervisors see it"),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True, comment="told, kept or withdrawn"),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False, comment="for staff: what was done"),
        sa.ForeignKeyConstraint(["done_by"], ["consultants.id"], name="fk_deletion_requests_done_by"),
        sa.PrimaryKeyConstraint("id", name="pk_deletion_requests"),
        sa.UniqueConstraint("subject_kind", "subject_id", name="uq_deletion_requests_subject_kind_subject_id"),
        comment="deletions that visitors requested",
    )
    op.execute(f"INSERT INTO deletion_requests ({names}) SELECT {names} FROM deletions_before")  # noqa: S608 ours
    op.drop_table("deletions_before")
    op.create_index("ix_deletion_requests_group_asked_at", "deletion_requests", ["group", "asked_at"])


def _callbacks() -> None:
    op.create_table(
        "callbacks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="keyed hash of the command; identifies a repeat"),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False, comment="keyed hash; finds 不再联系 of this number"),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False, comment="the call is promised from then on"),
        sa.Column("due_at", sa.BigInteger(), nullable=False, comment="and until then"),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column(
            "may_name",
            sa.Boolean(),
            nullable=False,
            comment="whoever answers the phone may be told the hospital's name",
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=True, comment="in which the visitor asked for it"),
        sa.Column("emergency", sa.Text(), nullable=True, comment="the kind of words in the topic that made it one"),
        sa.Column("level", sa.Text(), nullable=True, comment="how urgent those words are"),
        sa.Column("was_stopped", sa.Boolean(), nullable=False, comment="an earlier one to this number was 不再联系"),
        sa.Column("consent", sa.Text(), nullable=False, comment="JSON: decisions, with the SHA-256 of what was shown"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True, comment="the member of staff; none: the visitor"),
        sa.Column("do_not_call", sa.Boolean(), nullable=False, comment="不再联系"),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("overdue_since", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True, comment="who has seen the alarm"),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="raised by every change; a node's copy is replaced by a newer one only",
        ),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name="fk_callbacks_site"),
        sa.ForeignKeyConstraint(["department"], ["departments.id"], name="fk_callbacks_department"),
        sa.ForeignKeyConstraint(["group"], ["groups.id"], name="fk_callbacks_group"),
        sa.ForeignKeyConstraint(["visitor"], ["visitors.id"], name="fk_callbacks_visitor"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_callbacks_conversation"),
        sa.ForeignKeyConstraint(["owner"], ["consultants.id"], name="fk_callbacks_owner"),
        sa.ForeignKeyConstraint(["ended_by"], ["consultants.id"], name="fk_callbacks_ended_by"),
        sa.PrimaryKeyConstraint("id", name="pk_callbacks"),
        sa.UniqueConstraint("visitor", "ref", name="uq_callbacks_visitor_ref"),
        comment="回电",
    )
    is_open = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_callbacks_open", "callbacks", ["visitor"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_index("ix_callbacks_ended_at", "callbacks", ["ended_at"])
    stopped = sa.text("do_not_call")
    op.create_index("ix_callbacks_stopped", "callbacks", ["phone_hash"], sqlite_where=stopped, postgresql_where=stopped)


def _invitations() -> None:
    """A site's rules for inviting, and the departments whose visitors are never invited."""
    rules = sa.Column("invitation", sa.Text(), nullable=True, comment="JSON: its rules; none: nobody is invited")
    op.add_column("sites", rules)
    minors: sa.Column[bool] = sa.Column(
        "minors",
        sa.Boolean(create_constraint=False),
        server_default=sa.text("false"),
        nullable=False,
        comment="for children, who are never invited",
    )
    op.add_column("departments", minors)
