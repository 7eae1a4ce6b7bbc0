"""Whether a site's departments are served now."""

from typing import Literal

from msgspec import Struct

from chatserver.wire.fields import Frame

ServiceName = Literal["free", "busy", "nobody", "closed"]


class DepartmentHours(Struct, frozen=True, omit_defaults=True):
    """Whether a department is open. `changes_at`: when that changes (none: not within the next weeks); `closing`: it
    closes so soon that new visitors are offered a 留言 first; `answer_by`: the latest time by which a 留言 left now is
    answered. `service`: a consultant is free, all are busy, nobody is there, or it is closed."""

    department: str
    open: bool
    closing: bool = False
    changes_at: int | None = None
    answer_by: int | None = None
    service: ServiceName | None = None


class Hours(Frame, tag="hours", frozen=True, omit_defaults=True):
    """The opening hours of the site's departments, sent when they change."""

    departments: tuple[DepartmentHours, ...]
