"""The parts of the hub, and their connections.

Each part is given what it needs when it is built. A part that does not exist yet at that time is reached by a signal;
all signals are connected at the end of `build`, in the order in which their listeners are called.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from chatserver.domain.hospital import Hospital
from chatserver.hub.alarms import Alarms
from chatserver.hub.announcer import Announcer
from chatserver.hub.assignment import Router
from chatserver.hub.batch_reader import BatchReader
from chatserver.hub.candidate_pools import CandidatePools
from chatserver.hub.changed_records import ChangedRecords
from chatserver.hub.colleague_list import ColleagueList
from chatserver.hub.conversation_list import ConversationList
from chatserver.hub.delivery import Delivery
from chatserver.hub.digests import Digests
from chatserver.hub.dispatch import Dispatch
from chatserver.hub.followers import Followers
from chatserver.hub.handling_times import HandlingTimes
from chatserver.hub.live_list import ListOf, LiveList, LiveLists
from chatserver.hub.live_parts import LivePart, LiveParts
from chatserver.hub.maintenance import Maintenance
from chatserver.hub.open_conversations import OpenConversations
from chatserver.hub.opening_hours import OpeningHours
from chatserver.hub.own_tabs import OwnTabs
from chatserver.hub.presence import PresenceTracker
from chatserver.hub.records_reload import RecordsReload
from chatserver.hub.remote_changes import RemoteChanges
from chatserver.hub.resume import Resume
from chatserver.hub.services import Services
from chatserver.hub.serving import Serving
from chatserver.hub.sessions import Sessions
from chatserver.hub.shifts import Shifts
from chatserver.hub.signal import Signal
from chatserver.hub.site_counts import SiteCounts
from chatserver.hub.staff_changes import StaffChanges
from chatserver.hub.staff_directory import StaffDirectory
from chatserver.hub.timers import Timers
from chatserver.hub.typing import TypingSigns
from chatserver.hub.versioned_settings import VersionedSettings
from chatserver.hub.visitor_status import VisitorStatus
from chatserver.store import visitor_lookup
from chatserver.store.secrets import address_hash


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that exists between the start and the stop of a node. `hashed` turns a network address into what may
    be stored of it; `live` has the parts that modules of `chatserver.actions` keep in memory."""

    services: Services
    digests: Digests
    hashed: Callable[[str], bytes]
    open_conversations: OpenConversations
    shifts: Shifts
    directory: StaffDirectory
    delivery: Delivery
    sessions: Sessions
    visitor_lookup: BatchReader[str, visitor_lookup.KnownVisitor | None]
    resume: Resume
    followers: Followers
    announcer: Announcer
    dispatch: Dispatch
    pools: CandidatePools
    typing: TypingSigns
    own_tabs: OwnTabs
    versioned_settings: VersionedSettings
    site_counts: SiteCounts
    opening_hours: OpeningHours
    alarms: Alarms
    conversation_list: ConversationList
    colleague_list: ColleagueList
    lists: LiveLists
    live: LiveParts
    visitor_status: VisitorStatus
    router: Router
    presence: PresenceTracker
    records_reload: RecordsReload
    remote_changes: RemoteChanges
    timers: Timers
    maintenance: Maintenance


def build(services: Services, server_key: bytes, live_parts: Sequence[LivePart], lists_of: Sequence[ListOf]) -> Parts:
    """Build all parts and connect them. Nothing runs yet. `server_key` is the database's, for keyed hashes;
    `live_parts` and `lists_of` come from `chatserver.actions`."""
    shifts_changed: Signal[Iterable[str]] = Signal()
    person_changed: Signal[str] = Signal()
    presence_elsewhere: Signal[Sequence[str]] = Signal()
    row_changed: Signal[str] = Signal()
    records_read: Signal[Hospital] = Signal()

    open_conversations = OpenConversations(services.records)
    shifts = Shifts(services, shifts_changed)
    directory = StaffDirectory(open_conversations, services.bus, shifts)
    pools = CandidatePools(directory)
    serving = Serving(services.records, pools)
    handling_times = HandlingTimes()

    delivery = Delivery(services.epoch)
    sessions = Sessions(services, delivery, open_conversations)
    resume = Resume(services, delivery)
    followers = Followers(services, delivery, resume, sessions)
    typing = TypingSigns(services, open_conversations, delivery)
    own_tabs = OwnTabs(services, sessions)
    versioned_settings = VersionedSettings(services)
    site_counts = SiteCounts(services)

    announcer = Announcer(services, open_conversations, directory, delivery, followers)
    dispatch = Dispatch(services, announcer)
    router = Router(services, dispatch, open_conversations, directory, pools)
    presence = PresenceTracker(services, dispatch, open_conversations, directory, router, person_changed)

    opening_hours = OpeningHours(services, sessions, serving)
    alarms = Alarms(services, open_conversations, directory, row_changed)
    conversation_list = ConversationList(services, open_conversations, alarms)
    colleague_list = ColleagueList(services, open_conversations, directory)
    lists = LiveLists(services.options)
    visitor_status = VisitorStatus(
        services, open_conversations, pools, sessions, handling_times, serving, opening_hours
    )

    changed_records = ChangedRecords(services, dispatch, open_conversations, directory, opening_hours)
    staff_changes = StaffChanges(directory, sessions, pools, colleague_list, alarms, visitor_status, router, presence)
    records_reload = RecordsReload(
        services,
        dispatch,
        open_conversations,
        directory,
        sessions,
        pools,
        colleague_list,
        visitor_status,
        changed_records,
    )
    remote_changes = RemoteChanges(
        services,
        open_conversations,
        directory,
        announcer,
        typing,
        own_tabs,
        versioned_settings,
        presence,
        presence_elsewhere,
    )
    looks = [shifts.look, opening_hours.look, changed_records.look, alarms.look_again, versioned_settings.look]
    looks.append(site_counts.look)

    announcer.loaded.connect(alarms.changed)
    announcer.text_added.connect(conversation_list.text_added, alarms.changed)
    announcer.before_entries.connect(visitor_status.changed)
    announcer.after_entries.connect(
        pools.changed, conversation_list.changed, colleague_list.conversation_changed, alarms.changed, typing.changed
    )
    announcer.visitor_ended.connect(sessions.visitor_ended)
    announcer.committed.connect(router.committed, presence.committed)
    announcer.committed_elsewhere.connect(presence.noted_elsewhere)
    announcer.consultants_changed.connect(staff_changes.committed)
    person_changed.connect(staff_changes.came_or_went)
    shifts_changed.connect(staff_changes.shifts_changed)
    presence_elsewhere.connect(staff_changes.presence_elsewhere)
    row_changed.connect(conversation_list.reworded)
    records_read.connect(records_reload.take_over)

    parts = Parts(
        services=services,
        digests=Digests(server_key),
        hashed=partial(address_hash, server_key),
        open_conversations=open_conversations,
        shifts=shifts,
        directory=directory,
        delivery=delivery,
        sessions=sessions,
        visitor_lookup=BatchReader(
            services.database,
            lambda conn, tokens: visitor_lookup.known(conn, tokens, services.now(), open_conversations.get),
        ),
        resume=resume,
        followers=followers,
        announcer=announcer,
        dispatch=dispatch,
        pools=pools,
        typing=typing,
        own_tabs=own_tabs,
        versioned_settings=versioned_settings,
        site_counts=site_counts,
        opening_hours=opening_hours,
        alarms=alarms,
        conversation_list=conversation_list,
        colleague_list=colleague_list,
        lists=lists,
        live=LiveParts(),
        visitor_status=visitor_status,
        router=router,
        presence=presence,
        records_reload=records_reload,
        remote_changes=remote_changes,
        timers=Timers(services, dispatch, router, open_conversations, pools, conversation_list, typing),
        maintenance=Maintenance(services, open_conversations, directory, sessions, handling_times, records_read, looks),
    )
    lists.add(conversation_list.live, colleague_list.live)
    for each in live_parts:
        part = each.build(parts)
        parts.live.add(each.kind, part)
        parts.maintenance.add(*each.jobs(part))
    lists.add(*(_list_of(parts, each) for each in lists_of))
    return parts


def _list_of(parts: Parts, of: ListOf) -> LiveList[Any]:
    return LiveList(of.name, of.frame, of.rows(parts), of.sees, partial(of.row, parts))
