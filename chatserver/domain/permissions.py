"""What each role may do, in one table. Every answer names the rule that decided.

The table says whether a role may do something at all, and for which conversations. Whether a particular conversation is
among them is decided where it is loaded (`transitions`, and the SQL of the transcripts).
"""

from dataclasses import dataclass
from enum import StrEnum

from chatserver.domain.hospital import Role
from chatserver.domain.refusals import Forbidden


class Permission(StrEnum):
    """What a member of staff may or may not be permitted to do."""

    OPEN_CONSOLE = "open_console"
    SET_AVAILABILITY = "set_availability"
    SEE_QUEUE = "see_queue"
    TAKE = "take"
    READ_LIVE = "read_live"
    REPLY = "reply"
    WRITE_NOTE = "write_note"
    TRANSFER = "transfer"
    ASK_COLLEAGUE = "ask_colleague"
    JOIN = "join"
    DIRECT = "direct"
    CLOSE = "close"
    READ_TRANSCRIPTS = "read_transcripts"
    SEE_ACCOUNT_COMMANDS = "see_account_commands"
    END_LOCKS = "end_locks"
    READ_AUDIT = "read_audit"
    CHANGE_SETTINGS = "change_settings"
    SEE_VISITS = "see_visits"


class Reach(StrEnum):
    """For whom or what a permission holds; its value is the name of the rule."""

    NONE = "not_for_this_role"
    SELF = "themselves"
    HELD = "own_or_offered"
    GROUPS = "own_groups"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether it is allowed, and the rule that allows or forbids it."""

    allowed: bool
    rule: str


_HERE = (Role.CONSULTANT, Role.GROUP_LEADER, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR)
_NO_CHAT = (Reach.NONE, Reach.NONE)
TABLE: dict[Permission, dict[Role, Reach]] = {
    permission: dict(zip(_HERE, reaches, strict=True))
    for permission, reaches in {
        # permission: (consultant, group leader, supervisor, administrator, auditor). Roles do not inherit: an
        # administrator reads no chat, and an auditor reads nothing but the audit log.
        Permission.OPEN_CONSOLE: (Reach.SELF, Reach.SELF, Reach.SELF, *_NO_CHAT),
        Permission.SET_AVAILABILITY: (Reach.SELF, Reach.SELF, Reach.SELF, *_NO_CHAT),
        Permission.SEE_QUEUE: (Reach.GROUPS, Reach.GROUPS, Reach.GROUPS, *_NO_CHAT),
        Permission.TAKE: (Reach.GROUPS, Reach.GROUPS, Reach.GROUPS, *_NO_CHAT),
        Permission.READ_LIVE: (Reach.HELD, Reach.HELD, Reach.GROUPS, *_NO_CHAT),
        Permission.REPLY: (Reach.HELD, Reach.HELD, Reach.HELD, *_NO_CHAT),
        Permission.WRITE_NOTE: (Reach.HELD, Reach.HELD, Reach.GROUPS, *_NO_CHAT),
        Permission.TRANSFER: (Reach.HELD, Reach.HELD, Reach.GROUPS, *_NO_CHAT),
        Permission.ASK_COLLEAGUE: (Reach.HELD, Reach.HELD, Reach.GROUPS, *_NO_CHAT),
        Permission.JOIN: (Reach.HELD, Reach.HELD, Reach.GROUPS, *_NO_CHAT),
        Permission.DIRECT: (Reach.NONE, Reach.NONE, Reach.GROUPS, *_NO_CHAT),
        Permission.CLOSE: (Reach.HELD, Reach.HELD, Reach.GROUPS, *_NO_CHAT),
        Permission.READ_TRANSCRIPTS: (Reach.NONE, Reach.NONE, Reach.GROUPS, *_NO_CHAT),
        Permission.SEE_ACCOUNT_COMMANDS: (Reach.NONE, Reach.NONE, Reach.NONE, Reach.EVERYTHING, Reach.NONE),
        Permission.END_LOCKS: (Reach.NONE, Reach.GROUPS, Reach.GROUPS, Reach.EVERYTHING, Reach.NONE),
        Permission.READ_AUDIT: (Reach.NONE, Reach.NONE, Reach.NONE, Reach.NONE, Reach.EVERYTHING),
        Permission.CHANGE_SETTINGS: (Reach.NONE, Reach.NONE, Reach.NONE, Reach.EVERYTHING, Reach.NONE),
        # How many visitors come; consultants see only their own conversations.
        Permission.SEE_VISITS: (Reach.NONE, Reach.NONE, Reach.EVERYTHING, Reach.EVERYTHING, Reach.NONE),
    }.items()
}


def allowed(role: Role, permission: Permission) -> Decision:
    """Whether the role may do it at all, and by which rule."""
    reach = TABLE[permission][role]
    return Decision(reach is not Reach.NONE, reach.value)


def require(role: Role, permission: Permission) -> None:
    """Raises `Forbidden`, with the rule, if the role may not do it at all."""
    answer = allowed(role, permission)
    if not answer.allowed:
        raise Forbidden(rule=answer.rule)
