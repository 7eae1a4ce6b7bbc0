"""Changes by other nodes: their doorbells say where something has changed, and the store says what.

Doorbells may be lost, and all of them are while the bus is down. So everything is also checked every few seconds, and
at once when doorbells may have been missed or this process stood still. Without a bus between nodes, none of this runs.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Literal

import structlog

from chatserver.bus.contract import Bell, Doorbell, DraftBell, SeenBell, SettingBell, StaffBell, TypingBell
from chatserver.domain.refusals import Refused
from chatserver.hub import missed_changes
from chatserver.hub.announcer import Announcer
from chatserver.hub.open_conversations import OpenConversations
from chatserver.hub.outcome import Outcome
from chatserver.hub.own_tabs import OwnTabs
from chatserver.hub.presence import PresenceTracker
from chatserver.hub.services import Services
from chatserver.hub.signal import Signal
from chatserver.hub.staff_directory import StaffDirectory
from chatserver.hub.typing import TypingSigns
from chatserver.hub.versioned_settings import VersionedSettings
from chatserver.store import consultants

log = structlog.get_logger()

Cause = Literal["head_check", "missed"]
"""Why everything is checked: it is time again, or doorbells may have been missed."""

AGAIN = 0.5
"""Seconds until the next try when the store gave no answer."""
PULSE = 0.5
"""Seconds between two beats of this process."""
STALLED = 2.0
"""If two beats are further apart than this (seconds), other nodes may have acted in this node's place."""


class RemoteChanges:
    """A node's `Listener`: it passes typing signs, drafts, settings and the like on, and reads other changes from the
    store and has them announced.

    `presence_elsewhere` is sent with the people who connected to other nodes or left them; an empty list means that
    anybody may have.
    """

    def __init__(
        self,
        services: Services,
        open_conversations: OpenConversations,
        directory: StaffDirectory,
        announcer: Announcer,
        typing: TypingSigns,
        own_tabs: OwnTabs,
        versioned_settings: VersionedSettings,
        presence: PresenceTracker,
        presence_elsewhere: Signal[Sequence[str]],
    ) -> None:
        self._database = services.database
        self._steady = services.clock.steady
        self._bus = services.bus
        self._open_conversations = open_conversations
        self._directory = directory
        self._options = services.options
        self._announcer = announcer
        self._typing = typing
        self._own_tabs = own_tabs
        self._versioned_settings = versioned_settings
        self._presence = presence
        self._presence_elsewhere = presence_elsewhere
        self._metrics = services.metrics
        self._rung: set[str] = set()
        self._people: set[str] = set()
        self._everything: Cause | None = None
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin, first with the doorbells that rang since the bus was joined."""
        if self._bus.shared:
            self._tasks = [
                asyncio.create_task(self._work(), name="heads"),
                asyncio.create_task(self._look_again(), name="head check"),
                asyncio.create_task(self._beat(), name="pulse"),
            ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # Calls from the bus.

    def heard(self, bell: Bell) -> None:
        match bell:
            case Doorbell():
                known = self._open_conversations.get(bell.conversation)
                if known is None or known.version < bell.version:
                    self._rung.add(bell.conversation)
                    self._wake.set()
            case StaffBell():
                consultant = self._directory.get(bell.consultant)
                if consultant is None or consultant.version < bell.version:
                    self._people.add(bell.consultant)
                    self._wake.set()
            case SettingBell():
                self._versioned_settings.elsewhere(bell)
            case TypingBell():
                self._typing.elsewhere(bell)
            case DraftBell() | SeenBell():
                self._own_tabs.elsewhere(bell)

    def missed(self) -> None:
        self._look_at_everything("missed")

    def presence_changed(self, people: Sequence[str]) -> None:
        self._presence_elsewhere(people)

    # Reads from the store.

    async def _work(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            rung, self._rung = self._rung, set()
            people, self._people = self._people, set()
            everything, self._everything = self._everything, None
            try:
                outcome = await self._read(rung, people, everything=everything is not None)
                self._metrics.healed(everything or "doorbell", sum(len(change.entries) for change in outcome.changes))
                self._announcer.announce_others(outcome)
            except Refused as refusal:
                log.warning("heads_refused", code=refusal.code)
                self._rung |= rung
                self._people |= people
                if everything is not None:
                    self._look_at_everything(everything)
                await asyncio.sleep(AGAIN)
                self._wake.set()
            except Exception:
                log.exception("heads_failed")

    def _look_at_everything(self, cause: Cause) -> None:
        self._everything = cause
        self._wake.set()

    async def _read(self, rung: set[str], people: set[str], *, everything: bool) -> Outcome:
        if everything:
            return await self._database.read(partial(missed_changes.everywhere, known=self._announcer.known()))
        known = self._announcer.known(rung)
        changes = await self._database.glance(partial(missed_changes.of, ids=rung, known=known)) if rung else []
        who = await self._database.read(partial(consultants.load, ids=people)) if people else {}
        return Outcome(changes, list(who.values()))

    async def _look_again(self) -> None:
        while True:
            waited = 0.0
            while waited < (self._options.heads if self._bus.up else self._options.heads_alone):
                await asyncio.sleep(self._options.heads_alone)
                waited += self._options.heads_alone
            self._look_at_everything("head_check")
            self._presence.look()

    async def _beat(self) -> None:
        """If this process was stopped, or its machine slept, its memory may be out of date: check everything."""
        beat = self._steady()
        while True:
            await asyncio.sleep(PULSE)
            before, beat = beat, self._steady()
            if beat - before > STALLED:
                log.warning("stood_still", seconds=round(beat - before, 1))
                self.missed()
