"""How much each visitor, member of staff and network address may ask for.

Every frame that writes to or reads from the store takes from a bucket; its handler says from which ones. All tabs of a
visitor or member of staff share their buckets, also after they reconnect; everybody behind an address shares the
buckets of that address. Buckets are kept in this node's memory: each node counts for itself, and after a restart all
buckets are full.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from chatserver.domain.quick_questions import MOST as MOST_QUESTIONS
from chatserver.domain.refusals import RateLimited
from chatserver.domain.token_bucket import TokenBucket
from chatserver.hub.crowd import Crowd, Picture
from chatserver.hub.options import HubOptions

MINUTE, HOUR = 60, 3_600

ADDRESSES = 20_000
"""The most addresses that are remembered. Beyond that, those with full buckets are forgotten first, then the tenth that
has been unused for longest."""

LOOKS_EVERY = 1.0
"""Seconds between two scans of all addresses for full buckets, because a scan is slow."""

SHARED = 10
"""A listed network may do this many times as much in an hour as any other address."""

REMEMBERED = 32
"""How many deeds are remembered as counted, the latest ones. A client never has so many under way at once."""

Deed = tuple[type, str | None]
"""The type of a frame and its ref. A frame that is sent again has the same type."""


class Pace(NamedTuple):
    """The tokens that a bucket regains per second, and the most that it holds. `lasting`: the bucket counts only
    requests that succeeded, so a request that failed gives its token back."""

    per_second: float
    burst: float
    lasting: bool = False


def _hourly(count: int) -> Pace:
    return Pace(count / HOUR, count, lasting=True)


DRAFTS_PER_SECOND, DRAFTS_BURST = 5, 40

BUCKETS: Mapping[str, Callable[[HubOptions], Pace]] = {
    "messages": lambda options: Pace(options.messages_per_second, options.messages_burst),
    "messages per 5 min": lambda options: Pace(
        options.messages_per_five_minutes / (5 * MINUTE), options.messages_per_five_minutes
    ),
    "acts": lambda options: Pace(1, 10),
    "reads": lambda options: Pace(options.reads_per_second, options.reads_per_second * 10),
    "signs": lambda options: Pace(5, 20),
    "pages": lambda options: Pace(1 / 5, 3),
    "identities": lambda options: Pace(1 / 5, 5),
    "quick questions": lambda options: Pace(1 / 60, MOST_QUESTIONS),
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
    "staff: drafts": lambda options: Pace(DRAFTS_PER_SECOND, DRAFTS_BURST),
    "staff: signs": lambda options: Pace(10, 60),
}
"""All buckets. Those of an address are shared by everybody behind it."""

OF_ADDRESS = "address: "


class Allowance:
    """The buckets of one visitor, member of staff or address. Each bucket is made when it is first needed. `steady` is
    a monotonic clock, in seconds."""

    __slots__ = ("_options", "buckets", "paid", "steady")

    def __init__(self, options: HubOptions, steady: Callable[[], float]) -> None:
        self.steady = steady
        self.paid: dict[Deed, None] = {}
        self._options = options
        self.buckets: dict[str, TokenBucket] = {}

    @property
    def untouched(self) -> bool:
        """Whether all its buckets are full, so that it may be forgotten."""
        now = self.steady() * 1000
        return all(bucket.is_full(now) for bucket in self.buckets.values())

    def pay(self, deed: Deed) -> None:
        """Remember that this deed has been counted."""
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
    """What everybody behind one address shares: buckets, places in queues, emergencies."""

    __slots__ = ("crowd",)

    def __init__(self, options: HubOptions, picture: Picture, steady: Callable[[], float]) -> None:
        super().__init__(options, steady)
        self.crowd = Crowd(picture, options.emergencies_per_hour_and_address, steady)

    @property
    def untouched(self) -> bool:
        return super().untouched and self.crowd.is_empty


class Spent:
    """What a frame took from the buckets."""

    __slots__ = ("_deed", "_lasting", "_own")

    def __init__(
        self, own: Allowance | None = None, deed: Deed | None = None, lasting: Iterable[TokenBucket] = ()
    ) -> None:
        self._own = own
        self._deed = deed
        self._lasting = tuple(lasting)

    def give_back(self) -> None:
        """The request failed: give the tokens back to the lasting buckets, which count only requests that succeeded."""
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
    """Take one from each named bucket. Raises `RateLimited` with the time to wait; nothing is then taken from lasting
    buckets.

    A frame that is sent again with the same ref, because its answer was lost, is not counted again. Only the first
    bucket, which refills fastest, can refuse an emergency. Recognising an emergency is slow, so `is_urgent` is called
    at most once, and only when a later bucket would refuse the frame.
    """
    lasting: list[TokenBucket] = []
    urgent = False
    now = own.steady() * 1000
    for at, name in enumerate(names):
        # Messages are the most frequent frames and take from their sender's own buckets only: one lookup for each.
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
    """The options with higher hourly limits, for an address that many honest people share."""
    return replace(
        options,
        opens_per_hour_and_address=options.opens_per_hour_and_address * SHARED,
        offline_per_hour_and_address=options.offline_per_hour_and_address * SHARED,
        ratings_per_hour_and_address=options.ratings_per_hour_and_address * SHARED,
        emergencies_per_hour_and_address=options.emergencies_per_hour_and_address * SHARED,
    )


class Addresses:
    """The shared buckets of each address that was active lately. `steady` is a monotonic clock in seconds."""

    def __init__(self, options: HubOptions, picture: Picture, steady: Callable[[], float]) -> None:
        self._options = {False: options, True: _of_a_listed_network(options)}
        self._picture = picture
        self._steady = steady
        self._looked_at = -LOOKS_EVERY
        self._held: OrderedDict[tuple[str, bool], Neighbours] = OrderedDict()

    def of(self, network: str, *, is_shared: bool = False) -> Neighbours:
        """The shared buckets of `network`, as counted by `domain.network`. `is_shared`: many honest people are known to
        be behind it."""
        key = (network, is_shared)
        found = self._held.get(key)
        if found is None:
            if len(self._held) >= ADDRESSES:
                self._make_room()
            found = self._held[key] = Neighbours(self._options[is_shared], self._picture, self._steady)
        else:
            self._held.move_to_end(key)
        return found

    def forget(self) -> None:
        """Forget the addresses whose buckets are all full."""
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
