"""Alarms: what raises one, and whom it calls. Pure: the caller says who is connected.

An alarm holds none of the visitor's words. A conversation has at most one alarm, the most urgent one that is due.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from chatserver.domain.callbacks import Callback, Lock
from chatserver.domain.conversation import QUEUED, Conversation, Phase
from chatserver.domain.hospital import Person, Role
from chatserver.domain.offline_messages import OfflineMessage, calls_for_people
from chatserver.domain.rules import MINUTE, Rules

AlarmKind = Literal["emergency", "overdue", "silent", "offline", "callback"]

SILENT_MS = MINUTE
"""How long an acknowledged alarm makes no sound. Acknowledging it again within this time changes nothing."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm. `id`: of the conversation, or of the 留言; `since` (ms): when it began. `beside`: another kind of
    emergency of the same words, which calls its own people."""

    id: str
    kind: AlarmKind
    visitor: str
    site: str
    group: str
    department: str
    since: int
    state: Literal["waiting", "active", "left"]
    emergency: str | None = None
    level: str | None = None
    owner: str | None = None
    acknowledged_by: Person | None = None
    acknowledged_at: int | None = None
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class Watcher:
    """A connected member of staff, whatever availability they have chosen."""

    id: str
    role: Role
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """The groups that an alarm concerns: those whose supervisors see it, those whose members may be assigned it while
    it waits (`urgent.groups_for`), and all groups of its site."""

    supervised: Collection[str]
    asked: Collection[str]
    site: Collection[str]


def alarm_of(conversation: Conversation, now: int, rules: Rules) -> Alarm | None:
    """The alarm of a conversation at `now`, if there is one."""
    found = _due(conversation, now, rules)
    if found is None or conversation.phase is Phase.CLOSED:
        return None
    kind, since = found
    owner = conversation.serving.owner
    return Alarm(
        conversation.id,
        kind,
        conversation.visitor,
        conversation.site,
        conversation.queue.group,
        conversation.subject.department,
        since,
        "waiting" if conversation.phase in QUEUED else "active",
        conversation.emergency.kind if kind == "emergency" else None,
        (conversation.emergency.level or "critical") if kind == "emergency" else None,
        None if owner is None else owner.id,
        conversation.emergency.acknowledged_by if conversation.alarms.acknowledged_at is not None else None,
        conversation.alarms.acknowledged_at,
    )


def _due(conversation: Conversation, now: int, rules: Rules) -> tuple[AlarmKind, int] | None:
    talk = conversation.talk
    since = _emergency_since(conversation, now, rules)
    if since is not None:
        return "emergency", since
    if conversation.alarms.nobody_answered_at is not None:
        return "silent", conversation.alarms.nobody_answered_at
    if talk.overdue and talk.unanswered_since is not None:
        return "overdue", talk.unanswered_since
    return None


def _emergency_since(conversation: Conversation, now: int, rules: Rules) -> int | None:
    """When the emergency alarm began (ms); None if there is none. It begins with the visitor's words and ends with the
    first answer by a person. After that, it begins again only when a message stays unanswered for so long that the
    conversation moves on; otherwise every further message would raise it again."""
    if not may_alarm(conversation):
        return None
    if conversation.alarms.emergency_at is not None:
        return conversation.alarms.emergency_at
    if conversation.talk.unanswered_since is None or not conversation.is_critical:
        return None
    again = conversation.talk.unanswered_since + rules.emergency_ms
    return again if again <= now else None


def is_about_abuse(conversation: Conversation) -> bool:
    """Whether an alert of suspected abuse is open: noticed, and not dismissed by a supervisor. An answer does not close
    it, and neither does another emergency in the same conversation."""
    emergency = conversation.emergency
    return emergency.kind is not None and "protect" in (
        emergency.kind,
        *emergency.critical_kinds,
        *emergency.attention_kinds,
    )


def may_alarm(conversation: Conversation) -> bool:
    """Whether the conversation is an emergency for which people are called."""
    kind = conversation.emergency.kind
    return kind is not None and (conversation.is_critical or (kind == "protect" and not conversation.emergency.crowded))


def is_watched(conversation: Conversation) -> bool:
    """Whether the conversation has an alarm, or may get one only because time passes."""
    if conversation.phase is Phase.CLOSED:
        return False
    return may_alarm(conversation) or conversation.talk.overdue or conversation.alarms.nobody_answered_at is not None


def alarm_of_offline(message: OfflineMessage) -> Alarm | None:
    """The alarm of a 留言 that speaks of an emergency, until it is settled or its owner has acknowledged it."""
    if message.settled_at is not None or not calls_for_people(message):
        return None
    if message.acknowledged_by is not None and message.acknowledged_by == message.owner:
        return None
    return Alarm(
        message.id,
        "offline",
        message.visitor,
        message.site,
        message.group,
        message.department,
        message.left_at,
        "left",
        message.emergency,
        message.level or "critical",
        message.owner,
        None,
        message.acknowledged_at,
        _beside(message),
    )


def alarm_of_callback(callback: Callback, lock: Lock | None) -> Alarm | None:
    """The alarm of a call-back whose topic speaks of an emergency, until its owner has acknowledged it; and of one that
    is late, until anybody has. One that is locked cannot be late, because nobody may call."""
    if not callback.is_open:
        return None
    is_critical = callback.level == "critical" or callback.emergency == "protect"
    if is_critical:
        if callback.acknowledged_by is not None and callback.acknowledged_by == callback.owner:
            return None
    elif callback.overdue_since is None or lock or callback.acknowledged_by is not None:
        return None
    return Alarm(
        callback.id,
        "callback",
        callback.visitor,
        callback.site,
        callback.group,
        callback.department,
        callback.asked_at if is_critical else callback.overdue_since or callback.due_at,
        "left",
        callback.emergency if is_critical else None,
        (callback.level or "critical") if is_critical else None,
        callback.owner,
        None,
        callback.acknowledged_at,
        _beside(callback),
    )


def _beside(record: OfflineMessage | Callback) -> str | None:
    return record.told if record.told != record.emergency else None


def called(alarm: Alarm, watchers: Iterable[Watcher], reach: Reach) -> set[str]:
    """The ids of the `watchers` who are called."""
    watchers = list(watchers)
    supervisors = {each.id for each in watchers if _supervises(each, reach)}
    if alarm.kind in ("overdue", "silent"):
        return supervisors
    if alarm.kind == "callback" and alarm.emergency is None:
        return supervisors | {each.id for each in watchers if each.id == alarm.owner}
    leaders = {each.id for each in watchers if each.role is Role.GROUP_LEADER and _is_of(each, reach.supervised)}
    if alarm.emergency == "protect" and alarm.beside is None:
        of_group = {each.id for each in watchers if each.id == alarm.owner or alarm.group in each.groups}
        return supervisors or leaders or of_group
    found = supervisors | {each.id for each in watchers if each.id == alarm.owner}
    if alarm.state == "waiting":
        found |= _of(watchers, reach.asked)
    if not supervisors:
        found |= leaders or _of(watchers, reach.site)
    return found


def supervisors_called(alarm: Alarm, watchers: Iterable[Watcher], reach: Reach) -> bool:
    """Whether a supervisor of its groups is connected and sees it."""
    return any(_supervises(each, reach) for each in watchers)


def _supervises(watcher: Watcher, reach: Reach) -> bool:
    return watcher.role is Role.SUPERVISOR and _is_of(watcher, reach.supervised)


def _of(watchers: Iterable[Watcher], groups: Collection[str]) -> set[str]:
    return {each.id for each in watchers if _is_of(each, groups)}


def _is_of(watcher: Watcher, groups: Collection[str]) -> bool:
    return any(group in groups for group in watcher.groups)
