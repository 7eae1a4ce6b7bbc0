"""Where a visitor's conversation stands."""

from typing import Literal

from chatserver.wire.consent import ConsentShown
from chatserver.wire.conversation_list import PriorityName
from chatserver.wire.fields import Frame
from chatserver.wire.opening_hours import ServiceName
from chatserver.wire.people import Person
from chatserver.wire.ratings import Rateable


class Standing(Frame, tag="conversation", frozen=True, omit_defaults=True):
    """The status of the visitor's conversation. While it waits, `ahead`: how many are before it in the queue;
    `wait_ms`: the estimated wait, if there is a reliable estimate; `service`: a consultant is free, all are busy,
    nobody is here, or it is closed (`nobody` says the third, for older clients). `rose`: the place in the queue has
    just become worse, and why. `message_offered`: the wait is so long that a 留言 is offered first. `joined`: who
    answers beside `served_by`. After the end, `served_by` is the consultant who answered last; `rating_until` (ms) is
    present when the visitor is asked to rate them or did (`stars`); `rateable`: everybody who can be rated, that
    consultant last; `reopen_until` (ms): how long a message reopens it.
    `consents`: what the visitor agreed to, refused or withdrew, and what staff ask for."""

    conversation: str
    state: Literal["waiting", "active", "closed"]
    department: str
    served_by: Person | None = None
    group: str | None = None
    ahead: int | None = None
    wait_ms: int | None = None
    nobody: bool = False
    service: ServiceName | None = None
    closed_by: str | None = None
    close_reason: str | None = None
    rating_until: int | None = None
    reopen_until: int | None = None
    stars: int | None = None
    rose: PriorityName | None = None
    message_offered: bool = False
    joined: tuple[Person, ...] = ()
    rateable: tuple[Rateable, ...] = ()
    consents: tuple[ConsentShown, ...] = ()
