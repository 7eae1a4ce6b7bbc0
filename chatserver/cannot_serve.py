"""Why the server cannot start."""

from chatserver.domain.sentence import Told


class CannotServe(Told):
    """The server cannot start; the text is one sentence that says why and what to do."""
