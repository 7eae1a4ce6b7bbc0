"""回电: visitors ask to be called; staff take the calls and report what came of them."""

from collections.abc import Iterable
from functools import partial

from chatserver.actions.callbacks.live import Callbacks
from chatserver.actions.callbacks.shown import LIST, alarms_of
from chatserver.actions.callbacks.staff import DEADLINES, STAFF
from chatserver.actions.callbacks.visitor import VISITOR
from chatserver.hub.live_parts import LivePart
from chatserver.hub.parts import Parts
from chatserver.hub.signal import Signal

__all__ = ("DEADLINES", "LIST", "LIVE", "STAFF", "VISITOR")


def _build(parts: Parts) -> Callbacks:
    changed: Signal[Iterable[str]] = Signal()
    callbacks = Callbacks(parts.services, parts.dispatch, changed)
    changed.connect(partial(parts.lists.changed, LIST.name), lambda ids: parts.alarms.look())
    parts.alarms.add_source(alarms_of(callbacks))
    return callbacks


LIVE = LivePart(Callbacks, _build, lambda callbacks: (callbacks.look, callbacks.place))
