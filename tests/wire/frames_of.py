"""Valid values of any frame, generated from its definition, so that a new field is covered from its first day."""

import re
import string
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeAlias

import hypothesis.strategies as st
import msgspec
from msgspec import inspect

from chatserver import wire
from chatserver.wire.fields import EventBase, Frame
from chatserver.wire.frames import StaffFrame, StaffServerFrame, VisitorFrame, VisitorServerFrame

Door: TypeAlias = Any
"""A union of frames, as `wire/frames.py` defines it."""

DOORS: dict[str, Door] = {
    "VisitorFrame": VisitorFrame,
    "StaffFrame": StaffFrame,
    "VisitorServerFrame": VisitorServerFrame,
    "StaffServerFrame": StaffServerFrame,
}
FROM_CLIENTS = ("VisitorFrame", "StaffFrame")

Kind: TypeAlias = type[Frame]

# What frames may contain as text: no controls but newline and tab, no lone surrogates.
CHARACTERS = st.characters(exclude_categories=("Cc", "Cs"), include_characters="\n\t")


def structs() -> dict[str, type[msgspec.Struct]]:
    """Every frame and part of a frame by its name: all that the modules of `wire` define, in a union or not."""
    modules = [import_module(f"{wire.__name__}.{each.name}") for each in iter_modules(wire.__path__)]
    return {
        name: kind
        for module in modules
        for name, kind in vars(module).items()
        if isinstance(kind, type)
        and issubclass(kind, msgspec.Struct)
        and kind.__module__ == module.__name__
        and kind not in (Frame, EventBase)
        and not name.startswith("_")
    }


def kinds(door: str) -> tuple[Kind, ...]:
    """The frames of one union."""
    return tuple(DOORS[door].__args__)


EVERY_KIND: tuple[Kind, ...] = tuple(
    sorted({kind for door in DOORS for kind in kinds(door)}, key=lambda kind: kind.__name__)
)


@cache
def frames_of(kind: Kind) -> st.SearchStrategy[Frame]:
    """Any valid frame of this kind."""
    drawn: st.SearchStrategy[Frame] = _any(inspect.type_info(kind))
    return drawn


def tag_of(kind: Kind) -> str:
    tag = kind.__struct_config__.tag
    assert isinstance(tag, str)
    return tag


def _any(info: inspect.Type) -> st.SearchStrategy[Any]:
    match info:
        case inspect.Metadata(type=inner):
            return _any(inner)
        case inspect.StructType(cls=kind, fields=fields):
            return st.builds(kind, **{field.name: _field(field) for field in fields})
        case inspect.UnionType(types=types):
            return st.one_of([_any(each) for each in types])
        case inspect.VarTupleType(item_type=item, max_length=most):
            return st.lists(_any(item), max_size=min(most or 3, 3)).map(tuple)
        case inspect.TupleType(item_types=items):
            return st.tuples(*[_any(item) for item in items])
        case inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(_any(key), _any(value), max_size=3)
        case inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case _:
            return _plain(info)


def _field(field: inspect.Field) -> st.SearchStrategy[Any]:
    drawn = _any(field.type)
    if field.default is not msgspec.NODEFAULT:
        return st.one_of(st.just(field.default), drawn)
    return drawn


def _plain(info: inspect.Type) -> st.SearchStrategy[Any]:
    match info:
        case inspect.StrType(pattern=str(pattern)):
            return _matching(pattern)
        case inspect.StrType(min_length=least, max_length=most):
            return st.text(CHARACTERS, min_size=least or 0, max_size=min(most or 20, 20))
        case inspect.IntType(ge=least, le=most):
            return st.integers(-(2**53) if least is None else least, 2**53 if most is None else most)
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
    raise AssertionError(info)


def _matching(pattern: str) -> st.SearchStrategy[str]:
    """All our patterns have this shape. Drawing from the letters is much quicker than from the expression."""
    shape = re.fullmatch(r"\^(\[.+\])\{(\d+),(\d+)\}\$\(\?!\\n\)", pattern)
    assert shape is not None, pattern
    letters = [letter for letter in string.printable if re.fullmatch(shape[1], letter)]
    return st.text(letters, min_size=int(shape[2]), max_size=int(shape[3]))
