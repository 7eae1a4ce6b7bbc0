"""Renames classes and constants by a table, in every module that defines or imports them.

    python scripts/rename_names.py

Only names in code are changed, and names in backquotes in the docstrings and comments of the same files; documents are
edited by hand. What is renamed already is left alone, so it can be run again, after a rebase for instance.
"""

import io
import re
import subprocess
import sys
import tokenize
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

NAMES: dict[str, dict[str, str]] = {
    "chatserver.domain.deadlines": {"Clock": "Deadline"},
    "chatserver.domain.hours": {"Doors": "CombinedHours"},
    "chatserver.domain.parts": {"Part": "AnsweredPart", "Parts": "AnsweredParts"},
    "chatserver.domain.permissions": {"Action": "Permission", "Answer": "Decision"},
    "chatserver.hub.inbox": {"Draft": "SentDraft"},
    "chatserver.hub.visitor_status": {"Place": "QueuePlace"},
    "chatserver.simulation.clock": {"Clock": "Schedule"},
    "chatserver.store.accounts": {"StaffSession": "SignInSession"},
    "chatserver.store.drafts": {"Draft": "StoredDraft", "Place": "DraftKey"},
    "chatserver.store.participants": {"Part": "Participation"},
    "chatserver.store.sign_ins": {"Place": "SignInPlace"},
    "chatserver.store.transcripts": {"Wanted": "TranscriptFilter"},
    "chatserver.store.tx": {"Clock": "Now"},
    "chatserver.store.visitor_lookup": {"Known": "KnownVisitor"},
    "chatserver.transport.http_connections": {"Place": "ConnectionPlace"},
    "chatserver.web.event_sentences": {"Sentence": "EventSentence"},
    "chatserver.web.front": {"Entry": "FrontEntry"},
    "chatserver.web.gate.connection_limits": {"Place": "SocketPlace"},
}
"""Module → old name → new name."""


def main() -> int:
    """Rename everywhere; prints the files that changed."""
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in listed.split():
        path = ROOT / name
        if path == Path(__file__) or not path.exists():
            continue
        before = path.read_text("utf-8")
        after = renamed(before, name.removesuffix(".py").replace("/", "."))
        if after != before:
            path.write_text(after, "utf-8")
            print(name)
    return 0


def renamed(source: str, module: str) -> str:
    """The source of this module with the new names."""
    plain: dict[str, str] = dict(NAMES.get(module, {}))
    dotted: dict[tuple[str, str], str] = {}
    for other, names in NAMES.items():
        package, _, last = other.rpartition(".")
        if imported := re.search(rf"^from {re.escape(other)} import (\([^)]*\)|.*)$", source, re.MULTILINE):
            plain |= {old: new for old, new in names.items() if re.search(rf"\b{old}\b(?! as)", imported[1])}
        if re.search(rf"^from {re.escape(package)} import [^#\n]*\b{last}\b", source, re.MULTILINE):
            dotted |= {(last, old): new for old, new in names.items()}
        for old, new in names.items():
            source = source.replace(f'"{other}:{old}', f'"{other}:{new}')
    return _in_tokens(source, plain, dotted) if plain or dotted else source


def _in_tokens(source: str, plain: dict[str, str], dotted: dict[tuple[str, str], str]) -> str:
    lines = source.splitlines(keepends=True)
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    edits: list[tuple[int, int, int, str]] = []
    for place, token in enumerate(tokens):
        row, column = token.start
        if token.type == tokenize.NAME:
            before = tokens[place - 1].string if place else ""
            of = tokens[place - 2].string if place > 1 else ""
            is_alias = tokens[place + 1].string == "as"
            new = dotted.get((of, token.string)) if before == "." else None if is_alias else plain.get(token.string)
            if new is not None:
                edits.append((row, column, len(token.string), new))
    for row, column, length, new in reversed(edits):
        line = lines[row - 1]
        lines[row - 1] = line[:column] + new + line[column + length :]
    text = "".join(lines)
    for old, new in plain.items():
        text = text.replace(f"`{old}`", f"`{new}`").replace(f"`{old}.", f"`{new}.")
    return text


if __name__ == "__main__":
    sys.exit(main())
