"""`/v1/visitor/lookup-code`: the body that asks for a 查询码, and the one that contains it."""

from typing import Annotated

from msgspec import Meta, Struct

from chatserver.wire.fields import Id, Ref

Proof = Annotated[str, Meta(max_length=4)]


class LookupCodeStart(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Ask for a 查询码: for the 留言 that was left under `offline`, or for a `conversation`. `proof`: four digits
    of the visitor's own choice, which are needed unless the 留言 has a phone number."""

    offline: Ref | None = None
    conversation: Id | None = None
    proof: Proof = ""


class LookupCodeMade(Struct, frozen=True):
    """The ten digits, which are sent only here. `ends_at`: until when they open the answer (ms)."""

    code: str
    ends_at: int
