"""The beginning and the end of a connection: hello, welcome, ping and bye."""

from typing import Annotated

from msgspec import Meta, Struct, field

from chatserver.wire.availability import Me
from chatserver.wire.drafts import Draft
from chatserver.wire.fields import Frame, Id, Named, Whole
from chatserver.wire.following import Following, Position
from chatserver.wire.opening_hours import DepartmentHours
from chatserver.wire.visitor_status import Standing

VERSION = 1


class Client(Struct, frozen=True):
    """What program speaks, for the logs."""

    name: Annotated[str, Meta(max_length=40)]
    version: Annotated[str, Meta(max_length=20)]


class VisitorHello(Frame, tag="hello", frozen=True, omit_defaults=True):
    """The first frame, within 5 s. `resume`: what of which conversations is held already. `rating`: when the visitor
    has ended it, and the token with it, come in all the same, to rate and for nothing else. `instance`: made at
    random by each page that is loaded, the same at each of its connections."""

    version: Whole
    token: Annotated[str, Meta(max_length=64)]
    client: Client
    resume: Annotated[tuple[Position, ...], Meta(max_length=50)] = ()
    rating: bool = False
    instance: Id | None = None


class StaffHello(Frame, tag="hello", frozen=True, omit_defaults=True):
    """The first frame, within 5 s. Who it is comes from the session cookie of the upgrade. `instance` as for
    visitors."""

    version: Whole
    client: Client
    resume: Annotated[tuple[Position, ...], Meta(max_length=50)] = ()
    instance: Id | None = None


class Limits(Struct, frozen=True):
    """Numbers a client should know before it is refused: code points, and frames sent but not yet accepted."""

    message: int
    note: int
    unaccepted: int = 8


class SiteShown(Struct, frozen=True):
    """What the widget needs of its site: its departments and their groups by name; the campus's phones."""

    id: str
    zh: str
    en: str
    greeting_zh: str
    greeting_en: str
    phone: str
    emergency_phone: str
    departments: tuple[Named, ...]
    groups: tuple[Named, ...]


class VisitorWelcome(Frame, tag="welcome", frozen=True, omit_defaults=True):
    """The answer to a visitor's `hello`. `standing` is his latest conversation, if he has one; its entries
    follow, ended by `live`. `ends_at`: when the token ends if he does nothing. `takes_seen`: `conversation.seen` is
    known here; an earlier server refuses it. `rating`: he has ended it, and the token with it; nothing but a rating is
    taken here, until `ends_at`, and nothing is told."""

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


class GroupShown(Struct, frozen=True):
    """A group, how it receives, and whether I am in it."""

    id: str
    zh: str
    en: str
    mode: str
    mine: bool


class StaffClocks(Struct, frozen=True):
    """When the waiting clock changes colour (ms): first reply and follow-up, each amber, red, alarm; and how
    much above the capacity one may claim."""

    first: tuple[int, int, int]
    follow_up: tuple[int, int, int]
    ring_ms: int
    transfer_ms: int
    above_capacity: int


class StaffWelcome(Frame, tag="welcome", frozen=True, omit_defaults=True):
    """The answer to a staff `hello`; both lists follow whole, then what was resumed. `takes_seen` as for visitors."""

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
    """I leave (signed out). The socket is closed with 1000; grace and linger run as for any leaving."""
