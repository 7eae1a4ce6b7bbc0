"""回电: calls that visitors ask for."""

from dataclasses import dataclass

from chatserver.domain.events.base import Event


@dataclass(frozen=True, slots=True)
class CallbackRequested(Event):
    """The visitor asked to be called at `phone` (masked), between `from_at` and `due_at` (ms); None: it does not open
    within the next weeks."""

    phone: str
    from_at: int | None = None
    due_at: int | None = None
