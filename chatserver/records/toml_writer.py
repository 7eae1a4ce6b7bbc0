"""Writes plain values as TOML, so that `tomllib` reads the same values back. None, which TOML does not have, is left
out."""

import json
import re
from collections.abc import Mapping, Sequence

BARE = re.compile(r"[A-Za-z0-9_-]+")


def written(document: Mapping[str, object]) -> str:
    """The document: plain values of a table first, then the tables within it."""
    lines: list[str] = []
    _table((), document, lines)
    return "\n".join(lines) + "\n"


def _table(path: tuple[str, ...], table: Mapping[str, object], lines: list[str]) -> None:
    lines += [f"{_key(name)} = {_value(value)}" for name, value in table.items() if _is_plain(value)]
    for name, value in table.items():
        inner = (*path, name)
        if isinstance(value, Mapping):
            # A table that contains only tables needs no line of its own; an empty table does, or it would not be
            # written at all.
            if not value or any(_is_plain(each) for each in value.values()):
                lines += ["", f"[{_dotted(inner)}]"]
            _table(inner, value, lines)
        elif not _is_plain(value):
            assert isinstance(value, Sequence)
            for each in value:
                assert isinstance(each, Mapping)
                lines += ["", f"[[{_dotted(inner)}]]"]
                _table(inner, each, lines)


def _is_plain(value: object) -> bool:
    if isinstance(value, Mapping):
        return False
    return isinstance(value, str) or not isinstance(value, Sequence) or not _holds_tables(value)


def _holds_tables(values: Sequence[object]) -> bool:
    return any(isinstance(each, Mapping) for each in values)


def _dotted(path: tuple[str, ...]) -> str:
    return ".".join(_key(part) for part in path)


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else _string(name)


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return _string(value)
        case Sequence():
            return "[" + ", ".join(_value(each) for each in value) + "]"
        case _:
            raise AssertionError(value)


def _string(text: str) -> str:
    """A basic string: TOML has the escapes of JSON, and must also escape DEL, which JSON does not."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
