"""Why the server, or a command, cannot do its work."""

from chatserver.domain.sentence import Told


class CannotServe(Told):
    """The server cannot start, or a command cannot do its work; the text is one sentence that says why."""
