"""Every feature's handlers, live parts and lists. A frame without a handler is refused with `internal`; a test in
`tests/actions` fails if there is one."""

from chatserver.actions import (
    alarms,
    assignment,
    availability,
    colleagues,
    consent,
    conversation_list,
    departments,
    drafts,
    ending,
    files,
    following,
    messages,
    offers,
    offline_messages,
    queue,
    ratings,
    shifts,
)
from chatserver.hub.handlers import Handlers

HANDLERS = Handlers(
    staff={
        **messages.STAFF,
        **files.STAFF,
        **following.STAFF,
        **queue.STAFF,
        **assignment.STAFF,
        **offers.STAFF,
        **colleagues.STAFF,
        **departments.STAFF,
        **consent.STAFF,
        **ending.STAFF,
        **drafts.STAFF,
        **availability.STAFF,
        **shifts.STAFF,
        **conversation_list.STAFF,
        **offline_messages.STAFF,
        **alarms.STAFF,
    },
    visitor={
        **messages.VISITOR,
        **files.VISITOR,
        **following.VISITOR,
        **queue.VISITOR,
        **departments.VISITOR,
        **ending.VISITOR,
        **offline_messages.VISITOR,
        **ratings.VISITOR,
        **consent.VISITOR,
    },
    live=(offline_messages.LIVE,),
    lists=(offline_messages.LIST,),
    deadlines={},
)
