"""The console's list of conversations."""

from typing import Literal

from msgspec import Struct

from chatserver.domain.consent import ConsentStanding, Decision, Lock
from chatserver.wire.colleagues import ParticipantShown
from chatserver.wire.ending import Outcome
from chatserver.wire.fields import Frame, Ref
from chatserver.wire.identity import IdentityShown
from chatserver.wire.offers import OfferShown
from chatserver.wire.people import Person

PriorityName = Literal["normal", "forward", "returned", "emergency"]


class Row(Struct, frozen=True, omit_defaults=True):
    """One conversation in the console's list. `label` names the visitor (访客 and four characters); `unanswered_since`:
    when the first message came that nobody has answered (ms); `head`: its last seq; `rank_at`: of the waiting rows of a
    group, the one with the smallest value is next, then by `id`; `emergency` and `level`: the kind and level of a
    noticed emergency; `crowded`: many emergencies came from one address, so this one has no priority.
    `supervisor_alarmed`: whether a connected supervisor sees its alarm (none: there is no alarm); `acknowledged_by` and
    `acknowledged_at` (ms): who has acknowledged it. After the end, `closed_by`: visitor, consultant or system;
    `outcome`: the recorded outcome; `reopen_until`: until when staff may reopen it (ms).
    `consent`: the visitor's consent to the notice and to the use of health data; without it, nothing was recorded.
    `behalf`, `guardian`: where the visitor asks for somebody else, or a guardian must agree. `locked`: why health data
    and files are locked. `identity`: who the visitor is, if the hospital's own website has signed it."""

    id: str
    label: str
    site: str
    department: str
    group: str
    language: str
    state: Literal["waiting", "active", "closed"]
    opened_at: int
    queued_at: int
    fence: int
    head: int
    last_line: str
    last_at: int
    visitor_here: bool
    owner: Person | None = None
    offer: OfferShown | None = None
    unanswered_since: int | None = None
    replied: bool = False
    overdue: bool = False
    inactive: bool = False
    priority: PriorityName = "normal"
    emergency: str | None = None
    level: Literal["critical", "attention"] | None = None
    crowded: bool = False
    rank_at: int | None = None
    participants: tuple[ParticipantShown, ...] = ()
    hops: int = 0
    closed_at: int | None = None
    closed_by: str | None = None
    outcome: Outcome | None = None
    reopen_until: int | None = None
    ended_unanswered: bool = False
    supervisor_alarmed: bool | None = None
    acknowledged_by: Person | None = None
    acknowledged_at: int | None = None
    consent: ConsentStanding | None = None
    behalf: Decision | None = None
    guardian: Decision | None = None
    locked: Lock | None = None
    identity: IdentityShown | None = None


class ConversationList(Frame, tag="conversations", frozen=True, omit_defaults=True):
    """The console's list of conversations. `whole`: `put` is the complete list; otherwise `put` adds or replaces rows
    and `gone` removes them, on top of `version - 1`. A client that holds another version sends `list.get`."""

    version: int
    whole: bool = False
    put: tuple[Row, ...] = ()
    gone: tuple[str, ...] = ()


class ListGet(Frame, tag="list.get", frozen=True, omit_defaults=True):
    """Ask for a complete list again, after a gap in its versions."""

    ref: Ref
    list: Literal["conversations", "colleagues", "offline", "callbacks"]
