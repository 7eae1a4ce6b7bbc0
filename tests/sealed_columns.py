"""Finds statements that look into sealed text. Databases cannot read it, so they would be wrong once there is a key."""

import gc
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from sqlalchemy import Column, Connection, Engine, event
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BinaryExpression, Cast, ClauseElement, ClauseList, UnaryExpression
from sqlalchemy.sql.operators import is_, is_not
from sqlalchemy.sql.selectable import Select

from chatserver import store
from chatserver.store.message_path import Alteration, Among, Lookup
from chatserver.store.sealed_text import SealedText


def misused(statement: object) -> list[str]:
    """The sealed columns by which a statement filters, sorts, groups or computes. It may write and read them whole."""
    if not isinstance(statement, ClauseElement):
        return []
    return [str(column) for each in visitors.iterate(statement) for column in _looked_into(each)]


@contextmanager
def watched() -> Iterator[None]:
    """Fails at the end if a statement was executed meanwhile that looks into sealed text."""
    found: list[str] = []

    def note(_conn: Connection, statement: object, *_others: object) -> None:
        found.extend(misused(statement))

    event.listen(Engine, "before_execute", note)
    try:
        yield
    finally:
        event.remove(Engine, "before_execute", note)
    assert not found


def misused_by_prepared_statements() -> list[str]:
    """The same for the statements of the message path, which are compiled once: every one that was ever made."""
    for module in pkgutil.iter_modules(store.__path__, "chatserver.store."):
        import_module(module.name)
    # A server that was started in this process has hidden what was there from the collector.
    gc.unfreeze()
    queries = [each._query for each in gc.get_objects() if isinstance(each, Lookup)]
    keys = [each._key for each in gc.get_objects() if isinstance(each, Alteration)]
    assert len(queries) > 5, "they were looked for in the wrong place"
    assert keys, "they were looked for in the wrong place"
    return [name for query in queries for name in misused(query)] + [str(key) for key in keys if _is_sealed(key)]


def _looked_into(element: object) -> list[object]:
    """The sealed columns that this element itself compares, sorts by, or passes to a function."""
    match element:
        case Select():
            sorted_by = (*element._order_by_clauses, *element._group_by_clauses)
            used = (*sorted_by, *(element.selected_columns if element._distinct else ()))
        case Among():
            used = (element.column,)
        case BinaryExpression() if element.operator in (is_, is_not):
            used = ()
        case BinaryExpression() | UnaryExpression() | ClauseList() | Cast():
            used = tuple(element.get_children())
        case _:
            used = ()
    return [each for each in used if _is_sealed(each)]


def _is_sealed(element: object) -> bool:
    return isinstance(element, Column) and isinstance(element.type, SealedText)
