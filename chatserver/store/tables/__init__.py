"""Every table. Migrations (store/migrations) create them; a test compares the two.

Times are integers, ms since 1970. Lists and small values are JSON text. Ids are UUIDv7 text, unless a person chose them
(`sites.id`, `groups.id` …: short names). `SealedText` is what patients and staff write (store/sealed_text.py).
"""

from chatserver.store.tables.audit import audit_checkpoints, audit_entries, audit_head, audit_reasons
from chatserver.store.tables.base import metadata
from chatserver.store.tables.conversations import (
    conversations,
    deadlines,
    drafts,
    entries,
    files,
    participants,
    ratings,
)
from chatserver.store.tables.hospital import (
    campuses,
    departments,
    doctors,
    emergency_words,
    groups,
    keywords,
    meta,
    setting_versions,
    site_departments,
    sites,
    skills,
    source_rules,
)
from chatserver.store.tables.requests import callbacks, offline_messages
from chatserver.store.tables.staff import (
    availabilities,
    check_ins,
    consultant_groups,
    consultants,
    shifts,
    sign_in_failures,
    sign_in_networks,
    staff_sessions,
)
from chatserver.store.tables.visitors import (
    consent_texts,
    consents,
    deletion_requests,
    lookup_codes,
    lookup_networks,
    lookup_tries,
    site_counts,
    sites_now,
    visitors,
    visits,
)

__all__ = [
    "audit_checkpoints",
    "audit_entries",
    "audit_head",
    "audit_reasons",
    "availabilities",
    "callbacks",
    "campuses",
    "check_ins",
    "consent_texts",
    "consents",
    "consultant_groups",
    "consultants",
    "conversations",
    "deadlines",
    "deletion_requests",
    "departments",
    "doctors",
    "drafts",
    "emergency_words",
    "entries",
    "files",
    "groups",
    "keywords",
    "lookup_codes",
    "lookup_networks",
    "lookup_tries",
    "meta",
    "metadata",
    "offline_messages",
    "participants",
    "ratings",
    "setting_versions",
    "shifts",
    "sign_in_failures",
    "sign_in_networks",
    "site_counts",
    "site_departments",
    "sites",
    "sites_now",
    "skills",
    "source_rules",
    "staff_sessions",
    "visitors",
    "visits",
]
