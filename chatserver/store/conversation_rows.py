"""How a conversation is written into the columns of its row, and read from them."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

import msgspec

from chatserver.domain.conversation import Conversation, Offer, Participant, PastOffer, Phase
from chatserver.domain.hospital import Person
from chatserver.domain.parts import Part
from chatserver.domain.queue import rank_at
from chatserver.store.sealed_text import PLAIN_FROM, SealedText, seal, unseal
from chatserver.store.tables import conversations

SIMPLE = [
    "id",
    "site",
    "department",
    "group",
    "visitor",
    "language",
    "opened_at",
    "fence",
    "hops",
    "tried_at",
    "priority",
    "queued_at",
    "given_at",
    "replied",
    "reply_until",
    "unanswered_since",
    "overdue",
    "last_human_at",
    "last_line",
    "inactive",
    "close_warned_at",
    "owner_left_at",
    "visitor_left_at",
    "closed_at",
    "closed_by",
    "close_reason",
    "outcome",
    "stars",
    "last_seq",
    "last_visitor_seq",
    "preferred",
    "emergency",
    "emergency_level",
    "alarmed_at",
    "nobody_answered_at",
    "acknowledged_at",
    "group_since",
    "look_again_at",
    "gone_on",
    "closes_at",
    "held_until",
    "spared",
    "crowded",
    "version",
]
"""Columns that hold the field of the same name unchanged, or sealed."""

SEALED = [column.name for column in conversations.columns if isinstance(column.type, SealedText)]

encode = msgspec.json.Encoder().encode
_person = msgspec.json.Decoder(Person).decode
_offer = msgspec.json.Decoder(Offer).decode
_past_offer = msgspec.json.Decoder(PastOffer).decode
_names = msgspec.json.Decoder(tuple[str, ...]).decode
_people = msgspec.json.Decoder(tuple[Person, ...]).decode
_parts = msgspec.json.Decoder(tuple[Part, ...]).decode
_participants = msgspec.json.Decoder(tuple[Participant, ...]).decode


def read(row: Sequence[Any]) -> Conversation:
    """A conversation from a row of the database, with the columns in the order of `COLUMNS`."""
    values = list(_in_order(row))
    for place, name in _SEALED:
        text = values[place]
        if text is not None and text < PLAIN_FROM:
            values[place] = unseal(text, values[_ID], name)
    for place, decode in _DECODED:
        if values[place] is not None:
            values[place] = decode(values[place])
    return Conversation(*values)


COLUMNS = [column.name for column in conversations.columns]
_in_order = itemgetter(*(COLUMNS.index(field) for field in Conversation.__struct_fields__))
_decoders: dict[str, Callable[[Any], object]] = {
    "phase": Phase,
    "owner": _person,
    "last_owner": _person,
    "offer": _offer,
    "past_offer": _past_offer,
    "tried": _names,
    "emergencies": _names,
    "attentions": _names,
    "silent": _people,
    "acknowledged_by": _person,
    "participants": _participants,
    "parts": _parts,
    "spared": bool,
    # SQLite has no booleans.
    "replied": bool,
    "overdue": bool,
    "inactive": bool,
}
_DECODED = [(Conversation.__struct_fields__.index(field), decode) for field, decode in _decoders.items()]
_ID = Conversation.__struct_fields__.index("id")
_SEALED = [(Conversation.__struct_fields__.index(name), name) for name in SEALED]


def written(conversation: Conversation) -> dict[str, Any]:
    """All columns of the row but `opened_ref`, by name."""
    owner, last_owner, offer = conversation.owner, conversation.last_owner, conversation.offer
    row = {name: getattr(conversation, name) for name in SIMPLE} | {
        "phase": conversation.phase.value,
        "owner_id": owner.id if owner else None,
        "owner": _json(owner),
        "last_owner_id": last_owner.id if last_owner else None,
        "last_owner": _json(last_owner),
        "offer_to": offer.to.id if offer and offer.to else None,
        "offer": _json(offer),
        "past_offer": _json(conversation.past_offer),
        "tried": encode(conversation.tried).decode(),
        "emergencies": encode(conversation.emergencies).decode(),
        "attentions": encode(conversation.attentions).decode(),
        "silent": encode(conversation.silent).decode(),
        "acknowledged_by": _json(conversation.acknowledged_by),
        "participants": encode(conversation.participants).decode(),
        "parts": encode(conversation.parts).decode(),
        "rank_at": rank_at(conversation),
    }
    for name in SEALED:
        if row[name] is not None:
            row[name] = seal(row[name], conversation.id, name)
    return row


def _json(value: object) -> str | None:
    return None if value is None else encode(value).decode()
