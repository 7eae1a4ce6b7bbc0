"""How parts that are built before they know each other tell each other what happened."""

from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Signal(Generic[P]):
    """Call it to tell its listeners, in the order in which they were connected.

    A part is given the signals that it sends; `hub/parts.py` connects the listeners once every part exists.
    """

    __slots__ = ("_listeners",)

    def __init__(self) -> None:
        self._listeners: tuple[Callable[P, object], ...] = ()

    def connect(self, *listeners: Callable[P, object]) -> None:
        """These listen from now on, and no others."""
        self._listeners = listeners

    def __call__(self, *args: P.args, **named: P.kwargs) -> None:
        for listener in self._listeners:
            listener(*args, **named)
