"""Staff: accounts, sign-ins, shifts."""

from sqlalchemy import BigInteger as Millis
from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from chatserver.store.sealed_text import SealedText
from chatserver.store.tables.base import VERSION, metadata

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
