"""Moves every use of a conversation's fields into the groups of `domain/conversation.py`.

    python scripts/group_conversation.py

`GROUPED` says where each field is now. mypy finds the uses: it knows which expressions are conversations, also behind
`| None` and where other types have a field of the same name. What has moved already is left alone, so it can be run
again, after a rebase for instance. Names in strings are not found, neither are `Any` and what tests patch.
"""

import ast
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = "chatserver/domain/conversation.py"
DONE = (HOME, "chatserver/domain/changes/")
"""Written by hand."""

GROUPED = {
    "department": "subject.department",
    "group": "queue.group",
    "group_since": "queue.group_since",
    "queued_at": "queue.since",
    "priority": "queue.priority",
    "tried": "queue.tried",
    "tried_at": "queue.tried_at",
    "preferred": "queue.preferred",
    "look_again_at": "queue.look_again_at",
    "closes_at": "queue.closes_at",
    "unanswered_since": "talk.unanswered_since",
    "overdue": "talk.overdue",
    "replied": "talk.replied",
    "last_human_at": "talk.last_human_at",
    "last_line": "talk.last_line",
    "inactive": "talk.inactive",
    "close_warned_at": "talk.close_warned_at",
    "alarmed_at": "alarms.emergency_at",
    "nobody_answered_at": "alarms.nobody_answered_at",
    "acknowledged_at": "alarms.acknowledged_at",
    "gone_on": "alarms.escalations",
    "parts": "answers.parts",
    "owner_left_at": "connections.owner_left_at",
    "visitor_left_at": "connections.visitor_left_at",
    "reply_until": "connections.reply_until",
    "participants": "company.participants",
    "owner": "serving.owner",
    "last_owner": "serving.last_owner",
    "fence": "serving.fence",
    "given_at": "serving.given_at",
    "offer": "serving.offer",
    "past_offer": "serving.past_offer",
    "hops": "serving.hops",
    "silent": "serving.silent",
    "emergency": "emergency.kind",
    "emergency_level": "emergency.level",
    "emergencies": "emergency.critical_kinds",
    "attentions": "emergency.attention_kinds",
    "acknowledged_by": "emergency.acknowledged_by",
    "spared": "emergency.spared",
    "crowded": "emergency.crowded",
    "closed_at": "ending.at",
    "closed_by": "ending.by",
    "close_reason": "ending.reason",
    "outcome": "ending.outcome",
    "held_until": "ending.held_until",
}

ATTRIBUTE = re.compile(r'^(.+?):(\d+):(\d+):(\d+):(\d+): error: .*"Conversation" .*has no attribute "(\w+)"')
ARGUMENT = re.compile(r'^(.+?):(\d+):(\d+):(\d+):(\d+): error: .*"replace" of "Conversation"')

MOVED = re.compile(rb"\.(kind|level|\w+_kinds|acknowledged_by|spared|crowded)\b")
GROUP_ITSELF = re.compile(rb"(replace\(\s*|\n *emergency\b[\w, ]* = [\w., ]*)\b[\w.]+\Z")
"""What comes behind and before the group `emergency`, where it is meant and not the field of old."""

Edit = tuple[int, int, str]
"""Replace the bytes from … to … by this."""


def main() -> int:
    """Rewrite every file in which mypy finds a use; name the uses that have to be moved by hand."""
    edits: dict[str, set[Edit]] = defaultdict(set)
    for line in errors():
        found = ATTRIBUTE.match(line) or ARGUMENT.match(line)
        if found is None or found[1].startswith(DONE):
            continue
        file, first, last = found[1], (int(found[2]), int(found[3])), (int(found[4]), int(found[5]))
        lines = Lines((ROOT / file).read_bytes())
        if found.re is ARGUMENT:
            edit = moved_arguments(lines, first)
        elif found[6] in GROUPED:
            edit = moved_attribute(lines, last, found[6])
        else:
            continue
        if edit is None:
            print("by hand:", line)
        elif edit:
            edits[file] |= set(edit)
    for file, wanted in edits.items():
        text = (ROOT / file).read_bytes()
        for start, end, by in sorted(wanted, reverse=True):
            text = text[:start] + by.encode() + text[end:]
        (ROOT / file).write_bytes(text)
    if edits:
        subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", *edits], cwd=ROOT, check=True)
    print(*sorted(edits), sep="\n")
    return 0


def errors() -> list[str]:
    """What mypy says when the group `emergency`, which has the name of an old field, is called something else."""
    with tempfile.TemporaryDirectory() as folder:
        shadow = Path(folder, "conversation.py")
        source = (ROOT / HOME).read_text("utf-8")
        shadow.write_text(re.sub(r"(?m)^    emergency: Emergency ", "    emergency_: Emergency ", source), "utf-8")
        command = ["mypy", "--show-error-end", "--no-pretty", "--cache-dir", folder, "--shadow-file", HOME, str(shadow)]
        run = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False, capture_output=True, text=True)
    return run.stdout.splitlines()


class Lines:
    """A file's bytes, by line and column. mypy and `ast` count both from 1 here."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.starts = [0]
        for line in text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def at(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column - 1

    def span(self, node: ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.at(node.lineno, node.col_offset + 1), self.at(node.end_lineno, node.end_col_offset + 1)

    def source(self, node: ast.expr) -> str:
        start, end = self.span(node)
        return self.text[start:end].decode()


def moved_attribute(lines: Lines, last: tuple[int, int], name: str) -> Iterable[Edit] | None:
    """`conversation.owner` → `conversation.serving.owner`."""
    old, end = name.encode(), lines.at(*last) + 1
    if lines.text[:end].endswith(b"." + old):
        ends = [end]
    else:  # The places of expressions within f-strings are wrong before Python 3.12.
        start = lines.starts[last[0] - 1]
        text = lines.text[start : lines.starts[last[0]]]
        ends = [start + each.end() for each in re.finditer(rb"(?<=\.)%s\b" % old, text)]
        if len(ends) != 1:
            return None
    group, _, field = GROUPED[name].partition(".")
    if name == group and (MOVED.match(lines.text, ends[0]) or GROUP_ITSELF.search(lines.text, 0, ends[0])):
        return ()
    return [(each - len(old), each, f"{group}.{field}") for each in ends]


def moved_arguments(lines: Lines, first: tuple[int, int]) -> Iterable[Edit] | None:
    """`replace(conversation, owner=x)` → `replace(conversation, serving=replace(conversation.serving, owner=x))`."""
    call = next((each for each in calls(lines.text) if (each.lineno, each.col_offset + 1) == first), None)
    if call is None:
        return None
    names = [each.arg or "" for each in call.keywords]
    if not isinstance(call.args[0], ast.Name | ast.Attribute) or not all(names) or not set(names) & GROUPED.keys():
        return None
    if "emergency" in names and re.search("replace|Emergency", ast.unparse(call.keywords[names.index("emergency")])):
        return ()
    of, replace = ast.unparse(call.args[0]), ast.unparse(call.func)
    fields: dict[str, list[str]] = defaultdict(list)
    arguments: list[str] = []
    for each in call.keywords:
        group, _, field = GROUPED.get(each.arg or "", "").partition(".")
        value = lines.source(each.value)
        if field:
            fields[group].append(f"{field}={value}")
        else:
            arguments.append(f"{each.arg}={value}")
    arguments += [f"{group}={replace}({of}.{group}, {', '.join(each)})" for group, each in fields.items()]
    start, end = lines.span(call)
    return [(start, end, f"{replace}({of}, {', '.join(arguments)})")]


def calls(text: bytes) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            yield node


if __name__ == "__main__":
    sys.exit(main())
