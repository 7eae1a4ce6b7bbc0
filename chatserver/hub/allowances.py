"""How much of everything one visitor, one member of staff and one network address may ask for.

Every frame that writes or reads the store takes from a bucket, and this is the one place that says which. A visitor's
and a member of staff's buckets are theirs over all their tabs and reconnects; an address's are everybody's behind it.
They are kept in the memory of this node: each node counts for itself, and a restart begins anew.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from chatserver.domain.refusals import RateLimited
from chatserver.domain.token_bucket import TokenBucket
from chatserver.hub.crowd import Crowd, Picture
from chatserver.hub.options import HubOptions
from chatserver.wire.alarms import AlarmAcknowledge, EmergencyDismiss
from chatserver.wire.assignment import ConversationAssign, ConversationClaim
from chatserver.wire.availability import AvailabilitySet
from chatserver.wire.colleagues import ColleagueAsk, ColleagueJoin, ColleagueLeave
from chatserver.wire.conversation_list import ListGet
from chatserver.wire.departments import DepartmentSet
from chatserver.wire.drafts import DraftSave
from chatserver.wire.ending import ConversationClose, ConversationReopen, OutcomeSet
from chatserver.wire.entries import HistoryGet
from chatserver.wire.following import ConversationFollow, ConversationUnfollow, HeadsGet
from chatserver.wire.messages import ConversationSeen, MessagePost, NotePost
from chatserver.wire.offers import OfferAccept, OfferDecline, OfferWithdraw, TransferOffer
from chatserver.wire.offline_messages import OfflineLeave, OfflineReveal, OfflineSettle, OfflineTake
from chatserver.wire.queue import ConversationForward, ConversationOpen, ConversationRelease
from chatserver.wire.ratings import ConversationRate
from chatserver.wire.session import Bye, Pong, StaffHello, VisitorHello
from chatserver.wire.shifts import ShiftCheckIn
from chatserver.wire.typing import Typing

MINUTE, HOUR = 60, 3_600

ADDRESSES = 20_000
"""Addresses remembered at most; beyond, those that have used nothing up go first, then a tenth: those of which nobody
did anything for longest."""

LOOKS_EVERY = 1.0
"""Seconds: all of them are looked through for those that have used nothing up, which takes long, no more often."""

SHARED = 10
"""So many times as much as any other address may do in an hour, a listed network may."""

REMEMBERED = 32
"""Deeds that were counted last: more than a client has on its way."""

Deed = tuple[type, str | None]
"""The kind of a frame, and its ref: what is sent again is of the same kind."""


class Pace(NamedTuple):
    """So many a second, and so many at once. `lasting`: what it counts is what was done, so a request of which nothing
    came gives it back."""

    per_second: float
    burst: float
    lasting: bool = False


def _hourly(count: int) -> Pace:
    return Pace(count / HOUR, count, lasting=True)


BUCKETS: Mapping[str, Callable[[HubOptions], Pace]] = {
    "messages": lambda options: Pace(options.messages_per_second, options.messages_burst),
    "messages per 5 min": lambda options: Pace(
        options.messages_per_five_minutes / (5 * MINUTE), options.messages_per_five_minutes
    ),
    "acts": lambda options: Pace(1, 10),
    "reads": lambda options: Pace(options.reads_per_second, options.reads_per_second * 10),
    "signs": lambda options: Pace(5, 20),
    "opens": lambda options: _hourly(options.opens_per_hour),
    "留言": lambda options: _hourly(options.offline_per_hour),
    "ratings": lambda options: _hourly(options.ratings_per_hour),
    "address: opens": lambda options: _hourly(options.opens_per_hour_and_address),
    "address: 留言": lambda options: _hourly(options.offline_per_hour_and_address),
    "address: ratings": lambda options: _hourly(options.ratings_per_hour_and_address),
    "address: reads": lambda options: Pace(
        options.reads_per_second_and_address, options.reads_per_second_and_address * 10
    ),
    "staff: messages": lambda options: Pace(options.staff_messages_per_second, options.staff_messages_burst),
    "staff: acts": lambda options: Pace(options.staff_acts_per_second, options.staff_acts_per_second * 10),
    "staff: reads": lambda options: Pace(options.staff_reads_per_second, options.staff_reads_per_second * 10),
    "staff: drafts": lambda options: Pace(5, 40),
    "staff: signs": lambda options: Pace(10, 60),
}
"""Every bucket there is. Those of an address are shared by everybody behind it."""

OF_ADDRESS = "address: "

VISITOR: Mapping[type, tuple[str, ...]] = {
    VisitorHello: (),
    MessagePost: ("messages", "messages per 5 min"),
    ConversationOpen: ("messages", "messages per 5 min", "opens", "address: opens"),
    OfflineLeave: ("messages", "messages per 5 min", "留言", "address: 留言"),
    ConversationRate: ("acts", "ratings", "address: ratings"),
    ConversationClose: ("acts",),
    HistoryGet: ("reads", "address: reads"),
    HeadsGet: ("reads", "address: reads"),
    Typing: ("signs",),
    ConversationSeen: ("signs",),
    Pong: (),
    Bye: (),
}
"""What each frame of a visitor takes from, the shortest pace first."""

STAFF: Mapping[type, tuple[str, ...]] = {
    StaffHello: (),
    MessagePost: ("staff: messages",),
    NotePost: ("staff: messages",),
    DraftSave: ("staff: drafts",),
    ConversationFollow: ("staff: reads",),
    ConversationUnfollow: (),
    HistoryGet: ("staff: reads",),
    HeadsGet: ("staff: reads",),
    ListGet: ("staff: reads",),
    Typing: ("staff: signs",),
    ConversationSeen: ("staff: signs",),
    ConversationClaim: ("staff: acts",),
    ConversationReopen: ("staff: acts",),
    ConversationClose: ("staff: acts",),
    ConversationAssign: ("staff: acts",),
    ConversationForward: ("staff: acts",),
    ConversationRelease: ("staff: acts",),
    OutcomeSet: ("staff: acts",),
    TransferOffer: ("staff: acts",),
    OfferAccept: ("staff: acts",),
    OfferDecline: ("staff: acts",),
    OfferWithdraw: ("staff: acts",),
    AvailabilitySet: ("staff: acts",),
    ColleagueAsk: ("staff: acts",),
    ColleagueJoin: ("staff: acts",),
    ColleagueLeave: ("staff: acts",),
    DepartmentSet: ("staff: acts",),
    EmergencyDismiss: ("staff: acts",),
    AlarmAcknowledge: ("staff: acts",),
    ShiftCheckIn: ("staff: acts",),
    OfflineTake: ("staff: acts",),
    OfflineSettle: ("staff: acts",),
    OfflineReveal: ("staff: acts",),
    Pong: (),
    Bye: (),
}
"""The same of staff."""

FREE = (VisitorHello, StaffHello, ConversationUnfollow, Pong, Bye)
"""Frames that touch no store: a hello has a lane of its own, and all of them are counted among the frames."""


class Allowance:
    """The buckets of one visitor, one member of staff or one address; each made when it is first needed."""

    __slots__ = ("_options", "buckets", "paid")

    def __init__(self, options: HubOptions) -> None:
        self.paid: dict[Deed, None] = {}
        self._options = options
        self.buckets: dict[str, TokenBucket] = {}

    @property
    def untouched(self) -> bool:
        """Nothing of it is used up: it may be forgotten."""
        now = time.monotonic() * 1000
        return all(bucket.is_full(now) for bucket in self.buckets.values())

    def pay(self, deed: Deed) -> None:
        """It has been counted."""
        self.paid[deed] = None
        if len(self.paid) > REMEMBERED:
            del self.paid[next(iter(self.paid))]

    def of(self, name: str) -> TokenBucket:
        bucket = self.buckets.get(name)
        if bucket is None:
            pace = BUCKETS[name](self._options)
            bucket = self.buckets[name] = TokenBucket(pace.per_second, pace.burst, lasts=pace.lasting)
        return bucket


class Neighbours(Allowance):
    """What everybody behind one address has together: its buckets, its places in queues, its emergencies."""

    __slots__ = ("crowd",)

    def __init__(self, options: HubOptions, picture: Picture) -> None:
        super().__init__(options)
        self.crowd = Crowd(picture, options.emergencies_per_hour_and_address)

    @property
    def untouched(self) -> bool:
        return super().untouched and self.crowd.is_empty


class Spent:
    """What a frame took."""

    __slots__ = ("_deed", "_lasting", "_own")

    def __init__(
        self, own: Allowance | None = None, deed: Deed | None = None, lasting: Iterable[TokenBucket] = ()
    ) -> None:
        self._own = own
        self._deed = deed
        self._lasting = tuple(lasting)

    def give_back(self) -> None:
        """Nothing came of it: what counts deeds, not tries, is as it was."""
        for bucket in self._lasting:
            bucket.put_back()
        if self._lasting and self._own is not None and self._deed is not None:
            self._own.paid.pop(self._deed, None)
        self._lasting = ()


NOTHING = Spent()


def never() -> bool:
    return False


def spend(
    names: Iterable[str],
    own: Allowance,
    neighbours: Callable[[], Neighbours] | None = None,
    deed: Deed | None = None,
    is_urgent: Callable[[], bool] = never,
) -> Spent:
    """One of each. Raises `RateLimited` with when to try again; then nothing that lasts was taken.

    What is sent again under the ref of before, because its answer was lost, does not count anew. An emergency is held
    back by the first bucket alone, the shortest pace. To find that it is one takes long, so `is_urgent` is asked where
    it would be held back, and once.
    """
    lasting: list[TokenBucket] = []
    urgent = False
    now = time.monotonic() * 1000
    for at, name in enumerate(names):
        # A message takes from its sender's own buckets alone, and is the most frequent frame: it costs one look each.
        bucket = own.buckets.get(name) or _bucket(name, own, neighbours)
        if bucket.lasts and deed in own.paid:
            continue
        wait = bucket.take(now)
        if wait:
            urgent = urgent or (at > 0 and is_urgent())
            if not urgent:
                Spent(lasting=lasting).give_back()
                raise RateLimited(retry_ms=wait)
        elif bucket.lasts:
            lasting.append(bucket)
    if not lasting or deed is None:
        return NOTHING
    own.pay(deed)
    return Spent(own, deed, lasting)


def _bucket(name: str, own: Allowance, neighbours: Callable[[], Neighbours] | None) -> TokenBucket:
    holder = neighbours() if neighbours is not None and name.startswith(OF_ADDRESS) else own
    return holder.of(name)


def _of_a_listed_network(options: HubOptions) -> HubOptions:
    """What everybody behind an address may do together in an hour, where many honest people are behind it."""
    return replace(
        options,
        opens_per_hour_and_address=options.opens_per_hour_and_address * SHARED,
        offline_per_hour_and_address=options.offline_per_hour_and_address * SHARED,
        ratings_per_hour_and_address=options.ratings_per_hour_and_address * SHARED,
        emergencies_per_hour_and_address=options.emergencies_per_hour_and_address * SHARED,
    )


class Addresses:
    """The neighbours of each address of which somebody was here lately. `steady` counts seconds from anywhere."""

    def __init__(self, options: HubOptions, picture: Picture, steady: Callable[[], float] = time.monotonic) -> None:
        self._options = {False: options, True: _of_a_listed_network(options)}
        self._picture = picture
        self._steady = steady
        self._looked_at = -LOOKS_EVERY
        self._held: OrderedDict[tuple[str, bool], Neighbours] = OrderedDict()

    def of(self, network: str, *, is_shared: bool = False) -> Neighbours:
        """`network` as `domain.network` counts it; `is_shared` where many honest people are known to be behind it."""
        key = (network, is_shared)
        found = self._held.get(key)
        if found is None:
            if len(self._held) >= ADDRESSES:
                self._make_room()
            found = self._held[key] = Neighbours(self._options[is_shared], self._picture)
        else:
            self._held.move_to_end(key)
        return found

    def forget(self) -> None:
        """Those that have used nothing up."""
        for key in [key for key, each in self._held.items() if each.untouched]:
            del self._held[key]

    def _make_room(self) -> None:
        now = self._steady()
        if now - self._looked_at >= LOOKS_EVERY:
            self._looked_at = now
            self.forget()
        if len(self._held) >= ADDRESSES:
            for _ in range(max(1, ADDRESSES // 10)):
                self._held.popitem(last=False)
