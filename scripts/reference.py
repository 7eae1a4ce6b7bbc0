"""Writes the generated tables in docs/: settings, commands, metrics, codes, the state machine.

Each is between `<!-- made from the code: NAME -->` and `<!-- end of NAME -->`; the text around them is written by
people and never touched. `--check` writes nothing and fails when a table is out of date.
"""

import sys
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

import click
import msgspec

from chatserver.actions.features import HANDLERS
from chatserver.cli.main import main as commands
from chatserver.domain import permissions
from chatserver.domain.audience import VISITORS_FIELDS
from chatserver.domain.changes.table import entry_kinds
from chatserver.domain.conversation import Phase
from chatserver.domain.events.base import Event, SilentEvent
from chatserver.domain.events.files import FilePosted
from chatserver.domain.events.kinds import snake
from chatserver.domain.events.messages import MessagePosted, NoteWritten
from chatserver.domain.events.queue import Opened
from chatserver.domain.hospital import Role
from chatserver.domain.refusals import family
from chatserver.domain.transitions.base import Cell
from chatserver.domain.transitions.table import LEADS_TO, TRANSITIONS
from chatserver.hub.allowances import BUCKETS
from chatserver.hub.metrics import Metrics
from chatserver.hub.options import HubOptions
from chatserver.records.kinds import RECORDS, ROSTER, SOURCES
from chatserver.settings import Settings, meaning, variables
from chatserver.wire.closing import MEANING
from tests.attack import index

DOCS = Path(__file__).resolve().parent.parent / "docs"

ONLY = {
    "say_after_the_end": "from the visitor, in time, unless they ended it: {}; otherwise refused: conversation_closed",
    "request_callback": "visitor: {}",
    "identify": "visitor: {}",
    "note_complaint": "visitor: {}",
    "note_emergency": "visitor: {}",
    "note_deletion": "the visitor with the lookup code, and a supervisor: {}",
    "file_after_the_end": "from the visitor, in time, unless they ended it: {}; otherwise refused: conversation_closed",
    "assign_urgently": "a critical emergency: {}; others refused: out_of_turn",
    "assign_manually": "supervisor: {}",
    "move_forward": "supervisor: {}",
    "release": "owner: {}",
    "ask_colleague": "owner or supervisor: {}",
    "join": "a colleague who was asked to, or a supervisor: {}",
    "leave": "a colleague who takes part: {}; others: nothing",
    "dismiss_emergency": "supervisor: {}",
    "set_consent": "the visitor; the owner, joined colleague or supervisor ask for it: {}",
    "set_department": "owner, joined colleague or supervisor: {}",
    "choose_department": "from the visitor, while the department is unsure: {}",
    "change_group": "in the department's former group: {}",
    "close_account": "what this account owns, was offered or takes part in ends: {}",
    "acknowledge_alarm": "people who see its alarm, once in a minute: {}",
    "claim_while_ringing": "the consultant it rings for: {}; others refused: out_of_turn",
    "drop_transfer": "offered to that consultant: {}",
    "reopen": "last owner or supervisor, in time, unless the visitor ended it: {}; otherwise refused",
    "set_outcome": "last owner or supervisor, within 7 days: {}; otherwise refused",
    "reach_deadlines": "what is due, see Deadlines: {}",
}
"""What the table cannot say of a function in the state machine: for whom, and when, its cell does that."""

AS_NAMED = {
    "accept_ring",
    "accept_transfer",
    "assign",
    "claim",
    "close",
    "colleague_presence",
    "decline_ring",
    "decline_transfer",
    "drop_ring",
    "offer_transfer",
    "owner_presence",
    "post_file",
    "rate",
    "ring",
    "say",
    "visitor_presence",
    "withdraw",
    "write_note",
}
"""Functions whose cells say everything: the command is the system's, or its name and the phase say whose it is."""


def settings() -> str:
    """Every setting, by its variable."""
    rows = []
    for variable, field in variables().items():
        default = getattr(Settings(), field)
        shown = ",".join(default) if isinstance(default, tuple) else str(default)
        rows.append((f"`{variable}`", f"`{shown}`" if shown else "", _bounds(field), meaning(field)))
    return _table(("Variable", "Default", "Allowed", "Meaning"), rows)


def command_line() -> str:
    """Every command, with its options."""
    rows = []
    for name, command in _commands("chatserver", commands):
        told = " ".join(_parameter(each) for each in command.params)
        rows.append((f"`{name}{' ' + told if told else ''}`", command.help or ""))
    return _table(("Command", "What it does"), rows)


def hospital_file() -> str:
    """Every kind of record in the hospital's file, with what it must have."""
    rows = []
    for name, kind in RECORDS.items():
        shown = f"[[{name}]]" if name in (ROSTER, SOURCES) else f"[{name}.{'LOGIN' if name == 'people' else 'NAME'}]"
        keys = msgspec.structs.fields(kind)
        must, may = ([key.name for key in keys if key.required is required] for required in (True, False))
        rows.append((f"`{shown}`", _codes(must), _codes(may)))
    return _table(("Table", "It must have", "It may have"), rows)


def metrics() -> str:
    """Every metric."""
    rows = [(f"`{each.name}`", each.kind, _codes(each.labels), each.meaning) for each in Metrics().described]
    return _table(("Metric", "Kind", "Labels", "Meaning"), rows)


def events() -> str:
    """Every event of a transcript, with the fields that staff and the visitor get."""
    rows = []
    for name, kind in entry_kinds().items():
        if kind in (MessagePosted, NoteWritten, FilePosted):
            continue
        shown = VISITORS_FIELDS.get(kind)
        visitor = "not sent" if shown is None else _codes(shown) or "no fields"
        staff = _codes(field.name for field in fields(kind)) or "no fields"
        rows.append((f"`{name}`", staff, visitor, _sentence(kind)))
    return _table(("Event", "Fields for staff", "Fields for the visitor", "What happened"), rows)


def refusals() -> str:
    """Every refusal code."""
    rows = [(f"`{kind.code}`", f"`{kind.retry}`", str(kind.status), _sentence(kind)) for kind in family()]
    return _table(("Code", "`retry`", "HTTP", "Meaning"), rows)


def close_codes() -> str:
    """Every close code."""
    return _table(
        ("Code", "Name", "Meaning"), [(f"`{code:d}`", code.name.lower(), told) for code, told in MEANING.items()]
    )


def state_machine() -> str:
    """Phase × command."""
    asked = list(dict.fromkeys(command for _, command in TRANSITIONS))
    rows = [
        (f"`{command.__name__}`", *(_in_words(TRANSITIONS[phase, command]) for phase in Phase)) for command in asked
    ]
    return _table(("Command", *(phase.value for phase in Phase)), rows)


def _in_words(cell: Cell[Any]) -> str:
    if cell.refuses is not None:
        return f"refused: {cell.refuses.code}"
    if not cell.yields:
        return "nothing"
    happens = ", ".join(map(_event, cell.yields))
    phases = " or ".join(phase.value for phase in Phase if phase in cell.next)
    name = cell.run.__name__
    if name not in ONLY and name not in AS_NAMED:
        raise LookupError(f"{name}: say in ONLY of scripts/reference.py for whom, and when, it does that")
    return ONLY.get(name, "{}").format(f"{happens} → {phases}" if phases else happens)


def _event(kind: type[Event]) -> str:
    """Its name; one that leaves no entry is written in italics."""
    name = snake(kind.__name__)
    return f"*{name}*" if issubclass(kind, SilentEvent) else f"`{name}`"


def state_diagram() -> str:
    """The phases, with the events that lead from one to another."""
    arrows: dict[tuple[Phase, Phase], list[str]] = {}
    for (before, _), cell in TRANSITIONS.items():
        for kind in cell.yields:
            after = LEADS_TO.get(kind, before)
            if after in cell.next and after is not before:
                names = arrows.setdefault((before, after), [])
                names += [] if snake(kind.__name__) in names else [snake(kind.__name__)]
    order = list(Phase)
    lines = [
        f"  {before.value} --> {after.value}: {', '.join(names)}"
        for (before, after), names in sorted(arrows.items(), key=lambda each: [order.index(phase) for phase in each[0]])
    ]
    first = f"  [*] --> {Phase.WAITING.value}: {snake(Opened.__name__)}"
    return "\n".join(("```mermaid", "stateDiagram-v2", first, *lines, "```"))


def permission_table() -> str:
    """Role × action."""
    rows = [
        (f"`{action.value}`", *(row[role].value.replace("_", " ") for role in Role))
        for action, row in permissions.TABLE.items()
    ]
    return _table(("Permission", *(role.value.replace("_", " ") for role in Role)), rows)


def buckets() -> str:
    """Every frame, with the rate limits that it counts towards."""
    free: dict[str, tuple[str, ...]] = {"hello": (), "pong": (), "bye": ()}
    visitor = {_tag(kind): handler.buckets for kind, handler in HANDLERS.visitor.items()} | free
    staff = {_tag(kind): handler.buckets for kind, handler in HANDLERS.staff.items()} | free
    tags = dict.fromkeys([*visitor, *staff])
    rows = [(f"`{tag}`", _taken(visitor.get(tag)), _taken(staff.get(tag))) for tag in tags]
    return _table(("Frame", "From a visitor", "From staff"), rows)


def _tag(kind: type) -> str:
    return str(msgspec.inspect.type_info(kind).tag)  # type: ignore[attr-defined]  # a frame is a struct


def _taken(names: tuple[str, ...] | None) -> str:
    return "" if names is None else ", ".join(names) or "nothing"


def paces() -> str:
    """Every rate limit, with its burst and refill rate."""
    rows = []
    for name, of in BUCKETS.items():
        pace = of(HubOptions())
        rows.append((name, f"{pace.burst:g}", _every(pace.per_second)))
    return _table(("Bucket", "At once", "Then"), rows)


def _every(per_second: float) -> str:
    """The interval between two tokens."""
    if per_second >= 1:
        return f"{per_second:g} a second"
    seconds = round(1 / per_second)
    return f"one in {seconds} s" if seconds < 120 else f"one in {seconds // 60} min"


def attacks() -> str:
    """Every numbered attack, with its tests."""
    rows = []
    for each in index.ATTACKS:
        tests = _codes(index.where(each))
        rows.append((each.name, each.sent, each.due, tests or each.absent or "not tested yet"))
    return _table(("", "What is sent", "What comes of it", "Tests"), rows)


def own_attacks() -> str:
    """The attacks without a number, by file."""
    rows = [(f"`{file}`", str(len(names)), "; ".join(names)) for file, names in index.own()]
    return _table(("File", "Attacks", "What is sent"), rows)


MADE: dict[str, Callable[[], str]] = {
    "settings": settings,
    "commands": command_line,
    "hospital file": hospital_file,
    "metrics": metrics,
    "events": events,
    "refusals": refusals,
    "close codes": close_codes,
    "buckets": buckets,
    "paces": paces,
    "state diagram": state_diagram,
    "state machine": state_machine,
    "permissions": permission_table,
    "attacks": attacks,
    "own attacks": own_attacks,
}


def filled(text: str) -> str:
    """The document with up-to-date tables."""
    for name, make in MADE.items():
        begin, end = f"<!-- made from the code: {name} -->", f"<!-- end of {name} -->"
        if begin in text:
            before, rest = text.split(begin)
            text = f"{before}{begin}\n{make()}\n{end}{rest.split(end)[1]}"
    return text


def main() -> int:
    check = "--check" in sys.argv[1:]
    for path in sorted(DOCS.rglob("*.md")):
        before = path.read_text(encoding="utf-8")
        after = filled(before)
        if check and after != before:
            print(f"docs/{path.relative_to(DOCS)} is out of date; run `make reference`.", file=sys.stderr)
            return 1
        if not check:
            path.write_text(after, encoding="utf-8")
    return 0


def _bounds(field: str) -> str:
    """The values that a setting may have, according to its type."""
    hint = get_type_hints(Settings, include_extras=True)[field]
    schema: dict[str, Any] = msgspec.json.schema(hint)
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    if "minimum" in schema:
        return f"{schema['minimum']} to {schema['maximum']:,}"
    return "a list" if schema["type"] == "array" else ""


def _commands(name: str, command: click.Command) -> Iterable[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for word, below in command.commands.items():
            yield from _commands(f"{name} {word}", below)
    else:
        yield name, command


def _parameter(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Argument):
        named = str(parameter.name).upper()
        return named if parameter.required else f"[{named}]"
    assert isinstance(parameter, click.Option)
    told = parameter.opts[0] if parameter.is_flag else f"{parameter.opts[0]} {_value(parameter)}"
    told += " …" if parameter.multiple else ""
    return told if parameter.required else f"[{told}]"


def _value(option: click.Option) -> str:
    choices = getattr(option.type, "choices", None)
    return "|".join(choices) if choices else option.opts[0].lstrip("-").upper()


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _sentence(kind: type) -> str:
    return " ".join((kind.__doc__ or "").split())


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
