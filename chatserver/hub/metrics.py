"""What is counted and timed for monitoring. One object per process, with a registry of its own.

The parts report what happened; current values (queues, the bus, the database) are read when the metrics are asked for.
Labels hold codes, causes and groups, never a person, a conversation or a word, because health data does not belong
here.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest

from chatserver.domain.audience import Audience
from chatserver.domain.refusals import Refused
from chatserver.hub.outcome import Outcome
from chatserver.wire.closing import CloseCode

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds of the histograms' buckets. A commit takes some milliseconds; a client stops waiting after four
seconds."""
COMMANDS = (1, 2, 4, 8, 16, 32, 64, 128, 256)

RECOVERED = "recovered"

# A second series with the creation time of each metric is not useful here.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library does not annotate it


class Described(NamedTuple):
    """One metric, as the docs list it."""

    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str


class HubStats(NamedTuple):
    """How much a hub handles at this moment: how many conversations are open, and how many wait in each group."""

    open: int
    waiting: Mapping[str, int]


class WatchedBus(Protocol):
    """What is read from a bus."""

    @property
    def up(self) -> bool: ...

    @property
    def trusted(self) -> bool: ...

    @property
    def works_timers(self) -> bool: ...

    @property
    def peers(self) -> int: ...


class Metrics:
    """The parts report to it; `text` is what a Prometheus server reads."""

    def __init__(self) -> None:
        self.described: list[Described] = []
        self._registry = CollectorRegistry()
        self._looks: list[Callable[[], None]] = []
        self._sessions = self._gauge("chat_sessions", "Tabs that are connected and welcomed.", "audience")
        self._waiting = self._gauge("chat_queue_length", "Conversations that wait for a consultant.", "group")
        self._open = self._gauge("chat_open_conversations", "Conversations that have not ended.")
        self._answers = self._histogram(
            "chat_answer_seconds", "From taking a command into the inbox to its answer, refusals too.", SECONDS
        )
        self._commits = self._histogram(
            "chat_commit_seconds", "From handing a transaction to the writer to its commit on the disk.", SECONDS
        )
        self._batches = self._histogram("chat_batch_commands", "Commands that went into one transaction.", COMMANDS)
        self._entries = self._counter("chat_entries_total", "Entries committed to transcripts.")
        self._resumes = self._counter(
            "chat_resumes_total",
            "Conversations taken up by somebody who had read some of it: recovered, or why they got something else.",
            "result",
        )
        self._healed = self._counter(
            "chat_gaps_healed_total",
            "Entries that were not announced here and were read later, by what found them.",
            "cause",
        )
        self._quick_answers = self._counter(
            "chat_quick_answers_total",
            "Quick questions that were answered automatically before a conversation began, by kind.",
            "kind",
        )
        self._refusals = self._counter("chat_refusals_total", "What clients were refused, by code.", "code")
        self._closes = self._counter("chat_closes_total", "Sockets closed by this server, by close code.", "code")
        self._overflows = self._counter(
            "chat_outbox_overflows_total", "Sockets closed because their client read too slowly."
        )
        self._doubts = self._counter(
            "chat_uncertain_commits_total", "Transactions that ended without an answer from the database."
        )
        self._hellos = self._gauge("chat_hellos_waiting", "Sockets whose hello waits for its turn.", "audience")
        self._stall = self._gauge(
            "chat_event_loop_stall_seconds", "The longest time in the last half minute in which nothing was carried."
        )
        tasks = self._gauge(
            "chat_tasks", "Tasks of the event loop: each socket has one, so they rise and fall together."
        )
        tasks.set_function(_tasks)
        self._database = self._gauge("chat_database_up", "Whether the database answered when last asked (1 or 0).")
        self._clock = self._gauge("chat_clock_apart_ms", "This machine's clock minus the database's.")
        self._bus_up = self._gauge("chat_bus_up", "Whether bells are carried between the nodes (1 or 0).")
        self._bus_trusted = self._gauge(
            "chat_bus_trusted", "Whether the bus is believed when it says that somebody is not there (1 or 0)."
        )
        self._peers = self._gauge("chat_peers", "Other nodes that said lately that they can serve.")
        self._timers = self._gauge("chat_works_timers", "Whether the deadlines are this node's to work (1 or 0).")

    # What happened.

    def came(self, audience: Audience) -> None:
        """A tab was welcomed."""
        self._sessions.labels(audience.value).inc()

    def left(self, audience: Audience) -> None:
        """A tab has gone."""
        self._sessions.labels(audience.value).dec()

    def answered(self, seconds: float) -> None:
        """A command was answered after this many seconds."""
        self._answers.observe(seconds)

    def gathered(self, commands: int) -> None:
        """This many commands go into one transaction."""
        self._batches.observe(commands)

    def committed(self, outcome: Outcome, seconds: float) -> None:
        """A transaction was committed."""
        self._commits.observe(seconds)
        self._entries.inc(sum(len(change.entries) for change in outcome.changes))

    def answered_before(self, kinds: Iterable[str]) -> None:
        """A conversation began after these kinds of quick questions had been answered."""
        for kind in kinds:
            self._quick_answers.labels(kind).inc()

    def doubted(self) -> None:
        """A transaction ended without an answer."""
        self._doubts.inc()

    def resumed(self, why_not: str | None) -> None:
        """A client resumed a conversation; None when it got exactly what it lacked."""
        self._resumes.labels(why_not or RECOVERED).inc()

    def healed(self, cause: str, entries: int) -> None:
        """Entries were found that had not been announced here: by a doorbell, head_check, missed or doubt."""
        self._healed.labels(cause).inc(entries)

    def refused(self, refusal: Refused) -> None:
        """A client was refused something."""
        self._refusals.labels(refusal.code).inc()

    def closed(self, code: int) -> None:
        """This side closed a socket."""
        self._closes.labels(str(int(code))).inc()
        if code == CloseCode.SLOW_CONSUMER:
            self._overflows.inc()

    # Current values, read whenever the metrics are asked for.

    def watch_hub(self, standing: Callable[[], HubStats]) -> None:
        def look() -> None:
            now = standing()
            self._open.set(now.open)
            self._waiting.clear()
            for group, waiting in now.waiting.items():
                self._waiting.labels(group).set(waiting)

        self._looks.append(look)

    def watch_bus(self, bus: WatchedBus) -> None:
        self._bus_up.set_function(lambda: bus.up)
        self._bus_trusted.set_function(lambda: bus.trusted)
        self._peers.set_function(lambda: bus.peers)
        self._timers.set_function(lambda: bus.works_timers)

    def watch_database(self, up: Callable[[], bool]) -> None:
        self._database.set_function(up)

    def watch_clock(self, apart_ms: Callable[[], int]) -> None:
        self._clock.set_function(apart_ms)

    def watch_stalls(self, longest: Callable[[], float]) -> None:
        self._stall.set_function(longest)

    def watch_hellos(self, audience: Audience, waiting: Callable[[], int]) -> None:
        self._hellos.labels(audience.value).set_function(waiting)

    def text(self) -> bytes:
        """All metrics in Prometheus' text format."""
        for look in self._looks:
            look()
        return generate_latest(self._registry)

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        self.described.append(Described(name, "gauge", labels, meaning))
        return Gauge(name, meaning, labels, registry=self._registry)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        self.described.append(Described(name, "counter", labels, meaning))
        return Counter(name, meaning, labels, registry=self._registry)

    def _histogram(self, name: str, meaning: str, bounds: tuple[float, ...]) -> Histogram:
        self.described.append(Described(name, "histogram", (), meaning))
        return Histogram(name, meaning, registry=self._registry, buckets=bounds)


def _tasks() -> int:
    """The number of tasks of the current event loop; 0 when there is none."""
    try:
        return len(asyncio.all_tasks())
    except RuntimeError:
        return 0
