"""How parts that are built before they know each other notify each other of what happened."""

from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Signal(Generic[P]):
    """Call it to notify its listeners, in the order in which they were connected.

    A part makes the signals that it sends, or is given them; `hub/parts.py` connects all listeners of each, once every
    part exists.
    """

    __slots__ = ("_listeners",)

    def __init__(self) -> None:
        self._listeners: tuple[Callable[P, object], ...] = ()

    def connect(self, *listeners: Callable[P, object]) -> None:
        """Set the listeners, in place of any earlier ones."""
        self._listeners = listeners

    def __call__(self, *args: P.args, **named: P.kwargs) -> None:
        for listener in self._listeners:
            listener(*args, **named)
