"""`/live` and `/ready`: what monitoring and reconnecting clients are answered."""

from msgspec import Struct


class Liveness(Struct, frozen=True):
    """The process runs."""

    live: bool = True


class Readiness(Struct, frozen=True, omit_defaults=True):
    """Whether the node can serve. If not, `why` is the reason in one word, and clients wait `retry_ms` before they ask
    again."""

    ready: bool
    why: str | None = None
    retry_ms: int | None = None
