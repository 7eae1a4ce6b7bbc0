"""Alarms at the consoles, and their acknowledgement."""

from typing import Literal

from msgspec import Struct

from chatserver.wire.fields import EventBase, Frame, Id, Ref
from chatserver.wire.people import Person


class EmergencyDismiss(Frame, tag="emergency.dismiss", frozen=True, omit_defaults=True):
    """误报: a supervisor marks the emergency as a false alarm."""

    ref: Ref
    conversation: Id


class AlarmAcknowledge(Frame, tag="alarm.acknowledge", frozen=True, omit_defaults=True):
    """I have seen the alarm with this `id`. Its sound stops on every screen; that of an emergency for 60 s. The alarm
    of a conversation stays until the visitor is answered, it is dismissed or the conversation ends; that of a 留言
    until it is settled or its owner acknowledges the alarm."""

    ref: Ref
    id: Id


class Alarm(Struct, frozen=True, omit_defaults=True):
    """Something that needs a person's attention, without the visitor's text. `id`: the conversation's, or the 留言's.
    `kind`: emergency; overdue (a visitor has waited too long for an answer); silent (two owners in a row did not
    answer); offline (a 留言 that sounds like an emergency). `emergency` and `level` as in the event; `since` (ms): when
    it began; `may_open`: whether this reader may open or take it."""

    id: str
    kind: Literal["emergency", "overdue", "silent", "offline", "callback"]
    label: str
    group: str
    department: str
    since: int
    state: Literal["waiting", "active", "left"]
    emergency: str | None = None
    level: Literal["critical", "attention"] | None = None
    owner: Person | None = None
    acknowledged_by: Person | None = None
    acknowledged_at: int | None = None
    may_open: bool = False


class Alarms(Frame, tag="alarms", frozen=True, omit_defaults=True):
    """All alarms of this session, sent completely after each change, and after `welcome` if there are any."""

    alarms: tuple[Alarm, ...] = ()


class EmergencyNoticedEvent(EventBase, tag="emergency_noticed", frozen=True, omit_defaults=True):
    """The visitor's words sound like an emergency."""

    emergency: str
    level: Literal["critical", "attention"] | None = None
    crowded: bool = False


class EmergencyDismissedEvent(EventBase, tag="emergency_dismissed", frozen=True, omit_defaults=True):
    """A supervisor marked the emergency as a false alarm."""

    by: Person


class AlarmAcknowledgedEvent(EventBase, tag="alarm_acknowledged", frozen=True, omit_defaults=True):
    """Somebody has seen the alarm."""

    by: Person
    alarm: str


class NobodyAnsweredEvent(EventBase, tag="nobody_answered", frozen=True, omit_defaults=True):
    """The conversation had several owners, and none of them answered."""

    consultants: tuple[Person, ...]
