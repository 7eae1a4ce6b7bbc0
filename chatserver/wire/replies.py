"""The answers to a frame with a `ref`, done or refused; and the one shape of a refusal over HTTP."""

from typing import Literal

from msgspec import Struct, field

from chatserver.wire.fields import Frame


class Accepted(Frame, tag="accepted", frozen=True, omit_defaults=True):
    """Done and stored. `repeat`: it was done before under this ref, and this is the first answer again. `seq`: the
    place of the entry it made (0: none); `fence`: the current one, for staff; `answer_by` (ms): the latest time by
    which a 留言 is answered, or by which a call is made that is promised from `call_from` (ms) on; `emergency`: the
    kind of emergency that the words of a 留言 or a call-back sound like."""

    ref: str
    conversation: str = ""
    seq: int = 0
    id: str = ""
    at: int = 0
    fence: int | None = None
    repeat: bool = False
    answer_by: int | None = None
    call_from: int | None = None
    emergency: str | None = None


class Refused(Frame, tag="refused", frozen=True, omit_defaults=True):
    """Refused; nothing was stored. `ref` is missing when the frame had no readable one."""

    code: str
    retry: Literal["no", "same", "later"]
    ref: str | None = None
    retry_ms: int | None = None
    details: dict[str, str | int] = field(default_factory=dict)


class HttpRefusal(Struct, frozen=True):
    """Why a request was refused. `details` has the data of the code, for example `retry_ms`."""

    code: str
    retry: Literal["no", "same", "later"]
    details: dict[str, str | int]


class HttpRefused(Struct, frozen=True):
    """The body of every refusal under `/v1/`."""

    error: HttpRefusal
