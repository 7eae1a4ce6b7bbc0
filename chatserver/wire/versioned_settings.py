"""Settings of the whole hospital, as administrators read and change them over HTTP."""

from msgspec import Struct

from chatserver.wire.fields import Whole
from chatserver.wire.replies import HttpRefusal


class SettingPut(Struct, frozen=True, forbid_unknown_fields=True):
    """Change a setting. `version`: the one that this change continues (0: nobody has changed it yet). `value`: its
    fields; a field that is missing gets its default."""

    version: Whole
    value: dict[str, str | int]


class SettingShown(Struct, frozen=True):
    """A version of a setting: what it holds, when (ms) it was made, and by whom; 0 and empty for the defaults."""

    name: str
    version: int
    value: dict[str, str | int]
    at: int
    actor: str


class SettingConflict(Struct, frozen=True):
    """Refused, because somebody else changed the setting since that version. `current`: what holds now."""

    error: HttpRefusal
    current: SettingShown
