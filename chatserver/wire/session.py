"""The beginning and the end of a connection: hello, welcome, ping and bye."""

from typing import Annotated

from msgspec import Meta, Struct, field

from chatserver.wire.availability import Me
from chatserver.wire.consent import NoticeShown
from chatserver.wire.drafts import Draft
from chatserver.wire.fields import Frame, Id, Named, Whole
from chatserver.wire.following import Following, Position
from chatserver.wire.opening_hours import DepartmentHours
from chatserver.wire.quick_questions import QuickQuestion
from chatserver.wire.visitor_status import Standing

VERSION = 1


class Client(Struct, frozen=True):
    """The name and version of the client program, for the logs."""

    name: Annotated[str, Meta(max_length=40)]
    version: Annotated[str, Meta(max_length=20)]


class VisitorHello(Frame, tag="hello", frozen=True, omit_defaults=True):
    """The first frame, within 5 s. `resume`: the client's position in each conversation that it holds. `rating`: if the
    visitor ended the conversation, and the token with it, connect nevertheless, only to rate. `instance`: a random id
    of the loaded page, the same for all its connections. `notice`: this client can show a privacy notice, so the
    `welcome` brings it."""

    version: Whole
    token: Annotated[str, Meta(max_length=64)]
    client: Client
    resume: Annotated[tuple[Position, ...], Meta(max_length=50)] = ()
    rating: bool = False
    instance: Id | None = None
    notice: bool = False


class StaffHello(Frame, tag="hello", frozen=True, omit_defaults=True):
    """The first frame, within 5 s. The session cookie of the upgrade says who it is. `instance` as for visitors."""

    version: Whole
    client: Client
    resume: Annotated[tuple[Position, ...], Meta(max_length=50)] = ()
    instance: Id | None = None


class Limits(Struct, frozen=True):
    """Limits that clients keep by themselves: code points, and frames sent but not yet accepted."""

    message: int
    note: int
    unaccepted: int = 8


class SiteShown(Struct, frozen=True, omit_defaults=True):
    """What the widget needs to know of its site: departments and groups by name, the campus's phone numbers, and the
    quick questions."""

    id: str
    zh: str
    en: str
    greeting_zh: str
    greeting_en: str
    phone: str
    emergency_phone: str
    departments: tuple[Named, ...]
    groups: tuple[Named, ...]
    questions: tuple[QuickQuestion, ...] = ()


class VisitorWelcome(Frame, tag="welcome", frozen=True, omit_defaults=True):
    """The answer to a visitor's `hello`. `standing`: the latest conversation, if there is one; its entries follow,
    ended by `live`. `ends_at`: when the token expires without activity. `takes_seen`: this server knows
    `conversation.seen`; earlier ones refuse it. `rating`: the visitor ended the conversation, and the token with it;
    until `ends_at` only a rating is accepted, and nothing is sent. `notice`: the site's privacy notice."""

    version: int
    connection: str
    now: int
    ping_ms: int
    ends_at: int
    limits: Limits
    site: SiteShown
    hours: tuple[DepartmentHours, ...] = ()
    following: tuple[Following, ...] = ()
    standing: Standing | None = None
    takes_seen: bool = False
    rating: bool = False
    notice: NoticeShown | None = None


class GroupShown(Struct, frozen=True):
    """A group, how it receives conversations, and whether I am a member."""

    id: str
    zh: str
    en: str
    mode: str
    mine: bool


class StaffClocks(Struct, frozen=True):
    """When the waiting clock changes its colour (ms): first reply and follow-up, each amber, red, alarm.
    `above_capacity`: how many conversations beyond the capacity one may claim."""

    first: tuple[int, int, int]
    follow_up: tuple[int, int, int]
    ring_ms: int
    transfer_ms: int
    above_capacity: int


class StaffWelcome(Frame, tag="welcome", frozen=True, omit_defaults=True):
    """The answer to a staff `hello`. All lists (`conversations`, `colleagues`, `offline`) follow completely, then the
    resumed conversations. `takes_seen` as for visitors."""

    version: int
    connection: str
    now: int
    ping_ms: int
    limits: Limits
    clocks: StaffClocks
    me: Me
    groups: tuple[GroupShown, ...]
    departments: tuple[Named, ...]
    sites: tuple[Named, ...]
    skills: tuple[Named, ...] = ()
    drafts: tuple[Draft, ...] = ()
    following: tuple[Following, ...] = ()
    offered: dict[str, tuple[str, ...]] = field(default_factory=dict)
    takes_seen: bool = False


class Ping(Frame, tag="ping", frozen=True, omit_defaults=True):
    """Answer with `pong` and the same `n`."""

    n: int


class Pong(Frame, tag="pong", frozen=True, omit_defaults=True):
    """The answer to `ping`."""

    n: Whole


class Bye(Frame, tag="bye", frozen=True, omit_defaults=True):
    """I have signed out. The socket is closed with 1000. Everything else, such as the grace period, is as after a lost
    connection."""
