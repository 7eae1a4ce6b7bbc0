"""Every table. Migrations (store/migrations) create them; a test compares the two.

Times are integers, ms since 1970. Lists and small values are JSON text. Ids are UUIDv7 text, unless a person chose them
(`sites.id`, `groups.id` …: short names). `SealedText` is what patients and staff write (store/sealed_text.py).
"""

from sqlalchemy import (
    DDL,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy import BigInteger as Millis

from chatserver.store.audit_triggers import AUDIT_TRIGGERS
from chatserver.store.sealed_text import SealedText

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

VERSION = "raised by every change; a node's copy is replaced by a newer one only"


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over some of the rows, on either database."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    comment="epoch, server_key and other single values",
)

setting_versions = Table(
    "setting_versions",
    metadata,
    Column("setting", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False, comment="1, 2, 3 …; no number is left out"),
    Column("value", Text, nullable=False, comment="JSON"),
    Column("at", Millis, nullable=False),
    Column("actor", Text, nullable=False, comment="who made it"),
    comment="settings of the whole hospital; a change adds a row, and none is changed or deleted",
)

campuses = Table(
    "campuses",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("emergency_phone", Text, nullable=False),
)

skills = Table(
    "skills",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
)

groups = Table(
    "groups",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("overflow", Text, nullable=True, comment="the group that helps out"),
    Column("rules", Text, server_default=text("'{}'"), nullable=False, comment="JSON: its own numbers, by name"),
    Column("hours", Text, nullable=True, comment="JSON: its opening hours; none: the site's alone"),
)

departments = Table(
    "departments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("group_id", ForeignKey("groups.id"), nullable=False),
    Column("campus_id", ForeignKey("campuses.id"), nullable=False),
    Column("skill", Text, nullable=True, comment="the skill that its consultants should have"),
    Column("level", Integer, server_default="1", nullable=False),
    Column(
        "intimate",
        Boolean(create_constraint=False),
        server_default=text("false"),
        nullable=False,
        comment="images are blurred until they are tapped",
    ),
    Column("words", Text, server_default=text("'[]'"), nullable=False, comment="JSON list: words that suggest it"),
    Column(
        "minors",
        Boolean(create_constraint=False),
        server_default=text("false"),
        nullable=False,
        comment="for children, who are never invited",
    ),
)

doctors = Table(
    "doctors",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("title", Text, nullable=False, comment="chief, associate_chief, attending or resident"),
    Column("licence", Text, nullable=False, comment="number of the licence to practise"),
    Column("department_id", ForeignKey("departments.id"), nullable=False),
    Column("version", Integer, nullable=False, comment="raised by every change"),
)

sites = Table(
    "sites",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("greeting_zh", Text, nullable=False),
    Column("greeting_en", Text, nullable=False),
    Column("campus_id", ForeignKey("campuses.id"), nullable=False),
    Column("origins", Text, nullable=False, comment="JSON list of exact origins"),
    Column("hours", Text, nullable=True, comment="JSON: its opening hours; none: the usual ones"),
    Column("general_group", Text, nullable=True, comment="serves visitors who chose no department"),
    Column("leave_to", Text, nullable=True, comment="where 快速离开 goes; none: an empty page"),
    Column("notice", Text, nullable=True, comment="JSON: its privacy notice; none: the built-in one"),
    Column(
        "questions",
        Text,
        server_default=text("'[]'"),
        nullable=False,
        comment="JSON list: quick questions with approved answers",
    ),
    Column("health_words", Text, server_default=text("'[]'"), nullable=False, comment="JSON: list of its own"),
    Column("invitation", Text, nullable=True, comment="JSON: its rules; none: nobody is invited"),
)

emergency_words = Table(
    "emergency_words",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False, comment="body, mind or protect"),
    Column("level", Text, nullable=False, comment="critical or attention"),
    Column("words", Text, nullable=False, comment="JSON list"),
    Column("only_in", Text, nullable=False, comment="JSON list of departments; empty: in all"),
    Column("not_in", Text, nullable=False, comment="JSON list of departments"),
)

site_departments = Table(
    "site_departments",
    metadata,
    Column("site_id", ForeignKey("sites.id"), primary_key=True),
    Column("department_id", ForeignKey("departments.id"), primary_key=True),
    Column("position", Integer, nullable=False),
)

consultants = Table(
    "consultants",
    metadata,
    Column("id", Text, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("password", Text, nullable=False, comment="argon2id"),
    Column("name", Text, nullable=False),
    Column("number", Text, nullable=False, unique=True, comment="工号"),
    Column("title", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("availability", Text, nullable=False),
    Column("availability_since", Millis, nullable=False),
    Column("misses", Integer, nullable=False),
    Column("last_given_at", Millis, nullable=False),
    Column("disabled", Boolean(create_constraint=False), nullable=False),
    Column("skills", Text, server_default=text("'{}'"), nullable=False, comment="JSON: level by skill"),
    Column("languages", Text, server_default=text("""'["zh","en"]'"""), nullable=False, comment="JSON list"),
    Column("reason", SealedText, server_default=text("''"), nullable=False, comment="given for the availability"),
    Column("version", Integer, server_default="0", nullable=False, comment=VERSION),
)

consultant_groups = Table(
    "consultant_groups",
    metadata,
    Column("consultant_id", ForeignKey("consultants.id"), primary_key=True),
    Column("group_id", ForeignKey("groups.id"), primary_key=True),
    Column("position", Integer, nullable=False),
)

availabilities = Table(
    "availabilities",
    metadata,
    Column("consultant_id", ForeignKey("consultants.id"), primary_key=True),
    Column("since", Millis, primary_key=True),
    Column("availability", Text, nullable=False),
    Column("reason", SealedText, nullable=False),
    comment="every change of availability, for reports",
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True, comment="SHA-256 of the cookie's value"),
    Column("consultant_id", ForeignKey("consultants.id"), nullable=False),
    Column("started_at", Millis, nullable=False),
    Column("ends_at", Millis, nullable=False),
    Column("revoked_at", Millis, nullable=True),
    Column("revoked_why", Text, nullable=True, comment="what the sign-in page says"),
    Index("ix_staff_sessions_consultant_id", "consultant_id"),
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("id", Text, primary_key=True),
    Column("login", Text, nullable=False),
    Column("address_hash", LargeBinary, nullable=False, comment="keyed hash; the address itself is not kept"),
    Column("at", Millis, nullable=False),
    Column("device_hash", LargeBinary, nullable=True, comment="keyed hash of a known device of the account's"),
    Column(
        "stranger",
        Boolean(create_constraint=False),
        server_default=text("true"),
        nullable=False,
        comment="neither a device nor a network of the account's",
    ),
    Index("ix_sign_in_failures_login_at", "login", "at"),
    Index("ix_sign_in_failures_address_hash_at", "address_hash", "at"),
    Index("ix_sign_in_failures_at", "at"),
)

sign_in_networks = Table(
    "sign_in_networks",
    metadata,
    Column("login", Text, primary_key=True),
    Column("address_hash", LargeBinary, primary_key=True, comment="keyed hash; the address itself is not kept"),
    Column("last_at", Millis, nullable=False),
    Index("ix_sign_in_networks_last_at", "last_at"),
    comment="from where an account was signed in to lately",
)

visitors = Table(
    "visitors",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True, comment="SHA-256 of the token"),
    Column("started_at", Millis, nullable=False),
    Column("ends_at", Millis, nullable=False),
    Column("life_ms", Millis, nullable=False, comment="how long it lives after the last activity"),
    Column("language", Text, nullable=False),
    Column("ended_at", Millis, nullable=True, comment="when the visitor ended it early"),
    Column("rates_until", Millis, nullable=True, comment="until when the visitor may rate what they ended"),
    _partial("ix_visitors_ended_at", "ended_at", where="ended_at IS NOT NULL"),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", ForeignKey("sites.id"), nullable=False),
    Column("department", ForeignKey("departments.id"), nullable=False),
    Column("group", ForeignKey("groups.id"), nullable=False),
    Column("visitor", ForeignKey("visitors.id"), nullable=False),
    Column("language", Text, nullable=False),
    Column("opened_ref", Text, nullable=False, comment="the ref of conversation.open"),
    Column("opened_at", Millis, nullable=False),
    Column("phase", Text, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("owner_id", ForeignKey("consultants.id"), nullable=True),
    Column("owner", Text, nullable=True, comment="JSON: the owner as others see them"),
    Column("last_owner_id", ForeignKey("consultants.id"), nullable=True),
    Column("last_owner", Text, nullable=True),
    Column(
        "offer_to",
        ForeignKey("consultants.id"),
        nullable=True,
        comment="the person to whom the open offer is addressed",
    ),
    Column("offer", SealedText, nullable=True, comment="JSON: the open offer"),
    Column("past_offer", Text, nullable=True, comment="JSON: how the last offer ended"),
    Column("hops", Integer, nullable=False),
    Column("tried", Text, nullable=False, comment="JSON list of consultants tried in this round"),
    Column("tried_at", Millis, nullable=False, comment="when the last of them missed, declined or lost it"),
    Column("priority", Integer, nullable=False),
    Column("queued_at", Millis, nullable=False),
    Column("given_at", Millis, nullable=False),
    Column("replied", Boolean(create_constraint=False), nullable=False),
    Column("reply_until", Millis, nullable=False),
    Column("unanswered_since", Millis, nullable=True),
    Column("overdue", Boolean(create_constraint=False), nullable=False),
    Column("last_human_at", Millis, nullable=False),
    Column("last_line", SealedText, nullable=False),
    Column("inactive", Boolean(create_constraint=False), nullable=False),
    Column("close_warned_at", Millis, nullable=True),
    Column("owner_left_at", Millis, nullable=True),
    Column("visitor_left_at", Millis, nullable=True),
    Column("closed_at", Millis, nullable=True),
    Column("closed_by", Text, nullable=True),
    Column("close_reason", Text, nullable=True),
    Column("outcome", Text, nullable=True),
    Column("stars", Integer, nullable=True),
    Column("last_seq", Integer, nullable=False),
    Column("last_visitor_seq", Integer, nullable=False),
    Column("preferred", Text, nullable=True, comment="who served this visitor before"),
    Column("emergency", Text, nullable=True, comment="the kind of words that made it one"),
    Column("emergency_level", Text, nullable=True, comment="critical or attention"),
    Column("emergencies", Text, server_default=text("'[]'"), nullable=False, comment="JSON: every kind noticed so far"),
    Column(
        "attentions",
        Text,
        server_default=text("'[]'"),
        nullable=False,
        comment="JSON: kinds of lesser words noticed so far",
    ),
    Column("silent", Text, server_default=text("'[]'"), nullable=False, comment="JSON: owners who did not answer"),
    Column("alarmed_at", Millis, nullable=True, comment="since when an emergency has no person's answer"),
    Column("nobody_answered_at", Millis, nullable=True, comment="when a second owner had not answered"),
    Column("acknowledged_at", Millis, nullable=True, comment="somebody has seen the alarm"),
    Column("acknowledged_by", Text, nullable=True, comment="JSON: who"),
    Column("group_since", Millis, server_default="0", nullable=False, comment="in this group's queue since"),
    Column(
        "look_again_at", Millis, server_default="0", nullable=False, comment="when to check again for somebody else"
    ),
    Column("gone_on", Integer, server_default="0", nullable=False, comment="escalations without an answer"),
    Column("closes_at", Millis, nullable=True, comment="when the opening hours end in which it waits"),
    Column(
        "participants",
        SealedText,
        server_default=text("'[]'"),
        nullable=False,
        comment="JSON: colleagues beside the owner",
    ),
    Column("rank_at", Millis, server_default="0", nullable=False, comment="the smallest is assigned first"),
    Column("parts", Text, server_default=text("'[]'"), nullable=False, comment="JSON: what each consultant answered"),
    Column(
        "spared",
        Boolean(create_constraint=False),
        server_default=text("false"),
        nullable=False,
        comment="no rating is asked for: there was an emergency",
    ),
    Column(
        "held_until",
        Millis,
        server_default="0",
        nullable=False,
        comment="no deadline ends it before: somebody is typing",
    ),
    Column(
        "crowded",
        Boolean(create_constraint=False),
        server_default=text("false"),
        nullable=False,
        comment="one of many emergencies from one address, without priority",
    ),
    Column(
        "consents",
        Text,
        server_default=text("'[]'"),
        nullable=False,
        comment="JSON: the latest decision on each kind of consent",
    ),
    Column("version", Integer, server_default="0", nullable=False, comment=VERSION),
    UniqueConstraint("visitor", "opened_ref"),
    Index("ix_conversations_opened_at", "opened_at"),
    Index("ix_conversations_group", "group", "opened_at"),
    _partial("ix_conversations_open", "group", "phase", where="phase <> 'closed'"),
    _partial("ix_conversations_rank", "group", "rank_at", "id", where="phase = 'waiting'"),
    _partial("ix_conversations_offer_to", "offer_to", where="offer_to IS NOT NULL"),
    _partial("ix_conversations_owner_id", "owner_id", where="owner_id IS NOT NULL"),
    Index("ix_conversations_last_owner_id", "last_owner_id", "opened_at"),
)

participants = Table(
    "participants",
    metadata,
    Column("consultant_id", ForeignKey("consultants.id"), primary_key=True),
    Column("opened_at", Millis, primary_key=True, autoincrement=False, comment="the conversation's; lists go by it"),
    Column("conversation", ForeignKey("conversations.id"), primary_key=True),
    comment="who ever owned a conversation, or wrote or did anything in it; finds transcripts",
)

entries = Table(
    "entries",
    metadata,
    Column("conversation", ForeignKey("conversations.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("visitor_seq", Integer, nullable=True),
    Column("id", Text, nullable=False),
    Column("at", Millis, nullable=False),
    Column("author_kind", Text, nullable=False),
    Column("author_id", Text, nullable=False),
    Column("author", Text, nullable=True, comment="JSON: the consultant as others see them"),
    Column("event", Text, nullable=False, comment="the event's name"),
    Column("body", SealedText, nullable=True, comment="the words of a message or note"),
    Column("details", SealedText, nullable=True, comment="JSON: the fields of any other event"),
    Column("ref", Text, nullable=True),
    Column(
        "digest",
        LargeBinary,
        nullable=True,
        comment="keyed hash of the command, to tell a repeat from a conflict",
    ),
    # Ref first: refs are time-ordered, so the index grows at one end, and the refs of a batch are looked up by it.
    _partial("uq_entries_ref", "ref", "conversation", "author_id", unique=True, where="ref IS NOT NULL"),
)

deadlines = Table(
    "deadlines",
    metadata,
    Column("subject_kind", Text, primary_key=True, comment="what has the deadline: a conversation, for instance"),
    Column("subject_id", Text, primary_key=True),
    Column("clock", Text, primary_key=True),
    Column("due_at", Millis, nullable=False),
    Index("ix_deadlines_due_at", "due_at"),
)

ratings = Table(
    "ratings",
    metadata,
    Column("conversation", ForeignKey("conversations.id"), primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False, comment="whose answers, see conversations.parts"),
    Column("consultant_id", ForeignKey("consultants.id"), nullable=False),
    Column("stars", Integer, nullable=False),
    Column("tags", SealedText, nullable=False, comment="JSON list"),
    Column("comment", SealedText, nullable=False),
    Column("at", Millis, nullable=False),
)

consent_texts = Table(
    "consent_texts",
    metadata,
    Column("sha256", Text, primary_key=True, comment="of the text, and of the link in a line of its own"),
    Column("kind", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("since", Millis, nullable=False),
    comment="every text that visitors were asked to agree to; never changed",
)

consents = Table(
    "consents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("visitor", ForeignKey("visitors.id"), nullable=False),
    Column("site", ForeignKey("sites.id"), nullable=False),
    Column("conversation", ForeignKey("conversations.id"), nullable=True),
    Column(
        "offline_message",
        ForeignKey("offline_messages.id"),
        nullable=True,
        comment="the 留言 that the decision came with, instead of a conversation",
    ),
    Column("kind", Text, nullable=False, comment="notice, health, behalf or guardian"),
    Column("decision", Text, nullable=False, comment="asked, given, refused or withdrawn"),
    Column("version", Text, nullable=False, comment="of the text"),
    Column("sha256", Text, nullable=False, comment="of the text that was shown, see consent_texts"),
    Column("language", Text, nullable=False),
    Column("at", Millis, nullable=False),
    Column(
        "recorded_by", ForeignKey("consultants.id"), nullable=True, comment="the member of staff; none: the visitor"
    ),
    Index("ix_consents_conversation", "conversation"),
    _partial("ix_consents_offline_message", "offline_message", where="offline_message IS NOT NULL"),
    Index("ix_consents_visitor", "visitor"),
    comment="evidence of every decision on consent; never changed",
)

files = Table(
    "files",
    metadata,
    Column("id", Text, primary_key=True, comment="random; the name of the file in its folder"),
    Column("conversation", ForeignKey("conversations.id"), nullable=False),
    Column("entry", Text, nullable=False, comment="the id of its entry"),
    Column("type", Text, nullable=False, comment="media type, by the content"),
    Column("bytes", Integer, nullable=False),
    Column("width", Integer, nullable=False, comment="pixels of an image, 0 of a PDF"),
    Column("height", Integer, nullable=False),
    Column("name", SealedText, nullable=False, comment="as its sender called it, cleaned"),
    Column("sha256", LargeBinary, nullable=False),
    Column("at", Millis, nullable=False),
    Index("ix_files_conversation", "conversation"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("consultant_id", ForeignKey("consultants.id"), primary_key=True),
    Column("conversation", ForeignKey("conversations.id"), primary_key=True),
    Column("mode", Text, primary_key=True),
    Column("body", SealedText, nullable=False),
    Column("at", Millis, nullable=False),
)

shifts = Table(
    "shifts",
    metadata,
    Column("consultant_id", ForeignKey("consultants.id"), primary_key=True),
    Column("starts_at", Millis, primary_key=True),
    Column("ends_at", Millis, nullable=False),
    Column("name", Text, nullable=False),
    Index("ix_shifts_ends_at", "ends_at"),
)

check_ins = Table(
    "check_ins",
    metadata,
    Column("consultant_id", ForeignKey("consultants.id"), primary_key=True),
    Column("at", Millis, primary_key=True),
    Index("ix_check_ins_at", "at"),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("number", Millis, primary_key=True, autoincrement=False, comment="1, 2, 3 …; no number is left out"),
    Column("at", Millis, nullable=False),
    Column("actor", Text, nullable=False, comment="who did it"),
    Column("role", Text, nullable=False, comment="and as what"),
    Column("action", Text, nullable=False),
    Column("object_kind", Text, nullable=False),
    Column("object_id", Text, nullable=False),
    Column("details", Text, server_default=text("'{}'"), nullable=False, comment="JSON: counts, and settings"),
    Column("address_hash", LargeBinary, nullable=True, comment="keyed hash; the address itself is not kept"),
    Column("reason_mac", LargeBinary, nullable=True, comment="signature of the reason, which may be erased"),
    Column("mac", LargeBinary, nullable=True, comment="signature of the row before and this one; null before 0008"),
    Index("ix_audit_entries_actor_action_at", "actor", "action", "at"),
    Index("ix_audit_entries_object_kind_object_id", "object_kind", "object_id"),
    comment="who did what to what; never changed, and deleted only where a checkpoint stands for it",
)

audit_reasons = Table(
    "audit_reasons",
    metadata,
    Column("number", ForeignKey("audit_entries.number"), primary_key=True, autoincrement=False),
    Column("reason", SealedText, nullable=False, comment="in a person's words; empty once erased"),
    comment="why it was done, apart from the log, so that it can be erased",
)

audit_checkpoints = Table(
    "audit_checkpoints",
    metadata,
    Column("first", Millis, primary_key=True, autoincrement=False),
    Column("last", Millis, nullable=False),
    Column("month", Text, nullable=False, comment="YYYY-MM, in UTC"),
    Column("last_mac", LargeBinary, nullable=True, comment="signature of the last row that it replaced"),
    Column("mac", LargeBinary, nullable=False),
    comment="each stands for the rows of a month that are over their retention",
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("number", Millis, primary_key=True, autoincrement=False),
    Column("mac", LargeBinary, nullable=True),
    comment="one row: the last row of the audit log; locked by each transaction that adds one",
)

for _statement in AUDIT_TRIGGERS["sqlite"]:
    event.listen(metadata, "after_create", DDL(_statement).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]
for _statement in AUDIT_TRIGGERS["postgresql"]:
    event.listen(metadata, "after_create", DDL(_statement).execute_if(dialect="postgresql"))  # type: ignore[no-untyped-call]

offline_messages = Table(
    "offline_messages",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", ForeignKey("sites.id"), nullable=False),
    Column("department", ForeignKey("departments.id"), nullable=False),
    Column("group", ForeignKey("groups.id"), nullable=False),
    Column("visitor", ForeignKey("visitors.id"), nullable=False),
    Column("ref", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False, comment="keyed hash of the command; identifies a repeat"),
    Column("kind", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("body", SealedText, nullable=False),
    Column("name", SealedText, nullable=False),
    Column("phone", SealedText, nullable=False),
    Column("conversation", ForeignKey("conversations.id"), nullable=True, comment="in which the visitor waited"),
    Column("left_at", Millis, nullable=False),
    Column("due_at", Millis, nullable=False),
    Column("owner", ForeignKey("consultants.id"), nullable=True),
    Column("settled_at", Millis, nullable=True),
    Column("settled_by", ForeignKey("consultants.id"), nullable=True),
    Column("result", Text, nullable=True),
    Column("note", SealedText, nullable=False),
    Column("version", Integer, nullable=False, comment=VERSION),
    Column("emergency", Text, nullable=True, comment="the kind of words that made it one"),
    Column("level", Text, nullable=True, comment="how urgent those words are"),
    Column("acknowledged_by", Text, nullable=True, comment="who has seen the alarm"),
    Column("acknowledged_at", Millis, nullable=True, comment="and when"),
    Column(
        "crowded",
        Boolean(create_constraint=False),
        server_default=text("false"),
        nullable=False,
        comment="one of many emergencies from one address, without priority",
    ),
    Column(
        "answer",
        SealedText,
        server_default=text("''"),
        nullable=False,
        comment="what the visitor reads with the code",
    ),
    UniqueConstraint("visitor", "ref"),
    _partial("ix_offline_messages_open", "due_at", where="settled_at IS NULL"),
    Index("ix_offline_messages_settled_at", "settled_at"),
    comment="留言",
)

lookup_codes = Table(
    "lookup_codes",
    metadata,
    Column("code_hash", LargeBinary, primary_key=True, comment="keyed hash of the ten digits"),
    Column("proof_hash", LargeBinary, nullable=False, comment="keyed hash of the code and the four digits"),
    Column("subject_kind", Text, nullable=False, comment="offline_message or conversation"),
    Column("subject_id", Text, nullable=False),
    Column("made_at", Millis, nullable=False),
    Column("ends_at", Millis, nullable=False),
    UniqueConstraint("subject_kind", "subject_id"),
    Index("ix_lookup_codes_ends_at", "ends_at"),
    comment="查询码",
)

lookup_tries = Table(
    "lookup_tries",
    metadata,
    Column("code_hash", LargeBinary, primary_key=True, comment="keyed hash of the digits tried, a code or not"),
    Column("wrong", Integer, nullable=False, comment="tries since the last right one"),
    Column("last_at", Millis, nullable=False),
    Index("ix_lookup_tries_last_at", "last_at"),
    comment="tries with 查询码",
)

lookup_networks = Table(
    "lookup_networks",
    metadata,
    Column("network_hash", LargeBinary, primary_key=True, comment="keyed hash"),
    Column("tries", Text, nullable=False, comment="JSON list: the times of the tries in the last hour, at most 20"),
    Column("last_at", Millis, nullable=False),
    Index("ix_lookup_networks_last_at", "last_at"),
    comment="tries with 查询码 per network, over all nodes",
)

deletion_requests = Table(
    "deletion_requests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("subject_kind", Text, nullable=False, comment="offline_message or conversation"),
    Column("subject_id", Text, nullable=False),
    Column("group", Text, nullable=False, comment="whose supervisors see it"),
    Column("asked_at", Millis, nullable=False),
    Column("done_at", Millis, nullable=True),
    Column("done_by", ForeignKey("consultants.id"), nullable=True),
    Column("result", Text, nullable=True, comment="told, kept or withdrawn"),
    Column("note", SealedText, server_default=text("''"), nullable=False, comment="for staff: what was done"),
    UniqueConstraint("subject_kind", "subject_id"),
    Index("ix_deletion_requests_group_asked_at", "group", "asked_at"),
    comment="deletions that visitors requested",
)

visits = Table(
    "visits",
    metadata,
    Column(
        "conversation",
        ForeignKey("conversations.id", deferrable=True, initially="DEFERRED"),
        primary_key=True,
        comment="written in the transaction that opens it",
    ),
    Column("started_at", Millis, nullable=False, comment="when the conversation was opened"),
    Column("source", Text, nullable=False, comment="of the first touch"),
    Column("last_source", Text, nullable=True, comment="of the last touch, if there was another"),
    Column("device", Text, nullable=False, comment="phone, tablet or desktop"),
    Column("province", Text, nullable=False, comment="or the country; empty: unknown"),
    Column("city", Text, nullable=False),
    Column("region_date", Text, nullable=False, comment="the day of the data that says so"),
    Column("first", SealedText, nullable=False, comment="JSON: landing page, referrer, parameters, keyword"),
    Column("last", SealedText, nullable=True, comment="JSON: the same of the last touch"),
    Column("pages", SealedText, nullable=False, comment="JSON list: the trail"),
    Index("ix_visits_started_at", "started_at"),
    comment="where the visitors of conversations came from; nothing of visitors who never wrote",
)

source_rules = Table(
    "source_rules",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("rule", Text, nullable=False, comment="JSON"),
    comment="how sources are recognised; none: the built-in rules",
)

keywords = Table(
    "keywords",
    metadata,
    Column("site", Text, primary_key=True, comment="empty: for all sites"),
    Column("keyword_id", Text, primary_key=True, comment="关键词ID; empty: the words are of the 计划 or 单元"),
    Column("plan", Text, primary_key=True, comment="计划"),
    Column("unit", Text, primary_key=True, comment="单元"),
    Column("from_day", Text, primary_key=True, comment="YYYY-MM-DD: the first day on which they had these words"),
    Column("words", Text, nullable=False),
    comment="the words of ids in advertisements, as the hospital uploaded them",
)

site_counts = Table(
    "site_counts",
    metadata,
    Column("site", Text, primary_key=True),
    Column("hour", Millis, primary_key=True, autoincrement=False, comment="its beginning"),
    Column("page", Text, primary_key=True, comment="the path; *: all further pages of the day"),
    Column("source", Text, primary_key=True),
    Column("kind", Text, primary_key=True, comment="shown, opened, invited, accepted or first_message"),
    Column("count", Integer, nullable=False),
    Index("ix_site_counts_hour", "hour"),
    comment="how often something happened on a page; identifies nobody",
)

sites_now = Table(
    "sites_now",
    metadata,
    Column("site", Text, primary_key=True),
    Column("node", Text, primary_key=True),
    Column("browsers", Integer, nullable=False, comment="that fetched the widget in the last five minutes"),
    Column("at", Millis, nullable=False),
    comment="how many browsers are on a site, by the count of each node",
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", ForeignKey("sites.id"), nullable=False),
    Column("department", ForeignKey("departments.id"), nullable=False),
    Column("group", ForeignKey("groups.id"), nullable=False),
    Column("visitor", ForeignKey("visitors.id"), nullable=False),
    Column("ref", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False, comment="keyed hash of the command; identifies a repeat"),
    Column("language", Text, nullable=False),
    Column("phone", SealedText, nullable=False),
    Column("phone_hash", LargeBinary, nullable=False, comment="keyed hash; finds 不再联系 of this number"),
    Column("asked_at", Millis, nullable=False),
    Column("from_at", Millis, nullable=False, comment="the call is promised from then on"),
    Column("due_at", Millis, nullable=False, comment="and until then"),
    Column("day", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column(
        "may_name",
        Boolean(create_constraint=False),
        nullable=False,
        comment="whoever answers the phone may be told the hospital's name",
    ),
    Column("name", SealedText, nullable=False),
    Column("topic", SealedText, nullable=False),
    Column("conversation", ForeignKey("conversations.id"), nullable=True, comment="in which the visitor asked for it"),
    Column("emergency", Text, nullable=True, comment="the kind of words in the topic that made it one"),
    Column("level", Text, nullable=True, comment="how urgent those words are"),
    Column(
        "was_stopped",
        Boolean(create_constraint=False),
        nullable=False,
        comment="an earlier one to this number was 不再联系",
    ),
    Column("consent", Text, nullable=False, comment="JSON: decisions, with the SHA-256 of what was shown"),
    Column("state", Text, nullable=False),
    Column("owner", ForeignKey("consultants.id"), nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("tried_at", Millis, nullable=True),
    Column("ended_at", Millis, nullable=True),
    Column("ended_by", ForeignKey("consultants.id"), nullable=True, comment="the member of staff; none: the visitor"),
    Column("do_not_call", Boolean(create_constraint=False), nullable=False, comment="不再联系"),
    Column("note", SealedText, nullable=False),
    Column("overdue_since", Millis, nullable=True),
    Column("acknowledged_by", Text, nullable=True, comment="who has seen the alarm"),
    Column("acknowledged_at", Millis, nullable=True),
    Column("version", Integer, nullable=False, comment=VERSION),
    UniqueConstraint("visitor", "ref"),
    _partial("ix_callbacks_open", "visitor", where="ended_at IS NULL", unique=True),
    Index("ix_callbacks_ended_at", "ended_at"),
    _partial("ix_callbacks_stopped", "phone_hash", where="do_not_call"),
    comment="回电",
)
