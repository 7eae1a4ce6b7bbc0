"""Checks the shape of a written record: finds every fault, where it is, and what would be right.

The library that converts records stops at the first fault and reports it in words for programmers. A record that passes
these checks can be converted.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import inspect

from chatserver.domain.sentence import Sentence
from chatserver.domain.text import first_unseen, shows
from chatserver.records.faults import Faults

SEVERAL_LINES = {"several_lines": True}
"""The value of `Meta(extra=…)` that marks a text in which line breaks are allowed."""

Fault = tuple[str, Sentence]
"""The place of a fault in the file, and what is wrong there, as the end of a sentence."""

FOUND = {
    bool: Sentence("true or false"),
    int: Sentence("a whole number"),
    float: Sentence("a number with a point"),
    str: Sentence("text"),
    list: Sentence("a list"),
    dict: Sentence("a table"),
    datetime: Sentence("a date with a time"),
    date: Sentence("a date"),
}
TEXT = Sentence("text in quotes")
NUMBER = Sentence("a whole number")
TRUTH = Sentence("true or false")
LIST = Sentence('a list such as ["one", "two"]')
TABLE = Sentence("a table")
DATE = Sentence("a date such as 2026-11-27")


def faults(written: object, kind: Any, where: str) -> Iterator[Fault]:
    """The faults of `written`, which should be a `kind`."""
    yield from _faults(written, inspect.type_info(kind), where, {})


def converted(where: str, kind: Any, written: object, found: Faults) -> Any:
    """`written` converted to a `kind`. If it has faults, they are added to `found`, and the result is None."""
    wrong = [*faults(written, kind, where)]
    for there, what in wrong:
        found.add(there, what)
    return None if wrong else msgspec.convert(written, kind)


def near(name: str, known: Sequence[str]) -> Sentence:
    """The suggestion after an unknown name: the known name that is most like it, if any is."""
    close = difflib.get_close_matches(name, known, n=1)
    return Sentence(" (did you mean {close!r}?)", close=close[0]) if close else Sentence("")


def spelled(name: str) -> str:
    """A name for a message, with invisible characters replaced by their codes."""
    return name if name.isprintable() else ascii(name)[1:-1]


def _faults(written: object, kind: inspect.Type, where: str, extra: Mapping[str, Any]) -> Iterator[Fault]:
    match kind:
        case inspect.Metadata():
            yield from _faults(written, kind.type, where, kind.extra or {})
        case inspect.UnionType():
            # TOML has no null: an optional field that is written has the other type.
            [only] = (each for each in kind.types if not isinstance(each, inspect.NoneType))
            yield from _faults(written, only, where, extra)
        case inspect.StructType():
            yield from _record(written, kind, where)
        case inspect.StrType():
            yield from _text(written, kind, where, extra)
        case inspect.IntType():
            yield from _number(written, kind, where)
        case inspect.BoolType():
            if not isinstance(written, bool):
                yield _other_type(where, TRUTH, written)
        case inspect.LiteralType():
            yield from _choice(written, [str(each) for each in kind.values], where)
        case inspect.DateType():
            yield from _date(written, where)
        case inspect.DictType():
            yield from _table(written, kind, where)
        case inspect.VarTupleType():
            yield from _list(written, kind, where)
        case inspect.AnyType():
            pass
        case _:
            raise AssertionError(kind)


def _record(written: object, kind: inspect.StructType, where: str) -> Iterator[Fault]:
    if not isinstance(written, Mapping):
        yield _other_type(where, TABLE, written)
        return
    known = {field.name: field for field in kind.fields}
    for name in written:
        if name not in known:
            yield (
                where,
                Sentence("it has the unknown field `{name}`{near}", name=spelled(name), near=near(name, [*known])),
            )
    for name, field in known.items():
        if name in written:
            yield from _faults(written[name], field.type, f"{where}.{name}", {})
        elif field.required:
            yield where, Sentence("it lacks the required field `{name}`", name=name)


def _text(written: object, kind: inspect.StrType, where: str, extra: Mapping[str, Any]) -> Iterator[Fault]:
    if not isinstance(written, str):
        yield _other_type(where, TEXT, written)
        return
    if kind.min_length and not shows(written):
        yield where, Sentence("it must not be blank")
        return
    if kind.max_length is not None and len(written) > kind.max_length:
        yield (
            where,
            Sentence(
                "it may have {limit} characters at most, and has {length}", limit=kind.max_length, length=len(written)
            ),
        )
    unseen = first_unseen(written, several_lines=bool(extra.get("several_lines")))
    if unseen is not None:
        code = f"U+{ord(unseen):04X}"
        yield where, Sentence("it holds {code}, a character that nobody can see; write it anew without", code=code)


def _number(written: object, kind: inspect.IntType, where: str) -> Iterator[Fault]:
    if not isinstance(written, int) or isinstance(written, bool):
        yield _other_type(where, NUMBER, written)
    elif kind.ge is not None and written < kind.ge:
        yield where, Sentence("it must be {least} at least, not {written}", least=kind.ge, written=written)
    elif kind.le is not None and written > kind.le:
        yield where, Sentence("it must be {most} at most, not {written}", most=kind.le, written=written)


def _choice(written: object, values: Sequence[str], where: str) -> Iterator[Fault]:
    if isinstance(written, str) and written in values:
        return
    known = ", ".join(values)
    if isinstance(written, str):
        yield (
            where,
            Sentence("{written!r} is none of {known}{near}", written=written, known=known, near=near(written, values)),
        )
    else:
        yield where, Sentence("it must be one of {known}, not {found}", known=known, found=_found(written))


def _date(written: object, where: str) -> Iterator[Fault]:
    if isinstance(written, str):
        if not _is_date(written):
            yield where, Sentence("{written!r} is no date such as 2026-11-27", written=written)
    elif not isinstance(written, date) or isinstance(written, datetime):
        yield _other_type(where, DATE, written)


def _is_date(written: str) -> bool:
    try:
        return date.fromisoformat(written).isoformat() == written
    except ValueError:
        return False


def _table(written: object, kind: inspect.DictType, where: str) -> Iterator[Fault]:
    if not isinstance(written, Mapping):
        yield _other_type(where, TABLE, written)
        return
    for name, each in written.items():
        yield from _faults(each, kind.value_type, f"{where}.{spelled(name)}", {})


def _list(written: object, kind: inspect.VarTupleType, where: str) -> Iterator[Fault]:
    if not isinstance(written, list):
        yield _other_type(where, LIST, written)
        return
    for number, each in enumerate(written, 1):
        yield from _faults(each, kind.item_type, f"{where} {number}", {})


def _other_type(where: str, wanted: Sentence, written: object) -> Fault:
    return where, Sentence("it must be {wanted}, not {found}", wanted=wanted, found=_found(written))


def _found(written: object) -> Sentence:
    return next((name for kind, name in FOUND.items() if isinstance(written, kind)), Sentence("a time"))
