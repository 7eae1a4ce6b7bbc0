"""The answers to a frame with a `ref`: done, or refused."""

from typing import Literal

from msgspec import field

from chatserver.wire.fields import Frame


class Accepted(Frame, tag="accepted", frozen=True, omit_defaults=True):
    """Done and stored. `repeat`: it had been done before under this ref; this is the first answer again.
    `seq` is the place of the entry it made (0: none), `fence` the present one for staff, `answer_by` (ms) when a
    留言 will be answered at the latest, `emergency` of which kind its words are, if they are such."""

    ref: str
    conversation: str = ""
    seq: int = 0
    id: str = ""
    at: int = 0
    fence: int | None = None
    repeat: bool = False
    answer_by: int | None = None
    emergency: str | None = None


class Refused(Frame, tag="refused", frozen=True, omit_defaults=True):
    """Not done, nothing stored. `ref` is missing when the frame had none that could be read."""

    code: str
    retry: Literal["no", "same", "later"]
    ref: str | None = None
    retry_ms: int | None = None
    details: dict[str, str | int] = field(default_factory=dict)
