"""This node's copy of the settings in `domain/versioned_settings.py`, and how a change reaches every node.

A node that changes a setting rings a doorbell after the commit, and the other nodes read the new version. A node that
misses the doorbell finds the change about a second later, because every node reads the settings each second.
"""

import asyncio
from typing import Any, TypeVar

import structlog
from msgspec import Struct

from chatserver.bus.contract import SettingBell
from chatserver.domain.refusals import Refused
from chatserver.domain.versioned_settings import Setting
from chatserver.hub.services import Services
from chatserver.store import versioned_settings
from chatserver.store.versioned_settings import Version

log = structlog.get_logger()

T = TypeVar("T", bound=Struct)


class VersionedSettings:
    """The newest version of each setting that was ever changed, by name."""

    def __init__(self, services: Services) -> None:
        self._database = services.database
        self._bus = services.bus
        self._now = services.now
        self._held: dict[str, Version[Any]] = {}
        self._looking: set[asyncio.Task[None]] = set()

    def value(self, setting: Setting[T]) -> T:
        """The value that applies now."""
        held = self._held.get(setting.name)
        return setting.kind() if held is None else held.value

    async def change(self, setting: Setting[T], value: T, after: int, actor: str, role: str) -> Version[T]:
        """Replace version `after` by a new one, at every node. Raises `Changed` when `after` is not the newest
        version."""
        made = await self._database.write(
            lambda tx: versioned_settings.put(tx, setting, value, after, role), self._now, actor
        )
        self._take(setting.name, made)
        if made.number != after:
            self._bus.ring(SettingBell(setting.name, made.number))
        return made

    def elsewhere(self, bell: SettingBell) -> None:
        """Another node has made this version: read it, unless it is known here."""
        held = self._held.get(bell.setting)
        if held is None or held.number < bell.version:
            looking = asyncio.create_task(self._look_now(), name="settings")
            self._looking.add(looking)
            looking.add_done_callback(self._looking.discard)

    async def look(self) -> None:
        """Read the newest versions."""
        for name, version in (await self._database.read(versioned_settings.newest)).items():
            self._take(name, version)

    async def _look_now(self) -> None:
        try:
            await self.look()
        except Refused as refusal:
            # The next regular look reads it.
            log.warning("settings_not_read", code=refusal.code)

    def _take(self, name: str, version: Version[Any]) -> None:
        held = self._held.get(name)
        if held is None or held.number < version.number:
            self._held[name] = version
