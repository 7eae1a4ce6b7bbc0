"""Where a visitor's conversation stands."""

from typing import Literal

from chatserver.wire.conversation_list import PriorityName
from chatserver.wire.fields import Frame
from chatserver.wire.opening_hours import ServiceName
from chatserver.wire.people import Person
from chatserver.wire.ratings import Rateable


class Standing(Frame, tag="conversation", frozen=True, omit_defaults=True):
    """How the visitor's conversation stands now. While it is waiting, `ahead`: how many wait before him, `wait_ms`
    the estimate when there is an honest one, `service` whether somebody has a place free, all are busy, nobody is here,
    or it is outside the opening hours; `nobody` is the third of these, for older clients. After the end,
    `rating_until` and `reopen_until` (ms). `rose`: his place has just become worse, and why. `message_offered`: the
    wait is so long that a 留言 is offered before anything else. `joined`: who answers beside `served_by`. After the
    end `served_by` is whoever answered last, and `rating_until` is there when that one is asked about or was rated
    (`stars`); `rateable`: everybody who can be rated, that one last.
    """

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
