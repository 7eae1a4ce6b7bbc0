"""Whether a site's departments are served now."""

from typing import Literal

from msgspec import Struct

from chatserver.wire.fields import Frame

ServiceName = Literal["free", "busy", "nobody", "closed"]


class DepartmentHours(Struct, frozen=True, omit_defaults=True):
    """Whether a department is served at this hour. `changes_at`: when it closes, or opens again (none: not within the
    next weeks); `closing`: that is so near that newcomers are offered a 留言 first; `answer_by`: when a 留言 left now
    will be answered at the latest. `service`: whether somebody has a free place now, all are busy, nobody is there, or
    it is closed."""

    department: str
    open: bool
    closing: bool = False
    changes_at: int | None = None
    answer_by: int | None = None
    service: ServiceName | None = None


class Hours(Frame, tag="hours", frozen=True, omit_defaults=True):
    """The hours of the site's departments as they are now; sent when something of them changes."""

    departments: tuple[DepartmentHours, ...]
