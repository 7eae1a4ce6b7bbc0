"""The checks of a written record: what passes can be converted, and what does not is explained in words for people."""

import re
from datetime import date, datetime, time
from typing import Annotated, Any, Literal

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given
from msgspec import Meta, Struct

from chatserver.domain.text import shows
from chatserver.records.checks import SEVERAL_LINES, faults


class Record(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One of every type that a hospital's file may contain."""

    name: Annotated[str, Meta(min_length=1, max_length=5)]
    greeting: Annotated[str, Meta(min_length=1, extra=SEVERAL_LINES)] = "x"
    phone: str = ""
    mode: Literal["ring", "claim"] = "ring"
    level: Annotated[int, Meta(ge=1, le=5)] = 1
    day: date = date(2026, 11, 27)
    groups: tuple[str, ...] = ()
    skills: dict[str, Annotated[int, Meta(ge=1)]] = {}
    hours: dict[str, Any] | None = None
    overflow: str | None = None


names = st.sampled_from([*Record.__struct_fields__, "grup", "x y", "\u202e"])
plain = st.one_of(
    st.sampled_from(
        ["", " ", "ring", "claim", "2026-11-27", "2026-13-01", "20261127", "东院", "a\u0007", "a\nb", "\u3164"]
    ),
    st.text(max_size=7),
    st.integers(-2, 8),
    st.booleans(),
    st.floats(allow_nan=False),
    st.dates(),
    st.datetimes(),
    st.times(),
)
values = st.recursive(plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3))


def told(written: object) -> list[str]:
    return [f"{where}: {sentence}." for where, sentence in faults(written, Record, "r")]


@given(st.dictionaries(names, values, max_size=4) | values)
def test_what_passes_can_be_converted_and_what_cannot_be_does_not_pass(written: object) -> None:
    if told(written):
        return
    record = msgspec.convert(written, Record)
    assert shows(record.name)


@given(st.dictionaries(names, values, max_size=4) | values)
def test_no_message_is_in_a_librarys_words(written: object) -> None:
    for sentence in told(written):
        assert sentence.isprintable()
        assert not re.search(r"\$|`(?:str|int|object|array|null)`|Struct|enum|RFC|validat", sentence.split(" not ")[0])


@pytest.mark.parametrize(
    ("field", "wrong", "sentence"),
    [
        ("name", 5, "it must be text in quotes, not a whole number"),
        ("name", 5.0, "it must be text in quotes, not a number with a point"),
        ("name", True, "it must be text in quotes, not true or false"),
        ("name", ["东院"], "it must be text in quotes, not a list"),
        ("name", {}, "it must be text in quotes, not a table"),
        ("name", date(2026, 1, 1), "it must be text in quotes, not a date"),
        ("name", time(8, 0), "it must be text in quotes, not a time"),
        ("name", "东院门诊大楼", "it may have 5 characters at most, and has 6"),
        ("overflow", 1, "it must be text in quotes, not a whole number"),
        ("level", "3", "it must be a whole number, not text"),
        ("level", True, "it must be a whole number, not true or false"),
        ("level", 0, "it must be 1 at least, not 0"),
        ("level", 6, "it must be 5 at most, not 6"),
        ("mode", 1, "it must be one of claim, ring, not a whole number"),
        ("mode", "Ring", "'Ring' is none of claim, ring (did you mean 'ring'?)"),
        ("mode", "quite another", "'quite another' is none of claim, ring"),
        ("day", 27, "it must be a date such as 2026-11-27, not a whole number"),
        ("day", datetime(2026, 1, 1, 8), "it must be a date such as 2026-11-27, not a date with a time"),  # noqa: DTZ001
        ("day", "27.11.2026", "'27.11.2026' is no date such as 2026-11-27"),
        ("groups", "general", 'it must be a list such as ["one", "two"], not text'),
        ("skills", ["pregnancy"], "it must be a table, not a list"),
        ("hours", "always", "it must be a table, not text"),
    ],
)
def test_a_fault_in_a_field_is_explained(field: str, wrong: object, sentence: str) -> None:
    assert told({"name": "东院"} | {field: wrong}) == [f"r.{field}: {sentence}."]


def test_faults_in_lists_and_tables_name_the_item() -> None:
    assert told({"name": "东院", "groups": ["a", 2, "b", 4], "skills": {"x": 0, "y": 1, "z": "2"}}) == [
        "r.groups 2: it must be text in quotes, not a whole number.",
        "r.groups 4: it must be text in quotes, not a whole number.",
        "r.skills.x: it must be 1 at least, not 0.",
        "r.skills.z: it must be a whole number, not text.",
    ]
