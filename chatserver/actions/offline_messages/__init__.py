"""留言: visitors leave them when nobody can answer; staff take and settle them."""

from collections.abc import Iterable
from functools import partial

from chatserver.actions.offline_messages.frames import STAFF, VISITOR
from chatserver.actions.offline_messages.live import OfflineMessages
from chatserver.actions.offline_messages.shown import LIST, alarms_of
from chatserver.hub.live_parts import LivePart
from chatserver.hub.parts import Parts
from chatserver.hub.signal import Signal

__all__ = ("LIST", "LIVE", "STAFF", "VISITOR")


def _build(parts: Parts) -> OfflineMessages:
    changed: Signal[Iterable[str]] = Signal()
    messages = OfflineMessages(parts.services, parts.dispatch, parts.directory, changed)
    changed.connect(partial(parts.lists.changed, LIST.name), lambda ids: parts.alarms.look())
    parts.alarms.add_source(alarms_of(messages))
    return messages


LIVE = LivePart(OfflineMessages, _build, lambda messages: (messages.look, messages.find_owners))
