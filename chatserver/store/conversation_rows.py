"""How a conversation is written into the columns of its row, and read from them.

The columns are the fields of `Conversation` and of its groups. A column has the name of its field, unless `NAMED` says
otherwise. The type of the field decides how its value is stored.
"""

from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from types import NoneType
from typing import Any, get_args, get_type_hints

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

from chatserver.domain.conversation import Conversation, Phase
from chatserver.domain.queue import rank_at
from chatserver.store.sealed_text import PLAIN_FROM, SealedText, seal, unseal
from chatserver.store.tables import conversations

NAMED = {
    "queue.since": "queued_at",
    "alarms.emergency_at": "alarmed_at",
    "alarms.escalations": "gone_on",
    "emergency.kind": "emergency",
    "emergency.level": "emergency_level",
    "emergency.critical_kinds": "emergencies",
    "emergency.attention_kinds": "attentions",
    "ending.at": "closed_at",
    "ending.by": "closed_by",
    "ending.reason": "close_reason",
    "identity.name": "verified_name",
    "identity.number": "verified_number",
}
"""The columns whose names differ from those of their fields."""


def _groups() -> dict[str, type[Struct]]:
    """The groups of a conversation, by the names they have in it."""
    hints = get_type_hints(Conversation).items()
    return {name: kind for name, kind in hints if isinstance(kind, type) and issubclass(kind, Struct)}


def _fields() -> Iterator[tuple[str, Any]]:
    """The path and the type of each field, in order."""
    for name, kind in get_type_hints(Conversation).items():
        if name in _GROUPS:
            yield from ((f"{name}.{field}", of) for field, of in get_type_hints(kind).items())
        else:
            yield name, kind


_GROUPS = _groups()
_TYPES = {NAMED.get(path, path.rpartition(".")[2]): kind for path, kind in _fields()}
PATHS = {NAMED.get(path, path.rpartition(".")[2]): path for path, _ in _fields()}
"""Where the value of each column stands in a conversation."""
COLUMNS = [column.name for column in conversations.columns]
SEALED = [column.name for column in conversations.columns if isinstance(column.type, SealedText)]

encode = msgspec.json.Encoder().encode


def columns_of(*groups: type[Struct]) -> tuple[str, ...]:
    """The columns that hold the fields of these groups."""
    names = {name for name, kind in _GROUPS.items() if kind in groups}
    return tuple(column for column, path in PATHS.items() if path.partition(".")[0] in names)


def read(row: Sequence[Any]) -> Conversation:
    """A conversation from a row of the database, with the columns in the order of `COLUMNS`."""
    values = list(_in_order(row))
    for place, column in _SEALED:
        text = values[place]
        if text is not None and text < PLAIN_FROM:
            values[place] = unseal(text, values[_ID], column)
    for place, decode in _DECODED:
        if values[place] is not None:
            values[place] = decode(values[place])
    fields: Any = [values[start] if group is None else group(*values[start:end]) for group, start, end in _SHAPE]
    return Conversation(*fields)


def _decoder(kind: Any) -> Callable[[Any], object] | None:
    """How a value of this type is read; None: what the driver returns is used unchanged."""
    plain = {each for each in get_args(kind) or (kind,) if each is not NoneType}
    if plain <= {str, int}:
        return None
    # SQLite has no booleans.
    return kind if kind in (bool, Phase) else msgspec.json.Decoder(kind).decode


def _shape() -> Iterator[tuple[type[Struct] | None, int, int]]:
    """For each field of a conversation: the group to build, if it is one, and where its values are."""
    start = 0
    for name in Conversation.__struct_fields__:
        group = _GROUPS.get(name)
        end = start + (1 if group is None else len(group.__struct_fields__))
        yield group, start, end
        start = end


if missing := {path for column, path in PATHS.items() if column not in COLUMNS}:
    raise LookupError(f"no column for {', '.join(sorted(missing))}: add it to store/tables.py, or name it in NAMED")
_in_order = itemgetter(*(COLUMNS.index(column) for column in PATHS))
_SHAPE = [*_shape()]
_ID = [*PATHS].index("id")
_SEALED = [([*PATHS].index(column), column) for column in SEALED]
_DECODED = [(place, decode) for place, kind in enumerate(_TYPES.values()) if (decode := _decoder(kind)) is not None]


def written(conversation: Conversation) -> dict[str, Any]:
    """All columns of the row by name, except `opened_ref`."""
    serving = conversation.serving
    values: list[Any] = []
    for field, (group, _, _) in zip(astuple(conversation), _SHAPE, strict=True):
        if group is None:
            values.append(field)
        else:
            values += astuple(field)
    for place in _IN_JSON:
        value = values[place]
        if value is not None:
            # Most lists are empty.
            values[place] = encode(value).decode() if value else "[]"
    for place, column in _SEALED:
        if values[place] is not None:
            values[place] = seal(values[place], conversation.id, column)
    return dict(zip(PATHS, values, strict=True)) | {
        "phase": conversation.phase.value,
        "owner_id": serving.owner.id if serving.owner else None,
        "last_owner_id": serving.last_owner.id if serving.last_owner else None,
        "offer_to": serving.offer.to.id if serving.offer and serving.offer.to else None,
        "stars": conversation.stars,
        "rank_at": rank_at(conversation),
    }


_IN_JSON = [
    place for place, kind in enumerate(_TYPES.values()) if kind not in (bool, Phase) and _decoder(kind) is not None
]
