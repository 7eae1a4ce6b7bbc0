"""The hospital's rules that recognise where visitors come from."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, delete, insert, select

from chatserver.domain.sources import SourceRule, Sources
from chatserver.store.tables import source_rules
from chatserver.store.tx import Tx

_rule = msgspec.json.Decoder(SourceRule).decode


def load(conn: Connection) -> Sources:
    """The hospital's rules in their order, or the built-in ones where it has set none."""
    rows = conn.scalars(select(source_rules.c.rule).order_by(source_rules.c.position)).all()
    return Sources(tuple(_rule(each) for each in rows), own=True) if rows else Sources()


def replace(tx: Tx, rules: Sequence[SourceRule]) -> None:
    """Set the rules; without any, the built-in ones are used again."""
    tx.conn.execute(delete(source_rules))
    rows = [{"position": n, "rule": msgspec.json.encode(rule).decode()} for n, rule in enumerate(rules)]
    if rows:
        tx.conn.execute(insert(source_rules), rows)
