"""What each role may do, in one table. Every answer names the rule that decided.

The table says whether a role may do something at all, and for which conversations. Whether a particular conversation is
among them is decided where it is loaded (`transitions`, and the SQL of the transcripts).
"""

from dataclasses import dataclass
from enum import StrEnum

from chatserver.domain.hospital import Role
from chatserver.domain.refusals import Forbidden


class Action(StrEnum):
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


class Reach(StrEnum):
    """For whom or what a permission holds; its value is the name of the rule."""

    NONE = "not_for_this_role"
    SELF = "themselves"
    HELD = "own_or_offered"
    GROUPS = "own_groups"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether it is allowed, and the rule that allows or forbids it."""

    allowed: bool
    rule: str


_HERE = (Role.CONSULTANT, Role.GROUP_LEADER, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR)
_NO_CHAT = (Reach.NONE, Reach.NONE)
TABLE: dict[Action, dict[Role, Reach]] = {
    action: dict(zip(_HERE, reaches, strict=True))
    for action, reaches in {
        # action: (consultant, group leader, supervisor, administrator, auditor). Roles do not inherit: an administrator
        # reads no chat, and an auditor reads nothing but the audit log.
        Action.OPEN_CONSOLE: (Reach.SELF, Reach.SELF, Reach.SELF, *_NO_CHAT),
        Action.SET_AVAILABILITY: (Reach.SELF, Reach.SELF, Reach.SELF, *_NO_CHAT),
        Action.SEE_QUEUE: (Reach.GROUPS, Reach.GROUPS, Reach.GROUPS, *_NO_CHAT),
        Action.TAKE: (Reach.GROUPS, Reach.GROUPS, Reach.GROUPS, *_NO_CHAT),
        Action.READ_LIVE: (Reach.HELD, Reach.HELD, Reach.GROUPS, *_NO_CHAT),
        Action.REPLY: (Reach.HELD, Reach.HELD, Reach.HELD, *_NO_CHAT),
        Action.WRITE_NOTE: (Reach.HELD, Reach.HELD, Reach.GROUPS, *_NO_CHAT),
        Action.TRANSFER: (Reach.HELD, Reach.HELD, Reach.GROUPS, *_NO_CHAT),
        Action.ASK_COLLEAGUE: (Reach.HELD, Reach.HELD, Reach.GROUPS, *_NO_CHAT),
        Action.JOIN: (Reach.HELD, Reach.HELD, Reach.GROUPS, *_NO_CHAT),
        Action.DIRECT: (Reach.NONE, Reach.NONE, Reach.GROUPS, *_NO_CHAT),
        Action.CLOSE: (Reach.HELD, Reach.HELD, Reach.GROUPS, *_NO_CHAT),
        Action.READ_TRANSCRIPTS: (Reach.NONE, Reach.NONE, Reach.GROUPS, *_NO_CHAT),
        Action.SEE_ACCOUNT_COMMANDS: (Reach.NONE, Reach.NONE, Reach.NONE, Reach.EVERYTHING, Reach.NONE),
        Action.END_LOCKS: (Reach.NONE, Reach.GROUPS, Reach.GROUPS, Reach.EVERYTHING, Reach.NONE),
        Action.READ_AUDIT: (Reach.NONE, Reach.NONE, Reach.NONE, Reach.NONE, Reach.EVERYTHING),
        Action.CHANGE_SETTINGS: (Reach.NONE, Reach.NONE, Reach.NONE, Reach.EVERYTHING, Reach.NONE),
    }.items()
}


def allowed(role: Role, action: Action) -> Answer:
    """Whether the role may do it at all, and by which rule."""
    reach = TABLE[action][role]
    return Answer(reach is not Reach.NONE, reach.value)


def require(role: Role, action: Action) -> None:
    """Raises `Forbidden`, with the rule, if the role may not do it at all."""
    answer = allowed(role, action)
    if not answer.allowed:
        raise Forbidden(rule=answer.rule)
