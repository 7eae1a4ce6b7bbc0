"""`/v1/staff/settings/{name}`: administrators read a setting of the whole hospital, in any version, and change it."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from chatserver.domain.hospital import Consultant
from chatserver.domain.permissions import Permission
from chatserver.domain.refusals import BadFrame, NotFound, RateLimited, SettingChanged
from chatserver.domain.versioned_settings import Setting, named
from chatserver.store import versioned_settings
from chatserver.store.versioned_settings import Changed, Version
from chatserver.web.context import Context, context_of
from chatserver.web.gate.rate_limits import RateLimits
from chatserver.web.gate.request_body import json_body
from chatserver.web.gate.sessions import signed_in
from chatserver.web.json_answer import json_answer
from chatserver.wire.decoding import BodyReader
from chatserver.wire.replies import HttpRefusal
from chatserver.wire.versioned_settings import SettingConflict, SettingPut, SettingShown

PUT = BodyReader(SettingPut, 64 * 1024)
LONGEST_NUMBER = 9
"""The most digits that the number of a version can have; a longer one does not fit into the column."""


PER_SECOND, BURST = 1, 30
"""Requests of one person. Versions and their audit rows are never deleted, so nobody may fill the store with them."""


class Settings:
    """Both endpoints, with their rate limit per person."""

    def __init__(self, context: Context) -> None:
        self._allowed = RateLimits(PER_SECOND, BURST, context.now)

    async def show(self, request: Request) -> Response:
        """The newest version, or the one that `version` names. Raises `NotFound`, `BadFrame`."""
        await self._administrator(request)
        setting, asked = _named(request), request.query_params.get("version")
        database = context_of(request).database
        if asked is None:
            return json_answer(
                _shown(setting, await database.read(lambda conn: versioned_settings.latest(conn, setting)))
            )
        if not asked.isascii() or not asked.isdigit() or len(asked) > LONGEST_NUMBER:
            raise BadFrame(why="version")
        found = await database.read(lambda conn: versioned_settings.version(conn, setting, int(asked)))
        if found is None:
            raise NotFound(what="version")
        return json_answer(_shown(setting, found))

    async def put(self, request: Request) -> Response:
        """200 with the new version, or 409 with the newest one if the body's `version` is not the newest.

        Raises `NotFound`, `BadFrame`, `TextInvalid`, `TooLarge`.
        """
        me = await self._administrator(request)
        setting = _named(request)
        asked = await json_body(request, PUT)
        value = _value(setting, asked.value)
        try:
            settings = context_of(request).hub.versioned_settings
            made = await settings.change(setting, value, asked.version, me.id, me.role.value)
        except Changed as changed:
            refusal = HttpRefusal(SettingChanged.code, SettingChanged.retry, {})
            return json_answer(SettingConflict(refusal, _shown(setting, changed.current)), SettingChanged.status)
        return json_answer(_shown(setting, made))

    async def _administrator(self, request: Request) -> Consultant:
        """The person who asks. Raises `Forbidden`, `RateLimited`."""
        me = (await signed_in(request, Permission.CHANGE_SETTINGS)).consultant
        wait = self._allowed.take(me.id)
        if wait:
            raise RateLimited(retry_ms=wait)
        return me


def _named(request: Request) -> Setting[Any]:
    """The setting that the address names. Raises `NotFound`."""
    setting = named(request.path_params["name"])
    if setting is None:
        raise NotFound(what="setting")
    return setting


def _value(setting: Setting[Any], fields: dict[str, str | int]) -> msgspec.Struct:
    """The value that the body asks for. Raises `BadFrame`, which names the field."""
    known = setting.kind.__struct_fields__
    unknown = next((name for name in fields if name not in known), None)
    if unknown is not None:
        raise BadFrame(why=f"unknown field {unknown[:40]!r}; there are {', '.join(known)}")
    try:
        value: msgspec.Struct = msgspec.convert(fields, setting.kind)
    except msgspec.ValidationError as failure:
        raise BadFrame(why=str(failure)) from None
    return value


def _shown(setting: Setting[Any], version: Version[Any]) -> SettingShown:
    value = msgspec.to_builtins(version.value)
    return SettingShown(setting.name, version.number, value, version.at, version.actor)
