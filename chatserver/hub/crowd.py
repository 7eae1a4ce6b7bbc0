"""What the people behind one network address have of the queues, together.

Known while this process runs, and only for conversations whose visitors came in at this node.
"""

from collections.abc import Callable

from chatserver.domain.conversation import QUEUED, Conversation, Phase

Picture = Callable[[str], Conversation | None]


class Crowd:
    """`picture` is what this node knows of a conversation."""

    __slots__ = ("_asking", "_known", "_picture")

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._asking: dict[str, str] = {}
        self._known: set[str] = set()

    @property
    def is_empty(self) -> bool:
        self._forget_ended()
        return not self._asking and not self._known

    def asks(self, conversation: str, group: str) -> None:
        """One of them wants to open this: it counts from now on, so that many at once are many."""
        self._asking[conversation] = group

    def answered(self, conversation: str, *, opened: bool) -> None:
        """Whether it was opened."""
        self._asking.pop(conversation, None)
        if opened:
            self.has(conversation)

    def has(self, conversation: str) -> None:
        """This is the conversation of one of them."""
        self._known.add(conversation)

    def waiting_in(self, group: str) -> int:
        """How many places of this group's queue are theirs."""
        self._forget_ended()
        found = (self._picture(id) for id in self._known)
        waiting = sum(1 for each in found if each is not None and each.group == group and each.phase in QUEUED)
        return waiting + sum(asked == group for asked in self._asking.values())

    def _forget_ended(self) -> None:
        over = [id for id in self._known if (known := self._picture(id)) is None or known.phase is Phase.CLOSED]
        self._known.difference_update(over)
