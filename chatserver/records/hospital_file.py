"""The hospital's records as one TOML file that people read and edit; it is applied as a whole or not at all.

It holds no accounts or passwords, and names people by their logins. Records that a file does not name stay as they are,
except the two lists: a file that has a roster replaces every shift from now on, and one that has sources replaces all
rules. This module reads the file; `conversion` checks
it against the hospital, `apply` writes it into the database, `export` writes a file from the database.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from chatserver.domain.sentence import Sentence
from chatserver.records.checks import converted, near, spelled
from chatserver.records.faults import BadPlan, Faults
from chatserver.records.kinds import RECORDS, ROSTER, SECTIONS, SOURCES, Record, ShiftRecord, SourceRecord

R = TypeVar("R", bound=Record)

ID = re.compile(r"[a-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class HospitalFile:
    """A file that was read: the valid records by section and name, and what is wrong with the others.

    `named`: the names of all records, faulty ones too, so that a reference to a faulty record is not a second fault.
    `roster`: the valid shifts by their number in the file; None when the file has no roster. `sources`: the same for
    the rules that recognise sources.
    """

    records: Mapping[str, Mapping[str, Any]]
    named: Mapping[str, frozenset[str]]
    roster: Mapping[int, ShiftRecord] | None
    sources: Mapping[int, SourceRecord] | None
    faults: tuple[Sentence, ...]

    def count(self) -> int:
        return sum(len(each) for each in (*self.records.values(), self.roster or (), self.sources or ()))


def read(file: Path) -> HospitalFile:
    """Read and check the file by itself, without the database. Raises `BadPlan` when it is not TOML at all."""
    written, faults = _written(file), Faults()
    for name in written:
        if name not in RECORDS:
            known = tuple(RECORDS)
            fault = Sentence("no section; there are {known}{near}", known=", ".join(known), near=near(name, known))
            faults.found.append(Sentence("{name} is {told}.", name=spelled(name), told=fault))
    records, named = {}, {}
    for name, kind in SECTIONS.items():
        section = written.get(name, {})
        records[name] = _section(name, kind, section, faults)
        named[name] = frozenset(section if isinstance(section, dict) else ())
    roster = _list(ROSTER, ShiftRecord, written.get(ROSTER), faults)
    sources = _list(SOURCES, SourceRecord, written.get(SOURCES), faults)
    return HospitalFile(records, named, roster, sources, tuple(faults.found))


def _written(file: Path) -> dict[str, Any]:
    """The file's tables. A byte order mark, which some editors write, is skipped."""
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except OSError as why:
        raise BadPlan(Sentence("{file} cannot be read: {why}.", file=file, why=why.strerror)) from None
    except UnicodeDecodeError as why:
        line = why.object[: why.start].count(b"\n") + 1
        raise BadPlan(
            Sentence("{file} is not written in UTF-8 (line {line}); save it as UTF-8.", file=file, line=line)
        ) from None
    except (tomllib.TOMLDecodeError, RecursionError) as why:
        raise BadPlan(Sentence("{file} is no TOML: {why}.", file=file, why=_clause(str(why)))) from None


def _section(name: str, kind: type[Record], written: object, faults: Faults) -> dict[str, Any]:
    """The valid records of one section."""
    if not isinstance(written, dict):
        faults.found.append(Sentence("{name} must be tables, such as [{name}.one].", name=name))
        return {}
    found = {}
    for id, each in written.items():
        where = f"{name}.{spelled(id)}"
        if name != "people" and ID.fullmatch(id) is None:
            faults.add(where, Sentence("its name must be 1 to 40 of: small letters, digits, hyphen"))
        record = converted(where, kind, each, faults)
        if record is not None:
            found[id] = record
    return found


def _list(name: str, kind: type[R], written: object, faults: Faults) -> dict[int, R] | None:
    """The valid records of a list by their number in the file."""
    if written is None:
        return None
    if not isinstance(written, list):
        faults.found.append(Sentence("{name} must be written as [[{name}]].", name=name))
        return {}
    found = {number: converted(f"{name} {number}", kind, each, faults) for number, each in enumerate(written, 1)}
    return {number: each for number, each in found.items() if each is not None}


def _clause(sentence: str) -> str:
    """A sentence of a library, reworded to be the end of one of our sentences."""
    return (sentence[:1].lower() + sentence[1:]).rstrip(".")
