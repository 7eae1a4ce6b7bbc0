"""Visitors, what they agreed to, and where they came from."""

from typing import Any

from sqlalchemy import BigInteger as Millis
from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from chatserver.store.sealed_text import SealedText
from chatserver.store.tables.base import metadata, partial

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
    partial("ix_visitors_ended_at", "ended_at", where="ended_at IS NOT NULL"),
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
    partial("ix_consents_offline_message", "offline_message", where="offline_message IS NOT NULL"),
    Index("ix_consents_visitor", "visitor"),
    comment="evidence of every decision on consent; never changed",
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

identity_keys = Table(
    "identity_keys",
    metadata,
    Column("id", Text, primary_key=True, comment="the key is derived from it"),
    Column("site", Text, nullable=False),
    Column("made_at", Millis, nullable=False),
    Column("ends_at", Millis, nullable=True, comment="none: it is the site's present key"),
    Index("ix_identity_keys_site", "site"),
    comment="the keys with which the hospital's own websites sign identity tokens; never the keys themselves",
)

identity_tokens = Table(
    "identity_tokens",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True, comment="SHA-256 of the site and the token's jti"),
    Column("ends_at", Millis, nullable=False, comment="the token is too old from then on"),
    Index("ix_identity_tokens_ends_at", "ends_at"),
    comment="identity tokens that were used; each is accepted once",
)


def _came_from(started: str) -> list[Column[Any]]:
    """Where somebody came from."""
    return [
        Column("started_at", Millis, nullable=False, comment=started),
        Column("source", Text, nullable=False, comment="of the first touch"),
        Column("last_source", Text, nullable=True, comment="of the last touch, if there was another"),
        Column("device", Text, nullable=False, comment="phone, tablet or desktop"),
        Column("province", Text, nullable=False, comment="or the country; empty: unknown"),
        Column("city", Text, nullable=False),
        Column("region_date", Text, nullable=False, comment="the day of the data that says so"),
        Column("first", SealedText, nullable=False, comment="JSON: landing page, referrer, parameters, keyword"),
        Column("last", SealedText, nullable=True, comment="JSON: the same of the last touch"),
        Column("pages", SealedText, nullable=False, comment="JSON list: the trail"),
    ]


visits = Table(
    "visits",
    metadata,
    Column(
        "conversation",
        ForeignKey("conversations.id", deferrable=True, initially="DEFERRED"),
        primary_key=True,
        comment="written in the transaction that opens it",
    ),
    *_came_from("when the conversation was opened"),
    Index("ix_visits_started_at", "started_at"),
    comment="where the visitors of conversations came from; nothing of visitors who never wrote",
)

request_visits = Table(
    "request_visits",
    metadata,
    Column("subject_id", Text, primary_key=True, comment="of a 留言 or a call-back that no conversation belongs to"),
    Column("subject_kind", Text, nullable=False, comment="offline_message or callback"),
    *_came_from("when it was requested"),
    Index("ix_request_visits_started_at", "started_at"),
    comment="where the visitors of 留言 and call-backs came from; written in the transaction that stores these",
)

site_counts = Table(
    "site_counts",
    metadata,
    Column("site", Text, primary_key=True),
    Column("hour", Millis, primary_key=True, autoincrement=False, comment="its beginning"),
    Column("page", Text, primary_key=True, comment="the path; *: all further pages of the day"),
    Column("source", Text, primary_key=True),
    Column("kind", Text, primary_key=True, comment="shown, opened, invited, accepted, quick or first_message"),
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
