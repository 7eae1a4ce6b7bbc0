"""Imports each name from the module of its noun, where a large module was divided: `frames.MessagePost` becomes
`MessagePost` of `wire/messages.py`, and `domain.events` becomes `domain.events.messages` …

    python scripts/import_from_nouns.py

Which module defines what is read from the sources. A name that the importing file binds otherwise is imported as
`Wire…`. What is imported from the right place is left alone, so it can be run again, after a rebase for instance.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUFF = [sys.executable, "-m", "ruff"]
WIRE = "chatserver.wire"
DIVIDED = {
    "chatserver.wire.frames": ("chatserver/wire/*.py",),
    "chatserver.domain.commands": ("chatserver/domain/actors.py", "chatserver/domain/commands/*.py"),
    "chatserver.domain.conversation": ("chatserver/domain/conversation.py", "chatserver/domain/changes/table.py"),
    "chatserver.domain.changes": ("chatserver/domain/changes/*.py",),
    "chatserver.domain.events": ("chatserver/domain/events/*.py", "chatserver/domain/emergency_words/signs.py"),
    "chatserver.domain.hours": ("chatserver/domain/hours.py", "chatserver/domain/hours_text.py"),
    "chatserver.domain.transitions": ("chatserver/domain/transitions/*.py",),
}
"""A module that was divided → the files that define its names now."""
QUOTED = ("tests/mechanisms.py",)
"""Files that quote source text."""

Homes = dict[str, str]


def main() -> int:
    """Every Python file that still imports from a divided module what another module defines."""
    homes = {old: dict(definitions(patterns)) for old, patterns in DIVIDED.items()}
    changed = [file for file in files() if rewrite(file, homes)]
    if changed:
        names = [str(file) for file in changed]
        subprocess.run([*RUFF, "check", "--quiet", "--fix", "--select", "I,F401", *names], check=True)
        subprocess.run([*RUFF, "format", "--quiet", *names], check=True)
    for file in changed:
        print(file.relative_to(ROOT))
    return 0


def definitions(patterns: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Name → the module that defines it."""
    for file in sorted(file for pattern in patterns for file in ROOT.glob(pattern)):
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for node in ast.parse(file.read_text("utf-8")).body:
            match node:
                case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                    yield name, module
                case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                    yield name, module


def files() -> Iterator[Path]:
    for folder in ("chatserver", "tests", "bench", "scripts"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def rewrite(file: Path, homes: dict[str, Homes]) -> bool:
    """One file; whether anything changed."""
    text = file.read_text("utf-8")
    if str(file.relative_to(ROOT)) in QUOTED:
        return write(file, used_by_name(text, homes[f"{WIRE}.frames"], frozenset())[0])
    tree = ast.parse(text)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    package = [node for node in imports if node.module == WIRE and any(name.name == "frames" for name in node.names)]
    module = [node for node in imports if moved(node, homes)]
    if not package and not module:
        return False
    lines = text.splitlines(keepends=True)
    wanted: dict[str, set[str]] = {}
    for node in module:
        last = node.end_lineno or node.lineno
        lines[node.lineno - 1 : last] = ["\n"] * (last + 1 - node.lineno)
        for each in node.names:
            home = known_to(node, homes).get(each.name, node.module or "")
            wanted.setdefault(home, set()).add(each.name + (f" as {each.asname}" if each.asname else ""))
    text = "".join(lines)
    if package:
        text, used = used_by_name(text, homes[f"{WIRE}.frames"], bound(tree))
        for name, spelled in used.items():
            home = homes[f"{WIRE}.frames"][name]
            wanted.setdefault(home, set()).add(name if name == spelled else f"{name} as {spelled}")
    return bool(wanted) and write(file, inserted(text, (package + module)[0], wanted))


def moved(node: ast.ImportFrom, homes: dict[str, Homes]) -> bool:
    """Whether it imports, from a divided module or a part of one, what another part defines."""
    known = known_to(node, homes)
    return any(known.get(name.name, node.module) != node.module for name in node.names)


def known_to(node: ast.ImportFrom, homes: dict[str, Homes]) -> Homes:
    """What the parts of the divided module define, by name."""
    module = node.module or ""
    for old, known in homes.items():
        package = WIRE if old.startswith(WIRE) else old
        if module == old or module.startswith(f"{package}."):
            return known
    return {}


def bound(tree: ast.Module) -> frozenset[str]:
    """Every name that the file gives a meaning of its own."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=module) if module is None or not module.startswith(f"{WIRE}."):
                names.update(name.asname or name.name for name in node.names)
            case ast.Import():
                names.update((name.asname or name.name).partition(".")[0] for name in node.names)
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                names.add(name)
    return frozenset(names)


def used_by_name(text: str, homes: Homes, taken: frozenset[str]) -> tuple[str, dict[str, str]]:
    """The text with `frames.Name` as `Name`, and which names those are."""
    used: dict[str, str] = {}

    def spelled(found: re.Match[str]) -> str:
        name = found[1]
        if name not in homes:
            return found[0]
        used[name] = f"Wire{name}" if name in taken else name
        return used[name]

    return re.sub(r"(?<![\w.])frames\.([A-Z]\w*)", spelled, text), used


def inserted(text: str, beside: ast.ImportFrom, wanted: dict[str, set[str]]) -> str:
    """With the imports; ruff sorts them, and drops the old one when nothing needs it."""
    lines = text.splitlines(keepends=True)
    indent = " " * beside.col_offset
    new = [f"{indent}from {module} import {', '.join(sorted(names))}\n" for module, names in sorted(wanted.items())]
    lines[beside.lineno - 1 : beside.lineno - 1] = new
    return "".join(lines)


def write(file: Path, after: str) -> bool:
    before = file.read_text("utf-8")
    if after != before:
        file.write_text(after, "utf-8")
    return after != before


if __name__ == "__main__":
    sys.exit(main())
